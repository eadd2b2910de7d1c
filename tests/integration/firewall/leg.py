"""Sends frames with forged IPv4 senders from one card and says which arrive at another: another way than the proof.

Arguments: namespace and card of the sender, namespace and card of the watcher, the MAC to send to,
the address to send to, then the senders to claim. A claim `arp:ADDRESS` is an ARP answer.
Standard output: the claims that arrived, one a line.
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


for number, claim in enumerate(claims):
    mark = b"leg-test" + struct.pack("!I", number)
    if claim.startswith("arp:"):
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
    at = frame.find(b"leg-test")
    if at >= 0 and where[2] != 4:
        arrived.add(struct.unpack("!I", frame[at + 8:at + 12])[0])
for number in sorted(arrived):
    print(claims[number])
