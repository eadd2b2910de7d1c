"""Opens TCP connections that neither end really has: SYN, SYN-ACK and ACK by hand, to an accomplice beyond the host.

Standard input, JSON: {"machine", "accomplice": namespace files, "address", "other": their addresses, "gateway",
"uplink": MACs of the host towards each, "count", "from": first port of the accomplice}.
Standard output, JSON: {"sent": questions, "answered": those that came to the accomplice, "seconds"}.
The kernels of both ends know nothing of it and would refuse: their refusals are to be dropped meanwhile.
"""

import ctypes
import json
import select
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
SYN, ACK = 0x02, 0x10
RECEIVE_BUFFER = 33
PORTS = 60_000


def ones(data):
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def folded(total):
    total = (total >> 16) + (total & 0xFFFF)
    return ~((total >> 16) + total) & 0xFFFF


def card(path):
    with open(path) as space:
        if libc.setns(space.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), path)
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    one.bind(("eth0", 0))
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, RECEIVE_BUFFER, 64 << 20)
    return one


def head(to, one, source, target):
    """A frame up to where TCP begins, and what of it counts in TCP's checksum."""
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0x4000, 64, 6, 0, source, target)
    ip = ip[:10] + struct.pack("!H", folded(ones(ip))) + ip[12:]
    return to + one.getsockname()[4] + b"\x08\x00" + ip, ones(source + target) + 6 + 20


def frame(begin, sport, dport, seq, ack, flags):
    start, base = begin
    word = 0x5000 | flags
    total = base + sport + dport + (seq >> 16) + (seq & 0xFFFF) + (ack >> 16) + (ack & 0xFFFF) + word + 0x4000
    return start + struct.pack("!HHIIHHHH", sport, dport, seq, ack, word, 0x4000, folded(total), 0)


def send(one, data):
    while True:
        try:
            return one.send(data)
        except BlockingIOError:
            select.select([], [one], [])


job = json.load(sys.stdin)
mine, theirs = card(job["machine"]), card(job["accomplice"])
me, other = socket.inet_aton(job["address"]), socket.inet_aton(job["other"])
gateway, uplink = (bytes.fromhex(job[name].replace(":", "")) for name in ("gateway", "uplink"))
begin = head(gateway, mine, me, other)
answered, start = 0, time.monotonic()


def answer():
    global answered
    while True:
        try:
            data, sender = theirs.recvfrom(2000)
        except BlockingIOError:
            return
        # Type 4: what this card sends itself.
        if sender[2] == 4 or data[23] != 6 or data[47] != SYN:
            continue
        sport, dport, seq = struct.unpack("!HHI", data[34:42])
        send(theirs, frame(head(uplink, theirs, other, data[26:30]), dport, sport, 1000, seq + 1, SYN | ACK))
        answered += 1


ports = [(1024 + at % PORTS, job["from"] + at // PORTS) for at in range(job["count"])]
for at in range(0, len(ports), 200):
    some = ports[at : at + 200]
    for sport, dport in some:
        send(mine, frame(begin, sport, dport, 1, 0, SYN))
    answer()
    for sport, dport in some:
        send(mine, frame(begin, sport, dport, 2, 1001, ACK))
time.sleep(0.2)
answer()
print(json.dumps({"sent": len(ports), "answered": answered, "seconds": round(time.monotonic() - start, 1)}))
