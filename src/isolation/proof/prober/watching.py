"""What the kernel hands to sockets that watch: packets of a run, and as little else as possible."""

import ctypes
import socket
import struct

SO_ATTACH_FILTER, SO_RCVBUFFORCE = 26, 33
SO_MEMINFO, MEMINFO_DROPS = 55, 8
RECEIVE_BUFFER = 8 << 20
# Longer than any packet of a run.
LONGEST = 160
LOAD, LOAD_BYTE, LOAD_LENGTH, LOAD_AT, LOAD_BYTE_AT = 0x20, 0x30, 0x80, 0x40, 0x50
HEADER_LENGTH, AND, ABOVE, EQUAL, HAS, RETURN = 0xB1, 0x54, 0x25, 0x15, 0x45, 0x06
SYN_OR_RST = 0x06
UNREACHABLE, UNREACHABLE_6 = 3, 1


def program(mark):
    """
    Lets through, from their IP header on, short packets with the mark of a run, errors that may quote one, and what
    opens or refuses a conversation of TCP, which has no room for a mark. So a busy host's own traffic stays out.
    """
    high, low = struct.unpack("!II", mark)
    steps = [
        ("", LOAD_LENGTH, 0, None, None),
        ("", ABOVE, LONGEST, "no", None),
        ("", LOAD_BYTE, 0, None, None),
        ("", AND, 0xF0, None, None),
        ("", EQUAL, 0x40, "four", None),
        ("", EQUAL, 0x60, "six", "no"),
        ("four", HEADER_LENGTH, 0, None, None),
        ("", LOAD_BYTE, 9, None, None),
        ("", EQUAL, socket.IPPROTO_TCP, "tcp4", None),
        ("", EQUAL, socket.IPPROTO_UDP, "mark4", None),
        ("", EQUAL, socket.IPPROTO_ICMP, None, "no"),
        ("", LOAD_BYTE_AT, 0, None, None),
        ("", EQUAL, UNREACHABLE, "yes", None),
        ("mark4", LOAD_AT, 8, None, None),
        ("", EQUAL, high, None, "no"),
        ("", LOAD_AT, 12, None, None),
        ("", EQUAL, low, "yes", "no"),
        ("tcp4", LOAD_BYTE_AT, 13, None, None),
        ("", HAS, SYN_OR_RST, "yes", "no"),
        ("six", LOAD_BYTE, 6, None, None),
        ("", EQUAL, socket.IPPROTO_TCP, "tcp6", None),
        ("", EQUAL, socket.IPPROTO_UDP, "mark6", None),
        ("", EQUAL, socket.IPPROTO_ICMPV6, None, "no"),
        ("", LOAD_BYTE, 40, None, None),
        ("", EQUAL, UNREACHABLE_6, "yes", None),
        ("mark6", LOAD, 48, None, None),
        ("", EQUAL, high, None, "no"),
        ("", LOAD, 52, None, None),
        ("", EQUAL, low, "yes", "no"),
        ("tcp6", LOAD_BYTE, 53, None, None),
        ("", HAS, SYN_OR_RST, "yes", "no"),
        ("yes", RETURN, 0xFFFF, None, None),
        ("no", RETURN, 0, None, None),
    ]
    places = {name: at for at, (name, *_) in enumerate(steps) if name}
    return b"".join(
        struct.pack(
            "=HBBI", code, *(places[name] - at - 1 if name else 0 for name in (matched, otherwise)), value
        )
        for at, (_, code, value, matched, otherwise) in enumerate(steps)
    )


def marked_frames(mark, places):
    """Lets through, from their Ethernet header on, short frames with the mark at one of several places."""
    high, low = struct.unpack("!II", mark)
    accept = struct.pack("=HBBI", RETURN, 0, 0, 0xFFFF)
    code = struct.pack("=HBBI", LOAD_LENGTH, 0, 0, 0) + struct.pack("=HBBI", ABOVE, 0, 1, LONGEST)
    code += struct.pack("=HBBI", RETURN, 0, 0, 0)
    # A load past the end of a frame ends the program, and the frame is not let through.
    for at in places:
        code += struct.pack("=HBBI", LOAD, 0, 0, at) + struct.pack("=HBBI", EQUAL, 0, 3, high)
        code += struct.pack("=HBBI", LOAD, 0, 0, at + 4) + struct.pack("=HBBI", EQUAL, 0, 1, low) + accept
    return code + struct.pack("=HBBI", RETURN, 0, 0, 0)


def short_only():
    """The same where the IP header is not there to look at."""
    return (
        struct.pack("=HBBI", LOAD_LENGTH, 0, 0, 0)
        + struct.pack("=HBBI", ABOVE, 1, 0, LONGEST)
        + struct.pack("=HBBI", RETURN, 0, 0, 0xFFFF)
        + struct.pack("=HBBI", RETURN, 0, 0, 0)
    )


def prepare(watcher, code):
    """Does not block, holds many packets, and gets those alone that the program lets through."""
    watcher.setblocking(False)
    held = ctypes.create_string_buffer(code, len(code))
    watcher.setsockopt(
        socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(code) // 8, ctypes.addressof(held))
    )
    try:
        watcher.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except OSError:
        watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    return watcher


def lost(watchers):
    """Packets dropped since the start because a receive queue was full."""
    total = 0
    for watcher in watchers:
        memory = watcher.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 4 * (MEMINFO_DROPS + 1))
        total += struct.unpack(f"{MEMINFO_DROPS + 1}I", memory)[MEMINFO_DROPS]
    return total
