# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts may receive a credential when a response or a file names them."""

from __future__ import annotations

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.trust import TrustedHosts
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.organization import OrganizationTenant

CONSOLE = "https://console.qlikcloud.com"


@pytest.mark.parametrize(
    ("host", "addresses", "domains"),
    [
        ("acme.eu.qlikcloud.com", [CONSOLE], []),
        ("ACME.EU.QlikCloud.com.", [CONSOLE], []),
        ("qlikcloud.com", [CONSOLE], []),
        ("acme.gov.qlikcloudgov.com", [CONSOLE], []),
        ("acme.eu.example.com", ["https://console.example.com"], []),
        ("acme.eu.example.com", ["https://console.example.com:8443"], []),
        ("acme.eu.example.com", [CONSOLE, "https://REGISTER.eu.example.com."], []),
        ("acme.eu.example.com", [CONSOLE], [" Example.com. "]),
        ("example.com", [CONSOLE], ["example.com"]),
        ("127.0.0.1:8443", ["https://127.0.0.1:8443"], []),
        ("localhost:8443", [CONSOLE, "http://localhost:8443"], []),
        ("proxy.example.com", ["https://proxy.example.com:443"], []),
        ("10.0.0.5", [CONSOLE], ["10.0.0.5"]),
    ],
)
def test_trusted(host: str, addresses: list[str], domains: list[str]) -> None:
    TrustedHosts(addresses, domains).check(host)


@pytest.mark.parametrize(
    ("host", "addresses", "domains"),
    [
        ("", [CONSOLE], []),
        (".", [CONSOLE], []),
        ("localhost", [CONSOLE], []),
        ("localhost:9", [CONSOLE], []),
        ("127.0.0.1:9", [CONSOLE], []),
        ("evilqlikcloud.com", [CONSOLE], []),
        ("x.eu.evilqlikcloud.com", [CONSOLE], []),
        ("x.eu.attacker.example", [CONSOLE], []),
        ("acme.eu.qlikcloud.com.attacker.example", [CONSOLE], []),
        ("acme.eu.qlikcloud.com..", [CONSOLE], []),
        (".qlikcloud.com", [CONSOLE], []),
        ("acme.eu.qlikcloud.com:8443", [CONSOLE], []),
        ("https://acme.eu.qlikcloud.com", [CONSOLE], []),
        ("https://attacker.example", [CONSOLE], []),
        ("attacker.example/.qlikcloud.com", [CONSOLE], []),
        ("attacker.example#.qlikcloud.com", [CONSOLE], []),
        ("attacker.example?.qlikcloud.com", [CONSOLE], []),
        ("attacker.example\\.qlikcloud.com", [CONSOLE], []),
        ("me@acme.eu.qlikcloud.com", [CONSOLE], []),
        ("acme.eu.qlikcloud.com@attacker.example", [CONSOLE], []),
        (" acme.eu.qlikcloud.com", [CONSOLE], []),
        ("acme.eu.qlikcloud。com", [CONSOLE], []),
        ("com", [CONSOLE], []),
        # The host itself is trusted, and its neighbors are not.
        ("localhost:9", ["https://localhost:8443"], []),
        ("localhost", ["https://localhost:8443"], []),
        ("other.example.com", ["https://proxy.example.com"], []),
        ("other.com", ["https://console.com"], []),
        ("10.0.0.6", ["https://10.0.0.5"], []),
        ("10.0.0.5", [CONSOLE], ["0.0.5"]),
        ("evilexample.com", [CONSOLE], ["example.com"]),
    ],
)
def test_not_trusted(host: str, addresses: list[str], domains: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        TrustedHosts(addresses, domains).check(host, "in acme.json", "creation_record")
    assert str(caught.value).startswith(f"creation_record: The host name {host!r} in acme.json is not")
    assert "add its domain to `trusted_domains`" in caught.value.hint
    assert "qlikcloudgov.com" in caught.value.hint


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "  ",
        "*.example.com",
        ".example.com",
        "https://example.com",
        "example.com:8443",
        "example.com/x",
        "a b",
        "a@b",
    ],
)
def test_what_is_no_domain(domain: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        TrustedHosts([CONSOLE], ["example.com", domain])
    assert str(caught.value).startswith(f"trusted_domains[1]: {domain!r} is not a domain. Use ")


def test_a_tenant_with_two_final_dots() -> None:
    tenant = OrganizationTenant({"id": "1", "name": "Acme", "hostnames": ["acme.eu.qlikcloud.com.."]})
    with pytest.raises(InvalidInput):
        tenant.checked(TrustedHosts([CONSOLE], []))


@pytest.mark.parametrize("domain", ["com", "COM.", "internal"])
def test_a_top_level_domain_is_nobody(domain: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        TrustedHosts([CONSOLE], [domain])
    assert str(caught.value).startswith(f"trusted_domains[0]: {domain!r} is a top-level domain")
    TrustedHosts([CONSOLE], ["localhost"]).check("localhost")
