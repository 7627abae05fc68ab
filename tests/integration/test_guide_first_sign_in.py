# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide from an empty tenant to the first sign-in, done as it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from local_tenant.client import LocalTenant

from .conftest import PROCESS, ansible_environment
from .test_guides import steps

GUIDE = "guide_first_sign_in.rst"
SECRET = "the-secret-of-the-client-at-okta"


def written(folder: Path) -> None:
    """The files of the guide."""
    for language, block in steps(GUIDE):
        if language == "yaml":
            (folder / block.splitlines()[0].removeprefix("# ")).write_text(block, encoding="utf-8")


def play(tenant: LocalTenant, folder: Path, *arguments: str, code: int = 0, way: dict[str, str]) -> tuple[int, str]:
    """How many tasks have changed something, and all that was written for people."""
    log = folder / "ansible.log"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", "-vvv", "--diff", *arguments],
        cwd=folder,
        env=ansible_environment(
            folder,
            ANSIBLE_LOG_PATH=str(log),
            QLIK_TENANT_URL=tenant.url,
            QLIK_API_KEY=tenant.api_key,
            OKTA_CLIENT_SECRET=SECRET,
            # For the modules of Ansible itself.
            **{"ANSIBLE_PYTHON_INTERPRETER": sys.executable, **way},
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    output = done.stdout + done.stderr + log.read_text(encoding="utf-8")
    assert done.returncode == code, output
    assert "Traceback" not in output
    for each in [SECRET, *secrets(tenant)]:
        assert each not in output
    return int(done.stdout.rpartition("changed=")[2].split()[0]), output


def secrets(tenant: LocalTenant) -> list[str]:
    """The secrets of the client for CI."""
    found = (each for each in tenant.state()["oauth_clients"] if each["clientName"] == "CI")
    return [secret["clientSecret"] for each in found for secret in each["clientSecrets"]]


@pytest.mark.long
@pytest.mark.parametrize("way", [{}, PROCESS], ids=["worker", "process"])
def test_the_guide(tenant: LocalTenant, tmp_path: Path, way: dict[str, str]) -> None:
    written(tmp_path)
    seed = ("sign_in.yml", "-e", "@company.yml", "-e", f"credentials_dir={tmp_path}")
    shown = [block.strip() for language, block in steps(GUIDE) if language == "text"]

    _changed, output = play(tenant, tmp_path, *seed, way=way)
    assert all(" ".join(text.split()) in " ".join(output.split()) for text in shown)
    (secret,) = secrets(tenant)
    assert (tmp_path / "ci.secret").read_text(encoding="utf-8") == secret
    (provider,) = tenant.state()["identity_providers"]
    assert provider["pendingOptions"]["clientSecret"] == SECRET

    # The first sign-in, which also brings a person into a group that was described before.
    found = tenant.sign_in(provider["id"], subject="okta|ada", name="Ada", groups=["qlik-finance", "unknown"])
    assert found["signed_in"] is True
    (ada,) = (user for user in tenant.users() if user["subject"] == "okta|ada")
    assert [group["name"] for group in ada["assignedGroups"]] == ["qlik-finance"]

    reached = tenant.state()
    changed, output = play(tenant, tmp_path, *seed, way=way)
    assert (changed, tenant.state()) == (0, reached)
    assert not any(text in output for text in shown)

    audit = ("qlikops.cloud.audit", "-e", "@company.yml", "-e", "qlik_audit_report_dir=reports")
    play(tenant, tmp_path, *audit, way=way)
    report = (tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8")
    assert json.loads(report)["tenants"][0]["status"] == "in_sync"
    (policies,) = (block for language, block in steps("guide_audit.rst") if "qlik_audit_oauth_clients:" in block)
    (tmp_path / "policies.yml").write_text(policies, encoding="utf-8")
    tenant.set_tenant(qlik_account=True)
    tenant.plant("oauth_clients", [{"clientName": "Portal", "redirectUris": ["http://{{ 1 / 0 }}.example"]}])
    _changed, output = play(tenant, tmp_path, *audit, "-e", "@policies.yml", way=way)
    (audited,) = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))["tenants"]
    assert audited["status"] == "drift"
    rules = {(finding["object"].partition(" (")[0], finding["rule"]) for finding in audited["findings"]}
    assert rules == {
        ("Local client", "allowed_admin_classic"),
        ("Portal", "allow_insecure_redirects"),
        ("Qlik Account", "qlik_account_active"),
    }
    assert f"OAuth client {audited['findings'][-2]['object']}: The redirect URI 'http://{{{{" in output
    everything = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir())
    assert not any(each in everything for each in [SECRET, secret])


@pytest.mark.long
def test_a_hand_over_that_fails(tenant: LocalTenant, tmp_path: Path) -> None:
    """The new secret is deleted, and the next run creates another one."""
    written(tmp_path)
    seed = ("sign_in.yml", "-e", "@company.yml", "-e")
    play(tenant, tmp_path, *seed, "credentials_dir=/nowhere/at/all", code=2, way={})
    assert secrets(tenant) == []
    play(tenant, tmp_path, *seed, f"credentials_dir={tmp_path}", way={})
    assert secrets(tenant) == [(tmp_path / "ci.secret").read_text(encoding="utf-8")]
    tenant.let_pass(days=91)
    play(tenant, tmp_path, *seed, f"credentials_dir={tmp_path}", way={})
    assert secrets(tenant) == [(tmp_path / "ci.secret").read_text(encoding="utf-8")]
