"""
Sends forged frames and says which of them arrived where they must not.

They are put at the host's end of the NIC of whom they pretend to be of; what pretends to come from outside, where the
host hears from there. Where the kernel does not let us, containers
send them from within, and virtual machines are handed theirs. What leaves the host by a NIC has arrived.

Standard input, JSON:
  spaces: [{"path": namespace file, "address": the machine's own, "address6": the same of IPv6, "port": the host's end
          of its NIC, "mac": its own}], the host first and without address. One with "guest" cannot be entered
  bridges: {name: gateway address}, on the host
  probes: [{"kind": see forgeries.py, "from": space, "to": space, "bridge": of the sender, "forged": address,
            "mac": made-up MAC, "protocol": "icmp" | "tcp" | "udp", "port": number, "target": address}]
  inject: false: nothing is put at the host's ends
  until:  file that appears when virtual machines have sent theirs
Standard error, where some are to send, JSON: {"space": [frame, as hexadecimal digits]}
Standard output, JSON:
  results: for each probe [arrived, words of the error that kept it from leaving, or null]
"""

import ctypes
import errno
import json
import os
import select
import socket
import struct
import sys
import time

from bpf import Injector
from forgeries import FRAMES, MARKED_AT
from injecting import mac_of
from outside import way_in
from packets import packed
from spaces import enter, move
from watching import marked_frames, prepare, short_only

ETH_P_ALL, ETH_P_IP = 0x0003, 0x0800
TO_US, OUTGOING, FOR_SOMEBODY_ELSE = 0, 4, 3
SIOCGIFHWADDR = 0x8927
# Twice: one frame can be lost, two in a row hardly.
ATTEMPTS = 2
BATCH = 48
# Between two looks whether those who send themselves have ended.
LISTEN_SECONDS = 0.1


class Sender:
    """A NIC: what it is called on the host, what it says of itself, and a socket within where one is needed."""

    def __init__(self, row):
        self.address, self.address6 = packed(row["address"]), row.get("address6") and packed(row["address6"])
        self.port, self.is_guest = row.get("port"), row.get("guest", False)
        self.mac = row.get("mac") and bytes.fromhex(row["mac"].replace(":", ""))
        self.index, self.card = None, None

    def hears(self, frame):
        return frame[0] & 1 or frame[:6] == self.mac

    def open(self, path, libc):
        """For one that sends from within: a socket at the NIC with its MAC."""
        enter(path, libc)
        links = [name for _, name in socket.if_nameindex() if mac_of(name) == self.mac]
        if not links:
            return
        self.card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.card.bind((links[0], 0))


