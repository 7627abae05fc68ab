# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects with previous names: renamed with everything assigned to them, and references to their new names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_refused, calls, described, group_named, user_of
from suites import long_after_first

Sent = list[tuple[str, str, Json]]
MODULE = "qlik_configuration"
#: A department before its rename.
SALES: dict[str, Any] = {
    "roles": [{"name": "Sales Reader", "assigned_scopes": ["api-keys"]}, {"name": "Other"}],
    "group_settings": {"everyone_assigned_roles": ["Sales Reader"]},
    "groups": [
        {"name": "Sales", "provider_type": "custom", "assigned_roles": ["Sales Reader"]},
        {"name": "Partners", "assigned_roles": ["Sales Reader"]},
    ],
    "users": [
        {"subject": "ada", "name": "Ada", "assigned_roles": ["Sales Reader"], "assigned_groups": ["Sales"]},
        {"subject": "bob", "name": "Bob", "assigned_groups": ["Sales"]},
    ],
    "spaces": [
        {"name": name, "type": kind, "members": [{"group": "Sales", "provider_type": "custom", "roles": ["consumer"]}]}
        for name, kind in (("Sales Dev", "shared"), ("Sales Reports", "managed"))
    ],
}
#: The same department after it.
REVENUE: dict[str, Any] = {
    "roles": [
        {"name": "Revenue Reader", "previous_names": ["Sales Reader"], "assigned_scopes": ["api-keys"]},
        {"name": "Other"},
    ],
    "group_settings": {"everyone_assigned_roles": ["Revenue Reader"]},
    "groups": [
        {
            "name": "Revenue",
            "previous_names": ["Sales"],
            "provider_type": "custom",
            "assigned_roles": ["Revenue Reader"],
        },
        {"name": "Partners", "assigned_roles": ["Revenue Reader"]},
    ],
    "users": [
        {
            "subject": "ada",
            "assigned_roles": ["Revenue Reader"],
            "assigned_groups": ["Revenue"],
            "purge_groups": True,
        },
        {"subject": "bob", "assigned_groups": ["Revenue"]},
    ],
    "spaces": [
        {
            "name": "Revenue Dev",
            "previous_names": ["Sales Dev"],
            "members": [{"group": "Revenue", "provider_type": "custom", "roles": ["consumer"]}],
        },
        {
            "name": "Revenue Reports",
            "previous_names": ["Sales Reports"],
            "members": [{"group": "Revenue", "provider_type": "custom", "roles": ["consumer"]}],
        },
    ],
}


def ids(tenant: LocalTenant) -> Json:
    """What must stay when names change."""
    return {
        area: sorted(item["id"] for item in found)
        for area, found in {
            "roles": tenant.roles(),
            "groups": tenant.groups(),
            "spaces": tenant.spaces(),
            "assignments": tenant.state()["assignments"],
        }.items()
    }


def test_a_department(run: Run, tenant: LocalTenant, sent: Sent) -> None:
    """One PATCH of each name, and nothing that is assigned is written."""
    run(MODULE, **SALES)
    before = ids(tenant)
    audited = run(MODULE, check=True, report_unmanaged=True, **REVENUE)
    assert [item["name"] for area in ("roles", "groups", "spaces") for item in audited["unmanaged"][area]] == []
    planned = run(MODULE, check=True, **REVENUE)
    assert audited["plan"] == planned["plan"]
    assert planned["plan"]["steps"] == 4
    assert [
        (item["name"], item["previous_name"], item["action"], item["settings"])
        for area in ("roles", "groups", "spaces")
        for item in planned["areas"][area][area]
    ] == [(f"Revenue{end}", f"Sales{end}", "updated", ["name"]) for end in (" Reader", "", " Dev", " Reports")]
    sent.clear()
    done = run(MODULE, expected_plan=planned["plan"]["fingerprint"], **REVENUE)
    assert done["plan"] == planned["plan"], done
    assert done["diff"] == planned["diff"]
    assert [(method, path.split("/")[0], body) for method, path, body in sent] == [
        ("PATCH", area, [{"op": "replace", "path": "/name", "value": f"Revenue{end}"}])
        for area, end in (("roles", " Reader"), ("groups", ""), ("spaces", " Dev"), ("spaces", " Reports"))
    ]
    assert ids(tenant) == before
    ada = user_of(tenant, "ada")
    assert ada is not None
    assert [group["name"] for group in ada["assignedGroups"]] == ["Revenue"]
    assert [role["name"] for role in ada["assignedRoles"]] == ["Revenue Reader"]
    for check in (True, False):
        again = run(MODULE, check=check, report_unmanaged=True, **REVENUE)
        assert again["changed"] is False, again["diff"]
        assert [item["name"] for area in ("roles", "groups", "spaces") for item in again["unmanaged"][area]] == []


