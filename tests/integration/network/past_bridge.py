"""A machine with root inside that speaks to the host past its bridge: to the addresses of the bridges' own protocols.

Arguments: namespace files of the machine and of the host, the machine's address, an address of the host. Standard
output, JSON: the last digits of the addresses 01:80:c2:00:00:0x to which a datagram reached a service of the host.
"""

import ctypes
import json
import socket
import struct
import sys

libc = ctypes.CDLL(None)
PORT = 3999


def enter(path):
    with open(path) as space:
        assert libc.setns(space.fileno(), 0x40000000) == 0, path


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


machine, host, me, at = sys.argv[1:]
enter(host)
service = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
service.bind((at, PORT))
service.settimeout(0.3)
enter(machine)
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
card.bind(("eth0", 0))
own = card.getsockname()[4]
datagram = struct.pack("!HHHH", 9, PORT, 12, 0) + b"past"
head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 32, 7, 0, 64, 17, 0, socket.inet_aton(me), socket.inet_aton(at))
packet = head[:10] + struct.pack("!H", checksum(head)) + head[12:] + datagram
heard = []
for last in range(16):
    card.send(bytes([1, 0x80, 0xC2, 0, 0, last]) + own + b"\x08\0" + packet)
    try:
        service.recv(100)
        heard.append(last)
    except TimeoutError:
        pass
print(json.dumps(heard))
