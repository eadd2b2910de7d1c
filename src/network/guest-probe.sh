# Run by bash inside a virtual machine, through its agent, with what every Debian has.
# Arguments, in threes: "tcp" or "icmp", an address, a port. Prints a line for each: its number from 0,
# and "open" (something answered), "closed" (nothing did) or "unsent" (it could not be tried).

probe() {
  if [ "$2" = icmp ]; then
    ping -n -c 1 -W 1 "$3" >/dev/null 2>&1
    case $? in
      0) echo "$1 open" ;;
      1) echo "$1 closed" ;;
      *) echo "$1 unsent" ;;
    esac
    return
  fi
  words=$(LC_ALL=C timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$3" "$4" 2>&1)
  status=$?
  case "$status $words" in
    0\ * | *refused*) echo "$1 open" ;;
    127\ *) echo "$1 unsent" ;;
    *) echo "$1 closed" ;;
  esac
}

number=0
while [ $# -ge 3 ]; do
  probe "$number" "$1" "$2" "$3" &
  shift 3
  number=$((number + 1))
  [ $((number % 50)) -eq 0 ] && wait
done
wait
