# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault against every module, once at each of the first requests, and runs side by side; that it is noticed."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from fault_matrix import side_by_side
from fault_matrix.cases import CASES, FATAL, FAULTS, QUICK
from fault_matrix.judge import FALSE, WRONG, false_reports
from fault_matrix.side_by_side import ORDERS, RACES
from modules.harness import Result

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("options", "pairs"),
    [
        pytest.param(["--quick"], QUICK, id="quick"),
        pytest.param([], itertools.product(FAULTS, CASES), id="all", marks=pytest.mark.long),
    ],
)
def test_nothing_is_lost_made_twice_leaked_or_misreported(
    tmp_path: Path, options: list[str], pairs: Iterable[tuple[str, str]]
) -> None:
    path = os.pathsep.join([str(ROOT / ".build" / "collections"), str(ROOT / "tests"), os.environ["PYTHONPATH"]])
    command = [sys.executable, "-m", "fault_matrix", "--output", str(tmp_path), *options]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cells = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert {(cell["fault"], cell["task"]) for cell in cells} == set(pairs)
    for cell in cells:
        assert cell["injected"] > 0, cell
        assert cell["fault"] in FATAL or cell["runs"] == cell["survived"], cell
        assert not any(cell[column] for column in WRONG), cell
    races = json.loads((tmp_path / "side_by_side.json").read_text(encoding="utf-8"))
    assert [race["race"] for race in races] == list(RACES)
    for race in races:
        assert race["rounds"] == len(ORDERS), race
        assert not any(race[column] for column in RACES[race["race"]].wrong), race


GROUP = CASES["qlik_group, gone"]
BULK = CASES["qlik_groups"]
HELD = [["G 00", ["Steward"], ""]]


THERE: list[object] = [["N", [], ""]]
NOT_KNOWN = "The tenant may have been changed."


def found(tally: Mapping[str, int]) -> dict[str, int]:
    """The columns that are not 0."""
    assert tally.keys() == set(FALSE)
    return {column: count for column, count in tally.items() if count}


@pytest.mark.parametrize(
    ("result", "before", "after", "wrong"),
    [
        ({"changed": True}, THERE, [], {}),
        ({"changed": False}, [], [], {}),
        ({"changed": False}, THERE, [], {"denied": 1}),
        ({"changed": True}, [], [], {"claimed": 1}),
        ({"changed": True}, THERE, THERE, {"claimed": 1, "lost": 1}),
        ({"changed": False}, THERE, THERE, {"lost": 1}),
        ({"failed": True, "msg": "Nothing was changed.", "changed": False}, THERE, THERE, {}),
        ({"failed": True, "msg": "Nothing was changed.", "changed": False}, THERE, [], {"denied": 1}),
        ({"failed": True, "msg": "Nothing was changed.", "changed": True}, THERE, [], {"denied": 1}),
        ({"failed": True, "msg": "The tenant was changed before that.", "changed": True}, THERE, [], {}),
        ({"failed": True, "msg": "The tenant was changed before that.", "changed": True}, THERE, THERE, {"claimed": 1}),
        ({"failed": True, "msg": NOT_KNOWN, "changed": True}, THERE, [], {}),
        ({"failed": True, "msg": NOT_KNOWN, "changed": True}, THERE, THERE, {}),
        ({"failed": True, "msg": NOT_KNOWN, "changed": False}, THERE, THERE, {"denied": 1}),
        ({"failed": True, "msg": "", "changed": True}, THERE, [], {"misreported": 1}),
    ],
)
def test_false_reports_of_one(result: Result, before: object, after: object, wrong: dict[str, int]) -> None:
    assert found(false_reports(GROUP, result, before, after, again=False)) == wrong


@pytest.mark.parametrize(
    ("item", "before", "after", "wrong"),
    [
        ({"action": "created", "changed": True}, [], HELD, {}),
        ({"action": "created", "changed": True}, [], [], {"lost": 1, "claimed": 1}),
        ({"action": "failed", "changed": False}, [], HELD, {"denied": 1}),
        ({"action": "failed", "changed": True}, HELD, HELD, {"claimed": 1}),
        ({"action": "unchanged", "changed": False}, [], HELD, {"denied": 1}),
        ({"action": "unchanged", "changed": False}, [], [], {"lost": 1}),
    ],
)
def test_false_reports_of_many(item: Result, before: list[object], after: list[object], wrong: dict[str, int]) -> None:
    counts = {**dict.fromkeys(BULK.summary, 0), item["action"]: 1}
    result = {
        "failed": True,
        "msg": "1 failed",
        "changed": True,
        "summary": counts,
        "groups": [{"name": "G 00", **item}],
    }
    # Something else was changed too, so that what the task says of itself is true.
    tally = false_reports(BULK, result, [*before, ["Other", [], ""]], after, again=True)
    assert found(tally) == wrong


CHANGED: Result = {"changed": True}
UNCHANGED: Result = {"changed": False}
OVERTAKEN: Result = {"failed": True, "changed": True, "msg": "The tenant was changed before that."}
REFUSED: Result = {"failed": True, "changed": False, "msg": "Nothing was changed."}
UNCLEAR: Result = {"failed": True, "changed": False, "msg": NOT_KNOWN}


@pytest.mark.parametrize(
    ("race", "results", "current", "wrong"),
    [
        ("a role for a user", [CHANGED, CHANGED], ["Steward", "DataAdmin"], {}),
        ("a role for a user", [CHANGED, CHANGED], ["Steward"], {"lost": 1}),
        ("a role for a user", [CHANGED, OVERTAKEN], ["Steward"], {"failed": 1}),
        ("a role for a user", [CHANGED, REFUSED], ["Steward", "DataAdmin"], {"failed": 1, "denied": 1}),
        ("a role for a user", [CHANGED, UNCHANGED], ["Steward", "DataAdmin"], {"denied": 1}),
        ("a role for a user", [CHANGED, UNCLEAR], ["Steward"], {"failed": 1, "denied": 1}),
        ("the same new group", [CHANGED, UNCHANGED, UNCHANGED], ["G"], {}),
        ("the same new group", [CHANGED, CHANGED, UNCHANGED], ["G"], {"claimed": 1}),
        ("the same new group", [UNCHANGED, UNCHANGED, UNCHANGED], ["G"], {"denied": 1}),
        ("the same new group", [CHANGED, CHANGED, CHANGED], ["G", "G", "G"], {"claimed": 2, "duplicates": 2}),
        ("the same new group", [CHANGED, REFUSED, UNCHANGED], ["G"], {"failed": 1}),
    ],
)
def test_what_goes_wrong_side_by_side(
    race: str, results: list[Result], current: list[str], wrong: dict[str, int]
) -> None:
    tally = side_by_side.judged(RACES[race], RACES[race].values[: len(results)], results, current)
    assert tally.keys() == set(side_by_side.COLUMNS)
    assert {column: tally[column] for column in RACES[race].wrong if tally[column]} == wrong
