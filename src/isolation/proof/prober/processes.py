"""Which network namespaces there are: those that processes are in, and those that have a name on the host."""

import os
import re

# As Incus names the control groups of its containers: the project stands before the name, but for `default`.
PAYLOAD = re.compile(r"/lxc\.payload\.([^/\n]+)")
NAMED = ("1/root/run/netns", "1/root/run/docker/netns")


def identity(found):
    return found.st_dev, found.st_ino


def spaces_beside(proc, known):
    """Path and owner of each that is not known, once: a container as its control group has it, or words."""
    seen = set(known)
    for path, owner in (*of_processes(proc), *of_names(proc)):
        try:
            one = identity(os.stat(path))
        except OSError:
            continue
        if one in seen:
            continue
        seen.add(one)
        yield path, owner(path)


def of_processes(proc):
    for pid in sorted((name for name in os.listdir(proc) if name.isdecimal()), key=int):
        yield f"{proc}/{pid}/ns/net", lambda path: owner_of(path.removesuffix("/ns/net"))


def of_names(proc):
    for folder in NAMED:
        try:
            names = sorted(os.listdir(f"{proc}/{folder}"))
        except OSError:
            continue
        for name in names:
            yield f"{proc}/{folder}/{name}", lambda path: os.path.basename(path)


def owner_of(process):
    try:
        with open(f"{process}/cgroup", encoding="utf-8", errors="replace") as file:
            found = PAYLOAD.search(file.read())
    except OSError:
        found = None
    return f"container {found[1]}" if found else f"process {os.path.basename(process)}"
