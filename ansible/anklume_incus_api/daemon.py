"""A daemon and its answers."""

import http.client
import json
import socket
from urllib.parse import urlsplit

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from .remotes import local_socket, remote_entry, tls_for
from .stream import ApiError, Stream


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
