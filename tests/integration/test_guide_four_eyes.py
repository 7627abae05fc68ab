# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and pipelines of the guide on four eyes, run as they stand there, but for what they install."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle

from .pipelines import Repository, assert_published_structure, pipelines_of, text_of

COMMANDS = re.findall(r"^   \$ (.*)$", text_of("guide_four_eyes"), re.MULTILINE)
PIPELINES = pipelines_of("guide_four_eyes")
DESCRIPTION = {"qlik_seed_standard_groups": {"Finance": ["Steward"]}}


def repository_of(folder: Path, tenants: dict[str, TenantHandle]) -> Repository:
    """A checkout with two tenants."""
    hosts = {name: {"qlik_tenant_url": tenant.url, "qlik_api_key": tenant.api_key} for name, tenant in tenants.items()}
    inventory = {"all": {"vars": DESCRIPTION, "hosts": hosts}}
    (folder / "inventory").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    return Repository(folder)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=2) as server:
        yield server


@pytest.fixture
def tenants(server: LocalTenant) -> dict[str, TenantHandle]:
    for tenant in server.tenants:
        tenant.reset()
        tenant.reset_counters()
    return dict(zip(("acme", "globex"), server.tenants))


def writes(tenants: dict[str, TenantHandle]) -> dict[str, Any]:
    return {name: tenant.counters()["writes"] for name, tenant in tenants.items()}


@pytest.mark.long
def test_by_hand(tmp_path: Path, tenants: dict[str, TenantHandle]) -> None:
    repository = repository_of(tmp_path, tenants)
    audit, seed = COMMANDS
    done = repository.run(audit)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {
        "qlik-audit.html",
        "qlik-audit.json",
        "qlik-audit-plans.json",
    }
    assert len(re.findall(r"^(?:acme|globex): the plan is sha256:[0-9a-f]{64}$", done.stdout, re.MULTILINE)) == 2
    tenants["globex"].plant_groups([{"name": "Finance", "assignedRoles": ["TenantAdmin"]}])
    done = repository.run(seed)
    assert "qlik_seed_expected_plan['globex']: The current plan is not the approved plan" in done.stdout, (
        done.stdout + done.stderr
    )
    assert writes(tenants) == {"acme": 1, "globex": 0}


@pytest.mark.long
def test_with_a_pull_request(tmp_path: Path, tenants: dict[str, TenantHandle]) -> None:
    repository = repository_of(tmp_path, tenants)
    done = repository.pipeline(PIPELINES["plan"])
    assert done.returncode == 0, done.stdout + done.stderr
    comment = (tmp_path / "comment").read_text(encoding="utf-8")
    assert "    acme: group 'Finance' (idp): created\n" in comment
    assert all(not line or line.startswith("    ") for line in comment.splitlines()[1:])
    assert writes(tenants) == {"acme": 0, "globex": 0}

    (tmp_path / "reports").rename(tmp_path / "artifact")
    unknown = repository.pipeline(PIPELINES["apply"])
    assert unknown.returncode == 0, unknown.stdout + unknown.stderr
    assert writes(tenants) == {"acme": 1, "globex": 1}

    # A commit that no pull request has planned, and one of a pull request whose plan failed.
    for tenant in tenants.values():
        tenant.reset()
        tenant.reset_counters()
    for head in ("", "other\n"):
        (tmp_path / "head").write_text(head, encoding="utf-8")
        done = repository.pipeline(PIPELINES["apply"])
        assert done.returncode != 0, done.stdout + done.stderr
    assert writes(tenants) == {"acme": 0, "globex": 0}


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_pipelines_have_the_structure_that_is_published(tmp_path: Path, name: str) -> None:
    assert_published_structure(tmp_path, PIPELINES[name])
