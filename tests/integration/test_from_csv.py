# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables that playbooks read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from local_tenant.client import LocalTenant

from .conftest import ROOT, RunPlaybook, examples_of


@pytest.mark.every_core
def test_examples_run(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    tasks = yaml.safe_load(examples_of(ROOT / "plugins" / "filter" / "from_csv.py"))
    for changed in (1, 0):
        run = run_playbook(tasks)
        assert (run.code, run.changed) == (0, changed), run.output
    assert {group["name"]: sorted(role["name"] for role in group["assignedRoles"]) for group in tenant.groups()} == {
        "Finance Analysts": ["DataSpaceCreator", "SharedSpaceCreator"],
        "Data Stewards": ["Steward"],
        "Guests": [],
    }


@pytest.mark.long
def test_nothing_of_a_table_is_a_template(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    """Neither its cells nor its titles, however often they are handed on, from a file and from a text."""
    marker = tmp_path / "marker"
    command = "{{ lookup('ansible.builtin.pipe', 'touch %s') }}" % marker
    lines = [f'name,"{command}"', f'"{command}",x', f'"#jinja2: x: y {command}","{{% raw %}}"']
    (tmp_path / "table.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")
    (tmp_path / "names.csv").write_text(f'Name,Roles\n"{command}",Steward\nA,"Steward"\n', encoding="utf-8")
    columns = {"name": "Name", "assigned_roles": "Roles"}
    tasks = [
        {
            "name": "Read",
            "ansible.builtin.set_fact": {
                "read": "{{ lookup('ansible.builtin.file', folder ~ '/table.csv') | qlikops.cloud.from_csv }}"
            },
        },
        {"name": "Show", "ansible.builtin.debug": {"msg": "{{ read }}"}},
        {"name": "Loop", "ansible.builtin.debug": {"msg": "{{ item.name }}"}, "loop": "{{ read }}"},
        {"name": "Keys", "ansible.builtin.debug": {"msg": "{{ read[0].keys() | list }}"}},
        {
            "name": "Slurp",
            "ansible.builtin.slurp": {"src": "{{ folder }}/names.csv"},
            "register": "slurped",
        },
        {
            "name": "Seed",
            "qlikops.cloud.qlik_groups": {
                "groups": "{{ slurped.content | b64decode | qlikops.cloud.from_csv(columns, ['assigned_roles']) }}"
            },
        },
    ]
    run = run_playbook(tasks, {"folder": str(tmp_path), "columns": columns})
    assert run.code == 0, run.output
    assert run.tasks["Show"]["msg"][0] == {"name": command, command: "x"}
    assert run.tasks["Keys"]["msg"] == ["name", command]
    assert {group["name"] for group in tenant.groups()} == {command, "A"}
    assert not marker.exists(), run.output


def test_bad_tables(run_playbook: RunPlaybook, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("name\nJos\xe9\n".encode("latin-1"))
    (tmp_path / "long.csv").write_bytes(b"name,roles\nAda,x,y\n")
    (tmp_path / "joined.csv").write_bytes(b"Group\nFinance\nHR\n")
    of_file = "{{ lookup('ansible.builtin.file', folder ~ '/%s.csv') | qlikops.cloud.from_csv }}"
    words = {
        of_file % "latin": "It is not UTF-8.",
        of_file % "long": "Line 2: The row has 3 cells, but the line of titles has 2.",
        "{{ lookup('ansible.builtin.lines', 'cat ' ~ folder ~ '/joined.csv') | qlikops.cloud.from_csv }}": "no rows",
        "{{ [] | qlikops.cloud.from_csv }}": "It is a list, not a string",
        "{{ nowhere | qlikops.cloud.from_csv }}": "ndefined",
    }
    tasks = [
        {"name": f"T {number}", "ansible.builtin.debug": {"msg": text}, "ignore_errors": True}
        for number, text in enumerate(words)
    ]
    run = run_playbook(tasks, {"folder": str(tmp_path)})
    for number, word in enumerate(words.values()):
        assert word in run.tasks[f"T {number}"]["msg"], run.tasks[f"T {number}"]
