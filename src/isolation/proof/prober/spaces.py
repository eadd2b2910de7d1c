"""Network namespaces: how to get into them, and the sockets that send and watch in each."""

import ctypes
import errno
import os
import socket
import sys

from packets import ICMP, ICMP6, TCP, UDP
from watching import lost, prepare, program, short_only

CLONE_NEWNET = 0x40000000
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
# Of a packet that a socket sees: for this host, and sent by it.
TO_US, OUTGOING = 0, 4


def raw(family, number):
    return socket.socket(family, socket.SOCK_RAW, number)


class Space:
    """
    One end of probes: sockets to send from, and sockets that see what arrives there. A machine's own namespace is
    watched at its NICs, the host at its stack, and a virtual machine nowhere but at the end of its NIC on the host.
    """

    def __init__(self, row, has_ipv6, mark):
        watch = row["watch"]
        self.port, self.mac, self.bridge = row.get("port"), row.get("mac"), row.get("bridge")
        self.link = row.get("interface", self.port)
        self.is_beyond, self.carries = row.get("beyond", False), row.get("carries", False)
        self.enters = watch != "tap"
        self.senders, self.watchers = {}, []
        if watch == "tap":
            return
        families = [socket.AF_INET, *([socket.AF_INET6] if has_ipv6 else [])]
        self.senders = {4 if one == socket.AF_INET else 16: raw(one, socket.IPPROTO_RAW) for one in families}
        for sender in self.senders.values():
            sender.setblocking(False)
        if watch == "card":
            kinds = [ETH_P_IP, *([ETH_P_IPV6] if has_ipv6 else [])]
            self.watchers = [
                prepare(socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind)), program(mark))
                for kind in kinds
            ]
        else:
            self.watchers = [prepare(raw(socket.AF_INET, number), program(mark)) for number in (TCP, UDP, ICMP)]
            if has_ipv6:
                # Here the kernel keeps the header to itself.
                self.watchers += [
                    prepare(raw(socket.AF_INET6, number), short_only()) for number in (TCP, UDP, ICMP6)
                ]

    def lost(self):
        return lost(self.watchers)


def wide_watcher(mark):
    """Sees every packet of the run at every interface of the namespace that it is opened in."""
    one = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    return prepare(one, program(mark))


def enter(path, libc):
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        move(descriptor, libc, path)
    finally:
        os.close(descriptor)


def move(descriptor, libc, path):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)


def open_spaces(rows, has_ipv6, mark):
    """Each space, or None with the reason in the second list; afterwards this process is in the first one's, the host's."""
    libc = ctypes.CDLL(None, use_errno=True)
    spaces, missing = [], {}
    # A path may mean the namespace that this process is in.
    own = os.open(rows[0]["path"], os.O_RDONLY | os.O_CLOEXEC)
    for index, row in enumerate(rows):
        try:
            if row["path"] == rows[0]["path"]:
                move(own, libc, row["path"])
            else:
                enter(row["path"], libc)
            spaces.append(Space(row, has_ipv6, mark))
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES):
                print(error, file=sys.stderr)
                sys.exit(4)
            spaces.append(None)
            missing[str(index)] = error.strerror
    move(own, libc, rows[0]["path"])
    os.close(own)
    return spaces, missing
