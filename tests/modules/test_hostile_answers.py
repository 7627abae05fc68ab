# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that no tenant of Qlik gives: every module ends with a clear error, after few requests."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from fault_matrix.cases import CASES, whose
from local_tenant.client import LocalTenant
from modules.harness import Json, Run
from suites import diagonal, long_unless

ANSWERS: dict[str, dict[str, Json]] = {
    "a list": {"wrong_type": []},
    "a text": {"wrong_type": "x\x00y"},
    "a number": {"wrong_type": 7},
    "data of the wrong type": {"wrong_type": {"data": {"id": 1}}},
    "items without fields": {"wrong_type": {"data": [{}]}},
    "items of the wrong type": {"wrong_type": {"data": [{"id": 1, "name": [], "subject": {}}]}},
    "broken JSON": {"invalid_json": True},
    "control characters": {"status": 400, "json": {"errors": [{"code": "X\x00", "title": "\x1b[31m\x07\x00"}]}},
    "a huge body": {"huge": 65 * 1024 * 1024},
}
#: Each area is read and read once more, of all areas side by side, and so are the ID of the tenant and the caller, who
#: tells a tenant without an API from one that is none.
MOST_REQUESTS = 2 * (len(AREAS) + 2)
PAGES: dict[str, dict[str, Json]] = {
    "pages without an end": {"endless_paging": True},
    "a cursor that repeats": {"repeat_cursor": True},
}


@pytest.mark.parametrize(("response", "case"), long_unless(diagonal(ANSWERS, CASES), itertools.product(ANSWERS, CASES)))
@pytest.mark.usefixtures("impatient")
def test_answer(run: Run, tenant: LocalTenant, response: str, case: str) -> None:
    task = CASES[case]
    handle = whose(task, tenant)
    task.prepare(handle)
    before = handle.state()
    handle.misbehave({"match": {"path": "/api/"}, "action": ANSWERS[response]})
    handle.reset_counters()
    result = run(task.module, retries=1, **task.options)
    assert result["failed"]
    assert "Nothing was changed." in result["msg"] or "changed" in result["msg"]
    assert "Unexpected error in the collection" not in result["msg"]
    assert len(result["msg"]) < 2000
    assert not {"\x00", "\x1b", "\x07"} & set(result["msg"])
    assert handle.counters()["total"] <= MOST_REQUESTS
    assert handle.state() == before


@pytest.mark.parametrize("module", ["qlik_group_info", "qlik_user_info", "qlik_role_info"])
@pytest.mark.parametrize("pages", PAGES)
def test_pages(run: Run, tenant: LocalTenant, pages: str, module: str) -> None:
    """Where the tenant says how many there are, a module ends when it has them all."""
    tenant.plant_groups([{"name": f"G {number}"} for number in range(120)])
    tenant.misbehave({"match": {"path": "/api/"}, "action": PAGES[pages]})
    tenant.reset_counters()
    result = run(module)
    kind = module.split("_")[1] + "s"
    assert result.get("failed") or len(result[kind]) == len(tenant.state()[kind])
    assert tenant.counters()["total"] < 20
