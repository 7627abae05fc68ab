# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook qlikops.cloud.validate checks the descriptions of many hosts, offline and without credentials."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible.release import __version__ as core
from local_tenant.client import LocalTenant

from .conftest import PlaybookRun, RunPlaybook

#: Since this release, only a warning can show the origin of a value.
SHOWS_ORIGINS = tuple(map(int, core.split(".")[:2])) >= (2, 19)
NOTHING = {"QLIK_TENANT_URL": "", "QLIK_API_KEY": "", "GITHUB_ACTIONS": ""}
SUMMARIZED = "Summarize"
#: What every host has: credentials that only a real run can render.
SHARED = """\
qlik_tenant_url: "https://{{ inventory_hostname }}.eu.qlikcloud.com"
qlik_api_key: "{{ lookup('ansible.builtin.env', 'NO_SUCH_VARIABLE') | mandatory }}"
qlik_client_secret: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  3130
my_own: "{{ not_defined }}"
"""
SEVEN = {
    "acme": """\
qlik_seed_extra_groups:
  - name: Finance
    assigned_rolls: [Steward]
  - assigned_roles: [Steward]
    name: no
qlik_seed_spaces:
  - name: Room
    type: shared
    members:
      - {group: Finance, roles: [consumr]}
""",
    "beta": """\
qlik_seed_roles:
  - name: Old
    state: absent
qlik_seed_users:
  - subject: ada
    assigned_roles: [Old]
qlik_seed_spacs: []
""",
    "gamma": """\
qlik_seed_users:
  - subject: 012
  - subject: bob
    preferred_locale: 12:30
""",
}
#: How the line of each mistake begins, and the line of its value.
LINES = [
    ("acme: qlik_seed_extra_groups[0].assigned_rolls: Not a supported option. Did you mean assigned_role", 3),
    ("acme: qlik_seed_extra_groups[1].name: Must be a string, not the boolean false. Quote it", 5),
    ("acme: qlik_seed_spaces[0].members[0].roles: 'consumr' is not a role of shared spaces. Did you mean", 10),
    ("beta: qlik_seed_spacs: Unknown variable. Did you mean qlik_seed_spaces?", 7),
    ("beta: qlik_seed_users[0].assigned_roles: The same description deletes the role 'Old'.", 6),
    ("gamma: qlik_seed_users[0].subject: Must be a string, not the number 10. Quote it", 2),
    ("gamma: qlik_seed_users[1].preferred_locale: Must be a string, not the number 750. Quote it", 4),
]


def inventory_of(folder: Path, hosts: dict[str, str], shared: str = SHARED) -> str:
    """An inventory with the variables of each host in a file."""
    for name, text in {"group_vars/all": shared, **{f"host_vars/{host}": text for host, text in hosts.items()}}.items():
        file = folder / f"{name}.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"---\n{text}", encoding="utf-8")
    (folder / "hosts").write_text("\n".join(hosts) + "\n", encoding="utf-8")
    return str(folder / "hosts")


def lines_in(run: PlaybookRun) -> list[str]:
    """The lines about problems."""
    return [line for line in run.output.splitlines() if line.startswith(("acme: ", "beta: ", "gamma: "))]


