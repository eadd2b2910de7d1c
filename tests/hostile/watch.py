"""Sees what arrives anywhere: the numbers of marked frames at every interface of some network namespaces.

Arguments: the mark, and NAME=namespace file, or NAME=namespace file=interface,interface. Prints `ready`, and after the end of
standard input one JSON line: {NAME: [numbers]}. Frames that a namespace itself sends do not count, unless its
interfaces are named: there, both directions do.
"""

import ctypes
import json
import select
import socket
import struct
import sys
import time

MARK = sys.argv[1].encode()
libc = ctypes.CDLL(None)
ears = {}
for word in sys.argv[2:]:
    name, path, *interfaces = word.split("=")
    with open(path) as space:
        assert libc.setns(space.fileno(), 0x40000000) == 0, path
    for interface in interfaces[0].split(",") if interfaces else [""]:
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        ear.setsockopt(socket.SOL_SOCKET, 33, 256 * 1024 * 1024)
        if interface:
            ear.bind((interface, 3))
        ear.setblocking(False)
        ears[ear] = (name, bool(interface))
seen = {name: set() for name, _ in ears.values()}


def drain():
    for ear, (name, both) in ears.items():
        while True:
            try:
                frame, sender = ear.recvfrom(4000)
            except BlockingIOError:
                break
            if sender[2] == 4 and not both:
                continue
            at = frame.find(MARK)
            if at != -1 and len(frame) >= at + len(MARK) + 4:
                seen[name].add(struct.unpack("!I", frame[at + len(MARK):][:4])[0])


print("ready", flush=True)
while True:
    readable, _, _ = select.select([sys.stdin, *ears], [], [], 1)
    drain()
    if sys.stdin in readable and not sys.stdin.readline():
        break
time.sleep(0.5)
drain()
print(json.dumps({name: sorted(numbers) for name, numbers in seen.items()}))
