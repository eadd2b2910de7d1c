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
import socket
import ssl
import threading
import time
from hashlib import sha1
from base64 import b64encode
from urllib.parse import quote, urlencode, urlsplit

import yaml
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.connection import ConnectionBase

USUAL_SOCKETS = ("/run/incus/unix.socket", "/var/lib/incus/unix.socket")
# Words of the daemon about an instance that will run commands once it has started.
STARTING = ("agent isn't currently running", "agent not running", "not running", "busy", "invalid pid",
            "failed to retrieve pid", "timed out waiting for websockets")
# Incus 6.0.4 loses sight of every fourth command in a container whose system calls it intercepts: it says that it failed,
# and the command runs, with nothing on its standard input. This one then does nothing, and can be run again.
GO = "read -r go || exit 0; exec \"$@\""
FRAME = 64 * 1024
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


class ApiError(Exception):
    """What the daemon answered instead of doing it."""

    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


class Daemon:
    """Where the daemon is, and connections to it."""

    def __init__(self, remote):
        self.socket_path, self.address, self.tls, self.pinned = None, None, None, None
        entry = remote_entry(remote)
        if entry is None:
            self.socket_path = local_socket()
            return
        address = entry["addr"]
        if address.startswith("unix:"):
            self.socket_path = address[len("unix:"):].removeprefix("//") or local_socket()
            return
        parts = urlsplit(address)
        if parts.scheme != "https" or entry.get("protocol", "incus") not in ("", "incus"):
            raise AnsibleError(f"The Incus remote '{remote}' is not a daemon that can be worked with: {address}")
        self.address = (parts.hostname, parts.port or 8443)
        self.tls, self.pinned = tls_for(remote)

    def connect(self):
        """A new connected socket."""
        if self.socket_path is not None:
            link = socket.socket(socket.AF_UNIX)
            link.connect(self.socket_path)
            return link
        link = self.tls.wrap_socket(socket.create_connection(self.address, 30), server_hostname=self.address[0])
        link.settimeout(None)
        if self.pinned is not None and link.getpeercert(binary_form=True) != self.pinned:
            link.close()
            raise AnsibleConnectionFailure("The daemon shows another certificate than the one that was accepted.")
        return link

    def request(self, method, path, body=None, headers=None):
        """One exchange; gives the open response."""
        connection = http.client.HTTPConnection("incus")
        connection.sock = self.connect()
        if isinstance(body, dict):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        connection.request(method, path, body=body, headers={**(headers or {}), "Connection": "close"})
        return connection.getresponse()

    def call(self, method, path, body=None, headers=None):
        """One exchange in JSON; gives what the daemon answered. Throws ApiError."""
        with self.request(method, path, body, headers) as response:
            return answer_of(response)

    def stream(self, path):
        return Stream(self.connect(), path)


def answer_of(response):
    text = response.read()
    try:
        answer = json.loads(text)
    except ValueError:
        raise ApiError(response.status, f"the daemon's answer is not JSON ({response.status})") from None
    if answer.get("type") == "error" or response.status >= 400:
        raise ApiError(answer.get("error_code", response.status), str(answer.get("error", "")))
    return answer


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


def local_socket():
    named = os.environ.get("INCUS_SOCKET")
    if not named and os.environ.get("INCUS_DIR"):
        named = os.path.join(os.environ["INCUS_DIR"], "unix.socket")
    return named or next((path for path in USUAL_SOCKETS if os.path.exists(path)), USUAL_SOCKETS[0])


def client_folders():
    """The client's own folder, which holds its certificate, then the one of all users of this machine."""
    own = os.environ.get("INCUS_CONF") or os.path.join(os.path.expanduser("~"), ".config", "incus")
    return [own, os.environ.get("INCUS_GLOBAL_CONF") or "/etc/incus"]


def remote_entry(remote):
    """What the client's configuration says of a remote; None for the local daemon."""
    for folder in client_folders():
        try:
            with open(os.path.join(folder, "config.yml"), encoding="utf-8") as file:
                config = yaml.safe_load(file)
        except OSError:
            continue
        entry = ((config or {}).get("remotes") or {}).get(remote)
        if isinstance(entry, dict) and isinstance(entry.get("addr"), str):
            return entry
    if remote == "local":
        return None
    raise AnsibleError(f"The incus client knows no remote '{remote}'.")


def tls_for(remote):
    """How to speak to a remote, and the one certificate that it must show when one was accepted."""
    own, *_ = folders = client_folders()
    context = ssl.create_default_context()
    context.load_cert_chain(os.path.join(own, "client.crt"), os.path.join(own, "client.key"))
    for folder in folders:
        try:
            with open(os.path.join(folder, "servercerts", f"{remote}.crt"), encoding="ascii") as file:
                accepted = file.read()
        except OSError:
            continue
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context, ssl.PEM_cert_to_DER_cert(accepted)
    return context, None
