# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions, new and resolved differences, and their lines."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.assembly import report_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.console import MOST_LINES, lines_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.exceptions import accept
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.formats import json_of, junit_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.pages import page_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.previous import read_previous
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import audited, unaudited
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import read_variables

TODAY = "2026-02-01"
FIRST, SECOND, THIRD = (f"2026-02-0{day}T03:00:00Z" for day in (1, 2, 3))
PLACE = "qlik_audit_exceptions"
Json = dict[str, Any]


def junit(report: Any) -> bytes:
    return b"".join(junit_of(report, 500))


def group(name: str, current: list[str] | None, described: list[str] | None) -> Json:
    sides = [None if roles is None else {"assigned_roles": roles} for roles in (current, described)]
    actions = {(True, False): "created", (False, True): "deleted"}
    action = actions.get((current is None, described is None), "unchanged" if current == described else "updated")
    return {"name": name, "provider_type": "idp", "action": action, "before": sides[0], "after": sides[1]}


UNKNOWN_ROLE = {"groups": [{"place": "groups", "object": None, "message": "no role 'X'"}]}


def tenant_of(*groups: Json, host: str = "acme", unmanaged: tuple[str, ...] = (), **more: Any) -> Json:
    result = {
        "areas": {"groups": {"groups": list(groups)}, **more.pop("areas", {})},
        "plan": {"fingerprint": "0" * 64},
        "unmanaged": {"groups": [{"name": name} for name in unmanaged]},
        **more,
    }
    return audited(host, "acme.example", result, {"groups", *result["areas"]})


def exception(**more: Any) -> Json:
    given = {"area": "groups", "object": "A", "reason": "later", "owner": "Ada", "until": "2026-02-01", **more}
    return {name: value for name, value in given.items() if value != "left out"}


def read(*exceptions: Any) -> tuple[Any, list[str]]:
    variables = {"qlik_audit_report_dir": "/r", PLACE: list(exceptions)}
    values, mistakes = read_variables("qlik_audit", variables, lambda value: value)
    return values[PLACE], mistakes


def reported(
    *tenants: Json, when: str = FIRST, previous: Json | None = None, exceptions: Any = (), today: str = TODAY
) -> Json:
    for tenant in tenants:
        accept(tenant, read(*exceptions)[0], today, False)
    return report_of(tenants, when, False, previous)


def test_hosts_on_which_the_audit_did_not_run_are_named() -> None:
    hosts = [f"h{number:02}\n" for number in range(MOST_LINES + 2)]
    shown = [
        lines_of(reported(*(unaudited(host, "", "Skipped.", "not_audited") for host in some)))[1]
        for some in (hosts, hosts[:1])
    ]
    names = ", ".join(printable(host) for host in hosts[:MOST_LINES])
    end = "The audit was skipped there, the play has not reached them, or a slice is missing."
    assert shown == [f"Not audited: {names} and 2 more. {end}", f"Not audited: {printable(hosts[0])}. {end}"]
    assert "\n" not in "".join(shown)


def area_of(tenant: Json, name: str = "groups") -> Json:
    return next(area for area in tenant["areas"] if area["area"] == name)


