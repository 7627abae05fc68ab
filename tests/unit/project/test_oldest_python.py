# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs on the hosts of tasks is written for the oldest Python that is promised."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from pythons import interpreter

ROOT = Path(__file__).parents[3]
OLDEST = yaml.safe_load((ROOT / "tests" / "config.yml").read_text(encoding="utf-8"))["modules"]["python_requires"]
#: Compiles the files that it is given, and imports what they take from Python's own library.
CHECK = """
import ast, importlib, sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    compile(text, path, "exec")
    # What is imported inside of "try" may be missing.
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.level == 0 and not node.module.startswith("ansible"):
            module = importlib.import_module(node.module)
            missing = [alias.name for alias in node.names if not hasattr(module, alias.name)]
            assert not missing, "%s: %s has no %s" % (path, node.module, missing)
"""


def oldest_python() -> str:
    version = OLDEST.replace(">=", "")
    found = interpreter(version)
    if found is None:
        pytest.skip(f"whether modules compile for Python {version}: install it, for example with pyenv")
    return found


def test_modules_compile() -> None:
    files = [*(ROOT / "plugins" / "module_utils").rglob("*.py"), *(ROOT / "plugins" / "modules").glob("*.py")]
    command = [oldest_python(), "-c", CHECK, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_documentation_says_which_python() -> None:
    text = (ROOT / "plugins" / "doc_fragments" / "connection.py").read_text(encoding="utf-8")
    assert f"  - python {OLDEST.replace('>=', '>= ')}\n" in text
