# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of a plan mean for the drift report."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift import (
    AREAS,
    address_of,
    audited,
    headline,
    in_words,
    report_of,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_formats import junit_of

SKIPPED = {"skipped": True, "changed": False}
NOTHING = {**dict.fromkeys(AREAS, SKIPPED), "info": {"tenant": {"name": "Acme"}}}
ADA = {"subject": "ada", "action": "unchanged", "user": {"id": "1"}}
NOW = "2026-01-02T03:04:05Z"


def audit(area: str, result: dict[str, Any], held: dict[str, Any] | None = None, count_extra: bool = False) -> Any:
    """The tenant, and the one area of it that is described."""
    tenant = audited("acme", "acme.example", {**NOTHING, area: result}, {area: held or {}}, count_extra)
    return tenant, tenant["areas"][AREAS.index(area)]


def test_what_only_a_creation_could_set_is_drift() -> None:
    emails = {"email": {"held": "a@example.com", "wanted": "b@example.com"}}
    _tenant, users = audit("users", {"summary": {}, "users": [{**ADA, "unchangeable": emails}]})
    assert users["status"] == "drift"
    (item,) = users["objects"]
    assert (item["status"], item["before"], item["after"], item["unchangeable"]) == (
        "different",
        {"email": "a@example.com"},
        {"email": "b@example.com"},
        ["email"],
    )


def test_described_by_id_is_not_extra_under_its_old_name() -> None:
    renamed = {"name": "New", "provider_type": "custom", "action": "updated", "before": {}, "after": {"name": "New"}}
    result = {"summary": {}, "groups": [{**renamed, "group": {"id": "7"}}]}
    held = {"groups": [{"id": "7", "name": "Old", "provider_type": "custom"}, {"id": "8", "name": "New"}]}
    _tenant, groups = audit("groups", result, held)
    assert groups["extra_objects"] == [{"name": "New"}]


@pytest.mark.parametrize("count_extra", [True, False])
def test_extra_objects_of_a_tenant_as_described(count_extra: bool) -> None:
    held = {"users": [{"id": "1", "subject": "ada"}, {"id": "2", "subject": "eve"}]}
    tenant, users = audit("users", {"summary": {}, "users": [ADA]}, held, count_extra)
    assert users["status"] == tenant["status"] == ("drift" if count_extra else "in_sync")
    assert in_words(tenant) == "acme: 1 extra."


@pytest.mark.parametrize(
    "result", [{"msg": "no", "error": {}}, {"unreachable": True, "msg": "no"}, {"module_stderr": "x", "msg": "no"}]
)
@pytest.mark.parametrize("area", ["tenant", "group_settings", "groups", "users"])
def test_a_task_without_a_result_fails_its_area(area: str, result: dict[str, Any]) -> None:
    tenant, failed = audit(area, result)
    assert (tenant["status"], failed["status"], failed["error"]) == ("failed", "failed", "no")


def test_a_list_that_cannot_be_read_fails_its_area() -> None:
    _tenant, groups = audit("groups", {"summary": {}, "groups": []}, {"error": {}, "msg": "401. Nothing was changed."})
    assert (groups["status"], groups["error"]) == ("failed", "401.")


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (["in_sync"], "The tenant is as described."),
        (["drift"], "The tenant differs from its description."),
        (["in_sync", "in_sync"], "All 2 tenants are as described."),
        (["drift", "in_sync"], "Of 2 tenants, 1 differs from its description."),
        (
            ["drift", "failed", "drift"],
            "Of 3 tenants, 2 differ from their descriptions and 1 could not be audited completely.",
        ),
        (["not_audited"] * 2, "Of 2 tenants, 2 are not audited yet."),
    ],
)
def test_headline(statuses: list[str], words: str) -> None:
    tenants = [unaudited(str(number), "", "", status) for number, status in enumerate(statuses)]
    assert headline(report_of(tenants, NOW, False)) == words


def test_junit_holds_what_xml_cannot() -> None:
    report = report_of([unaudited("a\x00\ud800\ufffe\U0001f600", "", "\x1b[31m<&>]]>")], NOW, False)
    root = ElementTree.fromstring(junit_of(report))
    error = root.find("testsuite/testcase/error")
    assert error is not None
    assert error.text == "\ufffd[31m<&>]]>"
    assert root[0].get("name") == "a\ufffd\ufffd\ufffd\U0001f600"


@pytest.mark.parametrize(
    "url", ["https://user:pass@acme.example/x?y#z", "acme.example", "user:pass@acme.example", "//acme.example"]
)
def test_an_address_has_no_credentials(url: str) -> None:
    assert address_of(url) == "acme.example"
