"""Sends probes between network namespaces and says which packets really arrived.

Why this is Python and not TypeScript: a thread must call setns(2) to open a socket in another
network namespace, and Node offers neither setns nor raw sockets. Python has both in its standard
library and is present wherever Incus is. One process opens a few sockets in each namespace and
serves them all, so that a hundred machines need no hundred processes.

Packets are built by hand and recognised by a number that only this run knows. Nothing listens and
no connection is completed, so services that run in a machine or on the host are not disturbed:
a TCP probe is a SYN, and the kernel that gets the answer resets it. A machine's packets are watched
at its network card, before any firewall of its own; those of a virtual machine where they leave the
host for it, which is the same; the host's after its firewall, because there the firewall is what is
being proved.

Standard input, JSON:
  spaces:  [{"path": namespace file, "watch": "card" | "stack" | "tap", "interface": of a tap}]
  probes:  [[space, source address, space, target address, "tcp" | "udp" | "icmp", port, open]]
  seconds: {"closed": wait for what should not arrive, "open": patience for what should}
  listen:  {"mark": 16 hexadecimal digits, "until": file}; then nothing is sent: others send, "listening" on
           standard error tells them when to begin, and the file appears when they have ended
Standard output, JSON:
  results: for each probe [arrived, answered, words of the error that kept it from leaving, or null]
  missing: {"space number": why it could not be entered}
  lost:    number of packets that the kernel dropped unseen in the last round; 0 or the result is doubtful
Exit status 4: this process may not enter namespaces.
"""

import ctypes
import errno
import json
import os
import random
import resource
import select
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
# Of a packet that a socket sees: for this host, and sent by it.
TO_US, OUTGOING = 0, 4
SO_RCVBUFFORCE = 33
SO_MEMINFO, MEMINFO_DROPS = 55, 8
SYN, RST, ACK = 0x02, 0x04, 0x10
TCP, UDP, ICMP = socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP
PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
# Over IPv6 the number is another, and so are the kinds of its messages.
ICMP6 = socket.IPPROTO_ICMPV6
ECHO = {4: (8, 0), 16: (128, 129)}
# Few enough that no receive buffer overflows between two looks at the sockets.
BATCH = 48
RECEIVE_BUFFER = 8 << 20
# Twice: one packet can be lost to a full queue or to address resolution, two in a row hardly.
CLOSED_ATTEMPTS = 2
# On a machine so busy that packets were lost unseen, as often as this until a round loses none.
MOST_ATTEMPTS = 6
RETRY_SECONDS = 0.25
# Between two looks whether those who send have ended.
LISTEN_SECONDS = 0.1


class Probe:
    __slots__ = (
        "source", "source_address", "target", "target_address",
        "protocol", "port", "open", "source_port", "arrived", "answered", "error",
    )

    def __init__(self, row, chance):
        self.source, source, self.target, target, protocol, self.port, self.open = row
        self.source_address = packed(source)
        self.target_address = packed(target)
        self.protocol = PROTOCOLS[protocol]
        self.source_port = chance.randrange(20000, 60000)
        self.arrived = self.answered = False
        self.error = None

    def settled(self):
        return self.arrived and self.answered


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def raw(family, number):
    return socket.socket(family, socket.SOCK_RAW, number)


