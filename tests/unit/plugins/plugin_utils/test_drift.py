# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of a plan mean for the drift report."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.assembly import report_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.console import lines_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.formats import junit_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import (
    AREAS,
    audited,
    headline,
    in_words,
    unaudited,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.settings import differences
from ansible_collections.qlikops.cloud.plugins.plugin_utils._output import host_of

ADA = {"subject": "ada", "action": "unchanged", "user": {"id": "1"}}
PLAN = {"fingerprint": "sha256:0", "steps": 0}
NOW = "2026-01-02T03:04:05Z"


def junit(report: Any) -> bytes:
    return b"".join(junit_of(report, 500))


def audit(
    area: str,
    result: dict[str, Any],
    unmanaged: list[dict[str, Any]] | None = None,
    count_unmanaged: bool = False,
    **more: Any,
) -> Any:
    """The tenant, and the one area of it that is described."""
    areas = {"tenant": {"action": "unchanged", "tenant": {"name": "Acme"}}, area: result}
    found = {"areas": areas, "plan": PLAN, "unmanaged": {area: unmanaged or []}, **more}
    tenant = audited("acme", "acme.example", found, {area}, count_unmanaged)
    return tenant, tenant["areas"][AREAS.index(area)]


def add_to_report(*tenants: Any) -> Any:
    return report_of(tenants, NOW, False)


def test_what_only_a_creation_could_set_is_drift() -> None:
    emails = {"email": {"current": "a@example.com", "desired": "b@example.com"}}
    tenant, users = audit("users", {"summary": {}, "users": [{**ADA, "unchangeable": emails}]})
    assert users["status"] == "drift"
    line = 'acme: user "ada": email: is "a@example.com", should be "b@example.com" (cannot be changed)'
    assert line in lines_of(add_to_report(tenant))
    (item,) = users["objects"]
    assert (item["status"], item["before"], item["after"], item["unchangeable"]) == (
        "different",
        {"email": "a@example.com"},
        {"email": "b@example.com"},
        ["email"],
    )


def test_a_tenant_of_which_nothing_could_be_compared_is_not_as_described() -> None:
    why = {"csp_origins": "The tenant has no CSP origins", "ip_policies": "The tenant has no IP policies"}
    found = {"areas": {"groups": {"summary": {}, "groups": [], "unchanged": []}}, "plan": PLAN, "not_available": why}
    described = [*why, "places"]
    tenant = audited("acme", "acme.example", found, described)
    assert (tenant["status"], tenant["error"]) == ("failed", "\n".join(["Nothing was compared.", *why.values()]))
    lines = lines_of(add_to_report(tenant))
    assert lines[0] == "The tenant could not be audited completely."
    assert lines[1].startswith("acme: could not be audited: Nothing was compared.")
    assert not any("so not compared" in line for line in lines)
    without = audited("acme", "acme.example", {**found, "not_available": {}}, ["areas", "places"])
    assert without["status"] == "failed"
    assert "qlik_seed_areas" in without["error"]


def test_what_a_tenant_does_not_have_is_named_on_the_console() -> None:
    found = {"areas": {"groups": {"summary": {}, "groups": []}}, "plan": PLAN, "not_available": {"csp_origins": "No"}}
    tenants = [audited(host, "acme.example", found, {"groups", "csp_origins"}) for host in ("acme", "beta")]
    assert [tenant["status"] for tenant in tenants] == ["in_sync", "in_sync"]
    what = "CSP origins: not available on the tenant, so not compared"
    assert f"2 tenants, such as acme: {what}" in lines_of(add_to_report(*tenants))
    assert f"acme: {what}" in lines_of(add_to_report(tenants[0]))


def test_a_duplicate_has_a_name_of_its_own() -> None:
    """It is beside the object that is kept, also in the differences from the report before."""
    sides = {"before": {"name": "Portal"}, "after": None}
    kept = {"name": "Portal", "action": "unchanged"}
    duplicate = {"name": "Portal", "action": "deleted", "duplicate_id": "2", **sides}
    found = {"summary": {}, "csp_origins": [duplicate], "unchanged": [kept]}
    _tenant, origins = audit("csp_origins", found)
    named = [(item["name"], item["status"]) for item in origins["objects"]]
    assert named == [("Portal", "in_sync"), ("Portal (duplicate 2)", "unwanted")]


