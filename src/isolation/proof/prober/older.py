"""Tables of the older iptables, which nft does not list: asked of the kernel as their own program does."""

import ctypes
import os
import socket
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
GET_INFO, GET_ENTRIES = 64, 65
HOOKS = ("prerouting", "input", "forward", "output", "postrouting")
# A standard target says what becomes of a packet, or where in the table to go on.
VERDICTS = {-2: "accept", -1: "drop", -5: "return"}
GOTO = 0x02
IN, OUT, SOURCE, TARGET, PROTOCOL = 0x01, 0x02, 0x08, 0x10, 0x40
STATES = {1: "invalid", 2: "established", 4: "related", 8: "new"}
NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "ipv6-icmp"}
# What a target does with a packet, in the words of foreign/chains.ts; one that is not here does nothing to it.
TARGETS = {
    "REJECT": [{"do": "reject"}],
    "TEE": [{"do": "divert", "how": "copy"}],
    **{name: [{"do": "divert", "how": "translate"}] for name in ("DNAT", "REDIRECT", "NETMAP", "TPROXY", "SNAT", "MASQUERADE")},
    "NFQUEUE": [{"do": "divert", "how": "hand-over"}, {"on": "unknown"}, {"do": "drop"}],
}


class Family:
    """Where in an entry of a family things stand."""

    def __init__(self, name, family, level, size, flags, offsets, header):
        self.name, self.family, self.level = name, family, level
        self.size, self.flags, self.offsets, self.header = size, flags, offsets, header


FAMILIES = (
    Family("ip", socket.AF_INET, socket.IPPROTO_IP, 4, 82, 88, 112),
    Family("ip6", socket.AF_INET6, socket.IPPROTO_IPV6, 16, 131, 140, 168),
)


def older_chains():
    """The chains of all such tables of this network namespace."""
    return [chain for family in FAMILIES for table in names(family) for chain in chains(family, table)]


def names(family):
    try:
        with open(f"/proc/thread-self/net/{family.name}_tables_names", encoding="ascii") as file:
            return file.read().split()
    except OSError:
        return []


def asked(one, family, option, size, table):
    buffer = ctypes.create_string_buffer(table.encode().ljust(32, b"\0"), size)
    if option == GET_ENTRIES:
        struct.pack_into("=I", buffer, 32, size - 40)
    length = ctypes.c_uint32(size)
    if LIBC.getsockopt(one.fileno(), family.level, option, buffer, ctypes.byref(length)) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return buffer.raw


def chains(family, table):
    try:
        with socket.socket(family.family, socket.SOCK_RAW, socket.IPPROTO_RAW) as one:
            info = struct.unpack("=I5I5III", asked(one, family, GET_INFO, 84, table)[32:])
            data = asked(one, family, GET_ENTRIES, 40 + info[12], table)[40:]
    except OSError:
        return []
    begins = {info[1 + hook]: hook for hook in range(5) if info[0] & 1 << hook}
    ends = {info[6 + hook]: hook for hook in range(5) if info[0] & 1 << hook}
    own, entries, found = {}, list(cut(family, data)), []
    for at, entry in entries:
        name, _, rest = target(family, entry)
        if name == "ERROR":
            own[at + len(entry)] = text(rest)
    starts = {**{at: HOOKS[hook].upper() for at, hook in begins.items()}, **own}
    for at, entry in entries:
        name, verdict, _ = target(family, entry)
        if name == "ERROR":
            continue
        if at in starts:
            hook = {"hook": HOOKS[begins[at]]} if at in begins else {}
            found.append({
                "family": family.name, "table": table, "name": starts[at], **hook, "policy": "accept", "rules": [],
                "older": True,
            })
        if at in ends:
            found[-1]["policy"] = "drop" if verdict == -1 else "accept"
        elif found:
            found[-1]["rules"].append(rule(family, entry, starts))
    return found


def cut(family, data):
    at = 0
    while at + family.header <= len(data):
        length = struct.unpack_from("=H", data, at + family.offsets + 2)[0]
        if length < family.header:
            return
        yield at, data[at:at + length]
        at += length


def target(family, entry):
    """Its name, the verdict of one without, and what it holds."""
    at = struct.unpack_from("=H", entry, family.offsets)[0]
    name, rest = text(entry[at + 2:at + 31]), entry[at + 32:]
    return name, struct.unpack("=i", rest[:4])[0] if name == "" else None, rest