class Space:
    """One network namespace: sockets to send from, and sockets that see what arrives there."""

    def __init__(self, watch, has_ipv6, interface=None):
        families = [socket.AF_INET, *([socket.AF_INET6] if has_ipv6 else [])]
        self.senders = {4 if one == socket.AF_INET else 16: raw(one, socket.IPPROTO_RAW) for one in families}
        for sender in self.senders.values():
            sender.setblocking(False)
        # The kernel behind a tap is out of reach: nobody but it answers for it.
        self.answers = watch != "tap"
        self.direction = TO_US if self.answers else OUTGOING
        if watch == "tap":
            # Of protocol 0 until it is bound, so that it never sees another interface.
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
            tap.bind((interface, ETH_P_ALL))
            self.watchers = [tap]
        elif watch == "card":
            kinds = [ETH_P_IP, *([ETH_P_IPV6] if has_ipv6 else [])]
            self.watchers = [
                socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind)) for kind in kinds
            ]
        else:
            self.watchers = [raw(socket.AF_INET, number) for number in (TCP, UDP, ICMP)]
            if has_ipv6:
                self.watchers += [raw(socket.AF_INET6, number) for number in (TCP, UDP, ICMP6)]
        for watcher in self.watchers:
            watcher.setblocking(False)
            attach_length_filter(watcher)
            try:
                watcher.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
            except OSError:
                watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    def lost(self):
        """Packets dropped since the start because a receive queue was full."""
        total = 0
        for watcher in self.watchers:
            memory = watcher.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 4 * (MEMINFO_DROPS + 1))
            total += struct.unpack(f"{MEMINFO_DROPS + 1}I", memory)[MEMINFO_DROPS]
        return total


def attach_length_filter(watcher):
    """Lets packets of at most 160 bytes through, so that a busy machine's own traffic stays out."""
    program = (
        struct.pack("HBBI", 0x80, 0, 0, 0)
        + struct.pack("HBBI", 0x25, 1, 0, 160)
        + struct.pack("HBBI", 0x06, 0, 0, 0xFFFF)
        + struct.pack("HBBI", 0x06, 0, 0, 0)
    )
    code = ctypes.create_string_buffer(program)
    so_attach_filter = 26
    watcher.setsockopt(
        socket.SOL_SOCKET, so_attach_filter, struct.pack("HL", 4, ctypes.addressof(code))
    )


def enter(path, libc):
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), path)
    finally:
        os.close(descriptor)


def open_spaces(rows, has_ipv6):
    libc = ctypes.CDLL(None, use_errno=True)
    spaces, missing = [], {}
    home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    for index, row in enumerate(rows):
        try:
            enter(row["path"], libc)
            spaces.append(Space(row["watch"], has_ipv6, row.get("interface")))
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES):
                print(error, file=sys.stderr)
                sys.exit(4)
            spaces.append(None)
            missing[str(index)] = error.strerror
        finally:
            libc.setns(home, CLONE_NEWNET)
    os.close(home)
    return spaces, missing


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


def tcp_segment(source, target, source_port, target_port, sequence, acknowledged, flags):
    def header(check):
        return struct.pack(
            "!HHIIBBHHH", source_port, target_port, sequence, acknowledged, 0x50, flags, 1024, check, 0
        )

    return header(checksum(pseudo_header(source, target, TCP, 20) + header(0)))


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


def numeral(index):
    """Four bytes of seven bits with the highest bit set: none is a line's end, at which a shell would cut."""
    return bytes(0x80 | (index >> shift) & 0x7F for shift in (21, 14, 7, 0))


def number_of(four):
    index = 0
    for one in four:
        index = index << 7 | one & 0x7F
    return index


