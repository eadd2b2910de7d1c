"""The same as attacker.py over IPv6: which frames of a machine with root inside reach a neighbour, or its gateway.

Arguments: "namespace,address" of the attacker, the neighbour whose identity it takes, and the target; the gateway.
Standard output, JSON: {"arrived": [names of frames that the target saw], "stolen": whether the attacker saw what
the target sent to the neighbour}. Written apart from the product's forger.
"""

import ctypes
import json
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None)
MARK = b"attack-over-six!"
# Neighbour discovery is known by its flow label alone: an option more than systems send would be dropped for being there.
LABEL = 0x5A7A6
TCP, UDP, FRAGMENT, ROUTING, HOPS, OPTIONS, ICMP = 6, 17, 44, 43, 0, 60, 58


def pack(address):
    return socket.inet_pton(socket.AF_INET6, address)


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
        found = found or (sender[2] != 4 and (MARK in frame or is_labelled(frame)))


def is_labelled(frame):
    return frame[12:14] == b"\x86\xdd" and struct.unpack("!I", frame[14:18])[0] & 0xFFFFF == LABEL


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ip(source, target, payload, kind=UDP, hops=255):
    return struct.pack("!IHBB", 6 << 28 | LABEL, len(payload), kind, hops) + pack(source) + pack(target) + payload


def summed(source, target, kind, payload, at):
    total = checksum(pack(source) + pack(target) + struct.pack("!II", len(payload), kind) + payload)
    return payload[:at] + struct.pack("!H", total) + payload[at + 2:]


def udp(source, target, ports=(9, 9)):
    data = struct.pack("!HHHH", *ports, 8 + len(MARK), 0) + MARK
    return summed(source, target, UDP, data, 6)


def icmp(source, target, kind, rest):
    return summed(source, target, ICMP, struct.pack("!BBH", kind, 0, 0) + rest, 2)


