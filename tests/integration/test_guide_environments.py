# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on three environments: its files and pipelines, from the first pull request to production."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from local_tenant.client import LocalTenant, TenantHandle

from .pipelines import Repository, assert_published_structure, pipelines_of, text_of

GUIDE = text_of("guide_environments")
COMMANDS = re.findall(r"^   \$ (.*)$", GUIDE, re.MULTILINE)
PIPELINES = pipelines_of("guide_environments")
#: The files of the guide by name: blocks of code that begin with it.
FILES = {
    name: dedent(content)
    for content, name in re.findall(r"^\.\. code-block:: \w+\n\n((?:   # (\S+[./]\S+)\n)(?:   .*\n|\n)+)", GUIDE, re.M)
}
#: The environments by the names of their tenants, in the order of promotion.
HOSTS = {"dev": "acme-dev", "test": "acme-test", "prod": "acme"}
#: The branch that each environment gets its changes from.
FROM = {"dev": "more-groups", "test": "dev", "prod": "test"}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=3) as server:
        yield server


@pytest.fixture
def tenants(server: LocalTenant) -> dict[str, TenantHandle]:
    for tenant in server.tenants:
        tenant.reset()
        tenant.reset_counters()
    return dict(zip(HOSTS, server.tenants))


@pytest.fixture
def repository(tmp_path: Path, tenants: dict[str, TenantHandle]) -> Repository:
    for name, content in FILES.items():
        for stage, tenant in tenants.items():
            content = content.replace(f"https://{HOSTS[stage]}.eu.qlikcloud.com", tenant.url)
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return Repository(tmp_path)


def writes(tenants: dict[str, TenantHandle]) -> set[str]:
    """The environments that something was written to since the last call."""
    written = {stage for stage, tenant in tenants.items() if tenant.counters()["writes"]}
    for tenant in tenants.values():
        tenant.reset_counters()
    return written


def groups(tenant: TenantHandle) -> set[str]:
    return {group["name"] for group in tenant.groups()}


