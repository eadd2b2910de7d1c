"""Looks at what the kernel has on the way of packets, besides nftables; changes nothing."""

import ctypes
import errno
import os
import struct
import sys

from bpf import attached
from netlink import Netlink, attribute, attributes, number, word
from older import older_chains
from processes import identity, spaces_beside
from spaces import CLONE_NEWNET, enter, move

RTM_GETLINK, RTM_GETQDISC, RTM_GETTFILTER, RTM_GETNSID = 18, 38, 46, 90
ADDRESS, NAME, LINK, MASTER, LINKINFO, NETNSID, XDP = 1, 3, 5, 10, 18, 37, 43
INFO_KIND = 1
XDP_ATTACHED, XDP_PROGRAM = 2, 4
LOOPBACK, ETHERNET = 772, 1
TCX = {46: "ingress", 47: "egress"}
INGRESS, EGRESS = 0xFFFFFFF2, 0xFFFFFFF3
KIND, OPTIONS = 1, 2
# Where in the options of a filter its actions stand.
ACTIONS = {"u32": 7, "matchall": 2, "flower": 3, "bpf": 1, "fw": 4, "basic": 3, "cgroup": 1, "route": 6}
POLICE = {"u32": 6}
# Of mirred, whether and to which interface it gives a packet.
MIRRED_PARAMETERS = 2
# Of one owner; whoever has more is told, and not looked into any further.
MOST_SPACES = 256


def links(netlink):
    for body in netlink.ask(RTM_GETLINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)):
        _, kind, index, flags, _ = struct.unpack("=BxHiII", body[:16])
        has = attributes(body[16:])
        info = attributes(has.get(LINKINFO, b""))
        xdp = attributes(has.get(XDP, b""))
        one = {"index": index, "name": word(has.get(NAME, b"")), "up": bool(flags & 1), "type": kind}
        if INFO_KIND in info:
            one["kind"] = word(info[INFO_KIND])
        if MASTER in has:
            one["master"] = number(has[MASTER])
        if LINK in has:
            one["link"] = number(has[LINK])
        if NETNSID in has:
            one["space"] = struct.unpack("=i", has[NETNSID][:4])[0]
        if len(has.get(ADDRESS, b"")) == 6:
            one["mac"] = has[ADDRESS].hex(":")
        if xdp.get(XDP_ATTACHED, b"\0") != b"\0":
            one["xdp"] = number(xdp.get(XDP_PROGRAM, b"\0" * 4))
        yield one


def queues(netlink):
    """What may have filters: each queueing discipline, by interface and handle."""
    for body in netlink.ask(RTM_GETQDISC, struct.pack("=BxxxiIII", 0, 0, 0, 0, 0)):
        _, index, handle, _, _ = struct.unpack("=BxxxiIII", body[:20])
        kind = word(attributes(body[20:]).get(KIND, b""))
        if kind == "clsact":
            yield index, INGRESS
            yield index, EGRESS
        elif kind == "ingress":
            yield index, 0xFFFF0000
        elif handle:
            yield index, handle


def filters(netlink, names):
    for index, parent in list(queues(netlink)):
        asked = struct.pack("=BxxxiIII", 0, index, 0, parent, 0)
        try:
            found = list(netlink.ask(RTM_GETTFILTER, asked))
        except OSError:
            # A discipline without classes has none.
            continue
        for body in found:
            has = attributes(body[20:])
            kind = word(has.get(KIND, b""))
            options = attributes(has.get(OPTIONS, b""))
            # u32 lists its tables as well.
            if kind == "u32" and 5 not in options:
                continue
            way = {INGRESS: "ingress", EGRESS: "egress", 0xFFFF0000: "ingress"}.get(parent, "queue")
            yield {"link": index, "way": way, "kind": kind, "actions": list(actions(kind, options, names))}


def actions(kind, options, names):
    """What a filter does with a packet, in words of tc; of a kind that is not known here, `?`."""
    if kind not in ACTIONS:
        yield {"kind": "?"}
        return
    if kind == "bpf":
        # Its program decides, whatever stands beside it.
        yield {"kind": "bpf"}
    if POLICE.get(kind) in options:
        yield {"kind": "police"}
    for one in attributes(options.get(ACTIONS[kind], b"")).values():
        has = attributes(one)
        name = word(has.get(KIND, b""))
        parameters = attributes(has.get(OPTIONS, b"")).get(MIRRED_PARAMETERS, b"")
        to = {}
        if name == "mirred" and len(parameters) >= 28:
            index = number(parameters[24:28])
            to = {"to": names.get(index, str(index))}
        yield {"kind": name, **to}


def programs(found):
    """Programs of the hook tcx, which tc does not list."""
    for one in found:
        for kind, way in TCX.items():
            try:
                numbers = attached(one["index"], kind)
            except OSError:
                # The kernel knows no such hook, or this is a host within a container.
                continue
            for program in numbers:
                yield {"link": one["index"], "way": way, "program": program}


