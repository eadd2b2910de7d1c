"""By which interface the host hears from outside."""

from looking import ETHERNET, links, uplinks
from netlink import Netlink


def way_in(ours):
    """Its index and MAC: that of a default route first, but none of ours, nor a port of any bridge; None where there is none."""
    with Netlink(of_host=True) as netlink:
        found = [
            one
            for one in links(netlink)
            if one["up"] and one["type"] == ETHERNET and "mac" in one and "master" not in one and one["name"] not in ours
        ]
    routes = uplinks()
    found.sort(key=lambda one: (one["name"] not in routes, one["index"]))
    return (found[0]["index"], bytes.fromhex(found[0]["mac"].replace(":", ""))) if found else None
