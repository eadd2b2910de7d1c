"""Packets, built by hand: addresses are bytes, four of IPv4 and sixteen of IPv6."""

import random
import socket
import struct

SYN, RST, ACK = 0x02, 0x04, 0x10
TCP, UDP, ICMP = socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP
# Over IPv6 the number is another, and so are the kinds of its messages.
ICMP6 = socket.IPPROTO_ICMPV6
ECHO = {4: (8, 0), 16: (128, 129)}


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ip_packet(protocol, source, target, payload):
    if len(source) == 16:
        number = ICMP6 if protocol == ICMP else protocol
        return struct.pack("!IHBB", 6 << 28, len(payload), number, 64) + source + target + payload
    # The kernel fills in length and checksum.
    identity = random.randrange(1, 65536)
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, identity, 0, 64, protocol, 0, source, target) + payload


def pseudo_header(source, target, protocol, length):
    if len(source) == 16:
        return source + target + struct.pack("!II", length, protocol)
    return source + target + struct.pack("!BBH", 0, protocol, length)


def tcp_segment(source, target, source_port, target_port, sequence, acknowledged, flags, data=b""):
    def segment(check):
        return struct.pack(
            "!HHIIBBHHH", source_port, target_port, sequence, acknowledged, 0x50, flags, 1024, check, 0
        ) + data

    return segment(checksum(pseudo_header(source, target, TCP, 20 + len(data)) + segment(0)))


def udp_datagram(source, target, source_port, target_port, payload):
    length = 8 + len(payload)

    def datagram(check):
        return struct.pack("!HHHH", source_port, target_port, length, check) + payload

    # Checksum 0: none, which IPv4 allows and IPv6 does not.
    if len(source) == 4:
        return datagram(0)
    return datagram(checksum(pseudo_header(source, target, UDP, length) + datagram(0)) or 0xFFFF)


def icmp_echo(source, target, is_answer, identity, payload):
    kind = ECHO[len(source)][is_answer]

    def message(check):
        return struct.pack("!BBHHH", kind, 0, check, identity, 1) + payload

    # That of IPv6 covers both addresses.
    pseudo = pseudo_header(source, target, ICMP6, 8 + len(payload)) if len(source) == 16 else b""
    return message(checksum(pseudo + message(0)))


def link_local(mac):
    return b"\xfe\x80" + b"\0" * 6 + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


def numeral(index):
    """Four bytes of seven bits with the highest bit set: none is a line's end, at which a shell would cut."""
    return bytes(0x80 | (index >> shift) & 0x7F for shift in (21, 14, 7, 0))


def number_of(four):
    index = 0
    for one in four:
        index = index << 7 | one & 0x7F
    return index
