"""Sends probes between network namespaces and says which packets really arrived.

Why this is Python and not TypeScript: a thread must call setns(2) to open a socket in another
network namespace, and Node offers neither setns nor raw sockets. Python has both in its standard
library and is present wherever Incus is. One process opens a few sockets in each namespace and
serves them all, so that a hundred machines need no hundred processes.

Packets are built by hand and recognised by a number that only this run knows. Nothing listens and
no connection is completed, so services that run in a machine or on the host are not disturbed:
a TCP probe is a SYN, and the kernel that gets the answer resets it. A machine's packets are watched
at its network card, before any firewall of its own; those of a virtual machine where they leave the
host for it, which is the same; the host's after its firewall, because there the firewall is what is
being proved.

Three programs in one, named by the only argument.

`probe`. Standard input, JSON:
  spaces:  [{"path": namespace file, "watch": "card" | "stack" | "tap", "bridge", "port": name of the host's end of
            its NIC, "mac": of the NIC, "beyond": true where it is outside the host, "carries": true where it
            carries packets of others}], the host first
  gateways: {bridge: [addresses that its machines ask for]}
  carriers: [interfaces at which packets of all may be seen]
  inject:  false: nothing is put at the host's ends of NICs
  probes:  [[space, source address, space, target address, "tcp" | "udp" | "icmp", port, open]]
  first, sequence: where several of these run at once with a part of the probes each: the number of the first probe
            among all, and the TCP sequence number that all count from
  seconds: {"closed": wait for what should not arrive, "open": patience for what should}
  listen:  {"mark": 16 hexadecimal digits, "until": file}; then nothing is sent: others send, "listening" on
           standard error tells them when to begin, and the file appears when they have ended
Standard output, JSON:
  results: for each probe [arrived, answered, words of the error that kept it from leaving, or null, whether it was
           seen to leave its machine, whether it was put at the host's end of that machine's NIC]
  strayed: [[probe, [interfaces of the host, and "#space", where it was seen and its way does not lead]]]
  injects: whether anything can be put at the host's ends of NICs
  missing: {"space number": why it could not be entered}
  lost:    number of packets that the kernel dropped unseen in the last round; 0 or the result is doubtful

`forge`: see forging.py.

`look`. Standard input, JSON: {"spaces": [namespace file of the host, and of each machine], "proc": its list of processes}
Standard output, JSON: interfaces, filters of tc, programs and older tables; see looking.py

Exit status 4: this process may not enter namespaces.
"""

import json
import resource
import sys

from forging import forge
from looking import look
from probing import Run

PROGRAMS = {"probe": lambda job: Run(job).go(), "forge": forge, "look": look}


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    json.dump(PROGRAMS[sys.argv[1]](json.load(sys.stdin)), sys.stdout)


main()
