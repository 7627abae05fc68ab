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
    audited,
    headline,
    in_words,
    report_of,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._drift_formats import junit_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._summary import host_of

ADA = {"subject": "ada", "action": "unchanged", "user": {"id": "1"}}
PLAN = {"fingerprint": "sha256:0", "steps": 0}
NOW = "2026-01-02T03:04:05Z"


def audit(
    area: str, result: dict[str, Any], extra: list[dict[str, Any]] | None = None, count_extra: bool = False, **more: Any
) -> Any:
    """The tenant, and the one area of it that is described."""
    areas = {"tenant": {"action": "unchanged", "tenant": {"name": "Acme"}}, area: result}
    found = {"areas": areas, "plan": PLAN, "extra": {area: extra or []}, **more}
    tenant = audited("acme", "acme.example", found, {area}, count_extra)
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


def test_what_is_extra_has_its_name() -> None:
    extra = [{"name": "New", "provider_type": "custom"}, {"name": "Old", "provider_type": "idp"}]
    _tenant, groups = audit("groups", {"summary": {}, "groups": []}, extra)
    assert [item["name"] for item in groups["extra_objects"]] == ["New (custom)", "Old"]
    assert groups["status"] == "in_sync"


@pytest.mark.parametrize("count_extra", [True, False])
def test_extra_objects_of_a_tenant_as_described(count_extra: bool) -> None:
    result = {"summary": {}, "users": [], "unchanged": [{"subject": "ada"}]}
    tenant, users = audit("users", result, [{"subject": "eve"}], count_extra)
    assert users["status"] == tenant["status"] == ("drift" if count_extra else "in_sync")
    assert in_words(tenant) == "acme: 1 extra."
    assert (tenant["name"], tenant["plan"]) == ("Acme", "sha256:0")


@pytest.mark.parametrize(
    "result",
    [
        {"msg": "no", "error": {}},
        {"unreachable": True, "msg": "no"},
        {"module_stderr": "x", "msg": "no"},
        {"msg": "There are 2.\nno"},
        {"msg": "no. Nothing was changed."},
        {"msg": "no.\nNothing was changed."},
        {"rc": 137},
        {},
    ],
)
def test_a_task_without_a_result_fails_its_tenant(result: dict[str, Any]) -> None:
    tenant = audited("acme", "acme.example", result, {"groups"})
    reason = str(result.get("msg", "The task gave no result.")).partition("Nothing")[0].strip()
    assert (tenant["status"], tenant["error"], tenant["plan"], tenant["areas"]) == ("failed", reason, None, [])


def test_a_problem_fails_its_area() -> None:
    problems = {"groups": ["groups[0]: one", "groups[1]: two"]}
    tenant, groups = audit("groups", {"summary": {}, "groups": []}, failed=True, problems=problems)
    assert (groups["status"], groups["error"]) == ("failed", "groups[0]: one\ngroups[1]: two")
    assert (tenant["status"], tenant["error"], tenant["plan"]) == ("failed", None, None)


def test_what_a_tenant_does_not_have_is_neither_drift_nor_a_failure() -> None:
    result = {"areas": {}, "plan": PLAN, "not_available": {"license_settings": "No licences.", "spaces": "No spaces."}}
    tenant = audited("acme", "acme.example", result, {"license_settings"})
    statuses = {area["area"]: (area["status"], area["error"]) for area in tenant["areas"]}
    assert statuses.pop("license_settings") == ("not_available", "No licences.")
    assert set(statuses.values()) == {("not_described", None)}
    assert (tenant["status"], tenant["plan"]) == ("in_sync", "sha256:0")
    root = ElementTree.fromstring(junit_of(report_of([tenant], NOW, False)))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "1",
        "failures": "0",
        "errors": "0",
        "skipped": "1",
    }
    skipped = root.find("testsuite/testcase/skipped")
    assert skipped is not None
    assert skipped.text == "No licences."


def test_a_problem_of_no_area_fails_the_tenant() -> None:
    tenant, groups = audit("groups", {"summary": {}, "groups": []}, failed=True, problems={"": ["the last admin"]})
    assert (tenant["status"], tenant["error"], groups["error"]) == ("failed", "the last admin", None)


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
    assert host_of(url) == "acme.example"
