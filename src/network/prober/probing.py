"""A run of probes: what is sent, what is seen of it, and for how long."""

import errno
import os
import random
import select
import socket
import struct
import sys
import time

from packets import (
    ACK, ECHO, ICMP, ICMP6, RST, SYN, TCP, UDP,
    icmp_echo, ip_packet, number_of, numeral, packed, tcp_segment, udp_datagram,
)
from spaces import open_spaces

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
        return (self.sequence + index * STRIDE) & 0xFFFFFFFF

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
