"""The system call bpf(2), for which the standard library has no words."""

import ctypes
import os
import struct

NUMBERS = {
    "x86_64": 321, "aarch64": 280, "riscv64": 280, "loongarch64": 280,
    "ppc64le": 361, "s390x": 351, "armv7l": 386, "i686": 357,
}
PROG_LOAD, PROG_TEST_RUN, PROG_QUERY = 5, 10, 16
PROG_TYPE_XDP = 6
TEST_XDP_LIVE_FRAMES = 1 << 1
LIBC = ctypes.CDLL(None, use_errno=True)


def bpf(command, words):
    number = NUMBERS.get(os.uname().machine)
    if number is None:
        raise OSError(0, "no bpf on this kind of processor")
    buffer = ctypes.create_string_buffer(words, len(words))
    result = LIBC.syscall(number, command, buffer, len(words))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result, buffer.raw


def attached(index, kind):
    """Numbers of the programs that are attached to an interface of this network namespace at a hook of that kind."""
    numbers = ctypes.create_string_buffer(4 * 64)
    words = struct.pack("=IIIIQII", index, kind, 0, 0, ctypes.addressof(numbers), 64, 0) + b"\0" * 32
    _, answer = bpf(PROG_QUERY, words)
    count = min(struct.unpack("=I", answer[24:28])[0], 64)
    return list(struct.unpack(f"={count}I", numbers.raw[:4 * count]))


class Injector:
    """
    Makes frames arrive at an interface of this network namespace, as if whoever is at its other end had sent them.

    The kernel's way to try an XDP program on a live frame (Linux 5.18) does that: the program lets it pass, and the
    frame enters the stack where one from the wire would. No device, rule or program stays behind.
    """

    def __init__(self):
        # Two instructions: the result is XDP_PASS, and the end.
        program = struct.pack("=BBhi", 0xB7, 0, 0, 2) + struct.pack("=BBhi", 0x95, 0, 0, 0)
        self.program = ctypes.create_string_buffer(program, len(program))
        self.licence = ctypes.create_string_buffer(b"GPL")
        words = struct.pack(
            "=IIQQ", PROG_TYPE_XDP, 2, ctypes.addressof(self.program), ctypes.addressof(self.licence)
        )
        self.descriptor, _ = bpf(PROG_LOAD, words + b"\0" * 96)

    def inject(self, frame, index):
        data = ctypes.create_string_buffer(frame, len(frame))
        # data, data_end, data_meta, the interface, its queue, where to.
        context = ctypes.create_string_buffer(struct.pack("=6I", 0, len(frame), 0, index, 0, 0), 24)
        words = struct.pack(
            "=4I2Q4I2Q3I", self.descriptor, 0, len(frame), 0, ctypes.addressof(data), 0, 1, 0, 24, 0,
            ctypes.addressof(context), 0, TEST_XDP_LIVE_FRAMES, 0, 1,
        )
        bpf(PROG_TEST_RUN, words + b"\0" * 4)