def test_what_is_unmanaged_says_what_it_means() -> None:
    roles = [{"name": "TenantAdmin"}, {"name": "Steward"}, {"id": "1"}]
    unmanaged = [
        {"name": "New", "provider_type": "custom", "administers": False, "group": {"assigned_roles": []}},
        {"name": "Old", "provider_type": "idp", "administers": True, "group": {"assigned_roles": roles}},
    ]
    _tenant, groups = audit("groups", {"summary": {}, "groups": []}, unmanaged)
    nothing: dict[str, Any] = {"scopes": None, "members": None, "changed_by": None, "accepted": []}
    assert groups["unmanaged_objects"] == [
        {"name": "Old", "administers": True, "roles": ["1", "Steward", "TenantAdmin"], **nothing},
        {"name": "New (custom)", "administers": False, "roles": [], **nothing},
    ]
    assert groups["status"] == "in_sync"
    member = {"group": "Ops", "provider_type": "custom", "roles": ["consumer"]}
    _tenant, spaces = audit("spaces", {}, [{"name": "S", "space": {"members": [member]}}])
    assert spaces["unmanaged_objects"][0]["members"] == {"group Ops (custom)": ["consumer"]}
    _tenant, roles_area = audit("roles", {}, [{"name": "R", "role": {"assigned_scopes": ["api-keys"]}}])
    assert roles_area["unmanaged_objects"][0]["scopes"] == ["api-keys"]


def test_who_can_administer_has_names_as_objects_have() -> None:
    user = {"type": "user", "name": "ada", "display_name": "Ada", "is_bot": False, "role": "TenantAdmin"}
    through = {"name": "Ops", "provider_type": "custom"}
    found = [{**user, "provider_type": None, "through": through}, {**user, "provider_type": None, "through": None}]
    tenant, _users = audit("users", {"users": []}, administrators=found)
    assert tenant["administrators"] == [{**user, "through": "Ops (custom)"}, {**user, "through": None}]


@pytest.mark.parametrize("count_unmanaged", [True, False])
def test_unmanaged_objects_of_a_tenant_as_described(count_unmanaged: bool) -> None:
    result = {"summary": {}, "users": [], "unchanged": [{"subject": "ada"}]}
    tenant, users = audit("users", result, [{"subject": "eve"}], count_unmanaged)
    assert users["status"] == tenant["status"] == ("drift" if count_unmanaged else "in_sync")
    assert in_words(tenant) == "acme: 1 unmanaged."
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
    ],
)
def test_a_task_without_a_result_fails_its_tenant(result: dict[str, Any]) -> None:
    tenant = audited("acme", "acme.example", result, {"groups"})
    reason = str(result.get("msg", "The task returned no result.")).partition("Nothing")[0].strip()
    assert (tenant["status"], tenant["error"], tenant["plan"], tenant["areas"]) == ("failed", reason, None, [])


def test_a_task_without_a_result() -> None:
    tenant = audited("acme", "acme.example", {}, {"groups"})
    assert (tenant["status"], tenant["areas"], tenant["error"]) == ("failed", [], "The task returned no result.")


def problem(message: str, place: str = "", about: str | None = None) -> dict[str, Any]:
    return {"place": place, "object": about, "message": message}


ROLES = {"before": {"assigned_roles": []}, "after": {"assigned_roles": ["Stewrad"]}}
UNKNOWN = {"error": {"message": "groups[0].assigned_roles: no role", "hint": ""}, "place": "groups[0]"}


def test_a_problem_fails_its_object() -> None:
    items = [
        {"name": "A", "action": "failed", **ROLES, **UNKNOWN},
        {"name": "B", "action": "updated", **ROLES},
        {"name": None, "action": "failed", **UNKNOWN},
    ]
    problems = {"groups": [problem("no role", "groups[0].assigned_roles", "group 'A' (idp)")]}
    result = {"summary": {}, "groups": items, "unchanged": [{"name": "C"}]}
    tenant, groups = audit("groups", result, failed=True, problems=problems)
    assert [(item["name"], item["status"]) for item in groups["objects"]] == [
        ("A", "failed"),
        ("B", "different"),
        ("C", "in_sync"),
        ("groups[0]", "failed"),
    ]
    assert groups["objects"][0]["error"] == "groups[0].assigned_roles: no role"
    assert groups["objects"][0]["after"] == {"assigned_roles": ["Stewrad"]}
    assert groups["objects"][1]["error"] is None
    assert {name: groups[name] for name in ("status", "error", "failed", "different", "described")} == {
        "status": "drift",
        "error": None,
        "failed": 2,
        "different": 1,
        "described": 4,
    }
    assert (tenant["status"], tenant["error"], tenant["plan"]) == ("failed", None, None)


