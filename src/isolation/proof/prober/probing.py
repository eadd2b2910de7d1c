"""A run of probes: what is sent, what is seen of it, and for how long."""

import errno
import os
import random
import select
import socket
import struct
import sys
import time

from injecting import Injection
from packets import (
    ACK, ECHO, ICMP, ICMP6, RST, SYN, TCP, UDP,
    icmp_echo, ip_packet, number_of, numeral, packed, tcp_segment, udp_datagram,
)
from spaces import OUTGOING, TO_US, open_spaces, wide_watcher
from watching import lost

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
# Few enough that no receive buffer overflows between two looks at the sockets.
BATCH = 48
# Twice: one packet can be lost to a full queue or to address resolution, two in a row hardly.
CLOSED_ATTEMPTS = 2
# On a machine so busy that packets were lost unseen, as often as this until a round loses none.
MOST_ATTEMPTS = 6
RETRY_SECONDS = 0.25
# Between two looks whether those who send have ended.
LISTEN_SECONDS = 0.1
# Keeps the sequence numbers of neighbouring probes apart; its inverse modulo 2^32 leads back to the probe.
STRIDE = 40503
STRIDE_INVERSE = pow(STRIDE, -1, 1 << 32)
# Probes of which is told where else they arrived.
MOST_STRAYED = 200


class Probe:
    __slots__ = (
        "source", "source_address", "target", "target_address",
        "protocol", "port", "open", "source_port", "arrived", "answered", "error", "left", "injected",
    )

    def __init__(self, row, chance):
        self.source, source, self.target, target, protocol, self.port, self.open = row
        self.source_address = packed(source)
        self.target_address = packed(target)
        self.protocol = PROTOCOLS[protocol]
        self.source_port = chance.randrange(20000, 60000)
        self.arrived = self.answered = self.left = self.injected = False
        self.error = None

    def settled(self):
        return self.arrived and self.answered


