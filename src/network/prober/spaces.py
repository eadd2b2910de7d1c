"""Network namespaces: how to get into them, and the sockets that send and watch in each."""

import ctypes
import errno
import os
import socket
import struct
import sys

from packets import ICMP, ICMP6, TCP, UDP

CLONE_NEWNET = 0x40000000
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
# Of a packet that a socket sees: for this host, and sent by it.
TO_US, OUTGOING = 0, 4
SO_RCVBUFFORCE = 33
SO_MEMINFO, MEMINFO_DROPS = 55, 8
RECEIVE_BUFFER = 8 << 20


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