@pytest.mark.parametrize(
    ("planned", "status"), [("created", "missing"), ("updated", "different"), ("deleted", "unwanted")]
)
def test_a_difference_that_cannot_be_repaired_is_one(planned: str, status: str) -> None:
    item = {"name": "A", "action": "failed", "planned": planned, **ROLES, **UNKNOWN}
    problems = {"groups": [problem("no", "groups[0]", "group 'A' (idp)")]}
    tenant, groups = audit("groups", {"groups": [item]}, failed=True, problems=problems)
    assert (groups["objects"][0]["status"], groups["status"], groups["failed"]) == (status, "drift", 0)
    assert (tenant["status"], tenant["plan"]) == ("drift", None)
    alias = {"hostname_alias": {"current": "a", "desired": "b"}}
    _tenant, users = audit("users", {"users": [{**ADA, "planned": "unchanged", "unchangeable": alias, **UNKNOWN}]})
    assert (users["objects"][0]["status"], users["objects"][0]["before"]) == ("different", {"hostname_alias": "a"})


def test_a_problem_of_an_area_is_no_objects() -> None:
    problems = {"groups": [problem("too many", "groups"), problem("one", "groups[0]", "group 'A'")]}
    tenant, groups = audit("groups", {"groups": []}, failed=True, problems=problems)
    assert (groups["status"], groups["error"], tenant["status"]) == ("failed", "groups: too many", "failed")
    pruned: dict[str, Any] = {"groups": [{"name": "A", "action": "deleted", "before": {}, "after": None}]}
    tenant, groups = audit("groups", pruned, failed=True, problems=problems)
    assert (groups["status"], groups["error"], tenant["status"]) == ("drift", "groups: too many", "drift")


def test_what_a_seed_would_be_refused_for() -> None:
    tenant, groups = audit("groups", {"groups": []}, failed=True, problems={"": [problem("the last admin")]})
    assert (tenant["status"], tenant["error"], groups["error"]) == ("drift", "the last admin", None)
    root = ElementTree.fromstring(junit(report_of([tenant], NOW, False)))
    assert [error.text for error in root.iter("error")] == ["the last admin"]


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (["in_sync"], "The tenant is in sync."),
        (["drift"], "The tenant has drifted."),
        (["in_sync", "in_sync"], "All 2 tenants are in sync."),
        (["drift", "in_sync"], "Of 2 tenants, 1 has drifted."),
        (
            ["drift", "failed", "drift"],
            "Of 3 tenants, 2 have drifted and 1 could not be audited completely.",
        ),
        (
            ["drift", "failed", "not_audited"],
            "Of 3 tenants, 1 has drifted, 1 could not be audited completely and 1 was not audited.",
        ),
        (["not_audited"] * 2, "Of 2 tenants, 2 were not audited."),
    ],
)
def test_headline(statuses: list[str], words: str) -> None:
    tenants = [unaudited(str(number), "", "", status) for number, status in enumerate(statuses)]
    assert headline(report_of(tenants, NOW, False)) == words


def test_junit_spells_out_what_xml_cannot_hold_and_nobody_sees() -> None:
    report = report_of([unaudited("a\x00\ud800\ufffe\U0001f600", "", "\x1b[31m<&>]]>\u202e\nor")], NOW, False)
    root = ElementTree.fromstring(junit(report))
    error = root.find("testsuite/testcase/error")
    assert error is not None
    assert error.text == "<U+001B>[31m<&>]]><U+202E>\nor"
    assert root[0].get("name") == "a<U+0000><U+D800><U+FFFE>\U0001f600"


def test_no_text_of_a_tenant_makes_a_line_of_its_own_in_junit() -> None:
    name = "A\nassigned_roles: as described"
    sides = {"before": {"assigned_roles": [name]}, "after": {"assigned_roles": []}}
    tenant, _groups = audit("groups", {"summary": {}, "groups": [{"name": name, "action": "updated", **sides}]})
    (failure,) = ElementTree.fromstring(junit(report_of([tenant], NOW, False))).iter("failure")
    shown = "A<U+000A>assigned_roles: as described"
    assert (failure.text or "").split("\n") == [f"{shown}: different", f"assigned_roles: unexpected: {shown}"]