class Forging:
    def __init__(self, job):
        self.probes, self.seconds, self.until = job["probes"], job["seconds"], job["until"]
        self.mark = os.urandom(8)
        self.arrived = [False] * len(self.probes)
        self.errors = [None] * len(self.probes)
        libc = ctypes.CDLL(None, use_errno=True)
        host, *rows = job["spaces"]
        own = os.open(host["path"], os.O_RDONLY | os.O_CLOEXEC)
        self.senders = [None, *(Sender(row) for row in rows)]
        try:
            move(own, libc, host["path"])
            self.injector = injector(job.get("inject", True))
            for row, sender in zip(rows, self.senders[1:]):
                self.place(sender, row, libc)
            move(own, libc, host["path"])
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES):
                print(error, file=sys.stderr)
                sys.exit(4)
            raise
        self.ports = {one.port: number for number, one in enumerate(self.senders) if one and one.port}
        self.macs = {name: mac_of(name) for name in job["bridges"]}
        self.outside = way_in({*self.ports, *self.macs}) if self.injector else None
        self.wide = prepare(
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)), marked_frames(self.mark, MARKED_AT)
        )
        # The host hears IP behind its firewall, which is what is tried.
        self.stack = prepare(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), short_only())
        self.datagrams = prepare(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP), short_only())
        self.stack6 = prepare(socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6), short_only())
        self.poll = select.epoll()
        self.watchers = {}
        for one in (self.wide, self.stack, self.datagrams, self.stack6):
            self.watchers[one.fileno()] = one
            self.poll.register(one.fileno(), select.EPOLLIN)

    def place(self, sender, row, libc):
        if sender.port and self.injector:
            try:
                sender.index = socket.if_nametoindex(sender.port)
                return
            except OSError:
                pass
        if not sender.is_guest and sender.mac:
            try:
                sender.open(row["path"], libc)
            except OSError as error:
                if error.errno in (errno.EPERM, errno.EACCES):
                    raise

    def frame(self, index):
        """The frame of a probe; None, with the reason noted, where it cannot be made."""
        probe = self.probes[index]
        if probe["kind"] == "outside":
            mac = self.outside and self.outside[1]
            return mac and FRAMES["outside"](probe, None, mac, self.mark + struct.pack("!I", index))
        sender, target = self.senders[probe["from"]], self.senders[probe["to"]]
        mac = target.mac if target and not probe["routed"] else self.macs.get(probe["bridge"])
        if sender is None or not sender.mac or mac is None:
            self.errors[index] = "no network card"
            return None
        return FRAMES[probe["kind"]](probe, sender, mac, self.mark + struct.pack("!I", index))

    def send(self, index):
        frame, sender = self.frame(index), self.senders[self.probes[index]["from"]]
        if frame is None:
            # Named in forge.ts: who made no frame for another reason has said so.
            self.errors[index] = self.errors[index] or "no way in"
            return
        try:
            if sender is None:
                self.injector.inject(frame, self.outside[0])
            elif sender.index is not None:
                self.injector.inject(frame, sender.index)
            elif sender.card:
                sender.card.send(frame)
            else:
                self.errors[index] = "no network card"
        except OSError as error:
            self.errors[index] = error.strerror

    def drain(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            ready = self.poll.poll(max(0, deadline - time.monotonic()))
            if not ready:
                return
            for descriptor, _ in ready:
                self.read(self.watchers[descriptor])

    def read(self, one):
        while True:
            try:
                frame, sender = one.recvfrom(2048)
            except BlockingIOError:
                return
            at = frame.find(self.mark)
            if at < 0 or len(frame) < at + 12:
                continue
            place = self.place_of(frame, sender) if one is self.wide else 0
            index = struct.unpack("!I", frame[at + 8:at + 12])[0]
            if index < len(self.probes) and self.probes[index]["to"] == place:
                self.arrived[index] = True

    def place_of(self, frame, sender):
        """Where a frame has arrived that is seen on the host: behind the NIC by which it leaves, or at a bridge itself."""
        name, kind, way = sender[:3]
        if way == OUTGOING:
            number = self.ports.get(name)
            return number if number is not None and self.senders[number].hears(frame) else None
        # Of IP, the stack behind the firewall tells.
        if name in self.macs and way != FOR_SOMEBODY_ELSE and kind != ETH_P_IP and not self.is_told_by_stack(frame):
            return 0
        return None

    def is_told_by_stack(self, frame):
        return len(frame) > 54 and frame[12:14] == b"\x86\xdd" and frame[20] == 58 and frame[54] in (1, 128)

    def hand_out(self):
        """Tells what virtual machines are to send; the probes that they do not."""
        orders, own = {}, []
        for index, probe in enumerate(self.probes):
            sender = self.senders[probe["from"]]
            if not (sender and sender.is_guest and sender.index is None):
                own.append(index)
            elif frame := self.frame(index):
                orders.setdefault(str(probe["from"]), []).append(frame.hex())
        if orders:
            print(json.dumps(orders), file=sys.stderr, flush=True)
        return bool(orders), own

    def go(self):
        parent = os.getppid()
        others_send, own = self.hand_out()
        # What quotes a conversation comes after the honest ping that opens it.
        quoting = [index for index in own if self.probes[index]["kind"] == "related"]
        others = [index for index in own if self.probes[index]["kind"] != "related"]
        for _ in range(ATTEMPTS):
            self.round([index for index in others if not self.arrived[index]])
            self.round([index for index in quoting if not self.arrived[index]])
        if others_send:
            while not os.path.exists(self.until) and os.getppid() == parent:
                self.drain(LISTEN_SECONDS)
            self.drain(self.seconds)
        return {"results": list(zip(self.arrived, self.errors))}

    def round(self, indices):
        for count, index in enumerate(indices, 1):
            self.send(index)
            if count % BATCH == 0:
                self.drain(0)
        self.drain(self.seconds)


def injector(wanted):
    try:
        return Injector() if wanted else None
    except OSError:
        return None


def forge(job):
    return Forging(job).go()