#: An object of each kind that can be renamed: its area, and how to describe it.
KINDS: dict[str, dict[str, Json]] = {
    "roles": {"assigned_scopes": ["api-keys"]},
    "groups": {"provider_type": "custom", "assigned_roles": ["Steward"]},
    "spaces": {"type": "shared", "description": "d"},
    "csp_origins": {"origin": "a.example.com", "directives": ["imgSrc"]},
    "web_integrations": {"valid_origins": ["https://a.example.com"]},
    "ip_policies": {"allowed_ips": ["203.0.113.0/24"], "enabled": False},
}
NOUNS = {kind.plural: kind.noun for kind in AREAS if kind.plural in KINDS}
each_kind = pytest.mark.parametrize("area", KINDS)


def names(tenant: LocalTenant, area: str) -> dict[str, str]:
    """The ID of each object that is not there from the start, by name."""
    return {item["name"]: item["id"] for item in tenant.state()[area] if item.get("type") != "default"}


def test_every_kind_that_can_be_renamed_is_here() -> None:
    assert {kind.plural for kind in AREAS if kind.renaming is not None} == KINDS.keys()


@pytest.mark.parametrize("bulk", [False, True], ids=["one", "many"])
@each_kind
@pytest.mark.parametrize("new", ["New", "OLD"], ids=["renamed", "only case"])
def test_a_rename(run: Run, tenant: LocalTenant, sent: Sent, area: str, bulk: bool, new: str) -> None:
    """Once, with the same ID, and then it is in sync."""
    noun = NOUNS[area]
    module = f"qlik_{area}" if bulk else f"qlik_{noun}"
    run(f"qlik_{area}", **described(area, {"name": "Old", **KINDS[area]}))
    old_id = names(tenant, area)["Old"]
    more = {"allow_lockout": True} if area == "ip_policies" else {}
    item = {"name": new, "previous_names": ["Older", "Old"], **KINDS[area]}
    options: dict[str, Json] = {**({area: [item]} if bulk else item), **more}
    planned = run(module, check=True, **options)
    assert names(tenant, area) == {"Old": old_id}
    sent.clear()
    done = run(module, **options)
    assert planned["diff"] == done["diff"]
    report = done[area][0] if bulk else done
    assert (report["action"], report["previous_name"], report[noun]["name"]) == ("updated", "Old", new), done
    assert names(tenant, area) == {new: old_id}
    assert len(sent) == 1
    for check in (True, False):
        assert run(module, check=check, **options)["changed"] is False
    assert len(sent) == 1


@each_kind
def test_a_new_object_with_previous_names(run: Run, tenant: LocalTenant, area: str) -> None:
    result = run(f"qlik_{area}", **described(area, {"name": "New", "previous_names": ["Old"], **KINDS[area]}))
    assert result["summary"]["created"] == 1, result
    assert "previous_name" not in result[area][0]
    assert list(names(tenant, area)) == ["New"]


@each_kind
@pytest.mark.parametrize("there", [["New", "Old"], ["Old", "Older"]], ids=str)
def test_several_candidates(run: Run, tenant: LocalTenant, area: str, there: list[str]) -> None:
    """An error that names both, with their IDs."""
    run(f"qlik_{area}", **described(area, *({"name": name, **KINDS[area]} for name in there)))
    found = names(tenant, area)
    item = {"name": "New", "previous_names": ["Old", "Older"], **KINDS[area]}
    words = [part for name in there for part in (repr(name), f"with the ID {found[name]}")]
    assert_refused(run, f"qlik_{area}", {area: [item]}, f"{area}[0].previous_names: The tenant has", *words)