def text(data):
    return data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def rule(family, entry, starts):
    steps = [*heads(family, entry), *matches(family, entry)]
    name, verdict, _ = target(family, entry)
    flags = entry[family.flags]
    if verdict is None:
        steps += TARGETS.get(name, [])
    elif verdict >= 0:
        name = starts.get(verdict, "?")
        steps.append({"do": "goto" if flags & GOTO else "jump", "chain": name})
    elif verdict in VERDICTS:
        name = VERDICTS[verdict].upper()
        steps.append({"do": VERDICTS[verdict]})
    else:
        steps += TARGETS["NFQUEUE"]
    return {"steps": steps, "text": " ".join([*filter(None, map(words, steps)), f"-j {name}".strip()])}


def words(step):
    """A look as iptables has it, as far as it is understood."""
    option = OPTIONS.get(step.get("on"))
    if option is None:
        return ""
    values = step.get("names") or step.get("within") or step.get("values")
    values = values or [":".join(map(str, sorted(set(one)))) for one in step.get("ranges", [])]
    return f"{'! ' if step.get('not') else ''}{option} {','.join(values)}".strip()


OPTIONS = {
    "iif": "-i", "oif": "-o", "saddr": "-s", "daddr": "-d", "protocol": "-p", "sport": "--sport", "dport": "--dport",
    "state": "--ctstate", "local": "--dst-type LOCAL", "unknown": "-m ...",
}


def heads(family, entry):
    """What every entry can look at: interfaces, addresses and the protocol."""
    size, inverted = family.size, entry[family.flags + 1]
    for at, on, bit in ((0, "saddr", SOURCE), (size, "daddr", TARGET)):
        address, mask = entry[at:at + size], entry[at + 2 * size:at + 3 * size]
        if any(mask):
            length = sum(bin(byte).count("1") for byte in mask)
            host = socket.inet_ntop(family.family, address)
            yield {"on": on, "within": [f"{host}/{length}"], "not": bool(inverted & bit)}
    for at, on, bit in ((4 * size, "iif", IN), (4 * size + 16, "oif", OUT)):
        name, length = text(entry[at:at + 16]), entry[at + 32:at + 48].count(0xFF)
        if length:
            # The mask covers the end of a whole name.
            whole = name if length > len(name) else f"{name[:length]}*"
            yield {"on": on, "names": [whole], "not": bool(inverted & bit)}
    protocol = struct.unpack_from("=H", entry, 4 * size + 64)[0]
    if protocol:
        named = NAMES.get(protocol, str(protocol))
        yield {"on": "protocol", "values": [named], "not": bool(inverted & PROTOCOL)}


def matches(family, entry):
    at, end = family.header, struct.unpack_from("=H", entry, family.offsets)[0]
    while at + 32 <= end:
        length, name = struct.unpack_from("=H", entry, at)[0], text(entry[at + 2:at + 31])
        data = entry[at + 32:at + length]
        if name in ("tcp", "udp"):
            yield from ports(name, data)
        elif name == "conntrack":
            yield tracked(data)
        elif name == "addrtype" and data[:4] == struct.pack("=2H", 0, 1 << 2):
            yield {"on": "local"}
        elif name != "comment":
            yield {"on": "unknown"}
        if length < 32:
            return
        at += length


def ports(name, data):
    first, last, first_to, last_to = struct.unpack("=4H", data[:8])
    inverted = data[11] if name == "tcp" else data[8]
    if (first, last) != (0, 65535):
        yield {"on": "sport", "protocol": name, "ranges": [[first, last]], "not": bool(inverted & 1)}
    if (first_to, last_to) != (0, 65535):
        yield {"on": "dport", "protocol": name, "ranges": [[first_to, last_to]], "not": bool(inverted & 2)}
    if name == "tcp" and (data[8] or data[9]):
        yield {"on": "unknown"}


def tracked(data):
    """Of a conversation, its state alone is understood."""
    if len(data) < 152:
        return {"on": "unknown"}
    looks, inverted, mask = struct.unpack("=3H", data[146:152])
    if looks & ~0x2001 or not looks & 1 or mask & ~0x0F:
        return {"on": "unknown"}
    values = [name for bit, name in STATES.items() if mask & bit]
    return {"on": "state", "values": values, "not": bool(inverted & 1)}
