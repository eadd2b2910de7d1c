# Run by bash inside a virtual machine, through its agent, with what every Debian has.
# Arguments, in fours: "tcp", "udp" or "icmp", an address, a port, and what a datagram holds in escapes of printf.
# Prints a line for each: its number from 0, and "open" (something answered), "closed" (nothing did), "sent" (a
# datagram, which who listens elsewhere may see) or "unsent" (it could not be tried).

export LC_ALL=C

# Three times: the first can be lost while the address is looked for. What rules of the machine itself keep back was
# tried all the same.
datagrams() {
  for _ in 1 2 3; do
    # bash alone has such files, and bash is what runs this.
    # shellcheck disable=SC3025
    words=$({ printf '%b' "$3" >"/dev/udp/$1/$2"; } 2>&1)
    status=$?
    case "$status $words" in
      0\ * | *not\ permitted*) sleep 0.3 ;;
      *) return 1 ;;
    esac
  done
}

probe() {
  if [ "$2" = udp ]; then
    if datagrams "$3" "$4" "$5"; then echo "$1 sent"; else echo "$1 unsent"; fi
    return
  fi
  if [ "$2" = icmp ]; then
    ping -n -c 1 -W 1 "$3" >/dev/null 2>&1
    case $? in
      0) echo "$1 open" ;;
      1) echo "$1 closed" ;;
      *) echo "$1 unsent" ;;
    esac
    return
  fi
  words=$(timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$3" "$4" 2>&1)
  status=$?
  case "$status $words" in
    0\ * | *refused*) echo "$1 open" ;;
    127\ *) echo "$1 unsent" ;;
    *) echo "$1 closed" ;;
  esac
}

number=0
while [ $# -ge 4 ]; do
  probe "$number" "$1" "$2" "$3" "$4" &
  shift 4
  number=$((number + 1))
  [ $((number % 50)) -eq 0 ] && wait
done
wait