@pytest.mark.parametrize("area", ["csp_origins", "web_integrations", "ip_policies"])
def test_several_objects_with_one_previous_name(run: Run, tenant: LocalTenant, area: str) -> None:
    """Even if they are equal: nobody knows which one the ID is remembered of."""
    run(f"qlik_{area}", **described(area, {"name": "Old", **KINDS[area]}))
    (old,) = tenant.state()[area]
    known = ("name", "origin", "validOrigins", "allowedIps")
    tenant.plant(area, [{name: value for name, value in old.items() if name in known}])
    item = {"name": "New", "previous_names": ["Old"], **KINDS[area]}
    assert_refused(run, f"qlik_{area}", {area: [item]}, "Only one of them can be the", old["id"])


@each_kind
def test_cost_without_previous_names(run: Run, tenant: LocalTenant, area: str) -> None:
    """None, and also none for those that a filter or a first page finds."""
    run(f"qlik_{area}", **described(area, {"name": "New", **KINDS[area]}))
    counts = []
    for more in ({}, {"previous_names": ["Old", "Older"]}):
        tenant.reset_counters()
        assert run(f"qlik_{NOUNS[area]}", **{"name": "New", **more, **KINDS[area]})["changed"] is False
        counts.append(calls(tenant))
    assert counts[1] == counts[0]


def test_many_renames_among_many(run: Run, tenant: LocalTenant) -> None:
    """Filters for names on the first page are not repeated."""
    tenant.plant_groups([{"name": f"Old {number}", "providerType": "custom"} for number in range(150)])
    groups = [
        {"name": f"New {number}", "previous_names": [f"Old {number}"], "provider_type": "custom"}
        for number in range(150)
    ]
    tenant.reset_counters()
    planned = run("qlik_groups", check=True, groups=groups)
    assert planned["summary"]["updated"] == 150
    assert tenant.counters()["routes"]["GET /groups"] <= 2
    assert {group["previous_name"] for group in planned["groups"]} == {f"Old {number}" for number in range(150)}


def test_default_roles_cannot_be_renamed(run: Run) -> None:
    role = {"name": "New", "previous_names": ["Steward"]}
    assert_refused(run, "qlik_roles", {"roles": [role]}, "roles[0].name: Cannot be changed from 'Steward' to 'New'.")


def test_policies_that_cannot_be_renamed(run: Run, tenant: LocalTenant) -> None:
    tenant.plant("ip_policies", [{"name": "Old", "allowedIps": ["203.0.113.7"], "enabled": False, "editable": False}])
    policy = {"name": "New", "previous_names": ["Old"]}
    text = "ip_policies[0].name: Cannot be changed from 'Old' to 'New'. The tenant does not allow editing this policy."
    assert_refused(run, "qlik_ip_policies", {"ip_policies": [policy]}, text)


def test_idp_groups_cannot_be_renamed(run: Run, tenant: LocalTenant) -> None:
    """But what has to move is shown."""
    tenant.plant_groups([{"name": "Old", "assignedRoles": ["Steward"]}])
    tenant.plant_spaces([{"name": "Money", "type": "shared", "members": [{"group": "Old", "roles": ["consumer"]}]}])
    group = {"name": "New", "previous_names": ["Older", "Old"]}
    words = [
        "groups[0].previous_names: Only custom groups can be renamed. The name of an idp group comes from the",
        "groups[0].previous_names[1]: The tenant has the group 'Old' (idp). To move by hand: its roles ('Steward'),",
    ]
    assert_refused(run, MODULE, {"groups": [group]}, *words, "`qlik_space_info` lists them with `group: 'Old'`")
    spaces = [{"name": "Money", "members": [], "purge_members": False}]
    assert_refused(run, MODULE, {"groups": [group], "spaces": spaces}, *words, "its space memberships ('Money').")
    assert_refused(run, "qlik_group", group, "previous_names: Only custom groups can be renamed.")


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ({"group_settings": {"everyone_assigned_roles": ["Sales Reader"]}}, "group_settings.everyone_assigned_roles"),
        ({"users": [{"subject": "ada", "assigned_roles": ["Sales Reader"]}]}, "users[0].assigned_roles"),
    ],
)
@pytest.mark.parametrize("is_renamed", [False, True])
def test_references_to_the_old_name_of_a_role(
    run: Run, tenant: LocalTenant, description: dict[str, Json], text: str, is_renamed: bool
) -> None:
    tenant.plant_roles([{"name": "Revenue Reader" if is_renamed else "Sales Reader"}])
    tenant.plant_users([{"subject": "ada", "assignedRoles": [] if is_renamed else ["Sales Reader"]}])
    hint = f"{text}: 'Sales Reader' is a previous name of the role 'Revenue Reader' in the same description."
    assert_refused(run, MODULE, {"roles": REVENUE["roles"], **description}, hint, "Use the new name.")


