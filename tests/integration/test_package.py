# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball, installed in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

from local_tenant.client import LocalTenant

from .conftest import ROOT

BIN = Path(sys.executable).parent


def test_build_install_and_run(tenant: LocalTenant, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def run(*command: str, **more: str) -> str:
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            env={**environment, **more},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(tmp_path))
    (tarball,) = tmp_path.glob("qlikops-cloud-*.tar.gz")
    with tarfile.open(tarball) as archive:
        top = {name.split("/")[0] for name in archive.getnames()}
    assert top == {
        *(
            ".ansible-lint",
            "CHANGELOG.md",
            "CODE_OF_CONDUCT.md",
            "CONTRIBUTING.md",
            "FILES.json",
            "LICENSE",
            "MANIFEST.json",
        ),
        *("README.md", "SECURITY.md", "changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles"),
    }
    installed = tmp_path / "empty"
    run("ansible-galaxy", "collection", "install", str(tarball), "--offline", "-p", str(installed))
    path = {"ANSIBLE_COLLECTIONS_PATH": str(installed)}
    assert "assigned_roles" in run("ansible-doc", "qlikops.cloud.qlik_group", **path)
    credential = {"QLIK_TENANT_URL": tenant.url, "QLIK_API_KEY": tenant.api_key}
    output = run("ansible-playbook", "qlikops.cloud.seed", **path, **credential)
    assert "changed=1" in output
