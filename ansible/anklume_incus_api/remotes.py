"""Where daemons are, and what may speak for them, as the configuration of the `incus` client says."""

import os
import ssl

import yaml
from ansible.errors import AnsibleError

USUAL_SOCKETS = ("/run/incus/unix.socket", "/var/lib/incus/unix.socket")


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
