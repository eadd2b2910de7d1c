"""Writes one line to standard output for each packet that the rules hand to their log group.

The kernel's own log says nothing about network namespaces other than the first, so in a container
`log` without a group is silent. This reads the group instead, in containers and virtual machines
alike, and the journal keeps the lines.
"""

import socket
import struct

GROUP = 253
NETLINK_NETFILTER = 12
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLMSG_ERROR = 2
NFNL_SUBSYS_ULOG = 4
PACKET, CONFIG = NFNL_SUBSYS_ULOG << 8, NFNL_SUBSYS_ULOG << 8 | 1
CFG_CMD, CFG_MODE = 1, 2
CMD_BIND = 1
COPY_PACKET = 2
IN_DEVICE, OUT_DEVICE, PAYLOAD, PREFIX = 4, 5, 9, 10
PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}


def message(kind, attribute, value):
    attributes = struct.pack("HH", 4 + len(value), attribute) + value
    attributes += b"\0" * (-len(value) % 4)
    body = struct.pack("!BBH", socket.AF_UNSPEC, 0, GROUP) + attributes
    return struct.pack("IHHII", 16 + len(body), kind, NLM_F_REQUEST | NLM_F_ACK, 0, 0) + body


def listen():
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    link.bind((0, 0))
    requests = [
        (CFG_CMD, struct.pack("B", CMD_BIND)),
        (CFG_MODE, struct.pack("!IBB", 128, COPY_PACKET, 0)),
    ]
    for attribute, value in requests:
        link.send(message(CONFIG, attribute, value))
        answer = link.recv(4096)
        kind = struct.unpack_from("H", answer, 4)[0]
        error = struct.unpack_from("i", answer, 16)[0]
        if kind == NLMSG_ERROR and error != 0:
            raise OSError(-error, "the kernel refuses the log group")
    return link


def messages(data):
    while len(data) >= 16:
        length, kind = struct.unpack_from("IH", data)
        if length < 16:
            return
        if kind == PACKET:
            yield dict(attributes(data[20:length]))
        data = data[(length + 3) & ~3:]


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("HH", data)
        if length < 4:
            return
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


def card(packet, attribute):
    value = packet.get(attribute)
    if not value:
        return ""
    try:
        return socket.if_indextoname(struct.unpack("!I", value)[0])
    except OSError:
        return "?"


def line(packet):
    prefix = packet.get(PREFIX, b"").rstrip(b"\0").decode(errors="replace").strip()
    words = [prefix, f"IN={card(packet, IN_DEVICE)}", f"OUT={card(packet, OUT_DEVICE)}"]
    data = packet.get(PAYLOAD, b"")
    ends = ends_of(data)
    if ends:
        protocol, source, target, start = ends
        words += [f"SRC={source}", f"DST={target}", f"PROTO={PROTOCOLS.get(protocol, protocol)}"]
        if protocol in (6, 17) and len(data) >= start + 4:
            ports = struct.unpack_from("!HH", data, start)
            words += [f"SPT={ports[0]}", f"DPT={ports[1]}"]
    return " ".join(words)


def ends_of(data):
    """Protocol, both addresses, and where the protocol's own header begins; of IPv6 the first that follows."""
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= 20:
        ends = [socket.inet_ntoa(data[at:at + 4]) for at in (12, 16)]
        return data[9], *ends, (data[0] & 15) * 4
    if version == 6 and len(data) >= 40:
        ends = [socket.inet_ntop(socket.AF_INET6, data[at:at + 16]) for at in (8, 24)]
        return data[6], *ends, 40
    return None


def main():
    link = listen()
    while True:
        try:
            data = link.recv(1 << 16)
        except OSError as error:
            # ENOBUFS: more came than could be read; the rules limit it to ten a second.
            if error.errno != 105:
                raise
            continue
        for packet in messages(data):
            print(line(packet), flush=True)


main()
