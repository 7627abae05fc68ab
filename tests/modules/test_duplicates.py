# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Equal resources of one name, where the API does not keep names unique: those that exist, and those of two runs."""

from __future__ import annotations

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.csp_origin import CspOrigin
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import Plan
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.apply import Outcome
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.duplicates import remove_duplicates
from kinds import STANDALONE
from local_tenant.client import LocalTenant
from modules.harness import Json, Result, Run, assert_refused, calls, texts

#: The plural of each kind, what a tenant has of it, the options that describe it, and an option that differs.
KINDS: dict[str, tuple[Kind, dict[str, Json], dict[str, Json], dict[str, Json]]] = {
    area: (cases.kind, cases.twin, cases.options, cases.changed)
    for area, cases in STANDALONE.items()
    if not cases.kind.has_unique_names
}
#: What differs of one more resource, in the words of the API.
OTHER = {area: cases.changed_twin for area, cases in STANDALONE.items()}


@pytest.fixture(params=KINDS)
def plural(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def planted(tenant: LocalTenant, plural: str, count: int, **more: Json) -> list[str]:
    """The IDs of so many equal resources, sorted."""
    return sorted(tenant.plant(plural, [{"name": "Twin", **KINDS[plural][1], **more} for _number in range(count)]))


def ids(tenant: LocalTenant, plural: str) -> list[str]:
    return sorted(item["id"] for item in tenant.state()[plural])


def both_ways(run: Run, module: str, options: dict[str, Json]) -> tuple[Result, Result]:
    """The results of a check run, which changes nothing, and of a run."""
    before = run.tenant.state()
    planned = run(module, check=True, **options)
    assert run.tenant.state() == before
    done = run(module, **options)
    assert "failed" not in done, done
    assert (planned["diff"], planned["changed"]) == (done["diff"], done["changed"])
    assert texts(planned) == texts(done)
    return planned, done


def test_equal_ones_are_one(run: Run, tenant: LocalTenant, plural: str) -> None:
    kind, _current, described, _other = KINDS[plural]
    first, second, third = planted(tenant, plural, 3)
    item = {"name": "Twin", **described}
    _planned, done = both_ways(run, f"qlik_{kind.noun}", item)
    assert (done["changed"], done["action"], done[kind.noun]["id"]) == (True, "unchanged", first)
    assert [each["id"] for each in done["duplicates"]] == [second, third]
    (warning,) = texts(done)
    assert f"the tenant has 3 equal {kind.words} with this name" in warning
    assert f"{second} and {third}" in warning
    assert [entry["after"] for entry in done["diff"]][1:] == [None, None]
    assert ids(tenant, plural) == [first]
    tenant.reset_counters()
    again = run(f"qlik_{kind.noun}", **item)
    assert (again["changed"], again["duplicates"], texts(again), calls(tenant)) == (False, [], [], 1)


def test_equal_ones_are_one_item_of_many(run: Run, tenant: LocalTenant, plural: str) -> None:
    kind, _current, described, other = KINDS[plural]
    first, second = planted(tenant, plural, 2)
    options: dict[str, Json] = {plural: [{"name": "Twin", **described, **other}]}
    whole = run("qlik_configuration", check=True, **options, report_unmanaged=True)
    assert (whole["plan"]["steps"], whole["unmanaged"][plural]) == (2, [])
    planned, done = both_ways(run, f"qlik_{plural}", options)
    assert done["summary"] == {"created": 0, "updated": 1, "deleted": 1, "unchanged": 0, "failed": 0}
    assert planned["summary"] == done["summary"]
    removed = [(item["action"], item.get("duplicate_id")) for item in done[plural]]
    assert removed == [("updated", None), ("deleted", second)]
    assert ids(tenant, plural) == [first]
    assert second not in ids(tenant, plural)


@pytest.mark.parametrize("module", ["single", "bulk", "qlik_configuration"])
def test_all_equal_ones_are_absent(run: Run, tenant: LocalTenant, plural: str, module: str) -> None:
    kind = KINDS[plural][0]
    planted(tenant, plural, 2)
    gone: dict[str, Json] = {"name": "Twin", "state": "absent"}
    name = {"single": f"qlik_{kind.noun}", "bulk": f"qlik_{plural}"}.get(module, module)
    _planned, done = both_ways(run, name, gone if module == "single" else {plural: [gone]})
    assert "The task deletes all of them" in "".join(texts(done))
    assert ids(tenant, plural) == []


def test_those_that_differ_are_refused(run: Run, tenant: LocalTenant, plural: str) -> None:
    kind, _current, described, _other = KINDS[plural]
    first, second = planted(tenant, plural, 2)
    (third,) = planted(tenant, plural, 1, **OTHER[plural])
    for state in ("present", "absent"):
        item = {"name": "Twin", **described, "state": state}
        words = ("3 different %s with this name" % kind.words, first, second, third, "Set `id`")
        assert_refused(run, f"qlik_{kind.noun}", item, *words)
        assert_refused(run, "qlik_configuration", {plural: [item]}, f"{plural}[0].name: ", *words)


def test_duplicates_count_as_deletions(run: Run, tenant: LocalTenant, plural: str) -> None:
    _kind, _current, described, _other = KINDS[plural]
    _kept, *removed = sorted(planted(tenant, plural, 3))
    options: dict[str, Json] = {plural: [{"name": "Twin", **described}], "prune": True}
    listed = ", ".join(f"'Twin' (duplicate {each})" for each in removed)
    words = ("Pruning would delete 2", listed, "max_deletions is 1")
    assert_refused(run, f"qlik_{plural}", {**options, "max_deletions": 1}, *words)
    whole = {plural: options[plural], "prune": {plural: {"max_deletions": 1}}}
    assert_refused(run, "qlik_configuration", whole, *words)
    without = {**options, "prune": False, "max_deletions": 0}
    assert_refused(run, f"qlik_{plural}", without, "duplicates would be deleted, but max_deletions is 0", "duplicate ")
    assert run(f"qlik_{plural}", **options, max_deletions=2)["summary"]["deleted"] == 2
    planted(tenant, plural, 11)
    assert_refused(run, f"qlik_{plural}", options, "Pruning would delete 11 of 12")


def test_a_duplicate_that_another_item_names(run: Run, tenant: LocalTenant, plural: str) -> None:
    _kind, _current, described, _other = KINDS[plural]
    first, second = planted(tenant, plural, 2)
    by_id: dict[str, Json] = {"id": second, **described}
    by_name = {"name": "Twin", **described}
    for items in ([by_name, by_id], [by_id, by_name]):
        assert_refused(run, f"qlik_{plural}", {plural: items}, "Is or would be the same")
    both: dict[str, Json] = {plural: [{"id": first, **described}, by_id]}
    assert run(f"qlik_{plural}", **both)["changed"] is False
    assert ids(tenant, plural) == [first, second]


def test_a_duplicate_that_cannot_be_deleted(run: Run, tenant: LocalTenant) -> None:
    _kind, _current, described, _other = KINDS["ip_policies"]
    planted(tenant, "ip_policies", 2, deletable=False)
    item = {"name": "Twin", **described}
    assert_refused(run, "qlik_ip_policy", item, "does not allow deleting")
    assert_refused(run, "qlik_ip_policies", {"ip_policies": [item]}, "does not allow deleting")


def test_a_lockout_is_seen_behind_a_duplicate(run: Run, tenant: LocalTenant) -> None:
    """The enabled policy that lets the caller in is there twice: without both the caller would be shut out."""
    own = {"allowedIps": ["203.0.113.7"], "enabled": True}
    planted(tenant, "ip_policies", 2, **own)
    tenant.plant("ip_policies", [{"name": "Other", "allowedIps": ["192.0.2.7"], "enabled": True}])
    gone: dict[str, Json] = {"name": "Twin", "state": "absent"}
    assert_refused(run, "qlik_ip_policy", gone, "allow_lockout")
    assert_refused(run, "qlik_ip_policies", {"ip_policies": [gone]}, "allow_lockout")


@pytest.mark.parametrize("own", [0, 1, 2])
def test_after_a_creation_the_smallest_id_is_kept(run: Run, tenant: LocalTenant, plural: str, own: int) -> None:
    kind = KINDS[plural][0]
    found = planted(tenant, plural, 3)
    (other,) = planted(tenant, plural, 1, **OTHER[plural])
    outcome = created(tenant, kind, found[own])
    tenant.reset_counters()
    remove_duplicates(client_of(tenant), kind, [outcome])
    assert ids(tenant, plural) == sorted([found[0], other])
    assert outcome.resource is not None
    assert (outcome.resource["id"], outcome.changed, outcome.error) == (found[0], own == 0, None)
    assert outcome.action == ("unchanged" if own else "created")
    assert calls(tenant) == 1 + 2


def client_of(tenant: LocalTenant) -> Client:
    return Client(Transport(Connection(tenant.url, token=tenant.api_key)))


def created(tenant: LocalTenant, kind: Kind, resource_id: str) -> Outcome:
    """The outcome of a creation of what the tenant has."""
    (resource,) = (item for item in tenant.state()[kind.plural] if item["id"] == resource_id)
    return Outcome(Plan("created", None, resource, None, {}), resource, changed=True)


def test_what_another_run_has_deleted_already(tenant: LocalTenant) -> None:
    kind = CspOrigin()
    found = planted(tenant, "csp_origins", 2)
    outcome = created(tenant, kind, found[1])
    gone = {"match": {"method": "DELETE"}, "action": {"status": 404, "json": {"errors": []}}}
    tenant.misbehave(gone)
    remove_duplicates(client_of(tenant), kind, [outcome])
    assert (outcome.error, outcome.action) == (None, "unchanged")


def test_what_has_been_changed_since_is_kept(tenant: LocalTenant) -> None:
    kind = CspOrigin()
    found = planted(tenant, "csp_origins", 2)
    outcome = created(tenant, kind, found[1])
    assert outcome.resource is not None
    outcome.resource = {**outcome.resource, "description": "as it was created"}
    remove_duplicates(client_of(tenant), kind, [outcome])
    assert ids(tenant, "csp_origins") == found
    assert outcome.action == "created"


def test_a_list_that_is_older_than_the_creation(tenant: LocalTenant, impatient: None) -> None:
    """It is read again: what another run has created in the meantime is not in it either."""
    kind = CspOrigin()
    found = planted(tenant, "csp_origins", 2)
    outcome = created(tenant, kind, found[0])
    empty = {"status": 200, "json": {"data": [], "links": {}}}
    tenant.misbehave({"match": {"method": "GET", "count": 2}, "action": empty})
    tenant.reset_counters()
    remove_duplicates(client_of(tenant), kind, [outcome])
    assert ids(tenant, "csp_origins") == found[:1]
    assert calls(tenant) == 3 + 1


def test_a_list_that_cannot_be_read_is_said(run: Run, tenant: LocalTenant) -> None:
    refusal = {"status": 400, "json": {"errors": [{"code": "X-400", "title": "Not now"}]}}
    tenant.misbehave({"match": {"method": "GET", "skip": 1}, "action": refusal})
    result = run("qlik_csp_origins", csp_origins=[{"name": "New", "origin": "a.example.com"}])
    assert (result["failed"], result["changed"]) == (True, True)
    assert "Created, but there may be duplicates" in result["msg"]


def test_an_area_is_listed_once_more_after_creations(run: Run, tenant: LocalTenant, plural: str) -> None:
    kind, _current, described, _other = KINDS[plural]
    options: dict[str, Json] = {plural: [{"name": f"N{number}", **described} for number in range(5)]}
    tenant.reset_counters()
    assert run(f"qlik_{plural}", **options)["summary"]["created"] == 5
    assert calls(tenant) == 1 + 5 + 1
    tenant.reset_counters()
    assert run(f"qlik_{kind.noun}", name="New", **described)["action"] == "created"
    assert calls(tenant) == 1 + 1 + 1
    tenant.reset_counters()
    assert run(f"qlik_{plural}", **options)["changed"] is False
    assert calls(tenant) == 1