@pytest.mark.parametrize("until", ["2026-12-31", date(2026, 12, 31)])
def test_an_exception_has_all_keys_and_its_day_as_a_text(until: Any) -> None:
    values, mistakes = read(exception(until=until), exception(area="tenant", object="left out", setting="name"))
    assert mistakes == []
    assert [(item["object"], item["setting"]) for item in values] == [("A", None), ("tenant", "name")]
    assert values[0]["until"] == "2026-12-31"
    assert read() == ([], [])


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        (
            exception(untill="2026-01-01"),
            ".untill: Not a supported option. Did you mean until? Supported options: ",
        ),
        (exception(until="left out"), ": until is missing."),
        (exception(until=None), ": until is missing."),
        (exception(until=""), ".until: Must be a date as YYYY-MM-DD, not ''."),
        (exception(until="2026-02-30"), ".until: Must be a date as YYYY-MM-DD, not '2026-02-30'."),
        (exception(until="31.12.2026"), ".until: Must be a date as YYYY-MM-DD, not '31.12.2026'."),
        (exception(until="2026-12-31\n"), ".until: Must be a date as YYYY-MM-DD, not '2026-12-31\\n'."),
        # Such a digit comes after all others, so that the exception would never end.
        (exception(until="\uff12020-01-01"), ".until: Must be a date as YYYY-MM-DD, not '\uff12020-01-01'."),
        (exception(until=20261231), ".until: Must be a date as YYYY-MM-DD, not '20261231'."),
        (
            exception(until=datetime(2026, 12, 31, 1)),
            ".until: Must be a date as YYYY-MM-DD, not '2026-12-31 01:00:00'.",
        ),
        (exception(reason=""), ".reason: Must not be empty."),
        (exception(reason="  "), ".reason: Must not be empty."),
        (exception(reason=None), ": reason is missing."),
        (exception(owner=7), ".owner: Must be a string, not the number 7."),
        (exception(area="group"), ".area: 'group' is not one of tenant, "),
        (exception(area="left out"), ": area is missing."),
        (exception(object="left out"), ".object: Required. Only areas with a single object can omit it."),
        (exception(object=None), ".object: Must not be null. Omit it instead."),
        (exception(setting=None), ".setting: Must not be null. Omit it instead."),
        (exception(values=["X"]), ".values: Requires setting. Set it, or omit values."),
        (exception(values=None), ".values: Must not be null. Omit it instead."),
        (exception(values=[], setting="assigned_roles"), ".values: Must not be empty. Omit it to accept every value."),
        (exception(values=[7], setting="assigned_roles"), ".values[0]: Must be a string, not the number 7."),
        (
            exception(setting="assigned_role"),
            ".setting: 'assigned_role' is not a setting of this area. Did you mean as",
        ),
        (
            exception(area="api_keys", setting="replaced_"),
            ".setting: 'replaced_' is not a setting of this area. Did you mean rep",
        ),
        (
            exception(area="oauth_clients", setting="publish_"),
            ".setting: 'publish_' is not a setting of this area. Did you mean publish",
        ),
        (
            exception(area="oauth_clients", setting="published", values=["x"]),
            ".values: Not supported for findings. Omit it.",
        ),
        (exception(area="tenant", object="acme"), ".object: Must be tenant, the only object of this area, not 'acme'."),
        ("A", ": 'A' is not a dictionary."),
        (None, ": area is missing."),
    ],
)
def test_a_mistake_in_an_exception_is_said_with_its_place(given: Any, mistake: str) -> None:
    _values, mistakes = read(exception(), given)
    assert any(line.startswith(f"{PLACE}[1]{mistake}") for line in mistakes), mistakes


def test_the_same_is_not_accepted_twice() -> None:
    assert read(exception(), exception())[1] == [f"{PLACE}[1]: {PLACE}[0] already accepts the same difference."]
    assert read(exception(), exception(setting="assigned_roles"))[1] == []
    values = {"qlik_audit_report_dir": "/r", PLACE: {"area": "groups"}}
    assert read_variables("qlik_audit", values, lambda value: value)[1][0].startswith(f"{PLACE}: ")


