"""Ansible in the instances of an Incus daemon, over its API: no SSH, no network, no client program.

Runs with ansible-core 2.14 and later and nothing but Python's own library.
"""

from __future__ import annotations

DOCUMENTATION = """
name: anklume_incus
short_description: Run tasks in Incus instances over the daemon's API
description:
  - Runs commands in the containers and virtual machines of an Incus daemon, and copies files to and from them.
  - Takes the options of C(community.general.incus), and finds project and instance in the variables that anklume writes.
author: anklume
options:
  remote_addr:
    description: Name of the instance.
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: instance_name
      - name: ansible_incus_host
  project:
    description: Incus project of the instance.
    default: default
    vars:
      - name: incus_project
      - name: ansible_incus_project
  remote:
    description:
      - A remote of the C(incus) client. With C(local), the daemon behind E(INCUS_SOCKET), E(INCUS_DIR) or the usual socket.
    default: local
    env:
      - name: ANKLUME_INCUS_REMOTE
    vars:
      - name: ansible_incus_remote
  remote_user:
    description: User in the instance.
    default: root
    vars:
      - name: ansible_user
    keyword:
      - name: remote_user
  executable:
    description: Shell in the instance.
    default: /bin/sh
    vars:
      - name: ansible_executable
      - name: ansible_incus_executable
  incus_become_method:
    description: Program that runs commands for a user other than root.
    default: /bin/su
    vars:
      - name: incus_become_method
  ready_seconds:
    description: How long an instance that is still starting may take until it runs commands.
    type: float
    default: 120
    vars:
      - name: ansible_incus_ready_seconds
  pipelining:
    description: Send modules through standard input instead of files.
    type: boolean
    default: true
    env:
      - name: ANSIBLE_PIPELINING
    ini:
      - section: connection
        key: pipelining
      - section: defaults
        key: pipelining
    vars:
      - name: ansible_pipelining
"""

import http.client
import json
import os
import shutil
import sys
import threading
import time
from base64 import b64encode
from urllib.parse import quote, urlencode

from ansible.errors import AnsibleConnectionFailure, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.connection import ConnectionBase

# Ansible knows where plugins are and not what lies beside them.
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
from anklume_incus_api.daemon import Daemon, answer_of  # noqa: E402
from anklume_incus_api.stream import ApiError, Output  # noqa: E402

# Words of the daemon about an instance that will run commands once it has started.
STARTING = ("agent isn't currently running", "agent not running", "not running", "busy", "invalid pid",
            "failed to retrieve pid", "timed out waiting for websockets")
# Incus 6.0.4 loses sight of every fourth command in a container whose system calls it intercepts: it says that it failed,
# and the command runs, with nothing on its standard input. This one then does nothing, and can be run again.
GO = "read -r go || exit 0; exec \"$@\""
# Incus 6.0.4 drops what a command wrote just before it ended, when its reader is late. So the streams are held
# open until all has arrived: the mark tells that, and the exit status; then the client ends what holds them.
HELD = """mark=$1
shift
"$@"
status=$?
printf '\\000%s%d\\n' "$mark" "$status"
printf '\\000%s%d\\n' "$mark" "$status" >&2
exec sleep 30
"""