class Run:
    def __init__(self, job):
        self.chance = random.SystemRandom()
        self.listen = job.get("listen")
        # 60 bits of chance mark the packets of this run; TCP has its sequence number alone.
        self.mark = bytes.fromhex(self.listen["mark"]) if self.listen else self.chance.randbytes(8)
        # Others may run at the same time with the rest of the probes: theirs are numbered before or behind ours.
        self.first = job.get("first", 0)
        self.sequence = job.get("sequence", self.chance.randrange(1 << 32))
        self.probes = [Probe(row, self.chance) for row in job["probes"]]
        has_ipv6 = any(len(probe.source_address) == 16 for probe in self.probes)
        self.spaces, self.missing = open_spaces(job["spaces"], has_ipv6, self.mark)
        self.seconds = job["seconds"]
        self.answering = False
        self.strayed = {}
        # Interfaces that carry packets of all domains; and by its name on the host, whose each NIC is.
        self.carriers = frozenset(job.get("carriers", []))
        self.ports = {space.link: index for index, space in enumerate(self.spaces) if space and space.link}
        self.ours = {name for space in self.spaces if space for name in (space.port, space.bridge) if name}
        self.ways = {}
        self.injection = Injection(self.spaces, job.get("gateways", {}), job.get("inject", True))
        for probe in self.probes:
            self.injection.know(probe.source, probe.source_address)
            self.injection.know(probe.target, probe.target_address)
        self.poll = select.epoll()
        self.watchers = {}
        self.wide = wide_watcher(self.mark)
        self.watch(None, self.wide)
        for index, space in enumerate(self.spaces):
            for watcher in space.watchers if space else []:
                self.watch(index, watcher)

    def watch(self, space, watcher):
        self.watchers[watcher.fileno()] = (space, watcher)
        self.poll.register(watcher.fileno(), select.EPOLLIN)

    # ---- sending

    def send(self, index):
        """From within, as programs there do."""
        probe = self.probes[index]
        if self.spaces[probe.source] is None:
            probe.error = self.missing[str(probe.source)]
            return
        packet = self.question(index)
        probe.error = self.put(probe.source, probe.protocol, probe.source_address, probe.target_address, packet)

    def question(self, index):
        probe = self.probes[index]
        source, target = probe.source_address, probe.target_address
        if probe.protocol == TCP:
            return tcp_segment(source, target, probe.source_port, probe.port, self.sequence_of(index), 0, SYN)
        mark = self.payload(index, b"?")
        if probe.protocol == UDP:
            return udp_datagram(source, target, probe.source_port, probe.port, mark)
        return icmp_echo(source, target, False, probe.source_port, mark)

    def inject(self, index):
        """At the host's end of the sender's NIC: nothing within the machine can keep it back or change it."""
        probe = self.probes[index]
        ends = probe.source, probe.target, probe.source_address, probe.target_address
        probe.injected = self.injection.send(*ends, probe.protocol, self.question(index)) or probe.injected

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
        return (self.sequence + (self.first + index) * STRIDE) & 0xFFFFFFFF

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
            if watcher.family == socket.AF_INET6:
                # Here the kernel keeps the header to itself.
                source = packed(sender[0].partition("%")[0])
                self.look_within(space, watcher.proto, source, None, packet)
            elif watcher is self.wide:
                self.interface, self.outgoing = sender[0], sender[2] == OUTGOING
                self.look(None, packet)
            elif watcher.family != socket.AF_PACKET or sender[2] == TO_US:
                self.look(space, packet)

    def look(self, space, packet):
        self.hops = 0
        if len(packet) >= 48 and packet[0] >> 4 == 6:
            self.hops = packet[7]
            self.look_within(space, packet[6], packet[8:24], packet[24:40], packet[40:])
        elif len(packet) >= 28 and packet[0] >> 4 == 4:
            self.hops = packet[8]
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
        index = (((sequence - self.sequence) * STRIDE_INVERSE) & 0xFFFFFFFF) - self.first
        if not 0 <= index < len(self.probes) or self.probes[index].protocol != TCP:
            return None
        return index

    def note(self, space, index, is_answer, source, target, body):
        probe = self.probes[index]
        # Who has heard the mark can send it in any shape.
        if len(source) != len(probe.source_address):
            return
        if space is None:
            space = self.place(probe, index, is_answer)
            if space is None:
                return
        elif space not in (probe.source, probe.target):
            if not self.spaces[space].carries:
                self.stray(index, space)
            return
        if is_answer:
            probe.answered = probe.answered or space == probe.source
            return
        if space != probe.target:
            return
        first = not probe.arrived
        probe.arrived = True
        if self.listen:
            return
        # The kernel answers TCP and ICMP; for UDP, and where a machine keeps silent, we do.
        if (probe.protocol == UDP and first) or self.answering:
            self.answer(space, probe, index, source, target, body)

    def place(self, probe, index, is_answer):
        """
        At whose NIC a packet of the run leaves the host, which is where it arrives; None for what is only on its way.
        What is where its way does not lead goes astray.
        """
        there = self.ports.get(self.interface)
        if self.interface not in self.way(probe):
            beyond = [one for one in (self.spaces[probe.source], self.spaces[probe.target]) if one and one.is_beyond]
            if self.interface in self.ours or not beyond:
                self.stray(index, self.interface)
            return None
        if self.outgoing:
            return there
        if there == probe.source and not is_answer and not self.injection.is_own(self.hops):
            probe.left = True
        return None

    def way(self, probe):
        """Names of the interfaces of the host at which a probe and its answer may be seen."""
        key = probe.source, probe.target
        if key not in self.ways:
            spaces = [self.spaces[one] for one in key if self.spaces[one]]
            names = {name for one in spaces for name in (one.port, one.link, one.bridge) if name}
            self.ways[key] = names | self.carriers | {"lo"}
        return self.ways[key]

    def stray(self, index, where):
        if index in self.strayed or len(self.strayed) < MOST_STRAYED:
            self.strayed.setdefault(index, set()).add(where)

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
        if self.answering and self.injection.send(space, probe.source, target, source, probe.protocol, payload):
            return
        if self.spaces[space].enters:
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
        return self.report(self.lost())

    def lost(self):
        return lost([self.wide]) + sum(space.lost() for space in self.spaces if space)

    def exchange(self):
        indices = range(len(self.probes))
        lost = before = 0
        for attempt in range(1, MOST_ATTEMPTS + 1):
            self.injection.introduce()
            self.round([i for i in indices if not self.probes[i].settled()], attempt)
            self.drain(self.seconds["closed"])
            total = self.lost()
            lost, before = total - before, total
            self.answering = True
            if attempt >= CLOSED_ATTEMPTS and lost == 0:
                break
        deadline = time.monotonic() + self.seconds["open"]
        while time.monotonic() < deadline:
            waiting = [i for i in indices if self.probes[i].open and not self.probes[i].settled()]
            if not waiting:
                break
            self.injection.introduce()
            self.round(waiting, MOST_ATTEMPTS + 1)
            self.drain(RETRY_SECONDS)
        return self.report(lost)

    def round(self, indices, attempt):
        """
        First from within. From the second time on at the host's end of the NIC, where that is possible, and once more
        from within what was not seen to leave.
        """
        for count, index in enumerate(indices, 1):
            probe = self.probes[index]
            injects = self.injection.reaches(probe.source) and (attempt > 1 or not self.enters(probe.source))
            if self.enters(probe.source) and (not injects or not probe.left):
                self.send(index)
            if injects:
                self.inject(index)
            if count % BATCH == 0:
                self.drain(0)

    def enters(self, space):
        return self.spaces[space] is None or self.spaces[space].enters

    def report(self, lost):
        strayed = [
            [index, sorted(f"#{one}" if isinstance(one, int) else one for one in places)]
            for index, places in self.strayed.items()
        ]
        return {
            "results": [[p.arrived, p.answered, p.error, p.left, p.injected] for p in self.probes],
            "missing": self.missing,
            "strayed": strayed,
            "injects": self.injection.works,
            "lost": lost,
        }
