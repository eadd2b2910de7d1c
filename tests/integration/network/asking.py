"""A machine with root inside that asks its gateway for what is not its own: names, addresses, other gateways.

Standard input, JSON: {"space": namespace file, "server": address of the gateway, "server6": the same of IPv6,
"asks": [ask, ...]}, each ask one of
  {"dns": name, "type": number, "class": number}
  {"dhcp": 1 to 8, "chaddr": MAC, "hlen": count, "client": hexadecimal digits, "ciaddr": address, "name": host name,
   "source": address, "options": hexadecimal digits, "fragment": true}
  {"dhcp6": 1 to 13, "duid": hexadecimal digits, "iaid": number, "address": address, "server": DUID of the server,
   "relayed": true}
  {"arp": address}, {"arp": address, "to": MAC}
Everything goes out of eth0 as frames of its own MAC. Standard output, JSON: for each ask what came back, or null.
"""

import ctypes
import json
import os
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None)
job = json.load(sys.stdin)
with open(job["space"]) as space:
    assert libc.setns(space.fileno(), 0x40000000) == 0
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
card.bind(("eth0", 0))
MY_MAC = card.getsockname()[4]
EVERYONE = b"\xff" * 6
SECONDS = 0.6


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def pack(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ip(source, target, payload, number=7, fragment=0, protocol=17):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), number, fragment, 64, protocol, 0)
    head += pack(source) + pack(target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(ports, data):
    return struct.pack("!HHHH", *ports, 8 + len(data), 0) + data


def answer(want, seconds=SECONDS):
    """The first frame that `want` makes something of."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        card.settimeout(left)
        try:
            frame, sender = card.recvfrom(4000)
        except TimeoutError:
            return None
        found = None if sender[2] == 4 else want(frame)
        if found is not None:
            return found
    return None


def of_udp(frame, port):
    """What an IPv4 datagram to this port carries."""
    if frame[12:14] != b"\x08\0" or frame[23] != 17:
        return None
    start = 14 + (frame[14] & 15) * 4
    return frame[start + 8:] if frame[start + 2:start + 4] == struct.pack("!H", port) else None


def dns(ask):
    question = b"".join(bytes([len(part)]) + part.encode() for part in ask["dns"].split(".")) + b"\0"
    question += struct.pack("!HH", ask.get("type", 1), ask.get("class", 1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(3)
        one.sendto(struct.pack("!HHHHHH", 4711, 0x100, 1, 0, 0, 0) + question, (job["server"], 53))
        try:
            data = one.recv(4000)
        except TimeoutError:
            return None
    _, flags, _, count, _, _ = struct.unpack("!HHHHHH", data[:12])
    texts, at = [], 12 + len(question)
    for _ in range(count):
        while data[at] & 0xC0 == 0 and data[at]:
            at += data[at] + 1
        at += 2 if data[at] & 0xC0 else 1
        kind, _, _, size = struct.unpack("!HHIH", data[at:at + 10])
        value = data[at + 10:at + 10 + size]
        texts.append(socket.inet_ntoa(value) if kind == 1 else value.decode("latin-1"))
        at += 10 + size
    return {"code": flags & 15, "answers": texts}


def dhcp(ask):
    chaddr = mac(ask["chaddr"]) if "chaddr" in ask else MY_MAC
    number = os.urandom(4)
    head = struct.pack("!BBBB", 1, ask.get("htype", 1), ask.get("hlen", 6), 0) + number + struct.pack("!HH", 0, 0x8000)
    head += pack(ask.get("ciaddr", "0.0.0.0")) + bytes(12) + chaddr.ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63"
    options = bytes([53, 1, ask["dhcp"]])
    for code, value in ((61, bytes.fromhex(ask.get("client", ""))), (12, ask.get("name", "").encode())):
        options += bytes([code, len(value)]) + value if value else b""
    if "requested" in ask:
        options += b"\x32\x04" + pack(ask["requested"])
    if ask["dhcp"] in (3, 4, 7) and "ciaddr" not in ask or ask["dhcp"] in (4, 7):
        options += b"\x36\x04" + pack(job["server"])
    options += bytes.fromhex(ask.get("options", "")) + b"\xff"
    source = ask.get("source", "0.0.0.0")
    whole = udp((68, 67), head + options)
    to = (mac(ask["to"]), job["server"]) if "to" in ask else (EVERYONE, "255.255.255.255")
    parts = [(whole, 0)]
    if "fragment" in ask:
        # The address of the client stands in the second part.
        parts = [(whole[:32], 0x2000), (whole[32:], 4)]
    for part, fragment in parts:
        card.send(to[0] + MY_MAC + b"\x08\0" + ip(source, to[1], part, fragment=fragment))

    def reply(frame):
        data = of_udp(frame, 68)
        if data is None or data[4:8] != number:
            return None
        at, kind = 240, 0
        while at + 1 < len(data) and data[at] != 255:
            if data[at] == 53:
                kind = data[at + 2]
            at += 2 + data[at + 1]
        return {"kind": kind, "address": socket.inet_ntoa(data[16:20])}

    return answer(reply)


def arp(ask):
    claim = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + MY_MAC + pack(ask["source"]) + bytes(6) + pack(ask["arp"])
    card.send(mac(ask.get("to", "ff:ff:ff:ff:ff:ff")) + MY_MAC + b"\x08\x06" + claim)

    def reply(frame):
        if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\x02" and frame[28:32] == pack(ask["arp"]):
            return frame[22:28].hex(":")
        return None

    return answer(reply, 0.5)


def option6(code, value):
    return struct.pack("!HH", code, len(value)) + value


LOCAL = b"\xfe\x80" + bytes(6) + bytes([MY_MAC[0] ^ 2]) + MY_MAC[1:3] + b"\xff\xfe" + MY_MAC[3:]


def send6(group, kind, payload, at, hops):
    total = checksum(LOCAL + group + struct.pack("!II", len(payload), kind) + payload)
    payload = payload[:at] + struct.pack("!H", total) + payload[at + 2:]
    packet = struct.pack("!IHBB", 6 << 28, len(payload), kind, hops) + LOCAL + group + payload
    card.send(b"\x33\x33" + group[12:] + MY_MAC + b"\x86\xdd" + packet)


def dhcp6(ask):
    # As every system does first; the host learns by it where its answer goes.
    send6(b"\xff\x02" + bytes(13) + b"\2", 58, struct.pack("!BBHI", 133, 0, 0, 0) + b"\1\1" + MY_MAC, 2, 255)
    everyone = b"\xff\x02" + bytes(10) + b"\0\1\0\2"
    number = os.urandom(3)
    lease = option6(5, pack(ask["address"]) + struct.pack("!II", 300, 300)) if "address" in ask else b""
    message = bytes([ask["dhcp6"]]) + number + option6(1, bytes.fromhex(ask["duid"]))
    if "server" in ask:
        message += option6(2, bytes.fromhex(ask["server"]))
    message += option6(3, struct.pack("!III", ask.get("iaid", 1), 0, 0) + lease) + option6(8, b"\0\0")
    if "relayed" in ask:
        # As a relay that knows the asker under its own address.
        message = bytes([12, 0]) + pack(job["server6"]) + LOCAL + option6(9, message)
    datagram = struct.pack("!HHHH", 546, 547, 8 + len(message), 0) + message
    send6(everyone, 17, datagram, 6, 1)

    def reply(frame):
        if frame[12:14] != b"\x86\xdd" or frame[20] != 17 or frame[56:58] != struct.pack("!H", 546):
            return None
        data = frame[62:]
        if data[1:4] != number:
            return None
        found, at = {"kind": data[0]}, 4
        while at + 4 <= len(data):
            code, size = struct.unpack("!HH", data[at:at + 4])
            value = data[at + 4:at + 4 + size]
            if code == 2:
                found["server"] = value.hex()
            elif code == 3 and value[12:14] == b"\0\5":
                found["address"] = socket.inet_ntop(socket.AF_INET6, value[16:32])
            at += 4 + size
        return found

    return answer(reply, 1.5)


KINDS = {"dns": dns, "dhcp": dhcp, "dhcp6": dhcp6, "arp": arp}
print(json.dumps([next(KINDS[kind](ask) for kind in KINDS if kind in ask) for ask in job["asks"]]))