@pytest.mark.parametrize(
    ("action", "before", "after", "lines"),
    [
        ("updated", {"assigned_roles": ["A"]}, {"assigned_roles": []}, ["assigned_roles: unexpected: A"]),
        ("updated", {"assigned_roles": []}, {"assigned_roles": ["A"]}, ["assigned_roles: missing: A"]),
        ("updated", {"assigned_groups": ["A"]}, {"assigned_groups": []}, ["assigned_groups: unexpected: A"]),
        ("updated", {"two words": ["A"]}, {"two words": []}, ["two words: unexpected: A"]),
        (
            "updated",
            {"members": [{"user": "ada", "roles": ["consumer"]}]},
            {"members": [{"group": "G", "roles": ["producer"]}]},
            ["user ada: unexpected: consumer", "group G: missing: producer"],
        ),
        ("updated", {"description": ""}, {"description": "d"}, ['description: is empty, should be "d"']),
        ("updated", {"x": False}, {"x": True}, ["x: is false, should be true"]),
        ("updated", {}, {"alias": "b"}, ['alias: is nothing, should be "b"']),
        (
            "created",
            None,
            {"assigned_roles": ["A"], "scopes": []},
            ["assigned_roles: should be A", "scopes: should be nothing"],
        ),
        ("deleted", {"assigned_roles": []}, None, ["assigned_roles: is nothing"]),
        (
            "failed",
            {"assigned_roles": ["A"]},
            {"assigned_roles": ["B"]},
            ["assigned_roles: not in the description: A, not on the tenant: B"],
        ),
    ],
)
def test_junit_says_what_was_done_by_hand(action: str, before: Any, after: Any, lines: list[str]) -> None:
    error = {"message": "no role 'B'", "hint": ""} if action == "failed" else None
    item = {"name": "G", "action": action, "before": before, "after": after, "error": error}
    tenant, _groups = audit("groups", {"groups": [item]})
    root = ElementTree.fromstring(junit(report_of([tenant], NOW, False)))
    (case,) = (case for case in root.iter("testcase") if case.get("name") == "G")
    assert case[0].tag == ("error" if action == "failed" else "failure")
    said = (case[0].text or "").splitlines()
    assert said[1:] == lines
    assert said[0] == case[0].get("message")
    assert ("no role 'B'" in said[0]) is (action == "failed")


def test_junit_names_who_changed_each_setting() -> None:
    event: dict[str, Any] = {
        "time": "2026-11-28T14:03:05Z",
        "on_behalf_of": None,
        "event": "e.group.updated",
        "before": [],
        "after": [],
    }
    actor = {"id": "1", "name": "Ada", "subject": "ada", "type": "user"}
    changes = [{**event, "actor": actor, "setting": "assigned_roles", "element": element} for element in ("A", "B")]
    item = {"name": "G", "before": {"assigned_roles": ["A", "B"]}, "after": {"assigned_roles": []}}
    items = [
        {**item, "action": "updated", "changed_by": {"changes": changes}},
        {**item, "action": "created", "before": None, "changed_by": {"changes": [{**changes[0], "setting": None}]}},
    ]
    tenant, _groups = audit("groups", {"groups": items})
    root = ElementTree.fromstring(junit(report_of([tenant], NOW, False)))
    changed, missing = ((case[0].text or "").splitlines()[1:] for case in root.iter("testcase"))
    by = "removed by Ada (ada), 28 Nov 2026, 14:03 UTC"
    assert changed == [f"assigned_roles: unexpected: A, B (A {by}; B {by})"]
    assert missing == ["assigned_roles: should be nothing", f"A {by}"]


def test_junit_says_what_an_extra_object_means() -> None:
    roles = {"assigned_roles": [{"name": "TenantAdmin"}]}
    tenant, _groups = audit("groups", {"groups": []}, [{"name": "Ops", "administers": True, "group": roles}], True)
    root = ElementTree.fromstring(junit(report_of([tenant], NOW, True)))
    assert [failure.text for failure in root.iter("failure")] == [
        "Ops is on the tenant, not in the description, and can administer it\nroles: TenantAdmin"
    ]


@pytest.mark.parametrize(
    "url", ["https://user:pass@acme.example/x?y#z", "acme.example", "user:pass@acme.example", "//acme.example"]
)
def test_an_address_has_no_credentials(url: str) -> None:
    assert host_of(url) == "acme.example"


def test_a_setting_of_parts_differs_part_by_part() -> None:
    before = {"page": {"message": "Old", "link": True}, "cadence": "monthly"}
    after = {"page": {"message": "New", "link": True, "label": "L"}, "cadence": "monthly"}
    assert differences({"before": before, "after": after}) == [
        ("page.message", "Old", "New"),
        ("page.label", None, "L"),
    ]
    assert differences({"before": None, "after": after})[:2] == [
        ("page.message", None, "New"),
        ("page.link", None, True),
    ]
