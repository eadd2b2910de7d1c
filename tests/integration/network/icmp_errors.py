"""Forges ICMP errors about real conversations, from every place, and tells which arrive where.

Standard input, JSON: {"spaces": {name: namespace file}, "kinds"?: [[4 or 6, type, code]], default every one,
"conversations": [{"name", "protocol": udp|tcp|icmp, "client", "server": spaces, "from", "to": addresses, "port",
"seen"?: the client's address as the server sees it, where it is another, "question"?: where somebody listens already}],
"forgers": [{"space", "gateway": MAC, "addresses": its own and what it takes for its own,
"neighbours"?: {space: its addresses}: on the same bridge, where the same goes directly}]}.
Standard output, JSON: {"sent": count, "clients": {conversation: the address that the server saw},
"arrived": [[forger, source, conversation, target, type, code, where]]}: sent as `source` to `target`, seen in `where`.
The space "host" tells what its rules let in, the others what comes to their cards. Each conversation is opened for
real, with a question and an answer, and stays open meanwhile.
"""

import ctypes
import json
import select
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
KINDS4 = [(3, code) for code in range(16)] + [(4, 0), (11, 0), (11, 1), (12, 0), (12, 1)] + [(5, code) for code in range(4)]
KINDS6 = [(1, code) for code in range(7)] + [(2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (4, 2), (100, 0), (127, 0), (137, 0)]
MARK = b"forged-error"


def enter(path):
    with open(path) as space:
        if libc.setns(space.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), path)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def six(address):
    return ":" in address


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if six(address) else socket.AF_INET, address)


def ip(source, target, protocol, payload):
    a, b = packed(source), packed(target)
    if six(source):
        return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + a + b + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0, a, b)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


PROTOCOLS = {"tcp": 6, "udp": 17}


def quoted(protocol, source, target, sport, dport, reply):
    """The beginning of a packet of a conversation, as its receiver would quote it."""
    if protocol == "icmp":
        number, kind = (58, 129 if reply else 128) if six(source) else (1, 0 if reply else 8)
        return ip(source, target, number, struct.pack("!BBHHH", kind, 0, 0, sport, 1))
    body = struct.pack("!HHI", sport, dport, 0 if protocol == "tcp" else 8 << 16)
    return ip(source, target, PROTOCOLS[protocol], body + b"\0" * (12 if protocol == "tcp" else 0))


def error(source, target, kind, code, inner, mark):
    # 1300 is a path MTU, where there is room for one.
    rest = struct.pack("!I", 1300)
    body = inner + mark
    head = struct.pack("!BBH", kind, code, 0)
    if six(source):
        pseudo = packed(source) + packed(target) + struct.pack("!II", len(head + rest + body), 58)
        total = checksum(pseudo + head + rest + body)
        return ip(source, target, 58, head[:2] + struct.pack("!H", total) + rest + body)
    total = checksum(head + rest + body)
    return ip(source, target, 1, head[:2] + struct.pack("!H", total) + rest + body)


def socket_in(space, family, kind, *more):
    enter(spaces[space])
    return socket.socket(family, kind, *more)


def opened(one):
    """The client's port, or the number of its pings; and what keeps the conversation open."""
    family = socket.AF_INET6 if six(one["from"]) else socket.AF_INET
    client, server = (one["from"], 0), (one["to"], one.get("port", 0))
    if one["protocol"] == "tcp":
        enter(spaces[one["server"]])
        listener = socket.create_server(("", server[1]), family=family)
        enter(spaces[one["client"]])
        asking = socket.create_connection(server, timeout=5, source_address=client)
        answering, peer = listener.accept()
        clients[one["name"]] = peer[0]
        asking.send(b"question")
        answering.recv(8)
        return asking.getsockname()[1], peer[1], (asking, answering, listener)
    if one["protocol"] == "udp":
        answering = socket_in(one["server"], family, socket.SOCK_DGRAM)
        answering.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if "question" not in one:
            answering.bind(server)
        asking = socket_in(one["client"], family, socket.SOCK_DGRAM)
        asking.bind(client)
        asking.settimeout(5)
        answering.settimeout(5)
        asking.sendto(one.get("question", "question").encode("latin-1"), server)
        seen = asking.getsockname()[1]
        if "question" not in one:
            _, peer = answering.recvfrom(8)
            clients[one["name"]], seen = peer[:2]
            answering.sendto(b"answer", peer)
        asking.recv(600)
        return asking.getsockname()[1], seen, (asking, answering)
    echo, answer, protocol = (128, 129, 58) if six(one["from"]) else (8, 0, 1)
    raw = socket_in(one["client"], family, socket.SOCK_RAW, protocol)
    raw.bind(client)
    number = 4000 + len(keep)
    ping = struct.pack("!BBHHH", echo, 0, 0, number, 1)
    if echo == 8:
        ping = ping[:2] + struct.pack("!H", checksum(ping)) + ping[4:]
    raw.sendto(ping, server)
    deadline = time.monotonic() + 5
    while select.select([raw], [], [], max(0, deadline - time.monotonic()))[0]:
        got = raw.recv(600)
        got = got if protocol == 58 else got[20:]
        if got[0] == answer and got[4:6] == struct.pack("!H", number):
            return number, number, (raw,)
    raise TimeoutError(one["name"])


