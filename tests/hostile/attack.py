"""Root in a machine sends whatever comes to mind: random frames of every kind that a wall might forget.

Standard input, one JSON line: {"space": namespace file, "seed": number, "frames": number, "mark": eight letters,
"own": {mac, ip, ip6}, "peer": {mac, ip, ip6}, "gateways": [{mac, ip, ip6}], "victims": [{mac, ip, ip6}],
"open": [[ip, protocol, port]], "outsiders": [ip]}. Every frame carries MARK and its number, also in what it quotes. Standard output,
one JSON line: {"sent": how many, "forged": numbers of frames that claim an identity of somebody else,
"taken": those of them that claim what a known one has, "words": what each frame was, by its number}. Written apart
from the product's own forger.
"""

import ctypes
import ipaddress
import json
import random
import socket
import struct
import sys

job = json.loads(sys.stdin.readline())
MARK = job["mark"].encode()
pick = random.Random(job["seed"])
libc = ctypes.CDLL(None)
with open(job["space"]) as space:
    assert libc.setns(space.fileno(), 0x40000000) == 0
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
card.bind(("eth0", 0))

own, peer, gateways, victims = job["own"], job["peer"], job["gateways"], job["victims"]
everyone = [own, peer, *gateways, *victims]
OUTSIDE4 = ["192.0.2.7", "8.8.8.8", "255.255.255.255", "0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.251"]
OUTSIDE6 = ["2001:db8::7", "::1", "ff02::1", "ff02::2", "ff02::1:ff00:1", "ff02::1:2", "fe80::66", "::"]
if job["outsiders"]:
    OUTSIDE4[:2] = [one for one in job["outsiders"] if ":" not in one]
    OUTSIDE6[0] = next(one for one in job["outsiders"] if ":" in one)
OPEN = {tuple(one) for one in job["open"]}
NOBODYS = None


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


MACS = [mac_bytes(one["mac"]) for one in everyone]
SPECIAL = [b"\xff" * 6, b"\x01\x80\xc2\0\0\x00", b"\x01\x80\xc2\0\0\x03", b"\x01\x80\xc2\0\0\x0e",
           b"\x01\0\x5e\0\0\xfb", b"\x33\x33\0\0\0\x01", b"\x33\x33\0\0\0\x02", b"\x33\x33\xff\0\0\x01"]


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF


def four(source, target, protocol, payload, options=b"", fragment=0, ttl=64):
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, size + len(payload), pick.getrandbits(16), fragment, ttl,
                       protocol, 0) + socket.inet_aton(source) + socket.inet_aton(target) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def six(source, target, following, payload, hops=255):
    return struct.pack("!IHBB", 6 << 28, len(payload), following, hops) + ipaddress.IPv6Address(source).packed + \
        ipaddress.IPv6Address(target).packed + payload


def l4_four(source, target, protocol, body):
    pseudo = socket.inet_aton(source) + socket.inet_aton(target)
    return pseudo + struct.pack("!BBH", 0, protocol, len(body))


def l4_six(source, target, protocol, body):
    pseudo = ipaddress.IPv6Address(source).packed + ipaddress.IPv6Address(target).packed
    return pseudo + struct.pack("!IHBB", len(body), 0, 0, protocol)


PORTS = [22, 53, 67, 68, 80, 123, 443, 546, 547, 3128, 5353, 5355, 8080, 8443, 9100]


def port():
    return pick.choice(PORTS) if pick.random() < 0.7 else pick.randrange(65536)


def tcp(pseudo, source, target, sport, dport, data):
    flags = pick.randrange(256)
    body = struct.pack("!HHIIBBHHH", sport, dport, pick.getrandbits(32), pick.getrandbits(32), 0x50, flags, 1024, 0, 0)
    whole = body + data
    total = checksum(pseudo(source, target, 6, whole) + whole)
    return whole[:16] + struct.pack("!H", total) + whole[18:]


def udp(pseudo, source, target, sport, dport, data):
    whole = struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data
    total = checksum(pseudo(source, target, 17, whole) + whole) or 0xFFFF
    return whole[:6] + struct.pack("!H", total) + whole[8:]


def quoted4(data):
    """The beginning of a conversation that somebody may have: what an ICMP error speaks of."""
    source, target = (pick.choice([one["ip"] for one in everyone] + OUTSIDE4[:2]) for _ in range(2))
    return four(source, target, pick.choice([1, 6, 17]), struct.pack("!HHI", port(), port(), 1) + data)