@pytest.mark.parametrize("is_renamed", [False, True])
def test_references_to_the_old_name_of_a_group(run: Run, tenant: LocalTenant, is_renamed: bool) -> None:
    tenant.plant_groups([{"name": "Revenue" if is_renamed else "Sales", "providerType": "custom"}])
    tenant.plant_users([{"subject": "ada"}])
    member = {"group": "Sales", "provider_type": "custom", "roles": ["consumer"]}
    description = {
        "groups": [{"name": "Revenue", "previous_names": ["Sales"], "provider_type": "custom"}],
        "users": [{"subject": "ada", "assigned_groups": ["Sales"]}],
        "spaces": [{"name": "Money", "type": "shared", "members": [member]}],
    }
    hint = "'Sales' is a previous name of the custom group 'Revenue' in the same description. Use the new name."
    # The same text at two places is one line.
    assert_refused(run, MODULE, description, f"users[0].assigned_groups: {hint}", "spaces[0].members[0]")


def test_other_differences_beside_a_rename(run: Run, tenant: LocalTenant, sent: Sent) -> None:
    """They show nothing but themselves, and are written with the new names."""
    run(MODULE, **SALES)
    description: dict[str, Json] = {
        "roles": REVENUE["roles"],
        "groups": [
            {**REVENUE["groups"][0], "description": "d"},
            {"name": "Partners", "assigned_roles": ["Other"], "purge_roles": False},
        ],
        "users": [
            {"subject": "ada", "assigned_roles": ["Revenue Reader", "Other"], "assigned_groups": []},
            {"subject": "bob", "assigned_groups": [], "purge_groups": True},
        ],
        "spaces": [
            {
                "name": "Sales Dev",
                "members": [
                    {"group": "Revenue", "provider_type": "custom", "roles": ["consumer"]},
                    {"group": "Partners", "roles": ["producer"]},
                ],
            }
        ],
    }
    planned = run(MODULE, check=True, **description)
    partners, ada, bob, space = planned["diff"][2:]
    assert partners["before"]["assigned_roles"] == ["Revenue Reader"]
    assert partners["after"]["assigned_roles"] == ["Other", "Revenue Reader"]
    assert ada["before"]["assigned_roles"] == ["Revenue Reader"]
    assert ada["before"]["assigned_groups"] == ada["after"]["assigned_groups"] == ["Revenue"]
    assert (bob["before"]["assigned_groups"], bob["after"]["assigned_groups"]) == (["Revenue"], [])
    assert [member["group"] for member in space["before"]["members"]] == ["Revenue"]
    sent.clear()
    done = run(MODULE, **description)
    assert (done.get("msg"), done["diff"]) == (None, planned["diff"])
    bodies = [body for _method, path, body in sent if path.startswith(("groups", "users")) for body in body]
    assert [body["value"] for body in bodies[:2]] == ["Revenue", "d"]
    assert bodies[2]["value"] == [{"name": "Other"}, {"name": "Revenue Reader"}]
    assert run(MODULE, check=True, **description)["changed"] is False


def test_references_by_id(run: Run, tenant: LocalTenant) -> None:
    (role_id,) = tenant.plant_roles([{"name": "Old"}])
    tenant.plant_groups([{"name": "A"}])
    description: dict[str, Json] = {
        "roles": [{"name": "New", "previous_names": ["Old"]}],
        "groups": [{"name": "A", "assigned_role_ids": [role_id]}],
    }
    assert run(MODULE, **description)["plan"]["steps"] == 2
    group = group_named(tenant, "A")
    assert group is not None
    assert [role["name"] for role in group["assignedRoles"]] == ["New"]
    assert run(MODULE, **description)["changed"] is False