def test_what_is_accepted_is_no_drift_until_it_expires() -> None:
    groups = [group("A", ["DataAdmin"], []), group("B", None, []), group("C", [], None), group("D", [], [])]
    exceptions = [exception(setting="assigned_roles"), exception(object="B"), exception(object="C")]
    exceptions += [exception(object="Shadow"), exception(object="D"), exception(object="E")]
    report = reported(tenant_of(*groups, unmanaged=("Shadow",)), exceptions=exceptions)
    (tenant,) = report["tenants"]
    groups_area = area_of(tenant)
    statuses = {item["name"]: item["status"] for item in groups_area["objects"]}
    assert statuses == {"A": "accepted", "B": "accepted", "C": "accepted", "D": "in_sync"}
    assert (tenant["status"], groups_area["status"]) == ("in_sync", "in_sync")
    counts = {name: groups_area[name] for name in ("missing", "different", "unwanted", "unmanaged", "accepted")}
    assert counts == {"missing": 0, "different": 0, "unwanted": 0, "unmanaged": 0, "accepted": 4}
    assert report["summary"]["share"] == {"tenants": 100, "objects": 25}
    assert [item["object"] for item in tenant["unmatched_exceptions"]] == ["D", "E"]
    assert lines_of(report) == [
        "The tenant is in sync.",
        'acme: group "D": accepted until 2026-02-01, but nothing differs',
        'acme: group "E": accepted until 2026-02-01, but nothing differs',
        "In sync: 100 % of tenants and 25 % of objects.",
        "4 objects are accepted.",
    ]
    text = junit(report).decode()
    assert text.count("<skipped ") == 4
    assert 'skipped="4"' in text
    assert "A: accepted\nassigned_roles: unexpected: DataAdmin\nassigned_roles: accepted until" in text

    expired = reported(tenant_of(*groups, unmanaged=("Shadow",)), exceptions=exceptions, today="2026-02-02")
    (tenant,) = expired["tenants"]
    assert (tenant["status"], area_of(tenant)["accepted"], area_of(tenant)["unmanaged"]) == ("drift", 0, 1)
    assert lines_of(expired)[1] == (
        'acme: group "A": assigned_roles: unexpected: DataAdmin (accepted until 2026-02-01: expired)'
    )
    assert "accepted until 2026-02-01: expired" in junit(expired).decode()


def test_an_area_has_exceptions_for_differences_and_for_findings() -> None:
    client = {"name": "CI", "action": "updated", "before": {"description": "a"}, "after": {"description": "b"}}
    finding = {"area": "oauth_clients", "object": "CI (1)", "rule": "published", "message": "m"}
    areas = {"oauth_clients": {"oauth_clients": [client]}}
    clients = [exception(area="oauth_clients", setting="description", values=["a"], object="CI")]
    clients.append(exception(area="oauth_clients", setting="published", object="CI (1)"))

    def status(*exceptions: Json) -> tuple[str, list[str]]:
        tenant = tenant_of(areas=areas, findings=[finding])
        reported(tenant, exceptions=exceptions)
        return tenant["status"], [entry["object"] for entry in tenant["unmatched_exceptions"]]

    assert status(*clients) == ("in_sync", [])
    assert status(clients[0]) == status(clients[1]) == ("drift", [])
    other = exception(area="oauth_clients", setting="published", object="Gone (2)")
    assert status(*clients, other) == ("in_sync", ["Gone (2)"])


def test_only_the_setting_that_is_named_is_accepted() -> None:
    other = {**group("A", ["X"], []), "before": {"assigned_roles": ["X"], "description": "by hand"}}
    tenant = tenant_of(other)
    report = reported(tenant, exceptions=[exception(setting="assigned_roles")])
    assert (tenant["status"], area_of(tenant)["different"], area_of(tenant)["accepted"]) == ("drift", 1, 0)
    assert lines_of(report)[1] == 'acme: group "A": description: is "by hand", should be nothing'
    assert [entry["accepted"] for entry in tenant["differences"]] == [True, False]


@pytest.mark.parametrize(
    ("current", "values", "status"),
    [
        (["R", "X"], ["X"], "in_sync"),
        (["X"], ["X", "R"], "in_sync"),
        (["X"], "X, R", "in_sync"),
        (["R", "X", "TenantAdmin"], ["X"], "drift"),
        (["X"], ["X"], "drift"),
    ],
)
def test_what_differs_beside_accepted_values_is_drift(current: list[str], values: Any, status: str) -> None:
    tenant = tenant_of(group("A", current, ["R"]))
    report = reported(tenant, exceptions=[exception(setting="assigned_roles", values=values)])
    assert (tenant["status"], tenant["unmatched_exceptions"]) == (status, [])
    assert (" for X: later, Ada)" in "".join(lines_of(report))) == (status == "drift")