def quoted6(data):
    source, target = (pick.choice([one["ip6"] for one in everyone if one["ip6"]] + OUTSIDE6[:1]) for _ in range(2))
    return six(source, target, pick.choice([6, 17, 58]), struct.pack("!HHI", port(), port(), 1) + data)


def icmp(data):
    kind = pick.choice([0, 3, 3, 3, 4, 5, 8, 9, 10, 11, 12, 13, 17])
    rest = struct.pack("!HH", 0, pick.choice([0, 68, 576, 1280])) + (quoted4(data) if kind in (3, 4, 5, 11, 12) else data)
    body = bytes([kind, pick.randrange(16), 0, 0]) + rest
    return body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def icmp6(source, target, data):
    kind = pick.choice([1, 2, 2, 3, 4, 128, 129, 130, 131, 132, 133, 134, 135, 136, 136, 137, 143])
    if kind < 5:
        rest = struct.pack("!I", 1280) + quoted6(data)
    elif kind in (135, 136):
        rest = struct.pack("!I", 0xE0000000) + ipaddress.IPv6Address(pick.choice(everyone)["ip6"] or "::1").packed
        rest += bytes([kind - 134, 1]) + pick.choice(MACS) + data
    elif kind == 134:
        rest = struct.pack("!BBHII", 64, 0, 1800, 0, 0) + data
    else:
        rest = b"\0\0\0\0" + data
    body = bytes([kind, 0, 0, 0]) + rest
    total = checksum(l4_six(source, target, 58, body) + body)
    return body[:2] + struct.pack("!H", total) + body[4:]


def inner(data):
    """What a tunnel carries: a datagram straight for a victim."""
    to = pick.choice(victims)
    if to["ip6"] and pick.random() < 0.5:
        return 41, six(pick.choice(everyone)["ip6"] or "::1", to["ip6"], 17, struct.pack("!HHHH", 9, 9, 8 + len(data), 0) + data)
    return 4, four(pick.choice(everyone)["ip"], to["ip"], 17, struct.pack("!HHHH", 9, 9, 8 + len(data), 0) + data)


def ip4(data):
    source = own["ip"] if pick.random() < 0.5 else pick.choice([one["ip"] for one in everyone] + OUTSIDE4)
    target = pick.choice([one["ip"] for one in victims + gateways + [peer]] + OUTSIDE4[:3])
    protocol = pick.choice([1, 1, 1, 2, 4, 6, 6, 17, 17, 41, 47, 50, 132, pick.randrange(256)])
    sport, dport = port(), port()
    if protocol == 6:
        body = tcp(l4_four, source, target, sport, dport, data)
    elif protocol == 17:
        body = udp(l4_four, source, target, sport, dport, data)
    elif protocol == 1:
        body = icmp(data)
    elif protocol in (4, 41):
        protocol, body = inner(data)
    elif protocol == 47:
        kind, packet = inner(data)
        body = struct.pack("!HH", 0, 0x0800 if kind == 4 else 0x86DD) + packet
    else:
        body = struct.pack("!HH", sport, dport) + data
    # A source route, loose or strict, of which nothing is done yet or all: then the answer goes back by it.
    route = bytes([pick.choice([0x83, 0x89]), 7, pick.choice([4, 8])]) + socket.inet_aton(pick.choice(victims)["ip"]) + b"\0"
    # The same, of which a part is done.
    on = bytes([pick.choice([0x83, 0x89]), 11, 8]) + socket.inet_aton(pick.choice(everyone)["ip"]) + route[3:]
    options = pick.choice([b"", b"", b"", b"\x01" * 4, route, on, bytes([pick.randrange(256), pick.randrange(12), 0, 0])])
    fragment = pick.choice([0] * 8 + [0x2000, 0x2001, 1, 0x1FFF, 0x4000])
    ttl = pick.choice([64, 64, 64, 1, 2, 255])
    is_open = (target, protocol, dport) in OPEN or fragment & 0x1FFF and any(target == one[0] for one in OPEN)
    words = f"ip4 {source} > {target} protocol {protocol} {sport}>{dport} fragment {fragment:x} body {body[:2].hex()}"
    claim = NOBODYS if source == own["ip"] else source
    return four(source, target, protocol, body, options, fragment, ttl), claim, bool(is_open), words


