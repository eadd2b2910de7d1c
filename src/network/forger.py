"""Sends forged frames from within machines and says which of them arrived where they must not.

Beside the prober, and Python for the same reason. Frames are built whole, with their Ethernet header,
and recognised by a mark that only this run knows. Each is made so that it does no harm where it gets
through: nobody is named as the owner of an address that somebody has, a router is announced for no
time at all, and a DHCP answer that says nothing is no answer.

Standard input, JSON:
  spaces: [{"path": namespace file, "address": the machine's own, "address6": the same of IPv6}], the host first
          and without address. A virtual machine has "tap", the host's end of its card, and "mac": nobody can send
          for it, so its frames are handed out
  bridges: {name: gateway address}, on the host
  probes: [{"kind": see FRAMES, "from": space, "to": space, "bridge": of the sender, "forged": address,
            "mac": made-up MAC, "protocol": "icmp" | "tcp" | "udp", "port": number, "target": address}]
  until:  file that appears when virtual machines have sent theirs
Standard error, where some are to send, JSON: {"space": [frame, as hexadecimal digits]}
Standard output, JSON:
  results: for each probe [arrived, words of the error that kept it from leaving, or null]
Exit status 4: this process may not enter namespaces.
"""

import ctypes
import errno
import fcntl
import ipaddress
import json
import os
import resource
import select
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
SIOCGIFADDR, SIOCGIFHWADDR = 0x8915, 0x8927
ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 0x0003, 0x0800, 0x0806, 0x86DD
OUTGOING, FOR_SOMEBODY_ELSE = 4, 3
SO_RCVBUFFORCE = 33
# Twice: one frame can be lost, two in a row hardly.
ATTEMPTS = 2
BATCH = 48
# Between two looks whether those who send themselves have ended.
LISTEN_SECONDS = 0.1
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(path):
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), path)
    finally:
        os.close(descriptor)


def ask_link(name, request):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        answer = fcntl.ioctl(one, request, struct.pack("256s", name.encode()))
    return answer[20:24] if request == SIOCGIFADDR else answer[18:24]


def watcher(family, kind, protocol, link=None):
    one = socket.socket(family, kind, protocol)
    one.setblocking(False)
    # Frames of at most 160 bytes: a busy machine's own traffic stays out.
    program = struct.pack("HBBI", 0x80, 0, 0, 0) + struct.pack("HBBI", 0x25, 1, 0, 160)
    program += struct.pack("HBBI", 0x06, 0, 0, 0xFFFF) + struct.pack("HBBI", 0x06, 0, 0, 0)
    code = ctypes.create_string_buffer(program)
    one.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 4, ctypes.addressof(code)))
    try:
        one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    except OSError:
        pass
    if link is not None:
        one.bind((link, protocol and socket.ntohs(protocol)))
    return one


class Machine:
    def __init__(self, address, address6):
        wanted = socket.inet_aton(address)
        self.link = next(name for _, name in socket.if_nameindex() if has_address(name, wanted))
        self.address, self.address6 = wanted, address6 and packed(address6)
        self.mac = ask_link(self.link, SIOCGIFHWADDR)
        self.card = watcher(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL), self.link)
        self.watchers = [self.card]


class Guest:
    """A virtual machine: what leaves the host for it has arrived, and it sends what it is told to."""

    def __init__(self, row):
        self.address, self.address6 = packed(row["address"]), row.get("address6") and packed(row["address6"])
        self.mac = bytes.fromhex(row["mac"].replace(":", ""))
        self.watchers = [
            watcher(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL), row["tap"])
        ]

    def hears(self, frame):
        return frame[0] & 1 or frame[:6] == self.mac


class HostSide:
    """Bridges are watched for what no rule of the host could drop any more, the stack for the rest."""

    def __init__(self, bridges):
        self.macs, self.watchers = {}, [
            watcher(socket.AF_INET, socket.SOCK_RAW, kind) for kind in (socket.IPPROTO_ICMP, socket.IPPROTO_UDP)
        ]
        for name in bridges:
            try:
                self.macs[name] = ask_link(name, SIOCGIFHWADDR)
            except OSError:
                continue
            for protocol in (ETH_P_ARP, ETH_P_IPV6):
                self.watchers.append(
                    watcher(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol), name)
                )


def has_address(name, address):
    try:
        return ask_link(name, SIOCGIFADDR) == address
    except OSError:
        return False


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ethernet(target, source, kind, payload):
    return target + source + struct.pack("!H", kind) + payload


def ipv4(source, target, protocol, payload):
    def header(check):
        length = 20 + len(payload)
        return struct.pack("!BBHHHBBH", 0x45, 0, length, 1, 0, 64, protocol, check) + source + target

    return header(checksum(header(0))) + payload


# Where the checksum stands, which in IPv6 covers both addresses.
SUM_AT = {6: 16, 17: 6, 58: 2}


