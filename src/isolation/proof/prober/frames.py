"""Frames as a machine sends them: Ethernet around whole IP packets, with every checksum."""

import struct

from packets import ICMP, ICMP6, checksum, pseudo_header

ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 0x0800, 0x0806, 0x86DD
EVERYONE = b"\xff" * 6


def ethernet(target, source, kind, payload):
    return target + source + struct.pack("!H", kind) + payload


def whole_packet(protocol, source, target, payload, hops):
    """What the kernel fills in where a socket sends, filled in."""
    if len(source) == 16:
        number = ICMP6 if protocol == ICMP else protocol
        return struct.pack("!IHBB", 6 << 28, len(payload), number, hops) + source + target + payload

    def header(check):
        length = 20 + len(payload)
        return struct.pack("!BBHHHBBH", 0x45, 0, length, 1, 0, hops, protocol, check) + source + target

    return header(checksum(header(0))) + payload


def ip_frame(target_mac, source_mac, packet):
    kind = ETH_P_IPV6 if packet[0] >> 4 == 6 else ETH_P_IP
    return ethernet(target_mac, source_mac, kind, packet)


def who_has(mac, address, wanted):
    """The question for an address, by which who asks is known, too: to the bridge, and to whom it asks."""
    if len(address) == 4:
        body = struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, 1) + mac + address + b"\0" * 6 + wanted
        return ethernet(EVERYONE, mac, ETH_P_ARP, body)
    group = b"\xff\x02" + b"\0" * 9 + b"\x01\xff" + wanted[13:]

    def question(check):
        return struct.pack("!BBHI", 135, 0, check, 0) + wanted + b"\x01\x01" + mac

    pseudo = pseudo_header(address, group, ICMP6, len(question(0)))
    packet = whole_packet(ICMP6, address, group, question(checksum(pseudo + question(0))), 255)
    return ethernet(b"\x33\x33" + group[12:], mac, ETH_P_IPV6, packet)
