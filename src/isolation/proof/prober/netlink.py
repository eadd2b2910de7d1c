"""Netlink, as much of it as a look at the kernel needs: requests that list things, and their attributes."""

import errno
import os
import socket
import struct

NLM_F_REQUEST, NLM_F_DUMP = 0x001, 0x300
# The list changed while it was told: something may be missing from it.
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
HEADER = struct.Struct("=IHHII")
ANSWER_BYTES = 1 << 17
# Of a list that changes all the time.
MOST_TRIES = 5
# Whoever has more has made them to be in the way.
MOST_ANSWERS = 1 << 16
SECONDS = 20


class Netlink:
    """
    A connection to the kernel, in the network namespace in which it was opened. Of the host's own, which changes with
    every machine that starts, and which no machine fills, a list is taken as it comes.
    """

    def __init__(self, of_host=False):
        self.of_host = of_host
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.settimeout(SECONDS)
        self.sequence = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, kind, body, flags=NLM_F_DUMP):
        """The bodies of all answers. OSError where the kernel refuses, or where a list cannot be read as a whole."""
        for _ in range(MOST_TRIES):
            found, is_whole = self.ask_once(kind, body, flags)
            if is_whole:
                return found
        if self.of_host:
            return found
        raise OSError(errno.EAGAIN, "it changes faster than it can be read")

    def ask_once(self, kind, body, flags):
        self.sequence += 1
        length = HEADER.size + len(body)
        self.socket.send(HEADER.pack(length, kind, NLM_F_REQUEST | flags, self.sequence, 0) + body)
        found, is_whole = [], True
        while True:
            answer = self.socket.recv(ANSWER_BYTES)
            while len(answer) >= HEADER.size:
                length, kind, told, sequence, _ = HEADER.unpack(answer[:HEADER.size])
                if length < HEADER.size:
                    raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG))
                body, answer = answer[HEADER.size:length], answer[aligned(length):]
                # What is left of an earlier question answers nothing.
                if sequence != self.sequence:
                    continue
                is_whole = is_whole and not told & NLM_F_DUMP_INTR
                if kind in (NLMSG_DONE, NLMSG_ERROR):
                    number = -struct.unpack("=i", body[:4])[0] if len(body) >= 4 else 0
                    if number:
                        raise OSError(number, os.strerror(number))
                    return found, is_whole
                found.append(body)
                if not flags & NLM_F_DUMP:
                    return found, is_whole
                if len(found) > MOST_ANSWERS and not self.of_host:
                    raise OSError(errno.E2BIG, "it has too many of them to be read")


def aligned(length):
    return (length + 3) & ~3


def attributes(data):
    """Attributes by their number; of one that stands there twice, the last."""
    found = {}
    while len(data) >= 4:
        length, number = struct.unpack("=HH", data[:4])
        if length < 4:
            break
        # The two highest bits say what is in it, not what it is.
        found[number & 0x3FFF] = data[4:length]
        data = data[aligned(length):]
    return found


def attribute(number, value):
    length = 4 + len(value)
    return struct.pack("=HH", length, number) + value + b"\0" * (aligned(length) - length)


def word(data):
    return data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def number(data):
    return struct.unpack("=I", data[:4])[0]
