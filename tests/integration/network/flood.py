"""Sends numbered UDP datagrams along several streams until standard input closes, and counts what arrives.

Standard input, first line, JSON: {"spaces": [namespace file], "pause": seconds,
"streams": [[name, space, source address, space, target address, port]]}.
Standard output: a line "flooding" when every stream has been sent once, then JSON {name: [sent, received]}.
"""

import ctypes
import json
import os
import select
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)


def enter(path):
    with open(path) as space:
        if libc.setns(space.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), path)


def bound(space, address, port):
    enter(space)
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    one.setblocking(False)
    one.bind((address, port))
    return one


job = json.loads(sys.stdin.readline())
spaces, pause = job["spaces"], job["pause"]
streams = [
    (name, bound(spaces[a], source, 0), bound(spaces[b], target, port), (target, port))
    for name, a, source, b, target, port in job["streams"]
]
sent = {name: 0 for name, *_ in streams}
received = {name: set() for name, *_ in streams}


def collect():
    for name, _, receiver, _ in streams:
        while True:
            try:
                received[name].add(receiver.recv(64))
            except BlockingIOError:
                break


started = False
while not select.select([sys.stdin], [], [], 0)[0]:
    for name, sender, _, target in streams:
        sender.sendto(b"%d" % sent[name], target)
        sent[name] += 1
    if not started:
        print("flooding", flush=True)
        started = True
    collect()
    time.sleep(pause)
time.sleep(0.3)
collect()
print(json.dumps({name: [sent[name], len(received[name])] for name in sent}))
