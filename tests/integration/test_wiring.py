# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of the seeding role, and every option under it, does on a tenant what it says, and nothing else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kinds import SINGLE, STANDALONE
from local_tenant.client import LocalTenant
from seed_cases import CASES, NO_BUNDLE, changes, facts, filled_in, prepare

from .conftest import PROCESS, ROOT, ansible_environment

Json = Any
#: One case of each way from a variable to the tenant; ``modules/test_seed_variables.py`` asks about every variable.
IN_SHORT = [
    "qlik_seed_tenant.name",
    "qlik_seed_group_prefix",
    "qlik_seed_users.subject",
    "qlik_seed_space_bundles.publishers",
    "qlik_seed_caller_address",
    "qlik_seed_prune_protect",
    "qlik_seed_areas",
    "qlik_seed_expected_plan",
]
OMITTED = "{{ nowhere | default(omit) }}"
#: What is left out, as in the options of a module, whatever else a case describes.
NOT_DESCRIBED: dict[str, Json] = {
    **{cases.variable: OMITTED for cases in SINGLE.values()},
    "qlik_seed_license_settings": {"auto_assign_analyzer": OMITTED},
    "qlik_seed_caller_address": OMITTED,
    "qlik_seed_expected_plan": OMITTED,
    "qlik_seed_prune_protect": OMITTED,
    "qlik_seed_areas": OMITTED,
    "qlik_ca_path": OMITTED,
}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=len(CASES)) as server:
        yield server


def seed(server: LocalTenant, folder: Path, cases: Iterable[str], **environment: str) -> None:
    """Run one play with a tenant for each case, and see that it changes what the case says."""
    hosts, before, ids = {}, {}, {}
    of_case = dict(zip(cases, server.tenants))
    for number, (name, handle) in enumerate(of_case.items()):
        ids[name] = prepare(handle, name)
        before[name] = facts(handle.state())
        connection = {"qlik_tenant_url": handle.url, "qlik_api_key": handle.api_key}
        hosts[f"case{number}"] = {
            **NOT_DESCRIBED,
            **NO_BUNDLE,
            **connection,
            **filled_in(CASES[name].variables, ids[name]),
        }
    inventory = folder / "hosts.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    completed = subprocess.run(
        ["ansible-playbook", "-i", str(inventory), "qlikops.cloud.seed", "--forks", "4"],
        env=ansible_environment(folder, **environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    output = completed.stdout + completed.stderr
    for name, handle in of_case.items():
        assert changes(before[name], facts(handle.state())) == filled_in(CASES[name].changes, ids[name]), name
        assert CASES[name].error in output


@pytest.mark.every_core
def test_variables_reach_the_tenant(server: LocalTenant, tmp_path: Path) -> None:
    seed(server, tmp_path, IN_SHORT)


@pytest.mark.long
def test_variables_reach_the_tenant_in_processes(server: LocalTenant, tmp_path: Path) -> None:
    seed(server, tmp_path, IN_SHORT, **PROCESS)


@pytest.mark.long
def test_each_variable_reaches_the_tenant(server: LocalTenant, tmp_path: Path) -> None:
    seed(server, tmp_path, CASES)


def test_no_option_is_without_a_case() -> None:
    specs = ROOT / "roles" / "qlik_seed" / "meta" / "argument_specs.yml"
    variables = yaml.safe_load(specs.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    options = set()
    for name, spec in variables.items():
        options |= {f"{name}.{option}" for option in spec["options"]} if "options" in spec else {name}
    assert options <= set(CASES)
    assert set(CASES) <= set(all_options(variables))


def all_options(specs: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The names of options, and of those within them."""
    for name, spec in specs.items():
        yield prefix + name
        yield from all_options(spec.get("options", {}), f"{prefix}{name}.")


def test_what_is_planted_is_on_the_tenant(server: LocalTenant, tmp_path: Path) -> None:
    """The cases show nothing if what they change was never there."""
    prepare(server, "")
    current = facts(server.state())
    assert {"role Held", "group Idp", "group Own", "group Team", "user bob", "space Room"} <= current.keys()
    assert {f"{cases.kind.word} Held" for cases in STANDALONE.values()} <= current.keys()
    assert {"OAuth client Held", "identity provider OIDC okta"} <= current.keys()
    assert current["space Room"]["members"] == {"Team": ["consumer"]}
    assert not current["license_settings autoAssignProfessional"]
    assert not current["license_settings autoAssignAnalyzer"]
    assert current["user bob"]["groups"] == ["Team"]
