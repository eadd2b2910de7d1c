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
PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP"}


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
    if len(data) >= 20 and data[0] >> 4 == 4:
        protocol = data[9]
        words += [
            f"SRC={socket.inet_ntoa(data[12:16])}",
            f"DST={socket.inet_ntoa(data[16:20])}",
            f"PROTO={PROTOCOLS.get(protocol, protocol)}",
        ]
        start = (data[0] & 15) * 4
        if protocol in (6, 17) and len(data) >= start + 4:
            source, target = struct.unpack_from("!HH", data, start)
            words += [f"SPT={source}", f"DPT={target}"]
    return " ".join(words)


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