def option(kind, content):
    content += b"\0" * (-(len(content) + 2) % 8)
    return struct.pack("!BB", kind, (len(content) + 2) // 8) + content


def note():
    return option(253, MARK)


def link_local(mac):
    return socket.inet_ntop(
        socket.AF_INET6, b"\xfe\x80" + bytes(6) + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
    )


def advert(source, target="ff02::1"):
    return icmp(source, target, 134, struct.pack("!BBHII", 64, 0, 0, 0, 0) + note())


def claim(source, target, whose, mac):
    return icmp(source, target, 136, struct.pack("!I", 0x20000000) + pack(whose) + option(2, mac))


def question(source, target, whose, mac):
    return icmp(source, target, 135, bytes(4) + pack(whose) + option(1, mac))


def fragment(inner, kind, offset=0, more=True):
    return struct.pack("!BBHI", kind, 0, offset | more, 77) + inner


spaces = [word.split(",") for word in sys.argv[1:4]]
gateway = sys.argv[4]
(mine, my_mac), (theirs, their_mac), (target, at_mac) = (card(path) for path, _ in spaces)
me, neighbour, at = (address for _, address in spaces)
local, their_local, at_local = link_local(my_mac), link_local(their_mac), link_local(at_mac)
all_nodes = b"\x33\x33\0\0\0\x01"
forged = ip(neighbour, at, udp(neighbour, at))
dhcp = (547, 546)
padding = bytes([0, 0, 1, 4, 0, 0, 0, 0])
FRAMES = {
    "honest": (at_mac, my_mac, ip(me, at, udp(me, at))),
    "own advertisement": (at_mac, my_mac, ip(me, at, claim(me, at, me, my_mac), ICMP)),
    "own question": (at_mac, my_mac, ip(me, at, question(me, at, at, my_mac), ICMP)),
    "address of a neighbour": (at_mac, my_mac, forged),
    "address of the gateway": (at_mac, my_mac, ip(gateway, at, udp(gateway, at))),
    "address from nowhere": (at_mac, my_mac, ip("2001:db8::9", at, udp("2001:db8::9", at))),
    "another address of the subnet": (
        at_mac, my_mac, ip(f"{me.rpartition(':')[0]}:beef", at, udp(f"{me.rpartition(':')[0]}:beef", at)),
    ),
    "no address": (at_mac, my_mac, ip("::", at, udp("::", at))),
    "local address of a neighbour": (at_mac, my_mac, ip(their_local, at_local, udp(their_local, at_local))),
    "local address of nobody": (at_mac, my_mac, ip("fe80::9", at_local, udp("fe80::9", at_local))),
    "mac of a neighbour": (at_mac, their_mac, ip(me, at, udp(me, at))),
    "mac and address of a neighbour": (at_mac, their_mac, forged),
    "advertisement of a neighbour": (at_mac, my_mac, ip(me, at, claim(me, at, neighbour, my_mac), ICMP)),
    "advertisement of the gateway": (at_mac, my_mac, ip(me, at, claim(me, at, gateway, my_mac), ICMP)),
    "advertisement of the gateway to all": (
        all_nodes, my_mac, ip(me, "ff02::1", claim(me, "ff02::1", gateway, my_mac), ICMP),
    ),
    "advertisement of the gateway's local address": (
        at_mac, my_mac, ip(me, at, claim(me, at, "fe80::1", my_mac), ICMP),
    ),
    "advertisement with another mac": (at_mac, my_mac, ip(me, at, claim(me, at, me, their_mac), ICMP)),
    "advertisement behind an option": (
        at_mac, my_mac,
        ip(me, at, struct.pack("!BB", ICMP, 0) + padding[2:] + claim(me, at, gateway, my_mac), OPTIONS),
    ),
    "advertisement behind hops": (
        at_mac, my_mac,
        ip(me, at, struct.pack("!BB", ICMP, 0) + padding[2:] + claim(me, at, gateway, my_mac), HOPS),
    ),
    "advertisement behind two headers": (
        at_mac, my_mac,
        ip(
            me, at,
            struct.pack("!BB", OPTIONS, 0) + padding[2:] + struct.pack("!BB", ICMP, 0) + padding[2:]
            + claim(me, at, gateway, my_mac),
            HOPS,
        ),
    ),
    "advertisement behind a route": (
        at_mac, my_mac,
        ip(me, at, struct.pack("!BBBBI", ICMP, 0, 0, 0, 0) + claim(me, at, gateway, my_mac), ROUTING),
    ),
    "advertisement as a fragment": (
        at_mac, my_mac, ip(me, at, fragment(claim(me, at, gateway, my_mac), ICMP), FRAGMENT),
    ),
    "advertisement as a whole fragment": (
        at_mac, my_mac, ip(me, at, fragment(claim(me, at, gateway, my_mac), ICMP, more=False), FRAGMENT),
    ),
    "advertisement hidden by a first fragment": (
        at_mac, my_mac, ip(me, at, fragment(struct.pack("!BB", ICMP, 3) + bytes(6) + note(), OPTIONS), FRAGMENT),
    ),
    "dhcp answer hidden by a first fragment": (
        at_mac, my_mac, ip(me, at, fragment(struct.pack("!BB", UDP, 3) + bytes(6) + note(), OPTIONS), FRAGMENT),
    ),
    "own advertisement behind an option": (
        at_mac, my_mac,
        ip(me, at, struct.pack("!BB", ICMP, 0) + padding[2:] + claim(me, at, me, my_mac), OPTIONS),
    ),
    "question with another mac": (at_mac, my_mac, ip(me, at, question(me, at, at, their_mac), ICMP)),
    "own advertisement with more than a mac": (
        at_mac, my_mac,
        ip(me, at, icmp(me, at, 136, struct.pack("!I", 0x20000000) + pack(me) + option(2, my_mac) + note()), ICMP),
    ),
    "question with another mac in a second option": (
        at_mac, my_mac,
        ip(
            me, at,
            icmp(me, at, 135, bytes(4) + pack(at) + note() + option(1, their_mac)),
            ICMP,
        ),
    ),
    "router solicitation with another mac": (
        at_mac, my_mac,
        ip(local, at_local, icmp(local, at_local, 133, bytes(4) + option(1, their_mac)), ICMP),
    ),
    "question about the address of the gateway, as nobody": (
        all_nodes, my_mac, ip("::", "ff02::1", question("::", "ff02::1", gateway, my_mac), ICMP),
    ),
    "question as a neighbour": (
        at_mac, my_mac, ip(neighbour, at, question(neighbour, at, at, my_mac), ICMP),
    ),
    "question as the gateway": (at_mac, my_mac, ip(gateway, at, question(gateway, at, at, my_mac), ICMP)),
    "question about a taken address": (
        all_nodes, my_mac, ip("::", "ff02::1", question("::", "ff02::1", at, my_mac), ICMP),
    ),
    "router advertisement": (all_nodes, my_mac, ip(local, "ff02::1", advert(local), ICMP)),
    "router advertisement from its address": (all_nodes, my_mac, ip(me, "ff02::1", advert(me), ICMP)),
    "router advertisement to one": (at_mac, my_mac, ip(local, at, advert(local, at), ICMP)),
    "router advertisement behind an option": (
        all_nodes, my_mac, ip(local, "ff02::1", struct.pack("!BB", ICMP, 0) + padding[2:] + advert(local), HOPS),
    ),
    "router advertisement as a fragment": (
        all_nodes, my_mac, ip(local, "ff02::1", fragment(advert(local), ICMP), FRAGMENT),
    ),
    "router advertisement in the second fragment": (
        all_nodes, my_mac,
        ip(local, "ff02::1", fragment(advert(local), OPTIONS, offset=8, more=False), FRAGMENT),
    ),
    "redirect": (
        at_mac, my_mac,
        ip(local, at, icmp(local, at, 137, bytes(4) + pack(local) + pack("2001:db8::1") + note()), ICMP),
    ),
    "redirect as the gateway": (
        at_mac, my_mac,
        ip(gateway, at, icmp(gateway, at, 137, bytes(4) + pack(me) + pack("2001:db8::1") + note()), ICMP),
    ),
    "dhcp answer": (at_mac, my_mac, ip(me, at, udp(me, at, dhcp))),
    "dhcp answer from its local address": (
        at_mac, my_mac, ip(local, at_local, udp(local, at_local, dhcp)),
    ),
    "dhcp answer to all": (all_nodes, my_mac, ip(me, "ff02::1", udp(me, "ff02::1", dhcp))),
    "dhcp answer from another port": (at_mac, my_mac, ip(me, at, udp(me, at, (5470, 546)))),
    "dhcp question": (
        b"\x33\x33\0\1\0\2", my_mac, ip(local, "ff02::1:2", udp(local, "ff02::1:2", (546, 547))),
    ),
    "dhcp question to one": (at_mac, my_mac, ip(me, at, udp(me, at, (546, 547)))),
    "who listens": (
        all_nodes, my_mac, ip(local, "ff02::1", icmp(local, "ff02::1", 130, bytes(20) + MARK), ICMP, hops=1),
    ),
    "source route as a neighbour": (
        at_mac, my_mac,
        ip(neighbour, at, struct.pack("!BBBBI", UDP, 2, 0, 1, 0) + pack(gateway) + udp(neighbour, at), ROUTING),
    ),
    "fragment as a neighbour": (
        at_mac, my_mac, ip(neighbour, at, fragment(udp(neighbour, at), UDP), FRAGMENT),
    ),
    "later fragment as a neighbour": (
        at_mac, my_mac, ip(neighbour, at, fragment(MARK, UDP, offset=64, more=False), FRAGMENT),
    ),
    "multicast as a neighbour": (
        b"\x33\x33\0\0\0\xfb", my_mac, ip(neighbour, "ff02::fb", udp(neighbour, "ff02::fb", (5353, 5353))),
    ),
    "ipv4 within ipv6 as a neighbour": (at_mac, my_mac, ip(neighbour, at, MARK, 4)),
}
arrived = []
for name, (to, source, packet) in FRAMES.items():
    saw(target)
    mine.send(to + source + b"\x86\xdd" + packet)
    if saw(target):
        arrived.append(name)
for kind, payload in {"vlan 0": forged, "vlan 1": ip(me, at, udp(me, at))}.items():
    saw(target)
    mine.send(at_mac + my_mac + b"\x81\0" + struct.pack("!H", int(kind[-1])) + b"\x86\xdd" + payload)
    if saw(target):
        arrived.append(kind)
mine.send(at_mac + their_mac + b"\x86\xdd" + forged)
saw(mine)
target.send(their_mac + at_mac + b"\x86\xdd" + ip(at, neighbour, udp(at, neighbour)))
print(json.dumps({"arrived": arrived, "stolen": saw(mine)}))
