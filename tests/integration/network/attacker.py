"""A machine with root inside that tries everything: which frames reach a neighbour, and who gets a neighbour's traffic.

Arguments: namespace files of the attacker, the neighbour whose identity it takes, and the target; their
addresses; the gateway. Standard output, JSON: {"arrived": [names of frames that the target saw],
"stolen": whether the attacker saw what the target sent to the neighbour}. Written apart from the product's forger.
"""

import ctypes
import json
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None)
MARK = b"attack-from-within"


def card(path):
    with open(path) as space:
        assert libc.setns(space.fileno(), 0x40000000) == 0, path
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    one.bind(("eth0", 0))
    one.setblocking(False)
    return one, one.getsockname()[4]


def saw(one):
    time.sleep(0.12)
    found = False
    while True:
        try:
            frame, sender = one.recvfrom(4000)
        except BlockingIOError:
            return found
        found = found or (sender[2] != 4 and MARK in frame)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ip(source, target, payload, protocol=17, options=b"", fragment=0):
    size = 20 + len(options)
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x40 | size // 4, 0, size + len(payload), 77, fragment, 64, protocol, 0,
        socket.inet_aton(source), socket.inet_aton(target),
    ) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(source, target):
    return struct.pack("!HHHH", source, target, 8 + len(MARK), 0) + MARK


def claim(operation, mac, address, kind=1):
    return struct.pack("!HHBBH", kind, 0x0800, 6, 4, operation) + mac + socket.inet_aton(address) + at_mac + socket.inet_aton(at) + MARK


def tagged(kind, payload, tag=0):
    return struct.pack("!HH", tag, kind) + payload


spaces, (me, neighbour, at, gateway) = sys.argv[1:4], sys.argv[4:8]
(mine, my_mac), (theirs, their_mac), (target, at_mac) = (card(path) for path in spaces)
everyone = b"\xff" * 6
forged = ip(neighbour, at, udp(9, 9))
advert = b"\x60\0\0\0" + struct.pack("!HBB", 16 + len(MARK), 58, 255) + b"\xfe\x80" + b"\0" * 13 + b"\x66"
advert += b"\xff\x02" + b"\0" * 13 + b"\x01" + struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + MARK
FRAMES = {
    "honest": (at_mac, my_mac, 0x0800, ip(me, at, udp(9, 9))),
    "address of a neighbour": (at_mac, my_mac, 0x0800, forged),
    "address of the gateway": (at_mac, my_mac, 0x0800, ip(gateway, at, udp(9, 9))),
    "address from nowhere": (at_mac, my_mac, 0x0800, ip("192.0.2.9", at, udp(9, 9))),
    "no address": (everyone, my_mac, 0x0800, ip("0.0.0.0", "255.255.255.255", udp(68, 67))),
    "mac of a neighbour": (at_mac, their_mac, 0x0800, ip(me, at, udp(9, 9))),
    "mac and address of a neighbour": (at_mac, their_mac, 0x0800, forged),
    "arp for a neighbour": (at_mac, my_mac, 0x0806, claim(2, my_mac, neighbour)),
    "arp for the gateway": (at_mac, my_mac, 0x0806, claim(2, my_mac, gateway)),
    "arp question as the gateway": (everyone, my_mac, 0x0806, claim(1, my_mac, gateway)),
    "arp with a strange hardware type": (at_mac, my_mac, 0x0806, claim(2, my_mac, gateway, 6)),
    "arp naming another mac": (at_mac, my_mac, 0x0806, claim(2, their_mac, me)),
    "rarp": (at_mac, my_mac, 0x8035, claim(4, my_mac, gateway)),
    "dhcp offer": (at_mac, my_mac, 0x0800, ip(me, at, udp(67, 68))),
    "dhcp offer to all": (everyone, my_mac, 0x0800, ip(me, "255.255.255.255", udp(67, 68))),
    "dhcp offer from another port": (at_mac, my_mac, 0x0800, ip(me, at, udp(6767, 68))),
    "router advertisement": (b"\x33\x33\0\0\0\x01", my_mac, 0x86DD, advert),
    "ipv6": (at_mac, my_mac, 0x86DD, advert[:6] + b"\x11\x40" + advert[8:]),
    "vlan 0": (at_mac, my_mac, 0x8100, tagged(0x0800, forged)),
    "vlan 1": (at_mac, my_mac, 0x8100, tagged(0x0800, forged, 1)),
    "vlan with an honest packet": (at_mac, my_mac, 0x8100, tagged(0x0800, ip(me, at, udp(9, 9)))),
    "vlan with arp": (at_mac, my_mac, 0x8100, tagged(0x0806, claim(2, my_mac, gateway))),
    "two vlans": (at_mac, my_mac, 0x88A8, tagged(0x8100, tagged(0x0800, forged))),
    "pppoe": (at_mac, my_mac, 0x8864, b"\x11\0\0\1\0\x40\0\x21" + forged),
    "llc": (at_mac, my_mac, 0x0030, b"\xaa\xaa\x03\0\0\0\x08\0" + forged),
    "source route as a neighbour": (
        at_mac, my_mac, 0x0800,
        ip(neighbour, at, udp(9, 9), options=b"\x83\x07\x04" + socket.inet_aton(gateway) + b"\0"),
    ),
    "fragment as a neighbour": (at_mac, my_mac, 0x0800, ip(neighbour, at, udp(9, 9), fragment=0x2000)),
    "later fragment as a neighbour": (at_mac, my_mac, 0x0800, ip(neighbour, at, udp(9, 9), fragment=0x0010)),
    "multicast as a neighbour": (
        b"\x01\0\x5e\0\0\xfb", my_mac, 0x0800, ip(neighbour, "224.0.0.251", udp(5353, 5353)),
    ),
}
arrived = []
for name, (to, source, kind, payload) in FRAMES.items():
    saw(target)
    mine.send(to + source + struct.pack("!H", kind) + payload)
    if saw(target):
        arrived.append(name)
mine.send(at_mac + their_mac + b"\x08\0" + forged)
saw(mine)
target.send(their_mac + at_mac + b"\x08\0" + ip(at, neighbour, udp(9, 9)))
print(json.dumps({"arrived": arrived, "stolen": saw(mine)}))
