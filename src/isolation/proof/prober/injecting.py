"""Puts frames where machines put theirs: at the host's end of their NICs, from the host's side."""

import fcntl
import os
import socket
import struct

from bpf import Injector
from frames import ip_frame, who_has, whole_packet
from packets import packed

SIOCGIFHWADDR = 0x8927
# As of a packet that has crossed a router already: so those from within and ours are told apart.
HOPS = 63


class Injection:
    """The host's ends of the machines' NICs; none where the kernel does not let us."""

    def __init__(self, spaces, gateways, wanted):
        self.spaces, self.gateways = spaces, {name: [packed(one) for one in own] for name, own in gateways.items()}
        self.addresses, self.indices, self.macs = {}, {}, {}
        self.injector = None
        if wanted:
            try:
                self.injector = Injector()
            except OSError:
                # A host within a container, or a kernel older than 5.18.
                return
        for bridge in gateways:
            self.macs[bridge] = mac_of(bridge)
        for number, space in enumerate(spaces):
            if space and space.port and space.mac:
                try:
                    self.indices[number] = socket.if_nametoindex(space.port)
                except OSError:
                    continue
                self.macs[number] = bytes.fromhex(space.mac.replace(":", ""))

    @property
    def works(self):
        return self.injector is not None

    def is_own(self, hops):
        return hops == HOPS

    def reaches(self, space):
        return self.injector is not None and space in self.indices

    def send(self, source, target, source_address, target_address, protocol, payload):
        """True when the frame was put there."""
        if not self.reaches(source):
            return False
        one, other = self.spaces[source], self.spaces[target]
        near = other is not None and one.bridge == other.bridge and target in self.macs
        mac = self.macs[target] if near else self.macs.get(one.bridge)
        if mac is None:
            return False
        packet = whole_packet(protocol, source_address, target_address, payload, HOPS)
        return self.put(source, ip_frame(mac, self.macs[source], packet))

    def put(self, space, frame):
        try:
            self.injector.inject(frame, self.indices[space])
        except OSError:
            return False
        return True

    def introduce(self):
        """Each machine asks for its gateway: so the bridge knows its port, and the host its MAC, as after any packet."""
        if self.injector is None:
            return
        for number, addresses in self.addresses.items():
            for address, gateway in addresses:
                self.put(number, who_has(self.macs[number], address, gateway))

    def know(self, space, address):
        """Which addresses are a machine's own."""
        if not self.reaches(space):
            return
        for gateway in self.gateways.get(self.spaces[space].bridge, []):
            if len(gateway) == len(address):
                self.addresses.setdefault(space, set()).add((address, gateway))


def mac_of(name):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            answer = fcntl.ioctl(one, SIOCGIFHWADDR, struct.pack("256s", os.fsencode(name)))
    except OSError:
        return None
    return answer[18:24]