job = json.load(sys.stdin)
spaces, keep, clients = job["spaces"], [], {}
if "kinds" in job:
    KINDS4, KINDS6 = ([(kind, code) for at, kind, code in job["kinds"] if at == number] for number in (4, 6))
flows = []
for one in job["conversations"]:
    sport, seen, sockets = opened(one)
    keep.append(sockets)
    flows.append((one, sport, seen))


def quotes(one, sport, seen):
    """Who an error would go to, and what it quotes: seen from both ends."""
    port, name, protocol = one.get("port", 0), one["name"], one["protocol"]
    ping = protocol == "icmp"
    views = [(one["from"], sport)]
    if one.get("seen"):
        views.append((one["seen"], seen))
    for client, number in views:
        there = (number, 0) if ping else (number, port)
        back = (number, 0) if ping else (port, number)
        yield name, client, one["to"], quoted(protocol, client, one["to"], *there, False)
        yield name, one["to"], client, quoted(protocol, one["to"], client, *back, True)


cards, tables = {}, []
for name, path in spaces.items():
    enter(path)
    if name == "host":
        # What the rules let in, not what comes to its cards.
        for family, protocol in ((socket.AF_INET, 1), (socket.AF_INET6, 58)):
            tables.append((name, socket.socket(family, socket.SOCK_RAW, protocol)))
        continue
    card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    card.bind(("eth0", 0))
    cards[name] = card
    tables.append((name, card))
for _, one in tables:
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)

sent, arrived = [], set()


def collect():
    for where, one in tables:
        while True:
            try:
                data, sender = one.recvfrom(4000)
            except BlockingIOError:
                break
            at = data.find(MARK)
            # Type 4: what this card sends itself. An answer of somebody's may quote a part of ours.
            if at < 0 or at + len(MARK) + 4 > len(data) or (where != "host" and sender[2] == 4):
                continue
            arrived.add((struct.unpack("!I", data[at + len(MARK):][:4])[0], where))


def mac_of(space):
    return cards[space].getsockname()[4]


def send(forger, mac, source, name, target, inner):
    kinds = KINDS6 if six(target) else KINDS4
    for kind, code in kinds:
        mark = MARK + struct.pack("!I", len(sent))
        frame = mac + mac_of(forger) + (b"\x86\xdd" if six(source) else b"\x08\x00")
        cards[forger].send(frame + error(source, target, kind, code, inner, mark))
        sent.append((forger, source, name, target, kind, code))
        if len(sent) % 64 == 0:
            collect()


for one in job["forgers"]:
    forger = one["space"]
    gateway = bytes.fromhex(one["gateway"].replace(":", ""))
    for flow in flows:
        for name, target, peer, inner in quotes(*flow):
            sources = [address for address in one["addresses"] if six(address) == six(target)]
            for source in sources + ([peer] if peer not in sources else []):
                send(forger, gateway, source, name, target, inner)
                for victim, addresses in one.get("neighbours", {}).items():
                    if target in addresses:
                        send(forger, mac_of(victim), source, name, target, inner)
deadline = time.monotonic() + 1
while time.monotonic() < deadline:
    collect()
    time.sleep(0.02)
found = sorted([*sent[number], where] for number, where in arrived)
print(json.dumps({"sent": len(sent), "clients": clients, "arrived": found}))
