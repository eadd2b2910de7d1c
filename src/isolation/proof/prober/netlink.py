"""Netlink, as much of it as a look at the kernel needs: requests that list things, and their attributes."""

import os
import socket
import struct

NLM_F_REQUEST, NLM_F_DUMP = 0x001, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
HEADER = struct.Struct("=IHHII")
ANSWER_BYTES = 1 << 17


class Netlink:
    """A connection to the kernel, in the network namespace in which it was opened."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, kind, body, flags=NLM_F_DUMP):
        """The bodies of the answers, one after the other. OSError where the kernel refuses."""
        length = HEADER.size + len(body)
        self.socket.send(HEADER.pack(length, kind, NLM_F_REQUEST | flags, 1, 0) + body)
        while True:
            answer = self.socket.recv(ANSWER_BYTES)
            while answer:
                length, kind, _, _, _ = HEADER.unpack(answer[:HEADER.size])
                body, answer = answer[HEADER.size:length], answer[aligned(length):]
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    number = -struct.unpack("=i", body[:4])[0]
                    if number:
                        raise OSError(number, os.strerror(number))
                    return
                yield body
            if not flags & NLM_F_DUMP:
                return


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
