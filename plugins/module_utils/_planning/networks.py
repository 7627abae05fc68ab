# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv4 addresses and networks, and the addresses that they cover."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import ipaddress
import re
from typing import Iterable, List

from .._errors import InvalidInput

Network = ipaddress.IPv4Network

_FORM = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}(/(0|[1-9][0-9]?))?")
#: Networks that are not globally routable (IANA IPv4 Special-Purpose Address Registry; RFC 5771 on multicast).
_NOT_PUBLIC = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private networks",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local use",
    "172.16.0.0/12": "private networks",
    "192.0.0.0/24": "protocol assignments",
    "192.168.0.0/16": "private networks",
    "198.18.0.0/15": "benchmarks",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "future use and broadcasts",
}
#: RFC 5737.
_EXAMPLES = dict.fromkeys(("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"), "documentation")
_HINT = "Use an address such as 192.0.2.7, or a network such as 192.0.2.0/24."


def check_network(text: str, place: str) -> None:
    """Check that C(text) is an IPv4 address or network.

    :param place: the option that holds it.
    :raises InvalidInput: if it is not.
    """
    address, slash, _prefix = text.partition("/")
    if ":" in text:
        raise InvalidInput("%r is not an IPv4 address. The API does not support IPv6." % text, _HINT, place)
    try:
        network = Network(text, strict=False) if _FORM.fullmatch(text) else None
    except ValueError:
        network = None
    if network is None:
        raise InvalidInput("%r is not an IPv4 address or network." % text, _HINT, place)
    if slash and str(network.network_address) != address:
        raise InvalidInput(
            "%r is ambiguous: it can be the address %s or the network %s." % (text, address, network),
            "Use one of the two.",
            place,
        )


def check_address(text: str, place: str) -> None:
    """Check that C(text) is a single IPv4 address.

    :param place: the option that holds it.
    :raises InvalidInput: if it is not.
    """
    if "/" in text:
        raise InvalidInput("Must be a single address, not the network %r." % text, option=place)
    check_network(text, place)


def check_public_address(text: str, place: str, override: str, with_examples: bool) -> None:
    """Check that C(text) is a public address, so that a tenant can see it as the address of a task.

    :param place: the option that holds it.
    :param override: the option that disables this check.
    :param with_examples: whether the networks for documentation count as public.
    :raises InvalidInput: if the address is not public.
    """
    ranges = _NOT_PUBLIC if with_examples else {**_NOT_PUBLIC, **_EXAMPLES}
    for network, purpose in ranges.items():
        if Network(text).subnet_of(Network(network)):
            raise InvalidInput(
                "%s is not a public address: %s is reserved for %s." % (text, network, purpose),
                "Set the public address that the tenant sees, or set `%s: true` to proceed anyway." % override,
                place,
            )


def same_network(text: str) -> str:
    """Return a network in a form in which equivalent networks are equal; any other text stays unchanged."""
    try:
        return str(Network(text, strict=False))
    except ValueError:
        return text


def networks_of(texts: Iterable[str]) -> List[Network]:
    """Return the smallest list of networks that covers C(texts). A text that is not a network is ignored."""
    networks = []
    for text in texts:
        try:
            networks.append(Network(text, strict=False))
        except ValueError:
            continue
    return list(ipaddress.collapse_addresses(networks))


def uncovered(networks: Iterable[Network], by: Iterable[Network]) -> List[Network]:
    """Return the items of C(networks) that no network of C(by) covers completely.

    :param by: collapsed networks, as C(networks_of) returns them.
    """
    covering = list(by)
    return [network for network in networks if not any(network.subnet_of(other) for other in covering)]
