"""Runs commands inside the emulated machine: one JSON request a line on a virtio port, one JSON answer a line."""

import json
import os
import subprocess
import sys
import threading
import time

PORT = "/dev/virtio-ports/commands"


def answer(port, lock, request):
    try:
        done = subprocess.run(
            request["argv"],
            input=request.get("input", ""),
            env={**os.environ, **request.get("env", {})},
            cwd=request.get("cwd"),
            timeout=request.get("seconds"),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        outcome = {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}
    except (OSError, subprocess.TimeoutExpired) as error:
        outcome = {"code": 127, "stdout": "", "stderr": str(error)}
    line = json.dumps({"id": request["id"], **outcome}) + "\n"
    with lock:
        remaining = memoryview(line.encode())
        while remaining:
            remaining = remaining[os.write(port, remaining) :]


def main():
    port = os.open(PORT, os.O_RDWR)
    lock = threading.Lock()
    pending = b""
    while True:
        chunk = os.read(port, 65536)
        if not chunk:
            # Nobody is connected on the other side, and the port has no event for somebody coming.
            pending = b""
            time.sleep(0.2)
            continue
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            threading.Thread(target=answer, args=(port, lock, json.loads(line)), daemon=True).start()


sys.exit(main())
