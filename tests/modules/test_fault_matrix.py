# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault against every module, once at each of the first requests; and that the judge would notice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fault_matrix.cases import CASES, FAULTS
from fault_matrix.judge import WRONG, misreported
from modules.harness import Result

ROOT = Path(__file__).parents[2]


def test_nothing_is_lost_made_twice_leaked_or_misreported(tmp_path: Path) -> None:
    path = os.pathsep.join(str(ROOT / part) for part in ("tests", ".build/collections"))
    command = [sys.executable, "-m", "fault_matrix", "--output", str(tmp_path)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cells = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert {(cell["fault"], cell["task"]) for cell in cells} == {(fault, task) for fault in FAULTS for task in CASES}
    for cell in cells:
        assert cell["injected"] > 0, cell
        assert cell["runs"] == cell["survived"], cell
        assert not any(cell[column] for column in WRONG), cell


GROUP = CASES["qlik_group, gone"]
BULK = CASES["qlik_groups"]
HELD = [["G 00", ["Steward"], ""]]


@pytest.mark.parametrize(
    ("result", "before", "after"),
    [
        ({"changed": False}, [["N", [], ""]], []),
        ({"changed": True}, [], []),
        ({"failed": True, "msg": "", "changed": True}, [["N", [], ""]], []),
        ({"failed": True, "msg": "Nothing was changed.", "changed": False}, [["N", [], ""]], []),
    ],
)
def test_what_is_misreported_of_one(result: Result, before: object, after: object) -> None:
    assert misreported(GROUP, result, before, after, again=False) == 1


@pytest.mark.parametrize(
    ("item", "before", "after"),
    [
        ({"action": "created", "changed": True}, [], []),
        ({"action": "failed", "changed": False}, [], HELD),
        ({"action": "unchanged", "changed": False}, [], HELD),
    ],
)
def test_what_is_misreported_of_many(item: Result, before: object, after: object) -> None:
    counts = {**dict.fromkeys(BULK.summary, 0), item["action"]: 1}
    result = {
        "failed": True,
        "msg": "1 failed",
        "changed": True,
        "summary": counts,
        "groups": [{"name": "G 00", **item}],
    }
    assert misreported(BULK, result, before, after, again=True) == 1
