"""Frames that say what is not so, each made so that it does no harm where it gets through."""

import struct

from frames import ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, ethernet, ip_frame, whole_packet
from packets import (
    ICMP, ICMP6, TCP, UDP, checksum, icmp_echo, link_local, packed, pseudo_header, tcp_segment, udp_datagram,
)

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
SOURCE_PORT, IDENTITY = 40000, 1
# As neighbours send to each other: a packet that a router has passed on is believed by none.
HOPS = 255
# Where in the frames below the mark may stand.
MARKED_AT = (42, 54, 62, 66, 70, 72, 74, 86, 88, 98, 110)


def packet(probe, sender, mac, mark, source):
    target = packed(probe["target"])
    return ip_frame(mac, sender.mac, whole(probe["protocol"], probe.get("port", 0), source, target, mark))


def whole(protocol, port, source, target, mark):
    if protocol == "udp":
        payload = udp_datagram(source, target, SOURCE_PORT, port, mark)
    elif protocol == "tcp":
        # The mark of a SYN stands behind its header, as data that nobody acknowledges.
        payload = tcp_segment(source, target, SOURCE_PORT, port, 1, 0, 0x02, mark)
    else:
        payload = icmp_echo(source, target, False, IDENTITY, mark)
    return whole_packet(PROTOCOLS[protocol], source, target, payload, HOPS)


def own(probe, sender):
    return sender.address6 if ":" in probe["target"] else sender.address


def honest(probe, sender, mac, mark):
    return packet(probe, sender, mac, mark, own(probe, sender))


def address(probe, sender, mac, mark):
    return packet(probe, sender, mac, mark, packed(probe["forged"]))


def other_mac(probe, sender, mac, mark):
    frame = honest(probe, sender, mac, mark)
    return frame[:6] + bytes.fromhex(probe["mac"].replace(":", "")) + frame[12:]


def arp(probe, sender, mac, mark):
    claim = struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, 2) + sender.mac + packed(probe["forged"])
    return ethernet(mac, sender.mac, ETH_P_ARP, claim + mac + packed(probe["target"]) + mark)


def icmp6(source, target, kind, code, body):
    """A message whose checksum covers both addresses."""
    def message(check):
        return struct.pack("!BBH", kind, code, check) + body

    pseudo = pseudo_header(source, target, ICMP6, len(message(0)))
    return whole_packet(ICMP6, source, target, message(checksum(pseudo + message(0))), HOPS)


def claim6(probe, sender, mark):
    # The claim as every system makes it, unasked and to override what is known. The mark is most of the address: there
    # is no other place, for a bridge cuts off what stands behind such a packet.
    body = struct.pack("!I", 0x20000000) + packed(probe["forged"])[:4] + mark + struct.pack("!BB", 2, 1) + sender.mac
    return icmp6(sender.address6, packed(probe["target"]), 136, 0, body)


def neighbour(probe, sender, mac, mark):
    return ip_frame(mac, sender.mac, claim6(probe, sender, mark))


def hidden(probe, sender, mac, mark):
    # Behind an option for experiments, which everyone skips. It has the MAC where Incus looks for that of the claim,
    # which it takes to stand right behind the header of IPv6.
    claim = claim6(probe, sender, mark)
    options = struct.pack("!BBBB", ICMP6, 3, 0x1E, 28) + bytes(22) + sender.mac
    size, = struct.unpack("!H", claim[4:6])
    head = claim[:4] + struct.pack("!HBB", size + len(options), 60, HOPS) + claim[8:40]
    return ip_frame(mac, sender.mac, head + options + claim[40:])


def client(probe, sender, mac, mark):
    # Says that it is an answer, so that whoever gives addresses does nothing about it.
    message = struct.pack("!BBBBIHHIIII", 2, 1, 6, 0, 1, 0, 0, 0, 0, 0, 0)
    message += bytes.fromhex(probe["mac"].replace(":", "")) + bytes(10) + mark
    source, target = sender.address, packed(probe["target"])
    datagram = udp_datagram(source, target, 68, 67, message)
    return ip_frame(mac, sender.mac, whole_packet(UDP, source, target, datagram, HOPS))


def dhcp(probe, sender, mac, mark):
    source, target = own(probe, sender), packed(probe["target"])
    ports = (547, 546) if len(target) == 16 else (67, 68)
    answer = udp_datagram(source, target, *ports, mark)
    return ip_frame(mac, sender.mac, whole_packet(UDP, source, target, answer, HOPS))


def router(probe, sender, mac, mark):
    # Lifetime 0: no router. The mark is an option of a kind for experiments, which everyone skips.
    option = struct.pack("!BB", 253, 2) + mark + b"\0" * (14 - len(mark))
    body = struct.pack("!BBHII", 0, 0, 0, 0, 0) + option
    everyone = b"\xff\x02" + b"\0" * 13 + b"\x01"
    return ip_frame(mac, sender.mac, icmp6(link_local(sender.mac), everyone, 134, 0, body))


def sixth(probe, sender, mac, mark):
    known = ":" in probe["target"]
    target = packed(probe["target"]) if known else link_local(mac)
    source = packed(probe["forged"]) if known else link_local(sender.mac)
    echo = icmp_echo(source, target, False, IDENTITY, mark)
    return ethernet(mac, sender.mac, ETH_P_IPV6, whole_packet(ICMP6, source, target, echo, HOPS))


def related(probe, sender, mac, mark):
    """
    The error that a host on the way is unreachable, about a conversation of others: the ping of one end to the other,
    which an honest probe has opened, or the answer of a gateway. No program has sent it, so that nobody gives anything up for the error.
    """
    source, target, other = own(probe, sender), packed(probe["target"]), packed(probe["forged"])
    # The gateway has answered one.
    echo = icmp_echo(target, other, probe["to"] == 0, IDENTITY, mark)
    quoted = whole_packet(ICMP, target, other, echo, HOPS)
    if len(target) == 16:
        return ip_frame(mac, sender.mac, icmp6(source, target, 1, 3, struct.pack("!I", 0) + quoted))

    def message(check):
        return struct.pack("!BBHI", 3, 1, check, 0) + quoted

    error = whole_packet(ICMP, source, target, message(checksum(message(0))), HOPS)
    return ip_frame(mac, sender.mac, error)


def outside(probe, _, mac, mark):
    """Of the host an answer is asked for, or, where the packet has come too far, a complaint."""
    source, target = packed(probe["forged"]), packed(probe["target"])
    echo = icmp_echo(source, target, False, IDENTITY, mark)
    packet = whole_packet(ICMP, source, target, echo, 1 if probe["routed"] else HOPS)
    return ip_frame(mac, bytes.fromhex(probe["mac"].replace(":", "")), packet)


FRAMES = {
    "none": honest, "address": address, "mac": other_mac, "arp": arp, "dhcp": dhcp,
    "router": router, "ipv6": sixth, "neighbour": neighbour, "hidden": hidden,
    "client": client, "related": related, "outside": outside,
}
