"""Sends frames with forged senders from one card and says which arrive at another: another way than the proof.

Arguments: namespace and card of the sender, namespace and card of the watcher, the MAC to send to,
the address to send to, then the senders to claim. A claim `arp:ADDRESS` is an ARP answer; to an IPv6 target,
`advert:ADDRESS` is a neighbour advertisement and `behind:ADDRESS` one behind an extension header, both sent from
the first claim, `ask:ADDRESS` a neighbour solicitation from that address, and `router:ADDRESS` a router advertisement.
Standard output: the claims that arrived, one a line.

Over IPv6 each frame is known by the flow label of its header: an option more than systems send would be dropped for
being there, whatever the claim.
"""

import ctypes
import os
import select
import socket
import struct
import sys
import time

space, card, there, window, mac, target, *claims = sys.argv[1:]
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(path):
    descriptor = os.open(path, os.O_RDONLY)
    assert LIBC.setns(descriptor, 0x40000000) == 0, os.strerror(ctypes.get_errno())


def packet_socket(name):
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    one.bind((name, 0))
    return one


enter(there)
watcher = packet_socket(window)
enter(space)
sender = packet_socket(card)
own = sender.getsockname()[4]
goal = bytes.fromhex(mac.replace(":", ""))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def pack(address):
    return socket.inet_pton(socket.AF_INET6, address)


LABEL = 0xA5 << 12


def sixth(flow, source, number, payload, at, wrap=None):
    pseudo = source + pack(target) + struct.pack("!II", len(payload), number)
    total = checksum(pseudo + payload + b"\0" * (len(payload) % 2))
    payload = payload[:at] + struct.pack("!H", total) + payload[at + 2:]
    if wrap is not None:
        payload, number = struct.pack("!BBBBI", number, 0, 1, 4, 0) + payload, wrap
    head = struct.pack("!IHBB", 6 << 28 | flow, len(payload), number, 255)
    return goal + own + b"\x86\xdd" + head + source + pack(target) + payload


def frame6(claim, flow):
    kind, _, named = claim.partition(":")
    first = pack(claims[0])
    if kind in ("advert", "behind"):
        body = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + pack(named) + b"\x02\x01" + own
        return sixth(flow, first, 58, body, 2, 60 if kind == "behind" else None)
    if kind == "ask":
        body = struct.pack("!BBHI", 135, 0, 0, 0) + pack(target) + b"\x01\x01" + own
        return sixth(flow, pack(named), 58, body, 2)
    if kind == "router":
        return sixth(flow, pack(named), 58, struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 0, 0, 0), 2)
    return sixth(flow, pack(claim), 17, struct.pack("!HHHH", 4000, 4001, 16, 0) + b"leg-test", 6)


def number_of(frame):
    """Which of the claims a frame makes; None for one of others."""
    if frame[6:12] != own:
        return None
    if frame[12:14] == b"\x86\xdd":
        flow = struct.unpack("!I", frame[14:18])[0] & 0xFFFFF
        return flow & 0xFFF if flow & 0xFF000 == LABEL else None
    at = frame.find(b"leg-test")
    return struct.unpack("!I", frame[at + 8:at + 12])[0] if at >= 0 else None


for number, claim in enumerate(claims):
    mark = b"leg-test" + struct.pack("!I", number)
    if ":" in target:
        frame = frame6(claim, LABEL | number)
    elif claim.startswith("arp:"):
        body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + own + socket.inet_aton(claim[4:])
        frame = goal + own + b"\x08\x06" + body + goal + socket.inet_aton(target) + mark
    else:
        datagram = struct.pack("!HHHH", 4000, 4001, 8 + len(mark), 0) + mark
        ends = socket.inet_aton(claim) + socket.inet_aton(target)
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + ends
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        frame = goal + own + b"\x08\x00" + head + datagram
    sender.send(frame)

arrived = set()
deadline = time.monotonic() + 0.5
while time.monotonic() < deadline:
    if not select.select([watcher], [], [], max(0, deadline - time.monotonic()))[0]:
        break
    frame, where = watcher.recvfrom(2048)
    number = number_of(frame)
    if number is not None and where[2] != 4:
        arrived.add(number)
for number in sorted(arrived):
    print(claims[number])
