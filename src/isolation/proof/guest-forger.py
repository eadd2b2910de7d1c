"""Run inside a virtual machine, through its agent: sends frames as they are.

Arguments: the MAC of the card, and the frames as hexadecimal digits. Prints "sent".
"""

import fcntl
import socket
import struct
import sys
import time

SIOCGIFHWADDR = 0x8927

# Twice, as forger.py does: one frame can be lost, two in a row hardly.
ATTEMPTS = 2
PAUSE_SECONDS = 0.3


card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


def mac_of(name):
    answer = fcntl.ioctl(card, SIOCGIFHWADDR, struct.pack("256s", name.encode()))
    return answer[18:24].hex(":")


link = next(name for _, name in socket.if_nameindex() if mac_of(name) == sys.argv[1])
card.bind((link, 0))
for _ in range(ATTEMPTS):
    for frame in sys.argv[2:]:
        card.send(bytes.fromhex(frame))
    time.sleep(PAUSE_SECONDS)
print("sent")
