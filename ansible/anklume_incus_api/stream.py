"""The streams of a command, and the error that the daemon answers with."""

import http.client
import os
import socket
from base64 import b64encode
from hashlib import sha1

FRAME = 64 * 1024


class ApiError(Exception):
    """What the daemon answered instead of doing it."""

    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


class Stream:
    """A websocket, as far as the streams of a command need it."""

    def __init__(self, link, path):
        self.link = link
        key = b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", "Host: incus", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", ""]
        link.sendall("\r\n".join(lines).encode())
        self.reader = link.makefile("rb")
        status = self.reader.readline().split(b" ")
        headers = http.client.parse_headers(self.reader)
        expected = b64encode(sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        if status[1:2] != [b"101"] or headers.get("Sec-WebSocket-Accept") != expected:
            self.close()
            raise ApiError(int(status[1]) if len(status) > 1 else 0, "the daemon refuses a stream")

    def send(self, data, opcode=2):
        for start in range(0, len(data), FRAME) or (0,):
            self._frame(data[start:start + FRAME], opcode)

    def _frame(self, data, opcode):
        if len(data) < 126:
            head = bytes([0x80 | opcode, 0x80 | len(data)])
        else:
            head = bytes([0x80 | opcode, 0x80 | 127]) + len(data).to_bytes(8, "big")
        mask = os.urandom(4)
        key = (mask * (len(data) // 4 + 1))[:len(data)]
        masked = (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(len(data), "big")
        self.link.sendall(head + mask + masked)

    def chunks(self):
        """Binary content up to the end: an empty text frame, a close frame, or the end of the connection."""
        while True:
            head = self.reader.read(2)
            if len(head) < 2:
                return
            length = head[1] & 127
            if length > 125:
                length = int.from_bytes(self.reader.read(2 if length == 126 else 8), "big")
            data = self.reader.read(length)
            opcode = head[0] & 15
            if opcode == 8 or (opcode == 1 and not data):
                return
            if opcode == 9:
                self._pong(data)
            elif opcode in (0, 2) and data:
                yield data

    def _pong(self, data):
        try:
            self.send(data, 10)
        except OSError:
            # The command has ended and with it the daemon's side; what it wrote before is still to be read.
            pass

    def close(self):
        try:
            self.link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.link.close()


class Output:
    """What a command writes to one of its streams, up to the mark."""

    def __init__(self, mark):
        self.mark = mark
        self.written = b""
        # The exit status, once the mark has come.
        self.status = None

    def collect(self, stream):
        chunks, tail = [], b""
        try:
            for chunk in stream.chunks():
                chunks.append(chunk)
                tail = (tail + chunk)[-len(self.mark) - 8:]
                before, found, status = tail.rpartition(self.mark)
                if found and b"\n" in status:
                    # What comes after it is of a process that the command left behind.
                    self.status = int(status.split(b"\n")[0])
                    break
        except OSError:
            pass
        self.written = b"".join(chunks)
        if self.status is not None:
            self.written = self.written[:self.written.rindex(self.mark)]
