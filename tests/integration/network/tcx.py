"""Attaches a program of tcx that lets everything pass to an interface, or takes all away again: tcx.py FOLDER_OF_THE_PROBER INTERFACE [off]"""

import ctypes
import socket
import struct
import sys

sys.path.insert(0, sys.argv[1])

from bpf import PROG_LOAD, attached, bpf  # noqa: E402

PROG_ATTACH, PROG_DETACH, PROG_BY_ID, SCHED_CLS, INGRESS = 8, 9, 13, 3, 46
index = socket.if_nametoindex(sys.argv[2])
if sys.argv[3:] == ["off"]:
    for number in attached(index, INGRESS):
        program, _ = bpf(PROG_BY_ID, struct.pack("=III", number, 0, 0))
        bpf(PROG_DETACH, struct.pack("=IIII", index, program, INGRESS, 0) + b"\0" * 16)
    sys.exit()
# Two instructions: the result is that the next one decides (-1), and the end.
code = struct.pack("=BBhi", 0xB7, 0, 0, -1) + struct.pack("=BBhi", 0x95, 0, 0, 0)
held, licence = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL")
load = struct.pack("=IIQQ", SCHED_CLS, 2, ctypes.addressof(held), ctypes.addressof(licence))
program, _ = bpf(PROG_LOAD, load + b"\0" * 96)
bpf(PROG_ATTACH, struct.pack("=IIII", index, program, INGRESS, 0) + b"\0" * 16)
