# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that the playbooks choose, by the inventory that is named, the patterns and the limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.qlikops.cloud.plugins.lookup.qlik_hosts import LookupModule
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import _usual_port, inventory_without_hosts

ROOT = Path(__file__).parents[3]
DEFAULT = ["/etc/ansible/hosts"]
NOTHING: dict[str, list[str]] = {"all": [], "ungrouped": []}
TENANTS = {"all": ["acme", "beta", "gamma"], "ungrouped": ["gamma"], "eu": ["acme", "beta"]}


def chosen(*terms: Any, groups: dict[str, list[str]], sources: list[str], limit: str | None = None) -> list[str]:
    variables = {"groups": groups, "ansible_inventory_sources": sources, "ansible_limit": limit}
    return LookupModule(loader=DataLoader()).run(list(terms), variables)


@pytest.mark.parametrize(
    ("terms", "limit", "patterns"),
    [
        ([""], None, ["all"]),
        ([None], None, ["all"]),
        (["  "], "acme", ["all"]),
        (["eu"], None, ["eu"]),
        (["eu:!acme"], "b*", ["eu:!acme"]),
        ([["acme", "gamma"]], None, ["acme", "gamma"]),
        (["acme,gamma"], "eu", ["acme,gamma"]),
        (["localhost"], None, ["localhost"]),
    ],
)
def test_hosts_of_an_inventory(terms: list[Any], limit: str | None, patterns: list[str]) -> None:
    assert chosen(*terms, groups=TENANTS, sources=["inv"], limit=limit) == patterns


@pytest.mark.parametrize("sources", [DEFAULT, []])
def test_localhost_where_no_inventory_is_named(sources: list[str]) -> None:
    assert chosen("", groups=NOTHING, sources=sources) == ["localhost"]
    with pytest.raises(AnsibleLookupError, match="No host matches localhost and the limit acme"):
        chosen("", groups=NOTHING, sources=sources, limit="acme")


@pytest.mark.parametrize("terms", [[""], ["localhost"], ["acme"]])
@pytest.mark.parametrize("sources", [["/inv"], ["/inv", "/other"], [*DEFAULT, "/inv"]])
def test_no_host_came_of_an_inventory(terms: list[str], sources: list[str]) -> None:
    with pytest.raises(AnsibleLookupError, match="^" + ", ".join(sources) + ": This inventory has no hosts"):
        chosen(*terms, groups=NOTHING, sources=sources)


@pytest.mark.parametrize(("pattern", "limit"), [("acmee", None), ("acme", "beta"), ("eu:!eu", None)])
def test_a_pattern_without_hosts_is_no_success(pattern: str, limit: str | None) -> None:
    with pytest.raises(AnsibleLookupError, match="qlik_hosts: No host matches .* Nothing was changed"):
        chosen(pattern, groups=TENANTS, sources=["inv"], limit=limit)


@pytest.mark.parametrize(
    ("terms", "more", "message"),
    [
        ([], {}, "The name of the tenant is missing"),
        ([""], {}, "The name of the tenant is missing"),
        ([None], {}, "The name of the tenant is missing"),
        (["acme", "beta"], {}, "The name of the tenant is missing"),
        ([["acme"]], {}, "The name of the tenant is missing"),
        (["{{ event.tenant }}"], {}, "'{{ event.tenant }}' is a template that was not rendered"),
        (["eu"], {}, "'eu' is not a host of the inventory"),
        (["all"], {}, "'all' is not a host of the inventory"),
        (["acm*"], {}, "'acm.' is not a host of the inventory"),
        (["acme "], {}, "'acme' is not a host of the inventory"),
        (["acme,beta"], {}, "'acme,beta' is not a host of the inventory"),
        (["acme\x1b"], {}, "'acme<U.001B>' is not a host of the inventory"),
        (["b,beta"], {"groups": {"all": ["b,beta", "beta"]}}, "'b,beta' is a host, and also a pattern of other hosts"),
        (["acme"], {"qlik_hosts": "all"}, "The variable qlik_hosts is set, and not to 'acme'"),
        (["acme"], {"ansible_limit": "beta"}, "The limit 'beta' does not include 'acme'"),
    ],
)
def test_one_host_and_no_other(terms: list[Any], more: dict[str, Any], message: str) -> None:
    variables = {"groups": TENANTS, "ansible_inventory_sources": ["inv"], "ansible_limit": None, **more}
    with pytest.raises(AnsibleLookupError, match=f"^qlik_on_change_tenant: {message}.* Nothing was changed.$"):
        LookupModule(loader=DataLoader()).run(terms, variables, one_host=True)
    agreed = {"groups": TENANTS, "ansible_inventory_sources": ["inv"], "qlik_hosts": "acme", "ansible_limit": "eu"}
    assert LookupModule(loader=DataLoader()).run(["acme"], agreed, one_host=True) == ["acme"]


@pytest.mark.parametrize(
    ("address", "one"),
    [
        ("https://acme.eu.qlikcloud.com", "https://acme.eu.qlikcloud.com"),
        ("https://acme.eu.qlikcloud.com:443", "https://acme.eu.qlikcloud.com"),
        ("https://acme.eu.qlikcloud.com.", "https://acme.eu.qlikcloud.com"),
        ("http://localhost:80", "http://localhost"),
        ("https://acme.eu.qlikcloud.com:80", "https://acme.eu.qlikcloud.com:80"),
    ],
)
def test_an_address_has_one_form(address: str, one: str) -> None:
    assert _usual_port(address) == one


def test_names_of_sources_are_shown_as_they_can_be() -> None:
    text = inventory_without_hosts({"groups": NOTHING, "ansible_inventory_sources": ["/i\x1b[2J"]})
    assert text.startswith("/i<U+001B>[2J: This inventory has no hosts")


def test_playbooks_and_images_leave_nothing_to_the_inventory() -> None:
    """What a host says of its connection does not count, and an image takes no half of an inventory."""
    for path in (ROOT / "playbooks").glob("*.yml"):
        for play in yaml.safe_load(path.read_text(encoding="utf-8")):
            if "ansible.builtin.import_playbook" in play:
                assert play["ansible.builtin.import_playbook"].startswith("qlikops.cloud.")
                continue
            assert play["vars"]["ansible_connection"] == "local"
            assert play["vars"]["ansible_become"] is False
            # Another shell writes a module, with the credentials in it, to a file beside the playbook.
            assert play["vars"]["ansible_shell_type"] == "sh"
            assert "qlikops.cloud.qlik_hosts" in play["hosts"] or path.stem == "awx_setup"
    image = ROOT / "roles" / "qlik_awx" / "files" / "execution-environment.yml"
    steps = yaml.safe_load(image.read_text(encoding="utf-8"))["additional_build_steps"]
    assert "ENV ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true" in steps["append_final"]