@pytest.mark.every_core
def test_seven_mistakes_of_three_tenants(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    inventory = inventory_of(tmp_path, SEVEN)
    reports = tmp_path / "new" / "reports"
    github = {**NOTHING, "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    variables = {"qlik_validate_report_dir": str(reports)}
    run = run_playbook("qlikops.cloud.validate", variables, inventory=inventory, environment=github)
    assert run.code == 2, run.output
    assert tenant.counters()["total"] == 0
    assert "7 problems in the descriptions of 3 of 3 hosts." in run.output
    # Ansible says the same about the three hosts in one word.
    assert run.tasks[SUMMARIZED]["msg"].endswith("problems. Nothing was changed.")
    assert "reason" not in run.tasks[SUMMARIZED]

    found = lines_in(run)
    commands = [line for line in run.output.splitlines() if line.startswith("::")]
    assert len(found) == len(commands) == len(LINES), run.output
    for line, command, (beginning, number) in zip(found, commands, LINES, strict=True):
        host, _colon, text = beginning.partition(": ")
        file = f"host_vars/{host}.yml"
        # The first line of a file is its start.
        place = f"{file}:{number + 1}"
        assert line.startswith(beginning)
        assert line.endswith(f" ({place})") is not SHOWS_ORIGINS, line
        properties = "" if SHOWS_ORIGINS else f"file={file},line={number + 1},"
        assert command.startswith(f"::error {properties}title=qlikops.cloud.validate::{beginning}")
        if SHOWS_ORIGINS:
            assert re.search(rf"\[WARNING\]: {re.escape(text)}[^\n]*\nOrigin: [^\n]*{re.escape(place)}:", run.output)

    root = ElementTree.parse(reports / "qlik-validate.xml").getroot()
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [
        ("acme", "3"),
        ("beta", "2"),
        ("gamma", "2"),
    ]


def test_descriptions_without_mistakes(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    """No tag leaves out the check, and a variable of a template is judged by its value."""
    hosts = {"acme": "qlik_seed_spaces: '{{ rooms }}'\nrooms: [{name: Room}]\n", "beta": "{}"}
    options = ["--tags", "no_such_tag"]
    inventory = inventory_of(tmp_path, hosts)
    run = run_playbook("qlikops.cloud.validate", inventory=inventory, environment=NOTHING, options=options)
    assert run.code == 0, run.output
    assert "No problems in the descriptions of 2 hosts." in run.output
    assert run.tasks[SUMMARIZED]["tenant_status"] == "valid"
    assert (run.changed, tenant.counters()["total"]) == (0, 0)


def test_one_url_for_two_hosts_and_a_template_without_a_value(run_playbook: RunPlaybook, tmp_path: Path) -> None:
    hosts = {"acme": "qlik_seed_users: '{{ no_such }}'\nqlik_seed_roles: [{name: no}]\n", "beta": "{}", "gamma": "{}"}
    shared = "qlik_tenant_url: https://{{ 'gamma' if inventory_hostname == 'gamma' else 'x' }}.eu.qlikcloud.com\n"
    run = run_playbook("qlikops.cloud.validate", inventory=inventory_of(tmp_path, hosts, shared), environment=NOTHING)
    assert run.code == 2, run.output
    same = "qlik_tenant_url: acme and beta have the same URL, https://x.eu.qlikcloud.com, so they describe the same"
    role, users, url, other = sorted(lines_in(run))
    assert url.startswith(f"acme: {same}")
    assert other.startswith(f"beta: {same}")
    assert role.startswith("acme: qlik_seed_roles[0].name: Must be a string")
    assert users.startswith("acme: qlik_seed_users: Cannot be rendered: ")
    assert "no_such" in users
    assert "4 problems in the descriptions of 2 of 3 hosts." in run.output
    # Outside of GitHub, nothing is written for it.
    assert "::error" not in run.output


def test_references_to_previous_names(tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path) -> None:
    """A seed of the same description refuses the same references."""
    description = """\
qlik_seed_standard_groups: {}
qlik_seed_roles:
  - {name: Reader, previous_names: [Viewer]}
qlik_seed_group_settings: {everyone_assigned_roles: [Viewer]}
qlik_seed_extra_groups:
  - {name: Sales, provider_type: custom, previous_names: [Shop]}
  - {name: Viewers, initial: {assigned_roles: [Viewer]}}
qlik_seed_users:
  - {subject: ada, assigned_groups: [Shop]}
qlik_seed_spaces:
  - name: Room
    type: shared
    members: [{group: Shop, provider_type: custom, roles: [consumer]}]
"""
    role = "'Viewer' is a previous name of the role 'Reader' in the same description. Use the new name."
    group = "'Shop' is a previous name of the custom group 'Sales' in the same description. Use the new name."
    places = {
        "qlik_seed_extra_groups[1].initial.assigned_roles": role,
        "qlik_seed_group_settings.everyone_assigned_roles": role,
        "qlik_seed_spaces[0].members[0]": group,
        "qlik_seed_users[0].assigned_groups": group,
    }
    inventory = inventory_of(tmp_path, {"acme": description}, "{}")
    run = run_playbook("qlikops.cloud.validate", inventory=inventory, environment=NOTHING)
    assert run.code == 2, run.output
    for line, (place, text) in zip(sorted(lines_in(run)), places.items(), strict=True):
        assert line.startswith(f"acme: {place}: {text}")

    seeded = run_playbook("qlikops.cloud.seed", inventory=inventory)
    assert seeded.code == 2, seeded.output
    assert all(place in seeded.output for place in places)
    assert (role in seeded.output, group in seeded.output) == (True, True)
    assert tenant.counters()["writes"] == 0


def test_each_problem_is_shown_once_and_each_warning_names_its_host(run_playbook: RunPlaybook, tmp_path: Path) -> None:
    hosts = {
        "acme": "qlik_seed_tenant: []\nqlik_seed_areas: []\n",
        "beta": "qlik_seed_extra_groups: [{name: A, assigned_roles: [Stewrd]}]\n",
    }
    run = run_playbook("qlikops.cloud.validate", inventory=inventory_of(tmp_path, hosts), environment=NOTHING)
    assert run.code == 2, run.output
    areas, settings = sorted(lines_in(run))
    assert areas.startswith("acme: qlik_seed_areas: Must not be empty. Omit the variable for all areas.")
    assert settings.startswith("acme: qlik_seed_tenant: [] is not a dictionary.")
    assert "beta: qlik_seed_extra_groups[0]: 'Stewrd' is not a default role" in " ".join(run.output.split())


def test_foreign_texts_are_no_commands_of_github(run_playbook: RunPlaybook, tmp_path: Path) -> None:
    name = r'"##[error]x\n::error::y\u001b"'
    group = f"  - {{name: A, provider_type: {name}}}\n"
    hosts = {"acme": "qlik_seed_extra_groups:\n" + group * 15}
    run = run_playbook(
        "qlikops.cloud.validate",
        inventory=inventory_of(tmp_path, hosts),
        environment={**NOTHING, "GITHUB_ACTIONS": "true"},
        options=["-vvv"],
    )
    assert run.code == 2, run.output
    assert len(lines_in(run)) == 15
    assert "##[" not in run.output
    assert "\x1b" not in run.output
    commands = [line for line in run.output.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == 10
    assert commands[-1].endswith("::6 more problems are only in the log of this step.")


@pytest.mark.parametrize(
    "description",
    [
        "qlik_api_key: a-real-credential\nqlik_seed_users: none\n",
        "qlik_seed_identity_providers: [{protocol: OIDC, pending_options: {client_secret: a-real-credential, x: 1}}]",
        'qlik_seed_oauth_clients: [{name: N, app_type: web, jwks_uri: "https://ada:a-real-credential@acme.example"}]',
        "qlik_seed_oauth_clients:\n  - name: N\n    app_type: web\n    public_keys:\n"
        "      - {kid: k, alg: RS256, kty: RSA, d: a-real-credential}\n",
        "qlik_seed_identity_providers:\n  - protocol: jwtAuth\n    options:\n      issuer: i\n      static_keys:\n"
        '        - {kid: k, pem: "-----BEGIN PRIVATE KEY-----\\na-real-credential"}\n',
    ],
    ids=["variable", "option", "url", "jwk", "pem"],
)
def test_a_credential_beside_a_mistake_is_not_shown(
    run_playbook: RunPlaybook, tmp_path: Path, description: str
) -> None:
    """Ansible shows the lines before a value together with its origin."""
    hosts = {"acme": description}
    run = run_playbook("qlikops.cloud.validate", inventory=inventory_of(tmp_path, hosts, "{}"), environment=NOTHING)
    assert run.code == 2, run.output
    assert len(lines_in(run)) == 1
    assert "a-real-credential" not in run.output


def test_a_switch_that_is_no_boolean_is_refused(tenant: LocalTenant, run_playbook: RunPlaybook) -> None:
    variables = {"qlik_seed_validate_only": "perhaps", "qlik_seed_standard_groups": {"A": []}}
    run = run_playbook("qlikops.cloud.seed", variables)
    assert run.code == 2, run.output
    assert "qlik_seed_validate_only: 'perhaps' is not true or false." in run.output
    assert tenant.counters()["writes"] == 0
