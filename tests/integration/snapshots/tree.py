"""Makes a folder that is hard to copy, or prints what is in one: `tree.py make DIR COUNT`, `tree.py digest DIR`."""
import hashlib
import os
import sys


def make(root, count):
    os.makedirs(root)
    for number in range(count):
        folder = os.path.join(root, "many", str(number % 100))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"f{number}"), "w") as file:
            file.write(f"{number}\n" * (number % 7))
    holes = os.path.join(root, "holes")
    with open(holes, "wb") as file:
        file.seek(64 * 1024 * 1024)
        file.write(b"end")
    os.setxattr(holes, "user.note", b"kept\x00\xff")
    os.link(holes, os.path.join(root, "second name"))
    os.symlink("/nowhere", os.path.join(root, "link"))
    os.mkfifo(os.path.join(root, "fifo"))
    strange = os.path.join(root, "odd \n name \xff")
    with open(strange, "w") as file:
        file.write("x")
    os.chmod(strange, 0o4711)
    os.utime(strange, ns=(1, 123456789))
    os.chown(strange, 1000, 1001)


def facts(path):
    status = os.lstat(path)
    words = [status.st_mode, status.st_uid, status.st_gid, status.st_nlink]
    if not os.path.isdir(path):
        words += [status.st_size, status.st_mtime_ns, status.st_blocks * 512 < status.st_size]
    words += [(name, os.getxattr(path, name, follow_symlinks=False)) for name in sorted(os.listxattr(path, follow_symlinks=False))]
    if os.path.islink(path):
        words.append(os.readlink(path))
    elif os.path.isfile(path):
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        words.append(digest.hexdigest())
    return repr(words)


def digest(root):
    total = hashlib.sha256()
    names = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        names += [os.path.join(folder, name) for name in sorted(folders + files)]
    for name in sorted(names):
        total.update(os.fsencode(os.path.relpath(name, root)) + facts(name).encode())
    print(len(names), total.hexdigest())


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    digest(sys.argv[2])
