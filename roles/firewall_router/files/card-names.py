"""Gives the cards of a virtual machine the names by which the rules of the firewall machine know them.

/etc/anklume/cards has a line 'NAME MAC' for each. The kernel numbers cards as it finds them, and Incus's agent may
look before all are there, so that neither can be relied on.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

CARDS = Path("/etc/anklume/cards")
# Seconds until a card that is plugged in or found at boot must be there.
LIMIT = 60


def present():
    """MAC to name, of the cards that are there."""
    found = {}
    for card in Path("/sys/class/net").iterdir():
        try:
            found[(card / "address").read_text().strip()] = card.name
        except OSError:
            pass  # It went away meanwhile.
    return found


def link(*words):
    subprocess.run(["ip", "link", "set", "dev", *words], check=True)


def between(number):
    """A name that nothing has, not even a card that a run before this one left half way."""
    return f"mv{os.getpid()}.{number}"


def main():
    wanted = {mac: name for name, mac in (line.split() for line in CARDS.read_text().splitlines())}
    deadline = time.monotonic() + LIMIT
    while not wanted.keys() <= present().keys() and time.monotonic() < deadline:
        time.sleep(0.2)
    found = present()
    wrong = {mac: name for mac, name in wanted.items() if found.get(mac, name) != name}
    # Out of each other's way first: one may have the name that another wants.
    for number, mac in enumerate(wrong):
        link(found[mac], "down")
        link(found[mac], "name", between(number))
    for number, name in enumerate(wrong.values()):
        link(between(number), "name", name)
        link(name, "up")
    missing = [name for mac, name in wanted.items() if mac not in found]
    if missing:
        sys.exit(f"no card for {' '.join(missing)}")


main()