def space_number(netlink, descriptor):
    """By which number a namespace calls another; None where it knows none."""
    asked = struct.pack("=Bxxx", 0) + attribute(3, struct.pack("=I", descriptor))
    for body in netlink.ask(RTM_GETNSID, asked, 0):
        found = struct.unpack("=i", attributes(body[4:]).get(1, b"\xff" * 4)[:4])[0]
        return found if found >= 0 else None
    return None


def look(job):
    """
    The host first, then each machine: of its interfaces, those that lead out of it. Then every other namespace that a
    process of the host is in. What of those cannot be read is told, and stops nothing.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    descriptors = {}
    try:
        for path in job["spaces"]:
            try:
                descriptors[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                continue
        host, *machines = job["spaces"]
        enter(host, libc)
        report = look_at_host()
        inside = [read(lambda: look_inside(path, host, descriptors, libc)) for path in machines]
        report["inside"] = [found for found, _ in inside]
        report["unread"] = {str(index): why for index, (_, why) in enumerate(inside) if why}
        report["elsewhere"] = list(look_elsewhere(job["proc"], host, descriptors, libc))
        return report
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES):
            print(error, file=sys.stderr)
            sys.exit(4)
        raise
    finally:
        libc.setns(home, CLONE_NEWNET)


def read(look_there):
    """What somebody else has shaped, or why it cannot be read."""
    try:
        return look_there(), None
    except OSError as error:
        return [], error.strerror or str(error)
    except (ValueError, struct.error) as error:
        return [], str(error)


def look_elsewhere(proc, host, descriptors, libc):
    """Namespaces by whose they are, with those of their interfaces that stand on one of the host, or end at one."""
    known = {identity(os.fstat(one)) for one in descriptors.values()}
    counts = {}
    for path, owner in spaces_beside(proc, known):
        counts[owner] = counts.get(owner, 0) + 1
        if counts[owner] > MOST_SPACES:
            if counts[owner] == MOST_SPACES + 1:
                yield {"owner": owner, "links": [], "unread": "it has too many network namespaces to look into"}
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            # It ended meanwhile.
            continue
        try:
            found, why = read(lambda: links_to_host(descriptor, descriptors.get(host), libc))
        finally:
            os.close(descriptor)
        if found or why:
            yield {"owner": owner, "links": found, **({"unread": why} if why else {})}


def links_to_host(descriptor, host, libc):
    if host is None:
        return []
    move(descriptor, libc, None)
    with Netlink() as netlink:
        found = list(links(netlink))
        to_host = space_number(netlink, host)
    return [one for one in found if to_host is not None and one.get("space") == to_host]


def look_at_host():
    with Netlink(of_host=True) as netlink:
        found = list(links(netlink))
        names = {one["index"]: one["name"] for one in found}
        return {
            "links": found,
            "filters": list(filters(netlink, names)),
            "programs": list(programs(found)),
            "older": older_chains(),
            "uplinks": uplinks(),
            "bridged": bridged(),
        }


def uplinks():
    """Interfaces of the default routes, of both families."""
    found = set()
    for name, is_default, at in (
        ("route", lambda row: row[1] == row[7] == "00000000", 0),
        ("ipv6_route", lambda row: row[0] == "0" * 32 and row[1] == "00", 9),
    ):
        try:
            with open(f"/proc/thread-self/net/{name}", encoding="ascii", errors="replace") as file:
                rows = [line.split() for line in file]
        except OSError:
            continue
        found.update(row[at] for row in rows if len(row) > 9 and is_default(row) and row[at] != "lo")
    return sorted(found)


def bridged():
    """Whether frames within a bridge are given to the hooks of IP, too; a matter of the namespace that is looked at."""
    try:
        with open("/proc/sys/net/bridge/bridge-nf-call-iptables", encoding="ascii") as file:
            return file.read().strip() == "1"
    except OSError:
        return False


def look_inside(path, host, descriptors, libc):
    """Interfaces that are a piece of wire to elsewhere, or none that a machine can make for itself."""
    if path not in descriptors or host not in descriptors:
        return []
    try:
        move(descriptors[path], libc, path)
    except OSError:
        return []
    with Netlink() as netlink:
        # The kernel gives a namespace its number at the latest when it tells of an interface that leads there.
        found = [one for one in links(netlink) if one["type"] != LOOPBACK]
        leads = {space_number(netlink, other): name for name, other in descriptors.items() if name != path}
    return [{**one, "leads": to} for one in found if (to := where_to(one, leads, host)) is not None]


def where_to(one, leads, host):
    if "space" not in one:
        return "outside" if one["type"] == ETHERNET and "kind" not in one else None
    to = leads.get(one["space"])
    return "host" if to == host else to