def ip6(data):
    source = own["ip6"] if own["ip6"] and pick.random() < 0.5 else pick.choice([one["ip6"] for one in everyone if one["ip6"]] + OUTSIDE6)
    target = pick.choice([one["ip6"] for one in victims + gateways + [peer] if one["ip6"]] + OUTSIDE6)
    last = pick.choice([6, 17, 58, 58, 58, 41, 4, pick.randrange(256)])
    sport, dport = port(), port()
    if last == 6:
        body = tcp(l4_six, source, target, sport, dport, data)
    elif last == 17:
        body = udp(l4_six, source, target, sport, dport, data)
    elif last == 58:
        body = icmp6(source, target, data)
    elif last in (4, 41):
        last, body = inner(data)
    else:
        body = struct.pack("!HH", sport, dport) + data
    is_open = (target, last, dport) in OPEN
    claim = last == 58 and len(body) > 24 and body[0] in (135, 136)
    claimed = ipaddress.IPv6Address(body[8:24]).compressed if claim else source
    for _ in range(pick.choice([0, 0, 0, 1, 1, 2])):
        kind = pick.choice([0, 43, 44, 60])
        if kind == 44:
            body = struct.pack("!BBHI", last, 0, pick.choice([0, 0, 1, 8]), pick.getrandbits(32)) + body
        else:
            # Nothing, or an option that is not to be passed on in silence.
            option = pick.choice([1, 1, 0x9E, 0xDE, 0xC2])
            body = bytes([last, 0, option, 4, 0, 0, 0, 0]) + body
        last = kind
    claimed = claimed if source in (own["ip6"], "::") else source
    words = f"ip6 {source} > {target} next {last} {sport}>{dport} body {body[:12].hex()}"
    return six(source, target, last, body, pick.choice([255, 255, 64, 1])), NOBODYS if claimed in (own["ip6"], "::") else claimed, is_open, words


def arp(data):
    sender, at = pick.choice(everyone), pick.choice(everyone)
    mac = mac_bytes(own["mac"]) if pick.random() < 0.6 else pick.choice(MACS)
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, pick.choice([1, 2, 2, 3, 8])) + mac + socket.inet_aton(sender["ip"])
    body += pick.choice(MACS) + socket.inet_aton(at["ip"]) + data
    claim = NOBODYS if sender is own and mac == mac_bytes(own["mac"]) else sender["ip"] if sender is not own else mac
    return body, claim, False, f"arp {sender['ip']} is at {mac.hex()}"


KINDS = [(0x0800, ip4), (0x0800, ip4), (0x0800, ip4), (0x86DD, ip6), (0x86DD, ip6), (0x0806, arp)]
# MACs of gateways say nothing: a bridge learns none of its own from a port, and nobody looks for others there.
known = {one[key] for one in everyone for key in ("ip", "ip6")} | {mac_bytes(one["mac"]) for one in [peer, *victims]}
known -= {own["ip"], own["ip6"], mac_bytes(own["mac"]), ""}
forged, taken, opened, words = [], [], [], {}
for number in range(job["frames"]):
    data = MARK + struct.pack("!I", number) + MARK
    kind, make = pick.choice(KINDS)
    payload, claim, is_open, about = make(data)
    if pick.random() < 0.1:
        tag = pick.choice([0, 1, 100])
        payload = struct.pack("!HH", tag, kind) + payload
        kind = pick.choice([0x8100, 0x88A8])
        about = f"tag {tag} {about}"
    elif pick.random() < 0.05:
        kind = pick.choice([0x88CC, 0x8863, 0x8864, 0x0842, 0x22F0, pick.randrange(0x600, 0x10000)])
        about = f"type {kind:x} {about}"
    source = mac_bytes(own["mac"]) if pick.random() < 0.8 else pick.choice(MACS)
    target = pick.choice(MACS + MACS + [mac_bytes(gateways[0]["mac"])] * 6 + SPECIAL)
    frame = target + source + struct.pack("!H", kind) + payload + data
    try:
        card.send(frame[:1514])
    except OSError:
        continue
    if claim is not NOBODYS or source != mac_bytes(own["mac"]):
        forged.append(number)
    if claim in known or source in known:
        taken.append(number)
    if is_open:
        opened.append(number)
    words[number] = f"{source.hex()} > {target.hex()} {about}"
print(json.dumps({"sent": len(words), "forged": forged, "taken": taken, "open": opened, "words": words}))