class Connection(ConnectionBase):
    """Commands and files of one instance."""

    transport = "anklume_incus"
    has_pipelining = True
    # Files are written by root; nobody else is asked for a password.
    has_tty = False

    def _connect(self):
        if not self._connected:
            self._daemon = Daemon(self.get_option("remote"))
            self._instance = self.get_option("remote_addr")
            self._query = {"project": self.get_option("project")}
            self._connected = True
        return self

    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        self._connect()
        command = [self.get_option("executable"), "-c", cmd]
        user = self.get_option("remote_user")
        if user != "root":
            command = [self.get_option("incus_become_method"), user, "-c", cmd]
        command = [self.get_option("executable"), "-c", GO, "sh", *command]
        return self._reaching(lambda: self._run(command, b"\n" + (to_bytes(in_data) if in_data else b"")))

    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)
        self._connect()
        source = to_bytes(in_path, errors="surrogate_or_strict")
        if not os.path.isfile(source):
            raise AnsibleFileNotFound(f"The file '{to_text(in_path)}' does not exist.")
        headers = {"X-Incus-type": "file", "X-Incus-write": "overwrite", **self._owner()}

        def put():
            with open(source, "rb") as content:
                size = str(os.fstat(content.fileno()).st_size)
                self._daemon.call("POST", self._path("files", path=out_path), content,
                                  {**headers, "Content-Length": size, "Content-Type": "application/octet-stream"})
        self._reaching(put)

    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)
        self._connect()

        def fetch():
            with self._daemon.request("GET", self._path("files", path=in_path)) as response:
                if response.status >= 400 or response.headers.get("X-Incus-type") != "file":
                    answer_of(response)
                    raise ApiError(400, "not a file")
                with open(to_bytes(out_path, errors="surrogate_or_strict"), "wb") as target:
                    shutil.copyfileobj(response, target)
        self._reaching(fetch, not_found=lambda: AnsibleFileNotFound(f"'{in_path}' is not in {self._instance}."))

    def close(self):
        self._connected = False

    def _path(self, *parts, **query):
        path = "/".join(quote(part, safe="") for part in ("1.0", "instances", self._instance, *parts))
        return f"/{path}?{urlencode({**self._query, **query})}"

    def _reaching(self, work, not_found=None):
        """Runs `work`, again and again while the instance is still starting. Trouble becomes Ansible's own."""
        deadline = time.monotonic() + float(self.get_option("ready_seconds"))
        while True:
            try:
                return work()
            except ApiError as error:
                words = str(error)
                starting = any(part in words.lower() for part in STARTING)
                if error.status == 404 and not_found and "instance not found" not in words.lower():
                    raise not_found() from None
                if not starting or time.monotonic() > deadline:
                    place = f"{self._instance} (project {self._query['project']})"
                    raise AnsibleConnectionFailure(f"Incus, about {place}: {words}") from None
                self._until_answering(deadline)
            except (OSError, http.client.HTTPException) as error:
                raise AnsibleConnectionFailure(f"The Incus daemon does not answer: {error}") from error

    def _until_answering(self, deadline):
        """Waits for an instance that is still starting, without streams: Incus 6.0.4 ends with a nil pointer when a
        stream of a command is opened at the very moment at which the command fails."""
        body = {"command": ["true"], "wait-for-websocket": False, "interactive": False}
        while time.monotonic() < deadline:
            time.sleep(0.3)
            try:
                begun = self._daemon.call("POST", self._path("exec"), body)
                self._status(f"{begun['operation']}/wait?{urlencode(self._query)}")
                return
            except ApiError as error:
                if not any(part in str(error).lower() for part in STARTING):
                    return

    def _run(self, command, data):
        """Runs a command to its end: its exit status, and all that it wrote."""
        mark = b"\0" + b64encode(os.urandom(12)) + b":"
        body = {"command": ["sh", "-c", HELD, "sh", to_text(mark[1:]), *command],
                "wait-for-websocket": True, "interactive": False, "environment": {}}
        begun = self._daemon.call("POST", self._path("exec"), body)
        operation, streams = begun["operation"], {}
        project = urlencode(self._query)
        output = {"1": Output(mark), "2": Output(mark)}
        try:
            for fd, secret in begun["metadata"]["metadata"]["fds"].items():
                try:
                    streams[fd] = self._daemon.stream(f"{operation}/websocket?{project}&secret={quote(secret)}")
                except ApiError:
                    # A fast command can end before its control stream is attached.
                    if fd != "control":
                        raise
            readers = [threading.Thread(target=output[fd].collect, args=(streams[fd],), daemon=True) for fd in output]
            # A command that ends without reading its input keeps nobody waiting.
            feeder = threading.Thread(target=self._feed, args=(streams["0"], data), daemon=True)
            for thread in (*readers, feeder):
                thread.start()
            for reader in readers:
                reader.join()
            status = output["1"].status
            if status is None:
                status = self._status(f"{operation}/wait?{project}")
                if status == 0:
                    # What holds the streams has ended by itself, and its mark was never seen.
                    raise AnsibleConnectionFailure(f"Incus lost the output of a command in {self._instance}.")
            elif "control" in streams:
                self._end(streams["control"])
        finally:
            for stream in streams.values():
                stream.close()
        return status, output["1"].written, output["2"].written

    @staticmethod
    def _end(control):
        """Ends what holds the streams open."""
        try:
            control.send(json.dumps({"command": "signal", "signal": 9}).encode(), 1)
        except OSError:
            pass

    @staticmethod
    def _feed(stream, data):
        """Sends standard input and its end. A command that ends without reading it all is no error."""
        try:
            if data:
                stream.send(data)
            stream.send(b"", 1)
            stream.send(b"", 8)
        except OSError:
            pass

    def _status(self, path):
        while True:
            try:
                operation = self._daemon.call("GET", f"{path}&timeout=60")["metadata"]
            except ApiError as error:
                # The time of this one question is up; the command goes on.
                if error.status == 500 and "context deadline exceeded" in str(error):
                    continue
                raise
            if operation["status_code"] < 200:
                continue
            if operation["status_code"] == 200:
                return operation["metadata"].get("return", 0)
            raise ApiError(operation["status_code"], operation.get("err") or operation["status"])

    def _owner(self):
        """Headers that make a new file belong to the remote user."""
        user = self.get_option("remote_user")
        if user == "root":
            return {"X-Incus-uid": "0", "X-Incus-gid": "0"}
        ask = [self.get_option("executable"), "-c", "id -u -- \"$1\" && id -g -- \"$1\"", "sh", user]
        status, output, _ = self._reaching(lambda: self._run(ask, b""))
        if status != 0:
            raise AnsibleConnectionFailure(f"There is no user '{user}' in {self._instance}.")
        uid, gid = to_text(output).split()
        return {"X-Incus-uid": uid, "X-Incus-gid": gid}