def test_values_that_are_accepted_one_by_one() -> None:
    parts = [exception(setting="assigned_roles", values=[value]) for value in ("X", "Y", "Z")]
    tenant = tenant_of(group("A", ["X", "Y"], []))
    reported(tenant, exceptions=parts)
    assert (tenant["status"], [item["values"] for item in tenant["unmatched_exceptions"]]) == ("in_sync", [["Z"]])
    settings = {"tenant": {"action": "updated", "before": {"x": True, "name": "A"}, "after": {"x": False, "name": "B"}}}
    tenant = tenant_of(areas=settings)
    scalars = [exception(area="tenant", object="left out", setting="name", values=["A"])]
    report = reported(tenant, exceptions=scalars)
    assert lines_of(report)[1] == "acme: tenant: x: is true, should be false"


@pytest.mark.parametrize("setting", ["left out", "members", "group A"])
def test_members_of_a_space_are_accepted_one_by_one_or_all(setting: str) -> None:
    sides = {"before": {"members": [{"group": "A", "roles": ["consumer"]}]}, "after": {"members": []}}
    spaces = {"spaces": [{"name": "S", "action": "updated", **sides}]}
    tenant = tenant_of(areas={"spaces": spaces})
    reported(tenant, exceptions=[exception(area="spaces", object="S", setting=setting)])
    assert (tenant["status"], tenant["unmatched_exceptions"]) == ("in_sync", [])


def test_what_could_not_be_compared_is_not_said_to_be_as_described() -> None:
    failed = tenant_of(problems=UNKNOWN_ROLE)
    unreached = unaudited("beta", "", "no answer")
    reported(failed, unreached, exceptions=[exception()])
    assert failed["unmatched_exceptions"] == unreached["unmatched_exceptions"] == []


def kept(tmp_path: Path, report: Any) -> Json | None:
    path = tmp_path / "qlik-audit.json"
    path.write_bytes(b"".join(json_of(report)))
    return read_previous("qlik_audit_previous_report", str(path), {})


def standing(report: Json) -> list[tuple[Any, ...]]:
    return [
        (entry["object"], entry["setting"], entry["since"], entry["last_seen"], entry["new"])
        for tenant in report["tenants"]
        for entry in tenant["differences"]
    ]


def test_since_when_a_difference_stands_is_carried_from_report_to_report(tmp_path: Path) -> None:
    first = reported(tenant_of(group("A", ["X"], []), group("B", None, [])))
    assert standing(first) == [("A", "assigned_roles", FIRST, FIRST, False), ("B", None, FIRST, FIRST, False)]
    assert (first["previous_report"], first["summary"]["changes"]) == (None, None)

    changed = tenant_of(group("A", ["Y"], []), group("B", [], []), unmanaged=("Shadow",))
    second = reported(changed, when=SECOND, previous=kept(tmp_path, first))
    assert standing(second) == [
        ("A", "assigned_roles", FIRST, SECOND, False),
        ("Shadow", None, SECOND, SECOND, True),
    ]
    (tenant,) = second["tenants"]
    assert [(entry["object"], entry["kind"], entry["since"]) for entry in tenant["resolved"]] == [
        ("B", "missing", FIRST)
    ]
    assert second["summary"]["changes"] == {"new": 0, "new_unmanaged": 1, "resolved": 1}
    assert lines_of(second) == [
        "The tenant has drifted.",
        'acme: group "A": assigned_roles: unexpected: Y (since 2026-02-01)',
        "In sync: 0 % of tenants and 50 % of objects.",
        "Since the report of 2026-02-01 03:00:00 UTC: 0 new, 1 resolved, 1 new unmanaged object.",
    ]
    page = page_of(second).decode()
    for text in ("Since the report of 2026-02-01", "since 2026-02-01", "missing since 2026-02-01", ">Shadow<"):
        assert text in page


def test_a_tenant_that_was_not_audited_in_between_has_nothing_new(tmp_path: Path) -> None:
    first = reported(tenant_of(group("A", ["X"], [])))
    for between in (
        unaudited("acme", "", "no answer"),
        unaudited("acme", "", "Not audited yet.", "not_audited"),
        tenant_of(problems=UNKNOWN_ROLE),
    ):
        second = reported(between, when=SECOND, previous=kept(tmp_path, first))
        assert ("A", "assigned_roles", FIRST, FIRST, False) in standing(second)
        assert next(iter(second["tenants"]))["resolved"] == []
        third = reported(tenant_of(group("A", ["X"], [])), when=THIRD, previous=kept(tmp_path, second))
        assert standing(third) == [("A", "assigned_roles", FIRST, THIRD, False)]


