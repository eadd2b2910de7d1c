"""Sends numbered UDP datagrams along several streams until standard input closes, and counts what arrives.

A stream named "tcp ..." is one TCP connection that stays open: what is counted are lines of eight bytes.

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


def connected(space, address, other, target):
    enter(other)
    server = socket.create_server(target)
    enter(space)
    one = socket.create_connection(target, timeout=5, source_address=(address, 0))
    peer, _ = server.accept()
    for end in (one, peer):
        end.setblocking(False)
    return one, peer


def opened(name, source_space, source, target_space, target, port):
    if name.startswith("tcp"):
        return connected(source_space, source, target_space, (target, port))
    return bound(source_space, source, 0), bound(target_space, target, port)


job = json.loads(sys.stdin.readline())
spaces, pause = job["spaces"], job["pause"]
streams = [
    (name, *opened(name, spaces[a], source, spaces[b], target, port), (target, port))
    for name, a, source, b, target, port in job["streams"]
]
sent = {name: 0 for name, *_ in streams}
received = {name: set() for name, *_ in streams}


def collect():
    for name, _, receiver, _ in streams:
        while True:
            try:
                found = receiver.recv(8 if name.startswith("tcp") else 64)
            except BlockingIOError:
                break
            if not found:
                break
            received[name].add(found)


started = False
while not select.select([sys.stdin], [], [], 0)[0]:
    for name, sender, _, target in streams:
        words = b"%08d" % sent[name]
        sender.send(words) if name.startswith("tcp") else sender.sendto(words, target)
        sent[name] += 1
    if not started:
        print("flooding", flush=True)
        started = True
    collect()
    time.sleep(pause)
time.sleep(0.3)
collect()
print(json.dumps({name: [sent[name], len(received[name])] for name in sent}))
