# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an export has and leaves out, where a tenant holds what a description cannot say."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.export import seed_variables_of

TENANT: dict[str, Any] = {"hostnames": ["acme.eu.qlikcloud.com"], "name": "Acme"}


def test_only_what_was_read_is_described() -> None:
    found = seed_variables_of({"tenant": TENANT, "users": "", "groups": None})
    assert found.areas == {"tenant": {"name": "Acme"}}
    assert found.counts() == {}
    assert "qlik_seed_standard_groups" not in found.text()


def test_the_head_names_what_the_tenant_does_not_have() -> None:
    found = seed_variables_of({"tenant": TENANT}, {"users": "why", "csp_origins": "why"})
    head = found.text().partition("---")[0]
    assert head.endswith("#\n# Omitted because not available on this tenant: users, CSP origins.\n")
    assert "not available" not in seed_variables_of({"tenant": TENANT}).text()


def test_of_nothing_it_says_so() -> None:
    found = seed_variables_of({"tenant": TENANT, "groups": [], "spaces": []})
    assert "qlik_seed_spaces: []" in found.text()
    assert "qlik_seed_extra_groups: []" in found.text()
    assert "qlik_seed_standard_groups: {}" in found.text()
    assert found.counts() == {"groups": 0, "spaces": 0}


def test_a_status_that_nobody_can_ask_for_is_left_out() -> None:
    users = [{"subject": status, "status": status} for status in ("active", "disabled", "invited", "provisioned")]
    found = seed_variables_of({"tenant": TENANT, "users": [*users, {"subject": "gone", "status": "deleted"}]})
    assert {user["subject"]: user.get("status") for user in found.areas["users"]} == {
        "active": "active",
        "disabled": "disabled",
        "invited": None,
        "provisioned": None,
    }


def test_two_of_one_name_are_left_out() -> None:
    spaces = [{"id": str(number), "name": name, "type": "data"} for number, name in enumerate("aba")]
    found = seed_variables_of({"tenant": TENANT, "spaces": spaces})
    assert [space["name"] for space in found.areas["spaces"]] == ["b"]
    assert found.refused == 2 * ["2 objects have this name (space 'a')"]
    assert "# - 2 objects have this name (space 'a')\n" in found.text()


@pytest.mark.parametrize(
    "current",
    [{}, {"tenant": {}}, {"tenant": TENANT, "roles": [1]}, {"tenant": TENANT, "users": [{}, {"subject": 1}, []]}],
)
def test_something_else_is_refused(current: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="not a result of the modules"):
        seed_variables_of(current)