def test_pruning_keeps_what_is_renamed(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": name, "providerType": "custom"} for name in ("Old", "Gone")])
    groups = [{"name": "New", "previous_names": ["Old"], "provider_type": "custom"}]
    result = run("qlik_groups", groups=groups, prune=True, prune_provider_type="custom")
    assert [(group["name"], group["action"]) for group in result["groups"]] == [("New", "updated"), ("Gone", "deleted")]
    assert group_named(tenant, "New", "custom") is not None


@each_kind
@pytest.mark.parametrize("action", [{"reset": "before"}, {"reset": "after"}], ids=str)
def test_a_lost_response(run: Run, tenant: LocalTenant, impatient: None, area: str, action: Json) -> None:
    """The rename is found by the ID, or sent again."""
    run(f"qlik_{area}", **described(area, {"name": "Old", **KINDS[area]}))
    before = names(tenant, area)
    method = "PUT" if area == "csp_origins" else "PATCH"
    tenant.misbehave({"match": {"method": method, "count": 1}, "action": action})
    result = run(f"qlik_{NOUNS[area]}", name="New", previous_names=["Old"], **KINDS[area])
    assert result.get("msg") is None
    assert result["action"] == "updated"
    assert names(tenant, area) == {"New": before["Old"]}


@each_kind
def test_parallel_runs(run: Run, tenant: LocalTenant, area: str) -> None:
    """Every run succeeds, and one object remains."""
    run(f"qlik_{area}", **described(area, {"name": "Old", **KINDS[area]}))
    before = names(tenant, area)
    tenant.misbehave({"match": {"method": "GET"}, "action": {"delay": 0.05}})
    options = {"name": "New", "previous_names": ["Old"], **KINDS[area]}
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda number: Run(tenant)(f"qlik_{NOUNS[area]}", **options), range(4)))
    assert [result.get("msg") for result in results] == [None] * 4
    assert names(tenant, area) == {"New": before["Old"]}


@pytest.mark.parametrize("area", ["roles", "groups", "spaces"])
def test_a_name_that_another_run_takes(run: Run, tenant: LocalTenant, area: str, monkeypatch: Any) -> None:
    """Between reading and writing: the tenant refuses the rename, and nothing is changed."""
    run(f"qlik_{area}", **described(area, {"name": "Old", **KINDS[area]}))
    patch = Client.patch

    def late(self: Client, path: str, operations: Json) -> None:
        Run(tenant)(f"qlik_{area}", **described(area, {"name": "New", **KINDS[area]}))
        patch(self, path, operations)

    monkeypatch.setattr(Client, "patch", late)
    monkeypatch.setattr(Transport, "pause", lambda self, attempt, at_least=0.0: None)
    result = run(f"qlik_{NOUNS[area]}", name="New", previous_names=["Old"], **KINDS[area])
    assert result["failed"] is True
    assert "Nothing was changed." in result["msg"]
    assert names(tenant, area).keys() == {"Old", "New"}