def test_since_when_a_tenant_cannot_be_audited(tmp_path: Path) -> None:
    first = reported(unaudited("acme", "", "no answer"))
    second = reported(unaudited("acme", "", "still\nno answer"), when=SECOND, previous=kept(tmp_path, first))
    assert lines_of(second)[1] == "acme: could not be audited: still no answer (since 2026-02-01)"
    third = reported(tenant_of(), when=THIRD, previous=kept(tmp_path, second))
    assert third["summary"]["changes"] == {"new": 0, "new_unmanaged": 0, "resolved": 1}
    assert "the whole tenant" in page_of(third).decode()


def test_what_is_accepted_is_not_news(tmp_path: Path) -> None:
    first = reported(tenant_of(group("A", [], [])))
    second = reported(
        tenant_of(group("A", ["X"], [])), when=SECOND, previous=kept(tmp_path, first), exceptions=[exception()]
    )
    assert second["summary"]["changes"] == {"new": 0, "new_unmanaged": 0, "resolved": 0}
    assert "No difference is new or resolved." in page_of(second).decode()


def test_a_file_that_does_not_exist_yet_is_no_error(tmp_path: Path) -> None:
    assert read_previous("v", str(tmp_path / "none.json"), {}) is None


def broken(**more: Any) -> bytes:
    report = reported(tenant_of(group("A", ["X"], [])))
    return json.dumps({**report, "tenants": list(report["tenants"]), **more}).encode()


def broken_entry(**more: Any) -> bytes:
    entry = {"area": "groups", "object": "A", "setting": None, "kind": "missing", "accepted": False}
    return broken(tenants=[{"host": "a", "differences": [{**entry, "since": FIRST, "last_seen": FIRST, **more}]}])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100000, "is not JSON"),
        (b"[]", "is not a JSON report of this collection"),
        (b"{}", "is not a JSON report of this collection"),
        (broken(schema_version=3), "is a report of an older version of this collection"),
        (broken(schema_version=5), "is a report of a newer version of this collection"),
        (broken(generated_at="yesterday"), "is not a JSON report of this collection"),
        (broken(generated_at=7), "is not a JSON report of this collection"),
        (broken(tenants={}).replace(b'"tenants": {}', b'"tenants": 7'), "is not a JSON report of this collection"),
        (broken(tenants=[7]), "is not a JSON report of this collection"),
        (broken(tenants=[{"host": ["a"], "differences": []}]), "is not a JSON report of this collection"),
        (broken(tenants=[{"host": "a", "differences": [{"since": "x"}]}]), "is not a JSON report of this collection"),
        (broken_entry(area="walls"), "is not a JSON report of this collection"),
        (broken_entry(area=None), "is not a JSON report of this collection"),
        (broken_entry(since="\uff12020-01-01T00:00:00Z"), "is not a JSON report of this collection"),
        (broken(tenants=[{"host": "a"}]), "is not a JSON report of this collection"),
    ],
)
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(AnsibleActionFail) as caught:
        read_previous("qlik_audit_previous_report", str(path), {})
    assert str(caught.value) == f"qlik_audit_previous_report: {path} {reason}. Nothing was audited."


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    large = tmp_path / "large"
    large.write_bytes(b" " * 2 * 1024**2)
    monkeypatch.setattr(f"{read_previous.__module__}._MOST_BYTES", 1024**2)
    reasons = {
        tmp_path: "is not a regular file. Set the path of qlik-audit.json in the folder.",
        pipe: "is not a regular file.",
        large: "is larger than 1 MiB.",
        large / "x": "cannot be read: Not a directory.",
    }
    for path, reason in reasons.items():
        with pytest.raises(AnsibleActionFail, match=reason):
            read_previous("v", str(path), {})


