"""Kernel keyrings as root of a container sees them: keep a secret, take one by its number, use up the quota."""

import ctypes
import errno
import os
import platform
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[platform.machine()]
GET_ID, SET_PERM, LINK, READ = 0, 5, 8, 11
PROCESS, USER = -2, -4
ALL_OF_USER = 0x3F3F0000


def call(*words):
    result = LIBC.syscall(*words)
    return result if result >= 0 else -ctypes.get_errno()


def told(result):
    return errno.errorcode.get(-result, str(result)) if result < 0 else "ok"


def add(name, payload=b"secret", ring=USER):
    return call(ADD_KEY, b"user", name.encode(), payload, len(payload), ring)


def keep():
    """A key in the keyring of root, which every process of the same user may use."""
    serial = add("secret")
    call(KEYCTL, SET_PERM, serial, ALL_OF_USER)
    return f"{serial} {call(KEYCTL, GET_ID, USER, 0)}"


def take(serial, ring):
    """What another machine's root can do to a key whose number it knows, and to the keyring it is in."""
    room = ctypes.create_string_buffer(64)
    read = call(KEYCTL, READ, int(serial), room, 64)
    linked = call(KEYCTL, LINK, int(ring), PROCESS)
    planted = add("planted", b"planted", int(ring))
    return f"read {told(read)} {room.value.decode()} link {told(linked)} plant {told(planted)}"


def fill():
    made = 0
    while (result := add(f"fill-{made}")) >= 0 and made < 100_000:
        made += 1
    return f"{made} {told(result)}"


print({"keep": keep, "take": take, "fill": fill, "one": lambda: told(add("one"))}[sys.argv[1]](*sys.argv[2:]))
