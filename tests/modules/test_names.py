# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are easily mistaken for others: a warning, in check mode too."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, texts

COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"
MODULES = ("qlik_group", "qlik_user", "qlik_role")


def plant(tenant: LocalTenant, module: str, name: str, **more: Json) -> None:
    if module == "qlik_group":
        tenant.plant_groups([{"name": name, **more}])
    elif module == "qlik_user":
        tenant.plant_users([{"subject": name, **more}])
    else:
        tenant.plant_roles([{"name": name, **more}])


def warnings_of(run: Run, module: str, bulk: bool, name: str, check: bool, **more: Json) -> list[str]:
    options: dict[str, Json] = {"subject" if module == "qlik_user" else "name": name, **more}
    if bulk:
        result = run(f"{module}s", check=check, **{f"{module[5:]}s": [options]})  # type: ignore[arg-type]
    else:
        result = run(module, check=check, **options)
    assert "failed" not in result, result
    return [entry if isinstance(entry, str) else entry["event"]["msg"] for entry in result.get("warnings", [])]


CASES = [(module, bulk) for bulk in (False, True) for module in MODULES]
each_module = pytest.mark.parametrize(("module", "bulk"), CASES, ids=[f"{name}{'s' * bulk}" for name, bulk in CASES])


@each_module
@pytest.mark.parametrize(
    ("current", "desired", "words"),
    [
        (COMPOSED, DECOMPOSED, "Unicode form"),
        (DECOMPOSED, COMPOSED, "Unicode form"),
        ("Finance", "Finance ", "white space around"),
        ("Finance", "\uff26inance", ""),
    ],
)
def test_a_new_name_that_is_near_another(
    run: Run, tenant: LocalTenant, module: str, bulk: bool, current: str, desired: str, words: str
) -> None:
    plant(tenant, module, current)
    for check in (True, False):
        found = warnings_of(run, module, bulk, desired, check)
        assert words in " ".join(found)
        if words:
            assert repr(current) in " ".join(found)
    # What is there is not warned of for ever.
    assert warnings_of(run, module, bulk, desired, False) == []


@each_module
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (" Finance", "white space around"),
        ("Finance\t", "white space around"),
        ("Fin\u200bance", "\\u200b"),
        ("Fin\u202eance", "\\u202e"),
        ("Fin\x07ance", "x07"),
    ],
)
def test_a_new_name_that_is_not_what_it_looks_like(
    run: Run, tenant: LocalTenant, module: str, bulk: bool, name: str, words: str
) -> None:
    for check in (True, False):
        assert words in " ".join(warnings_of(run, module, bulk, name, check))
    assert warnings_of(run, module, bulk, name, False) == []


@each_module
@pytest.mark.parametrize(
    ("current", "desired"),
    [("Finance", "finance"), ("Finance", "Finance "), (COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)],
)
def test_a_near_match_is_not_deleted(
    run: Run, tenant: LocalTenant, module: str, bulk: bool, current: str, desired: str
) -> None:
    plant(tenant, module, current)
    for check in (True, False):
        found = " ".join(warnings_of(run, module, bulk, desired, check, state="absent"))
        assert repr(current) in found
        assert "does not exist" in found
    assert warnings_of(run, module, bulk, "Nothing of the kind", False, state="absent") == []
    # Nothing is said when it is there.
    assert warnings_of(run, module, bulk, current, False, state="absent") == []


def test_the_other_kind_of_group_is_near(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": "Finance", "providerType": "custom"}])
    (warning,) = texts(run("qlik_group", name="Finance", state="absent"))
    assert "'Finance' (custom)" in warning
    assert texts(run("qlik_group", name="Finance")) == []


def test_looking_for_near_names_costs_nothing(run: Run, tenant: LocalTenant) -> None:
    tenant.reset_counters()
    run("qlik_group", name=DECOMPOSED + " ", state="absent")
    assert tenant.counters()["total"] == 1
    tenant.reset_counters()
    users = [{"subject": f"{COMPOSED} {number}", "state": "absent"} for number in range(100)]
    run("qlik_users", users=users)
    assert tenant.counters()["total"] == 1


def test_near_names_that_would_cost_a_request_are_not_looked_for(run: Run, tenant: LocalTenant) -> None:
    tenant.plant_groups([{"name": f"G {number}"} for number in range(500)])
    tenant.reset_counters()
    run("qlik_groups", groups=[{"name": f"{COMPOSED} {number}", "state": "absent"} for number in range(100)])
    assert tenant.counters()["total"] == 1


def test_items_that_are_near_each_other(run: Run, tenant: LocalTenant) -> None:
    found = " ".join(texts(run("qlik_groups", groups=[{"name": COMPOSED}, {"name": DECOMPOSED}])))
    assert "Unicode form" in found
