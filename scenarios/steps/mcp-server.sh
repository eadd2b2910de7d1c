#!/bin/sh
# A small MCP server: JSON-RPC over HTTP, as a CGI program of the machine's own web server. One tool, `add`.
read -r body
id=$(printf '%s' "$body" | sed -n 's/.*"id": *\([0-9]*\).*/\1/p')
method=$(printf '%s' "$body" | sed -n 's/.*"method": *"\([^"]*\)".*/\1/p')
case $method in
  initialize)
    result='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"adder","version":"1"}}'
    ;;
  tools/list)
    result='{"tools":[{"name":"add","description":"Adds two numbers","inputSchema":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}}]}'
    ;;
  tools/call)
    a=$(printf '%s' "$body" | sed -n 's/.*"a": *\([0-9]*\).*/\1/p')
    b=$(printf '%s' "$body" | sed -n 's/.*"b": *\([0-9]*\).*/\1/p')
    result="{\"content\":[{\"type\":\"text\",\"text\":\"$((a + b))\"}]}"
    ;;
  *) result='' ;;
esac
printf 'Content-Type: application/json\r\n\r\n'
if [ -n "$result" ]; then
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
else
  printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no such method"}}\n' "$id"
fi
