# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the guide on checks without a tenant, run as they stand there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from .conftest import COLLECTIONS, ansible_environment
from .test_guides import shown, steps

GUIDE = "guide_validate.rst"
WRONG = "inventory/host_vars/globex.yml"
WORKFLOW = ".github/workflows/validate.yml"


def test_the_examples(tmp_path: Path) -> None:
    files = {block.splitlines()[0].removeprefix("# "): block for language, block in steps(GUIDE) if language == "yaml"}
    check, copy = (block for language, block in steps(GUIDE) if language == "shell")
    (tmp_path / "collections").mkdir()
    (tmp_path / "collections" / "ansible_collections").symlink_to(COLLECTIONS / "ansible_collections")

    def run(command: str) -> subprocess.CompletedProcess[str]:
        environment = ansible_environment(tmp_path)
        return subprocess.run(
            ["/bin/sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if name != WRONG:
            (tmp_path / name).write_text(content, encoding="utf-8")
    right = run(check)
    assert right.returncode == 0, right.stdout + right.stderr
    assert "No problems in the descriptions of 2 hosts." in right.stdout
    assert "[WARNING]" not in right.stderr

    (tmp_path / WRONG).write_text(files[WRONG], encoding="utf-8")
    wrong = run(check)
    assert wrong.returncode == 2
    found = [line.partition(" (inventory/")[0] for line in wrong.stdout.splitlines()]
    assert set(shown(GUIDE).splitlines()) <= set(found), wrong.stdout

    assert run(copy).returncode == 0
    modeline = files["inventory/host_vars/acme.yml"].splitlines()[1]
    schema = (tmp_path / "inventory" / "host_vars" / modeline.partition("$schema=")[2]).resolve()
    assert schema == tmp_path / "qlik-seed.schema.json"
    assert schema.exists()


def test_the_workflow_runs_what_the_guide_runs() -> None:
    (text,) = (block for _language, block in steps(GUIDE) if block.startswith(f"# {WORKFLOW}"))
    workflow = yaml.safe_load(text)
    *_others, last = workflow["jobs"]["validate"]["steps"]
    assert last["run"] == next(block for language, block in steps(GUIDE) if language == "shell").strip()
    assert "secrets" not in text.replace("needs no\nsecrets", "")
