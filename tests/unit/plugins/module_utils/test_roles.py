# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, Iterable, List

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import UnknownReferences
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import Reference
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.roles import (
    DEFAULT_ROLES,
    RoleCatalog,
    sort_roles,
)
from unit.plugins.module_utils.helpers import assert_says, role

ON_TENANT = ("TenantAdmin", "SharedSpaceCreator", "ManagedSpaceCreator", "Steward", "report writer")


def catalog(names: Iterable[str] = ON_TENANT, complete: bool = True) -> RoleCatalog:
    made = RoleCatalog()
    if complete:
        made.learn_all([role(name) for name in names])
    else:
        made.learn([role(name) for name in names])
    return made


def by_name(*names: str) -> List[Reference]:
    return [Reference("role", ("name", name)) for name in names]


def by_id(*ids: str) -> List[Reference]:
    return [Reference("role", ("id", each)) for each in ids]


@pytest.mark.parametrize(
    ("references", "names"),
    [
        ([], []),
        (by_name("Steward"), ["Steward"]),
        (by_name("TenantAdmin", "Steward"), ["Steward", "TenantAdmin"]),
        (by_name("Steward", "TenantAdmin"), ["Steward", "TenantAdmin"]),
        (by_name("Steward", "Steward"), ["Steward"]),
        (by_name("report writer"), ["report writer"]),
        (by_id("id-of-Steward", "id-of-report writer"), ["Steward", "report writer"]),
        (by_id("id-of-Steward", "id-of-Steward"), ["Steward"]),
    ],
)
def test_resolve(references: List[Reference], names: List[str]) -> None:
    assert catalog().resolve(references) == [role(name) for name in names]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SharedSpaceCreater", ["'SharedSpaceCreater'", "Did you mean SharedSpaceCreator"]),
        ("tenantadmin", ["'tenantadmin'", "Did you mean TenantAdmin?", "case-sensitive"]),
        (" Steward ", ["' Steward '", "Did you mean Steward?"]),
        ("Report Writer", ["Did you mean report writer?"]),
        ("Developer", ["removed the role Developer", "api-keys"]),
        ("Zzz", ["no role 'Zzz'."]),
        ("", ["no role ''."]),
        ("id-of-Steward", ["no role 'id-of-Steward'"]),
    ],
)
def test_unknown_names(name: str, words: List[str]) -> None:
    with pytest.raises(UnknownReferences) as caught:
        catalog().resolve(by_name("Steward", name))
    assert_says(caught.value, *words)
    assert_says(caught.value, "ManagedSpaceCreator, SharedSpaceCreator, Steward, TenantAdmin, report writer")
    assert len(caught.value.explanations) == 1


def test_a_name_that_resembles_nothing_gets_no_guess() -> None:
    with pytest.raises(UnknownReferences) as caught:
        catalog().resolve(by_name("Zzz"))
    assert "Did you mean" not in str(caught.value)


def test_an_unknown_id() -> None:
    with pytest.raises(UnknownReferences) as caught:
        catalog().resolve(by_id("id-of-another-tenant"))
    assert_says(caught.value, "'id-of-another-tenant'", "differ between tenants")


def test_all_unknown_roles_are_named() -> None:
    with pytest.raises(UnknownReferences) as caught:
        catalog().resolve(by_name("One", "Steward", "Two"))
    assert_says(caught.value, "'One'", "'Two'")
    assert len(caught.value.explanations) == 2


def test_a_tenant_without_roles() -> None:
    with pytest.raises(UnknownReferences, match="none"):
        catalog(()).resolve(by_name("Steward"))


def test_developer_where_it_still_exists() -> None:
    assert catalog(["Developer"]).resolve(by_name("Developer")) == [role("Developer")]


def test_an_incomplete_catalog_believes_what_it_has_not_seen() -> None:
    resolved = catalog(["Steward"], complete=False).resolve(by_name("TenantAdmin", "mine", "Steward"))
    assert [(each["name"], each["id"], each["level"]) for each in resolved] == [
        ("Steward", "id-of-Steward", "user"),
        ("TenantAdmin", None, "admin"),
        ("mine", None, None),
    ]


def test_an_incomplete_catalog_believes_ids() -> None:
    resolved = catalog((), complete=False).resolve(by_id("b", "a"))
    assert [(each["name"], each["id"]) for each in resolved] == [(None, "a"), (None, "b")]


def test_an_empty_tenant_id_and_other_fields_are_not_kept() -> None:
    made = RoleCatalog()
    made.learn_all([dict(role("Steward"), tenantId="", permissions=["a"], links={})])
    assert made.resolve(by_name("Steward")) == [role("Steward")]


@pytest.mark.parametrize("odd", [None, "text", 7, {"name": "Steward"}, [None, 3, "x"], [{"name": 3, "id": None}]])
def test_learning_tolerates_what_is_no_list_of_roles(odd: Any) -> None:
    made = RoleCatalog()
    made.learn(odd)
    assert not made.knows(Reference("role", ("name", "Steward")))
    assert not made.complete


def test_knows() -> None:
    made = catalog(["Steward"], complete=False)
    assert made.knows(Reference("role", ("name", "Steward")))
    assert made.knows(Reference("role", ("id", "id-of-Steward")))
    assert not made.knows(Reference("role", ("name", "id-of-Steward")))
    assert not made.knows(Reference("role", ("name", "steward")))


def test_sort_roles() -> None:
    roles = [role("b"), {"id": "2", "name": None}, role("B"), {"id": "1"}, role("a")]
    assert [each.get("name") or each["id"] for each in sort_roles(roles)] == ["1", "2", "B", "a", "b"]


def test_levels_of_the_default_roles() -> None:
    assert {name for name, level in DEFAULT_ROLES.items() if level == "admin"} == {
        "TenantAdmin",
        "AnalyticsAdmin",
        "AuditAdmin",
        "DataAdmin",
    }
    assert "Developer" not in DEFAULT_ROLES