def test_every_tenant_has_its_place_in_the_first_lines() -> None:
    many = tenant_of(*(group(f"G{number:02}", None, []) for number in range(30)), host="a")
    few = [tenant_of(group("A", ["X", "Y"], ["X", "Z"]), host=host) for host in "bcd"]
    gone = [unaudited(f"gone{number:02}", "", f"no\nanswer {number}") for number in range(12)]
    lines = lines_of(reported(many, *few, *gone))
    assert lines[0] == "Of 16 tenants, 4 have drifted and 12 could not be audited completely."
    assert lines[1] == "gone00: could not be audited: no answer 0"
    assert lines[1 + MOST_LINES] == "... and 2 more could not be audited"
    shown = lines[2 + MOST_LINES : 2 + 2 * MOST_LINES]
    assert [line[0] for line in shown] == list("aaaaaaabcd")
    assert shown[-1] == 'd: group "A": assigned_roles: unexpected: Y, missing: Z'
    assert lines[2 + 2 * MOST_LINES] == "... and 23 more on 1 tenant in the report"


def test_unmanaged_objects_that_administer_come_first_and_always() -> None:
    tenant = tenant_of(group("A", None, []), unmanaged=("Plain", "Shadow"))
    plain, shadow = area_of(tenant)["unmanaged_objects"]
    plain.update(roles=["Steward"], administers=False)
    shadow.update(roles=["TenantAdmin"], administers=True)
    report = reported(tenant)
    assert lines_of(report)[1:3] == [
        'acme: group "Shadow": unmanaged: on the tenant, not in the description, '
        "administers the tenant with TenantAdmin",
        'acme: group "A": missing: in the description, not on the tenant',
    ]
    assert "Plain" not in "".join(lines_of(report))
    report["count_unmanaged"] = True
    assert lines_of(report)[3] == 'acme: group "Plain": unmanaged: on the tenant, not in the description, has Steward'


def test_tenants_that_drift_have_their_lines_before_those_with_an_unknown_admin_alone() -> None:
    as_described = [tenant_of(group("A", [], []), host=f"a{number:02}", unmanaged=("Shadow",)) for number in range(12)]
    for tenant in as_described:
        area_of(tenant)["unmanaged_objects"][0].update(roles=["TenantAdmin"], administers=True)
    drifting = [tenant_of(group("A", None, []), group("B", None, []), host=host) for host in "yz"]
    lines = lines_of(reported(*as_described, *drifting))
    assert [line.split(":")[0] for line in lines[1 : 1 + MOST_LINES]] == [*"yyzz", *(f"a{n:02}" for n in range(6))]


def test_what_accepts_nothing_on_many_tenants_is_one_line() -> None:
    tenants = [tenant_of(group("A", [], []), host=f"t{number:02}") for number in range(12)]
    lines = lines_of(reported(*tenants, exceptions=[exception(object="A"), exception(object="B")]))
    assert lines[1:3] == [
        f'12 tenants, such as t00: group "{name}": accepted until 2026-02-01, but nothing differs' for name in "AB"
    ]


def test_what_failed_is_said_before_what_differs() -> None:
    tenant = tenant_of(group("A", None, []), group("B", None, []))
    tenant["status"] = area_of(tenant)["status"] = "failed"
    area_of(tenant)["error"] = "not readable"
    item = area_of(tenant)["objects"][1]
    item.update(status="failed", error="no role 'X'")
    assert lines_of(reported(tenant))[1:4] == [
        "acme: groups could not be compared: not readable",
        "acme: group \"B\": could not be compared: no role 'X'",
        'acme: group "A": missing: in the description, not on the tenant',
    ]


def test_a_line_is_one_line_that_no_terminal_acts_on() -> None:
    hostile = "\x1b]0;x\x07\u202e\nfatal: [prod]"
    tenant = tenant_of(group(hostile, [hostile], []), group("A", None, []), host=f"h{hostile}")
    problem = unaudited(hostile, "", hostile)
    exceptions = [exception(object=hostile, reason=hostile, owner=hostile, until="2026-01-01"), exception(object="Q\n")]
    for line in lines_of(reported(tenant, problem, exceptions=exceptions)):
        assert line.isprintable()
        assert "\x1b" not in line