def promote(repository: Repository, tenants: dict[str, TenantHandle], stage: str) -> str:
    """Plan with a pull request to an environment, and merge it; the comment on the pull request."""
    repository.environment = {
        "QLIK_CLIENT_ID": tenants[stage].client_id,
        "QLIK_CLIENT_SECRET": tenants[stage].client_secret,
        "GITHUB_BASE_REF": stage,
        "GITHUB_HEAD_REF": FROM[stage],
    }
    done = repository.pipeline(PIPELINES["plan"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert writes(tenants) == set()
    (repository.folder / "reports").rename(repository.folder / "artifact")
    repository.environment["GITHUB_REF_NAME"] = stage
    done = repository.pipeline(PIPELINES["apply"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert writes(tenants) == {stage}
    for folder in ("reports", "artifact"):
        (repository.folder / folder).rename(repository.folder / f"{folder} of {stage}")
    return (repository.folder / "comment").read_text(encoding="utf-8")


def test_a_change_reaches_the_first_environment(repository: Repository, tenants: dict[str, TenantHandle]) -> None:
    comment = promote(repository, tenants, "dev")
    assert comment.startswith("Merging this pull request applies to dev:\n\n    ")
    assert "    +++ after: group 'qlik-dev-finance-authors' (idp)\n" in comment
    assert tenants["dev"].state()["feature_settings"]["dataAlerts"] is True
    assert groups(tenants["dev"]) == {"qlik-dev-finance-authors", "qlik-dev-finance-readers"}


@pytest.mark.long
def test_a_change_reaches_production(repository: Repository, tenants: dict[str, TenantHandle]) -> None:
    for tenant in tenants.values():
        tenant.plant_groups([{"name": "breakglass-1"}, {"name": "Old"}])
    comments = [promote(repository, tenants, stage) for stage in HOSTS]
    assert ["--- before: group 'Old' (idp)" in comment for comment in comments] == [False, False, True]
    for stage, tenant in tenants.items():
        names = {"breakglass-1", f"qlik-{stage}-finance-authors", f"qlik-{stage}-finance-readers"}
        assert groups(tenant) == names | ({"Old"} if stage != "prod" else set())
        assert [space["name"] for space in tenant.spaces()] == ["Finance"]
        state = tenant.state()
        assert state["tenant_settings"]["releaseCadence"] == ("continuous" if stage == "dev" else "monthly")
        minutes = state["session_policy"]["userSessionInactivityTimeoutMinutes"]
        assert (minutes == 30) is (stage == "prod")


@pytest.mark.long
def test_a_plan_of_another_environment_is_not_applied(repository: Repository, tenants: dict[str, TenantHandle]) -> None:
    promote(repository, tenants, "dev")
    (repository.folder / "artifact of dev").rename(repository.folder / "artifact")
    repository.environment["GITHUB_REF_NAME"] = "prod"
    done = repository.pipeline(PIPELINES["apply"])
    assert done.returncode != 0
    assert "No plan was approved for this host" in done.stdout
    assert writes(tenants) == set()


@pytest.mark.parametrize(
    ("base", "head", "is_allowed"),
    [
        ("dev", "anything", True),
        ("test", "dev", True),
        ("prod", "test", True),
        ("test", "anything", False),
        ("prod", "dev", False),
        ("prod", "dev test", False),
    ],
)
def test_the_order_of_promotion(repository: Repository, base: str, head: str, is_allowed: bool) -> None:
    (command,) = (step for step in steps() if "GITHUB_HEAD_REF" in step)
    repository.environment = {"GITHUB_BASE_REF": base, "GITHUB_HEAD_REF": head}
    done = repository.run(command)
    assert (done.returncode == 0) is is_allowed
    assert ("Merge to dev first" in done.stdout) is not is_allowed


@pytest.mark.parametrize("line", ["qlik_seed_spaces: []", "'qlik_seed_users': []", "names: [x]"])
def test_what_must_not_differ(repository: Repository, line: str) -> None:
    (command,) = (step for step in steps() if "may_differ.txt" in step)
    assert repository.run(command).returncode == 0
    path = repository.folder / "inventory" / "group_vars" / "prod.yml"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    done = repository.run(command)
    assert done.returncode != 0
    assert f"inventory/group_vars/prod.yml:{line.split(':')[0]}\n" in done.stdout


def steps() -> list[str]:
    """The commands of the first pipeline."""
    return [dedent(step) for step in re.findall(r"run: \|\n((?: {10,}.*\n)+)", PIPELINES["plan"])]


def test_everything_that_may_differ_is_explained() -> None:
    table = GUIDE.split("What may differ\n", 1)[1].split("code-block", 1)[0]
    allowed = FILES["may_differ.txt"].splitlines()[1:]
    explained = re.findall(r"``((?:qlik_seed|environment)_\w+)``", table)
    assert sorted(explained) == [name for name in allowed if name]


@pytest.mark.long
def test_by_hand(repository: Repository, tenants: dict[str, TenantHandle]) -> None:
    credential = {"QLIK_CLIENT_ID": tenants["dev"].client_id, "QLIK_CLIENT_SECRET": tenants["dev"].client_secret}
    seed, *others = COMMANDS
    repository.environment = credential
    assert repository.run(seed).returncode == 0
    assert writes(tenants) == {"dev"}
    tenant = tenants["test"]
    repository.environment = {"QLIK_CLIENT_ID": tenant.client_id, "QLIK_CLIENT_SECRET": tenant.client_secret}
    for command in others:
        done = repository.run(command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert writes(tenants) == {"test"}


def test_the_repository_is_complete() -> None:
    listing = GUIDE.split(".. code-block:: text\n\n", 1)[1].split("\n\n", 1)[0].split()
    assert listing == list(FILES)


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_pipelines_have_the_structure_that_is_published(tmp_path: Path, name: str) -> None:
    assert_published_structure(tmp_path, PIPELINES[name])
    assert PIPELINES[name].count("secrets[format('QLIK_CLIENT_") == 2
