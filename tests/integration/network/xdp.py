"""Attaches an XDP program that lets everything pass to an interface: xdp.py FOLDER_OF_THE_PROBER INTERFACE"""

import socket
import struct
import sys

sys.path.insert(0, sys.argv[1])

from bpf import Injector  # noqa: E402

RTM_SETLINK, REQUEST_AND_ACK, XDP_AND_NESTED, SKB_MODE = 19, 5, 43 | 0x8000, 2


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value


program = Injector()
nested = attribute(1, struct.pack("=i", program.descriptor)) + attribute(3, struct.pack("=I", SKB_MODE))
body = struct.pack("=BxHiII", 0, 0, socket.if_nametoindex(sys.argv[2]), 0, 0) + attribute(XDP_AND_NESTED, nested)
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
    netlink.send(struct.pack("=IHHII", 16 + len(body), RTM_SETLINK, REQUEST_AND_ACK, 1, 0) + body)
    error, = struct.unpack("=i", netlink.recv(4096)[16:20])
sys.exit(f"error {-error}" if error else 0)