class Run:
    def __init__(self, job):
        self.chance = random.SystemRandom()
        self.listen = job.get("listen")
        # 60 bits of chance mark the packets of this run; TCP has its sequence number alone.
        self.mark = bytes.fromhex(self.listen["mark"]) if self.listen else self.chance.randbytes(8)
        self.sequence = self.chance.randrange(1 << 32)
        self.probes = [Probe(row, self.chance) for row in job["probes"]]
        has_ipv6 = any(len(probe.source_address) == 16 for probe in self.probes)
        self.spaces, self.missing = open_spaces(job["spaces"], has_ipv6)
        self.seconds = job["seconds"]
        self.answering = False
        self.poll = select.epoll()
        self.watchers = {}
        for index, space in enumerate(self.spaces):
            for watcher in space.watchers if space else []:
                self.watchers[watcher.fileno()] = (index, watcher)
                self.poll.register(watcher.fileno(), select.EPOLLIN)

    # ---- sending

    def send(self, index):
        probe = self.probes[index]
        if self.spaces[probe.source] is None:
            probe.error = self.missing[str(probe.source)]
            return
        source, target = probe.source_address, probe.target_address
        if probe.protocol == TCP:
            sequence = self.sequence_of(index)
            payload = tcp_segment(source, target, probe.source_port, probe.port, sequence, 0, SYN)
        elif probe.protocol == UDP:
            mark = self.payload(index, b"?")
            payload = udp_datagram(source, target, probe.source_port, probe.port, mark)
        else:
            payload = icmp_echo(source, target, False, probe.source_port, self.payload(index, b"?"))
        probe.error = self.put(probe.source, probe.protocol, source, target, payload)

    def put(self, space, protocol, source, target, payload):
        """Words of the error that kept the packet from leaving, or None."""
        packet = ip_packet(protocol, source, target, payload)
        try:
            family = socket.AF_INET if len(target) == 4 else socket.AF_INET6
            self.spaces[space].senders[len(target)].sendto(packet, (socket.inet_ntop(family, target), 0))
        except OSError as error:
            # EPERM: the sender's own rules dropped it, which is one way of not arriving.
            return None if error.errno == errno.EPERM else error.strerror
        return None

    def payload(self, index, kind):
        return self.mark + numeral(index) + kind

    def sequence_of(self, index):
        # An odd stride spreads the numbers and keeps them apart.
        return (self.sequence + index * 40503) & 0xFFFFFFFF

    # ---- receiving

    def drain(self, seconds):
        """Looks at everything that arrives until nothing does for this long."""
        while True:
            ready = self.poll.poll(seconds)
            if not ready:
                return
            for descriptor, _ in ready:
                index, watcher = self.watchers[descriptor]
                self.read(index, watcher)

    def read(self, space, watcher):
        for _ in range(256):
            try:
                packet, sender = watcher.recvfrom(2048)
            except BlockingIOError:
                return
            if watcher.family == socket.AF_PACKET and sender[2] != self.spaces[space].direction:
                continue
            if watcher.family == socket.AF_INET6:
                # Here the kernel keeps the header to itself.
                source = packed(sender[0].partition("%")[0])
                self.look_within(space, watcher.proto, source, None, packet)
            else:
                self.look(space, packet)

    def look(self, space, packet):
        if len(packet) >= 48 and packet[0] >> 4 == 6:
            self.look_within(space, packet[6], packet[8:24], packet[24:40], packet[40:])
        elif len(packet) >= 28 and packet[0] >> 4 == 4:
            body = packet[(packet[0] & 15) * 4:]
            self.look_within(space, packet[9], packet[12:16], packet[16:20], body)

    def look_within(self, space, protocol, source, target, body):
        if protocol == TCP and len(body) >= 20:
            self.look_tcp(space, source, target, body)
        elif protocol == UDP and len(body) >= 21:
            index, kind = self.marked(body[8:])
            if index is not None:
                self.note(space, index, kind == b"!", source, target, body)
        elif protocol in (ICMP, ICMP6) and len(body) >= 8:
            self.look_icmp(space, source, target, body)

    def look_tcp(self, space, source, target, body):
        source_port, target_port, sequence, acknowledged = struct.unpack("!HHII", body[:12])
        flags = body[13]
        if flags & (SYN | ACK) == SYN:
            index = self.numbered(sequence)
            if index is not None and self.probes[index].port == target_port:
                self.note(space, index, False, source, target, body)
        elif flags & ACK and flags & (SYN | RST):
            index = self.numbered((acknowledged - 1) & 0xFFFFFFFF)
            if index is not None and self.probes[index].port == source_port:
                self.note(space, index, True, source, target, body)

    def look_icmp(self, space, source, target, body):
        kind, code = body[0], body[1]
        is_six = len(source) == 16
        if kind in ECHO[len(source)] and len(body) >= 21:
            index, _ = self.marked(body[8:])
            if index is not None:
                self.note(space, index, kind == ECHO[len(source)][1], source, target, body)
        elif (kind, code) == ((1, 4) if is_six else (3, 3)) and len(body) >= 8 + 20 + 21:
            # A closed UDP port quotes the probe; a firewall on the way answers from another address.
            quoted = 40 if is_six else (body[8] & 15) * 4
            index, _ = self.marked(body[8 + quoted + 8:])
            if index is not None and source == self.probes[index].target_address:
                self.note(space, index, True, source, target, body)

    def marked(self, payload):
        if payload[:8] != self.mark:
            return None, None
        index = number_of(payload[8:12])
        return (index, payload[12:13]) if index < len(self.probes) else (None, None)

    def numbered(self, sequence):
        # The inverse of the stride modulo 2^32 turns a sequence number back into the probe's index.
        index = ((sequence - self.sequence) * STRIDE_INVERSE) & 0xFFFFFFFF
        if index >= len(self.probes) or self.probes[index].protocol != TCP:
            return None
        return index

    def note(self, space, index, is_answer, source, target, body):
        probe = self.probes[index]
        if is_answer:
            probe.answered = probe.answered or space == probe.source
            return
        if space != probe.target:
            return
        first = not probe.arrived
        probe.arrived = True
        if self.listen or not self.spaces[space].answers:
            return
        # The kernel answers TCP and ICMP; for UDP, and where a machine keeps silent, we do.
        if (probe.protocol == UDP and first) or self.answering:
            self.answer(space, probe, index, source, target, body)

    def answer(self, space, probe, index, source, target, body):
        target = target or probe.target_address
        if probe.protocol == ICMP:
            identity = struct.unpack("!H", body[4:6])[0]
            payload = icmp_echo(target, source, True, identity, self.payload(index, b"!"))
        else:
            back, here = struct.unpack("!HH", body[:4])
            if probe.protocol == UDP:
                payload = udp_datagram(target, source, here, back, self.payload(index, b"!"))
            else:
                sequence = (self.sequence_of(index) + 1) & 0xFFFFFFFF
                payload = tcp_segment(target, source, here, back, 0, sequence, RST | ACK)
        self.put(space, probe.protocol, target, source, payload)

    # ---- the whole

    def go(self):
        return self.hear() if self.listen else self.exchange()

    def hear(self):
        """Sends nothing and sees what others send, until they say that they have ended, or nobody waits for it."""
        parent = os.getppid()
        print("listening", file=sys.stderr, flush=True)
        while not os.path.exists(self.listen["until"]) and os.getppid() == parent:
            self.drain(LISTEN_SECONDS)
        self.drain(self.seconds["closed"])
        return self.report(sum(space.lost() for space in self.spaces if space))

    def exchange(self):
        indices = range(len(self.probes))
        lost = before = 0
        for attempt in range(1, MOST_ATTEMPTS + 1):
            self.round([i for i in indices if not self.probes[i].settled()])
            self.drain(self.seconds["closed"])
            total = sum(space.lost() for space in self.spaces if space)
            lost, before = total - before, total
            self.answering = True
            if attempt >= CLOSED_ATTEMPTS and lost == 0:
                break
        deadline = time.monotonic() + self.seconds["open"]
        while time.monotonic() < deadline:
            waiting = [i for i in indices if self.probes[i].open and not self.probes[i].settled()]
            if not waiting:
                break
            self.round(waiting)
            self.drain(RETRY_SECONDS)
        return self.report(lost)

    def report(self, lost):
        return {
            "results": [[p.arrived, p.answered, p.error] for p in self.probes],
            "missing": self.missing,
            "lost": lost,
        }

    def round(self, indices):
        for count, index in enumerate(indices, 1):
            self.send(index)
            if count % BATCH == 0:
                self.drain(0)


STRIDE_INVERSE = pow(40503, -1, 1 << 32)


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    json.dump(Run(json.load(sys.stdin)).go(), sys.stdout)


main()
