import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Given, Then } from '@cucumber/cucumber';
import { fetchFrom } from './http.ts';
import { addressOf, instanceOf, write } from './machine-steps.ts';
import type { ScenarioWorld } from './world.ts';

Given(
  '{string} serves MCP on port {int}',
  async function (this: ScenarioWorld, name: string, port: number) {
    const machine = await instanceOf(this, name);
    const script = 'mkdir -p /mcp/cgi-bin && chmod 755 /mcp /mcp/cgi-bin';
    await this.outside.inMachine(machine, 'sh', '-c', script);
    const server = await readFile(new URL('mcp-server.sh', import.meta.url), 'utf8');
    await write(this, name, '/mcp/cgi-bin/mcp', server);
    const start = 'chmod 755 /mcp/cgi-bin/mcp && httpd -p "$0" -h /mcp';
    const { code, stderr } = await this.outside.inMachine(machine, 'sh', '-c', start, String(port));
    assert.equal(code, 0, stderr);
  },
);

interface Answer {
  readonly result?: {
    readonly serverInfo?: { readonly name: string };
    readonly tools?: readonly { readonly name: string }[];
    readonly content?: readonly { readonly text: string }[];
  };
}

Then(
  'an MCP client in {string} calls the tool {string} of {string} on port {int} with {int} and {int}, and gets {string}',
  async function (
    this: ScenarioWorld,
    from: string,
    tool: string,
    to: string,
    port: number,
    a: number,
    b: number,
    wanted: string,
  ) {
    const call = (method: string, params: object) => ask(this, { from, to, port }, method, params);
    const hello = await call('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'scenario', version: '1' },
    });
    assert.equal(hello?.result?.serverInfo?.name, 'adder');
    const list = await call('tools/list', {});
    assert.ok(list?.result?.tools?.some(({ name }) => name === tool));
    const answer = await call('tools/call', { name: tool, arguments: { a, b } });
    assert.equal(answer?.result?.content?.[0]?.text, wanted);
  },
);

Then(
  'an MCP client in {string} gets no answer from {string} on port {int}',
  async function (this: ScenarioWorld, from: string, to: string, port: number) {
    assert.equal(await ask(this, { from, to, port }, 'tools/list', {}), undefined);
  },
);

/** One request; undefined without an answer. */
async function ask(
  world: ScenarioWorld,
  { from, to, port }: { from: string; to: string; port: number },
  method: string,
  params: object,
): Promise<Answer | undefined> {
  const address = await addressOf(world, await instanceOf(world, to));
  const body = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`;
  const sender = await instanceOf(world, from);
  const answer = await fetchFrom(world, sender, { address, port, path: '/cgi-bin/mcp', body });
  return answer === undefined ? undefined : (JSON.parse(answer) as Answer);
}