def ipv6(source, target, payload, number=58):
    pseudo = source + target + struct.pack("!II", len(payload), number)
    at = SUM_AT[number]
    payload = payload[:at] + struct.pack("!H", checksum(pseudo + payload)) + payload[at + 2:]
    return struct.pack("!IHBB", 6 << 28, len(payload), number, 255) + source + target + payload


def link_local(mac):
    return b"\xfe\x80" + b"\0" * 6 + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


def transport(probe, source, target, mark):
    protocol, port = probe["protocol"], probe.get("port", 0)
    if protocol == "icmp":
        head = struct.pack("!BBHHH", 8, 0, 0, 1, 1)
        return 1, head[:2] + struct.pack("!H", checksum(head + mark)) + head[4:] + mark
    if protocol == "udp":
        return 17, struct.pack("!HHHH", 40000, port, 8 + len(mark), 0) + mark
    # The mark of a SYN stands behind its header, as data that nobody acknowledges.
    head = struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50, 0x02, 1024, 0, 0)
    pseudo = source + target + struct.pack("!BBH", 0, 6, len(head) + len(mark))
    return 6, head[:16] + struct.pack("!H", checksum(pseudo + head + mark)) + head[18:] + mark


def packet(probe, sender, mac, mark, source):
    target = packed(probe["target"])
    if len(target) == 16:
        return ethernet(mac, sender.mac, ETH_P_IPV6, ipv6(source, target, *transport6(probe, mark)))
    protocol, payload = transport(probe, source, target, mark)
    return ethernet(mac, sender.mac, ETH_P_IP, ipv4(source, target, protocol, payload))


def transport6(probe, mark):
    """Payload and protocol number; the checksum is left open."""
    protocol, port = probe["protocol"], probe.get("port", 0)
    if protocol == "icmp":
        return struct.pack("!BBHHH", 128, 0, 0, 1, 1) + mark, 58
    if protocol == "udp":
        return struct.pack("!HHHH", 40000, port, 8 + len(mark), 0) + mark, 17
    return struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50, 0x02, 1024, 0, 0) + mark, 6


def honest(probe, sender, mac, mark):
    return packet(probe, sender, mac, mark, sender.address6 if ":" in probe["target"] else sender.address)


def address(probe, sender, mac, mark):
    return packet(probe, sender, mac, mark, packed(probe["forged"]))


def other_mac(probe, sender, mac, mark):
    frame = honest(probe, sender, mac, mark)
    return frame[:6] + bytes.fromhex(probe["mac"].replace(":", "")) + frame[12:]


def arp(probe, sender, mac, mark):
    claim = struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, 2) + sender.mac + socket.inet_aton(probe["forged"])
    return ethernet(mac, sender.mac, ETH_P_ARP, claim + mac + socket.inet_aton(probe["target"]) + mark)


def claim6(probe, sender, mark):
    # The claim as every system makes it, unasked and to override what is known. The mark is most of the address:
    # there is no other place, for a bridge cuts off what stands behind such a packet.
    claim = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + packed(probe["forged"])[:4] + mark
    claim += struct.pack("!BB", 2, 1) + sender.mac
    return ipv6(sender.address6, packed(probe["target"]), claim)


def neighbour(probe, sender, mac, mark):
    return ethernet(mac, sender.mac, ETH_P_IPV6, claim6(probe, sender, mark))


def hidden(probe, sender, mac, mark):
    # Behind options for the target, of which there are none.
    packet = claim6(probe, sender, mark)
    size, = struct.unpack("!H", packet[4:6])
    head = packet[:4] + struct.pack("!HBB", size + 8, 60, 255) + packet[8:40]
    options = bytes([58, 0, 1, 4, 0, 0, 0, 0])
    return ethernet(mac, sender.mac, ETH_P_IPV6, head + options + packet[40:])


def client(probe, sender, mac, mark):
    # Says that it is an answer, so that whoever gives addresses does nothing about it.
    message = struct.pack("!BBBBIHHIIII", 2, 1, 6, 0, 1, 0, 0, 0, 0, 0, 0)
    message += bytes.fromhex(probe["mac"].replace(":", "")) + bytes(10) + mark
    datagram = struct.pack("!HHHH", 68, 67, 8 + len(message), 0) + message
    packet = ipv4(sender.address, socket.inet_aton(probe["target"]), 17, datagram)
    return ethernet(mac, sender.mac, ETH_P_IP, packet)


def dhcp(probe, sender, mac, mark):
    if ":" in probe["target"]:
        answer = struct.pack("!HHHH", 547, 546, 8 + len(mark), 0) + mark
        payload = ipv6(sender.address6, packed(probe["target"]), answer, 17)
        return ethernet(mac, sender.mac, ETH_P_IPV6, payload)
    datagram = struct.pack("!HHHH", 67, 68, 8 + len(mark), 0) + mark
    answer = ipv4(sender.address, socket.inet_aton(probe["target"]), 17, datagram)
    return ethernet(mac, sender.mac, ETH_P_IP, answer)


