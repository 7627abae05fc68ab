# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import install
import pytest

from locks.project import EVERY, INSTALLER, PYTHONS, ROOT, Project, sets
from locks.registry import Registry

#: Needs the network, for the pips.
collect_ignore = [] if EVERY else ["test_every_pip.py"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp("project")
    (root / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "install.py", root / "tests")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    environment |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "UV_CACHE_DIR": str(root / "cache"),
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": "",
    }
    with Registry() as registry:
        for lock in {INSTALLER, *(lock for version in PYTHONS for locks in sets(version) for lock in locks)}:
            (root / lock).parent.mkdir(parents=True, exist_ok=True)
            text = registry.copy_of(ROOT / lock, {"uv": install.uv()})
            (root / lock).write_text(text, encoding="utf-8")
        yield Project(root, registry, {**environment, "PIP_INDEX_URL": registry.url})
