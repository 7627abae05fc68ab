# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts may receive a credential when a response or a file names them."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Iterable, Mapping
from urllib.parse import urlsplit

from .._errors import InvalidInput
from .connection import HOST_NAME, base_url, is_ip_address

#: The domains of Qlik Cloud and Qlik Cloud Government (Qlik reference: host names).
QLIK_DOMAINS = ("qlikcloud.com", "qlikcloudgov.com")
#: First labels of hosts that are not those of a tenant: the rest of the host name is the domain of the tenants.
_CENTRAL = ("console", "register")


def without_final_dot(host: str) -> str:
    """Return a host name in lower case, without a final dot."""
    host = host.lower()
    return host[:-1] if host.endswith(".") and not host.endswith("..") else host


class TrustedHosts:
    """The hosts of Qlik Cloud, the hosts that the user set, and the hosts in trusted domains.

    :param addresses: the URLs of the console and of the register host, as the user set them.
    :param domains: the value of C(trusted_domains).
    :raises InvalidInput: if an item of C(domains) is not a domain.
    """

    def __init__(self, addresses: Iterable[str], domains: Iterable[str]) -> None:
        self._addresses = set()
        self._domains = dict.fromkeys(QLIK_DOMAINS)
        for address in addresses:
            parts = urlsplit(address if "://" in address else "https://" + address)
            host = without_final_dot(parts.hostname or "")
            self._addresses.add(host if parts.port in (None, 443) else "%s:%d" % (host, parts.port))
            label, _dot, domain = host.partition(".")
            if label in _CENTRAL and "." in domain:
                self._domains[domain] = None
        for index, given in enumerate(domains):
            domain = without_final_dot(given.strip())
            if not HOST_NAME.fullmatch(domain):
                raise InvalidInput(
                    "%r is not a domain." % given,
                    "Use a domain such as example.com, without a scheme, a port, or a wildcard.",
                    "trusted_domains[%d]" % index,
                )
            if "." not in domain and domain != "localhost":
                raise InvalidInput(
                    "%r is a top-level domain, so all hosts in it would be trusted." % given,
                    "Use your own domain, such as example.com.",
                    "trusted_domains[%d]" % index,
                )
            self._domains[domain] = None

    def check(self, host: str, origin: str = "", option: str = "") -> None:
        """Check that a host may receive a credential.

        :param host: the host name in a response or a file.
        :param origin: the origin of the host name, for the message, such as C(of the tenant acme).
        :param option: the option that the host name is from, if any.
        :raises InvalidInput: if the host is not trusted.
        """
        if not self._has(host):
            raise InvalidInput(
                "The host name %r%s is not in a trusted domain." % (host, " " + origin if origin else ""),
                "Trusted domains: %s. Host names must not have a scheme, port, or path. If you trust this host, add its"
                " domain to `trusted_domains`." % ", ".join(self._domains),
                option,
            )

    def _has(self, host: str) -> bool:
        name = without_final_dot(host)
        if name in self._addresses:
            return True
        if not HOST_NAME.fullmatch(name) or name.endswith("."):
            return False
        is_below = not is_ip_address(name)
        return any(name == domain or (is_below and name.endswith("." + domain)) for domain in self._domains)


def trusted_hosts(params: Mapping[str, Any]) -> TrustedHosts:
    """Return the trusted hosts of a task or an inventory.

    :param params: C(organization_url), C(register_url) if it exists, and C(trusted_domains).
    :raises InvalidInput: if one of them is invalid.
    """
    options = ("organization_url", "register_url")
    addresses = [base_url(params[option], option) for option in options if params.get(option)]
    return TrustedHosts(addresses, params["trusted_domains"])