def router(probe, sender, mac, mark):
    # Lifetime 0: no router. The mark is an option of a kind for experiments, which everyone skips.
    option = struct.pack("!BB", 253, 2) + mark + b"\0" * (14 - len(mark))
    advert = struct.pack("!BBHBBHII", 134, 0, 0, 0, 0, 0, 0, 0) + option
    everyone = b"\xff\x02" + b"\0" * 13 + b"\x01"
    return ethernet(mac, sender.mac, ETH_P_IPV6, ipv6(link_local(sender.mac), everyone, advert))


def sixth(probe, sender, mac, mark):
    target = probe["target"]
    known = ":" in target
    target = ipaddress.IPv6Address(target).packed if known else link_local(mac)
    echo = struct.pack("!BBHHH", 128, 0, 0, 1, 1) + mark
    source = ipaddress.IPv6Address(probe["forged"]).packed if known else link_local(sender.mac)
    return ethernet(mac, sender.mac, ETH_P_IPV6, ipv6(source, target, echo))


FRAMES = {
    "none": honest, "address": address, "mac": other_mac, "arp": arp, "dhcp": dhcp,
    "router": router, "ipv6": sixth, "neighbour": neighbour, "hidden": hidden, "client": client,
}


class Run:
    def __init__(self, job):
        self.probes, self.seconds = job["probes"], job["seconds"]
        self.mark = os.urandom(8)
        self.arrived = [False] * len(self.probes)
        self.errors = [None] * len(self.probes)
        self.poll = select.epoll()
        self.watchers = {}
        self.spaces = [self.open(row, job["bridges"]) for row in job["spaces"]]
        for index, space in enumerate(self.spaces):
            for one in space.watchers if space else []:
                self.watchers[one.fileno()] = (index, one)
                self.poll.register(one.fileno(), select.EPOLLIN)

    def open(self, row, bridges):
        try:
            enter(row["path"])
            if "address" not in row:
                return HostSide(bridges)
            if "tap" in row:
                return Guest(row)
            return Machine(row["address"], row.get("address6"))
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES):
                print(error, file=sys.stderr)
                sys.exit(4)
            return None
        except StopIteration:
            return None

    def frame(self, index):
        """The frame of a probe; None, with the reason noted, where it cannot be made."""
        probe = self.probes[index]
        sender, target = self.spaces[probe["from"]], self.spaces[probe["to"]]
        mac = target.mac if isinstance(target, (Machine, Guest)) and not probe["routed"] else None
        if mac is None and isinstance(self.spaces[0], HostSide):
            mac = self.spaces[0].macs.get(probe["bridge"])
        if sender is None or target is None or mac is None:
            self.errors[index] = "no network card"
            return None
        mark = self.mark + struct.pack("!I", index)
        return FRAMES[probe["kind"]](probe, sender, mac, mark)

    def send(self, index):
        frame = self.frame(index)
        if frame is None:
            return
        try:
            self.spaces[self.probes[index]["from"]].card.send(frame)
        except OSError as error:
            self.errors[index] = error.strerror

    def drain(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            ready = self.poll.poll(max(0, deadline - time.monotonic()))
            if not ready:
                return
            for descriptor, _ in ready:
                self.read(*self.watchers[descriptor])

    def read(self, space, one):
        while True:
            try:
                frame, sender = one.recvfrom(2048)
            except BlockingIOError:
                return
            at = frame.find(self.mark)
            if at < 0 or len(frame) < at + 12:
                continue
            here = self.spaces[space]
            if isinstance(here, Guest):
                # Only what leaves the host for it: the other way it is the sender.
                if sender[2] != OUTGOING or not here.hears(frame):
                    continue
            elif one.family == socket.AF_PACKET and sender[2] in (OUTGOING, FOR_SOMEBODY_ELSE):
                continue
            index = struct.unpack("!I", frame[at + 8:at + 12])[0]
            if index < len(self.probes) and self.probes[index]["to"] == space:
                self.arrived[index] = True

    def hand_out(self):
        """Tells what virtual machines are to send; the probes that they do not."""
        orders, own = {}, []
        for index, probe in enumerate(self.probes):
            if not isinstance(self.spaces[probe["from"]], Guest):
                own.append(index)
            elif frame := self.frame(index):
                orders.setdefault(str(probe["from"]), []).append(frame.hex())
        if orders:
            print(json.dumps(orders), file=sys.stderr, flush=True)
        return bool(orders), own

    def go(self, until):
        parent = os.getppid()
        others_send, own = self.hand_out()
        for _ in range(ATTEMPTS):
            waiting = [index for index in own if not self.arrived[index]]
            for count, index in enumerate(waiting, 1):
                self.send(index)
                if count % BATCH == 0:
                    self.drain(0)
            self.drain(self.seconds)
        if others_send:
            while not os.path.exists(until) and os.getppid() == parent:
                self.drain(LISTEN_SECONDS)
            self.drain(self.seconds)
        return {"results": list(zip(self.arrived, self.errors))}


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    job = json.load(sys.stdin)
    json.dump(Run(job).go(job["until"]), sys.stdout)


main()
