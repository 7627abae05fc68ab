# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and networks of IPv4, and what they cover."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import ipaddress
import re
from typing import Iterable, List

from .._errors import InvalidInput

Network = ipaddress.IPv4Network

_FORM = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}(/(0|[1-9][0-9]?))?")
#: What is not globally routable (registry of special-purpose addresses of IPv4, IANA; RFC 5771 on multicast).
_NOT_PUBLIC = {
    "0.0.0.0/8": "no network in particular",
    "10.0.0.0/8": "private networks",
    "100.64.0.0/10": "the networks of carriers",
    "127.0.0.0/8": "the computer itself",
    "169.254.0.0/16": "a single link",
    "172.16.0.0/12": "private networks",
    "192.0.0.0/24": "protocols",
    "192.168.0.0/16": "private networks",
    "198.18.0.0/15": "benchmarks",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "future use and broadcasts",
}
#: RFC 5737.
_EXAMPLES = dict.fromkeys(("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"), "documentation")
_HINT = "Write it like 192.0.2.7, or like 192.0.2.0/24 for a network."


def check_network(text: str, place: str) -> None:
    """Refuse what is neither an address nor a network.

    :param place: the option that holds it.
    :raises InvalidInput: saying what it is instead.
    """
    address, slash, _prefix = text.partition("/")
    if ":" in text:
        raise InvalidInput("%r is no address of IPv4, and IPv6 is not supported by the API." % text, _HINT, place)
    try:
        network = Network(text, strict=False) if _FORM.fullmatch(text) else None
    except ValueError:
        network = None
    if network is None:
        raise InvalidInput("%r is neither an address nor a network of IPv4." % text, _HINT, place)
    if slash and str(network.network_address) != address:
        raise InvalidInput(
            "%r can mean the address %s as well as the network %s." % (text, address, network),
            "Write the one that is meant.",
            place,
        )


def check_address(text: str, place: str) -> None:
    """Refuse what is no single address.

    :raises InvalidInput: saying what it is instead.
    """
    if "/" in text:
        raise InvalidInput("%r is a network, and one address is asked for." % text, option=place)
    check_network(text, place)


def check_public_address(text: str, place: str, override: str, with_examples: bool) -> None:
    """Refuse an address that no tenant can see a task come from.

    :param override: the option that switches this off.
    :param with_examples: whether the addresses of examples count as public.
    :raises InvalidInput: saying what the address is for.
    """
    ranges = _NOT_PUBLIC if with_examples else {**_NOT_PUBLIC, **_EXAMPLES}
    for network, purpose in ranges.items():
        if Network(text).subnet_of(Network(network)):
            raise InvalidInput(
                "No tenant can see a task come from %s: the addresses %s are for %s." % (text, network, purpose),
                "Set the public address that the tenant sees, or set `%s: true` to proceed anyway." % override,
                place,
            )


def same_network(text: str) -> str:
    """A network in the form in which equal ones are the same; what is none stays as it is."""
    try:
        return str(Network(text, strict=False))
    except ValueError:
        return text


def networks_of(texts: Iterable[str]) -> List[Network]:
    """The fewest networks that cover what the texts name; a text that is no network covers nothing."""
    found = []
    for text in texts:
        try:
            found.append(Network(text, strict=False))
        except ValueError:
            continue
    return list(ipaddress.collapse_addresses(found))


def uncovered(networks: Iterable[Network], by: Iterable[Network]) -> List[Network]:
    """Those of C(networks) that others do not cover as a whole.

    :param by: as few networks as there can be, so that what they cover together is within one of them.
    """
    covering = list(by)
    return [network for network in networks if not any(network.subnet_of(other) for other in covering)]