WRONG: list[tuple[list[dict[str, Json]], list[str]]] = [
    ([{"name": "A", "previous_names": ["B", "A"]}], ["[0].previous_names[1]: 'A' is the name itself."]),
    ([{"name": "A", "previous_names": ["B", " "]}], ["[0].previous_names[1]: Must not be empty."]),
    ([{"name": "A", "previous_names": [""]}], ["[0].previous_names[0]: Must not be empty."]),
    ([{"name": "A", "previous_names": [None]}], ["[0].previous_names[0]: Must be a string, not null."]),
    ([{"name": "A", "previous_names": [7]}], ["[0].previous_names[0]: Must be a string, not the number 7. Quote it"]),
    ([{"name": "A", "previous_names": "B, C"}], ["[0].previous_names: 'B, C' is not a list of strings."]),
    ([{"name": "A", "previous_names": {"B": 1}}], ["[0].previous_names: {'B': 1} is not a list of strings."]),
    (
        [{"name": "A", "previous_names": ["B", "B"]}],
        ["[0].previous_names[1]: 'B' is listed twice, first as AREA[0].previous_names[0]."],
    ),
    (
        [{"name": "A", "previous_names": ["C"]}, {"name": "B", "previous_names": ["D", "C"]}],
        ["[1].previous_names[1]: 'C' is listed twice, first as AREA[0].previous_names[0]."],
    ),
    (
        [{"name": "A", "previous_names": ["B"]}, {"name": "B"}],
        ["[0].previous_names[0]: 'B' is the name of AREA[1]."],
    ),
    (
        [{"name": "A", "previous_names": ["B"]}, {"name": "B", "state": "absent"}],
        ["[0].previous_names[0]: 'B' is the name of AREA[1]."],
    ),
    (
        [{"name": "B", "previous_names": ["A"]}, {"name": "C", "previous_names": ["B"]}],
        ["[1].previous_names[0]: 'B' is the name of AREA[0]."],
    ),
    (
        [{"name": "A", "previous_names": ["B"], "state": "absent"}],
        ["[0].previous_names: Cannot be combined with `state: absent`."],
    ),
]


@pytest.mark.parametrize("items", WRONG, ids=[text[0].partition(": ")[2][:40] for _items, text in WRONG])
@pytest.mark.parametrize("area", long_after_first(*KINDS))
def test_bad_input(run: Run, area: str, items: Any) -> None:
    """Said by its path, without asking the tenant for more than it takes to compare the rest."""
    desired, lines = items
    items = [{**KINDS[area], **item} for item in desired]
    texts = [area + line.replace("AREA", area) for line in lines]
    assert_refused(run, f"qlik_{area}", {area: items}, *texts)
    assert_refused(run, MODULE, {area: items}, *texts)


def test_id_and_previous_names(run: Run) -> None:
    item = {"name": "A", "id": "1", "previous_names": ["B"]}
    text = "groups[0]: only one of id and previous_names can be set."
    assert_refused(run, "qlik_groups", {"groups": [item]}, text)
    assert_refused(run, "qlik_group", item, "mutually exclusive")


def test_kinds_without_renames(run: Run) -> None:
    text = "users[0].previous_names: Not a supported option."
    assert_refused(run, "qlik_users", {"users": [{"subject": "a", "previous_names": ["b"]}]}, text)


def test_an_object_that_another_item_has_by_its_id(run: Run, tenant: LocalTenant) -> None:
    (group_id,) = tenant.plant_groups([{"name": "Old", "providerType": "custom"}])
    groups = [{"name": "New", "previous_names": ["Old"], "provider_type": "custom"}, {"id": group_id, "name": "Other"}]
    text = "groups[1]: Is or would be the same group as groups[0]."
    assert_refused(run, "qlik_groups", {"groups": groups}, text)


#: The fingerprints of plans without renames, which were approved before renames existed.
APPROVED = {
    "created": "sha256:d477b275b9980a936261d94f79a504c77e10c8545c51df9ebd269d22515a6ca4",
    "updated": "sha256:62a85a847f8f80ba242fb29b46c9364930fda7dc7890e956087d65b76011a610",
}


def test_fingerprints_of_approved_plans(run: Run, tenant: LocalTenant) -> None:
    """They stay what they were; a rename has one of its own, which is not the one of a change by ID."""
    created = run(MODULE, check=True, **SALES)["plan"]["fingerprint"]
    run(MODULE, **SALES)
    changed: dict[str, Json] = {
        "groups": [{"name": "Sales", "provider_type": "custom", "description": "d", "previous_names": ["S"]}]
    }
    updated = run(MODULE, check=True, **changed)["plan"]["fingerprint"]
    assert {"created": created, "updated": updated} == APPROVED
    group_id = (group_named(tenant, "Sales", "custom") or {})["id"]
    plans = [
        run(MODULE, check=True, groups=[{"name": "Revenue", "provider_type": "custom", **how}])["plan"]
        for how in ({"previous_names": ["Sales"]}, {"id": group_id})
    ]
    assert plans[0]["fingerprint"] != plans[1]["fingerprint"]
