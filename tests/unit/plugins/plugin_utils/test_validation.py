# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A description is checked without its tenant: what every tenant refuses is found, and nothing else."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible_collections.qlikops.cloud.plugins.modules.qlik_configuration import FLOW
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.validation import (
    Problem,
    annotations_of,
    junit_of,
    lines_of,
    problem_of,
    problems_of,
)
from seed_cases import CASES

Json = Any
PLAN = "sha256:" + "0" * 64


def checked(variables: dict[str, Json], *mistakes: str) -> tuple[list[str], list[str]]:
    """The problems and warnings."""
    problems, warnings = problems_of(variables, lambda value: value, "acme", FLOW, mistakes)
    return [problem.text for problem in problems], warnings


@pytest.mark.parametrize("case", [case for case in CASES if not CASES[case].error])
def test_what_a_tenant_accepts_is_accepted(case: str) -> None:
    variables = CASES[case].variables
    expected = variables.get("qlik_seed_expected_plan")
    if expected is not None:
        variables = {**variables, "qlik_seed_expected_plan": PLAN}
    # For a tenant on this machine, the addresses of the documentation count as public.
    assert checked({"qlik_tenant_url": "http://127.0.0.1:1", **variables})[0] == []


#: A description in YAML, and how each of its problems begins.
MISTAKES: dict[str, tuple[str, list[str]]] = {
    "nothing": ("{}", []),
    "misspelled variable": ("qlik_seed_spacs: []", ["qlik_seed_spacs: Unknown variable. Did you mean"]),
    "misspelled option": (
        "qlik_seed_extra_groups: [{name: A, assigned_rolls: []}]",
        ["qlik_seed_extra_groups[0].assigned_rolls: Not a supported option. Did you mean assigned_role"],
    ),
    "unquoted no": ("qlik_seed_extra_groups: [{name: no}]", ["qlik_seed_extra_groups[0].name: Must be a string, not"]),
    "unquoted 012": ("qlik_seed_users: [{subject: 012}]", ["qlik_seed_users[0].subject: Must be a string, not the nu"]),
    "unquoted 12:30": ("qlik_seed_tenant: {name: 12:30}", ["qlik_seed_tenant.name: Must be a string, not the number"]),
    "unquoted date": (
        "qlik_seed_roles: [{name: 2026-01-02}]",
        ["qlik_seed_roles[0].name: Must be a string, not the date 2026-01-02. Quote it"],
    ),
    "unquoted date as a standard group": (
        "qlik_seed_standard_groups: {2026-01-02: []}",
        ["qlik_seed_standard_groups (a group name): Must be a string, not the date 2026-01-02"],
    ),
    "null item": ("qlik_seed_extra_groups: [null]", ["qlik_seed_extra_groups[0]: name or id is missing."]),
    "no name": (
        "qlik_seed_extra_groups: [{state: absent}]",
        ["qlik_seed_extra_groups[0]: name or id is missing."],
    ),
    "listed twice": (
        "qlik_seed_standard_groups: {A: []}\nqlik_seed_extra_groups: [{name: A}]",
        ["qlik_seed_extra_groups[0]: The group 'A' (idp) is listed twice, first as qlik_seed_standard_groups['A']."],
    ),
    "same email": (
        "qlik_seed_users: [{subject: a, email: a@example.com}, {subject: b, email: A@example.com}]",
        ["qlik_seed_users[1]: Has the same email as qlik_seed_users[0]: 'a@example.com'."],
    ),
    "a deleted role is assigned": (
        "qlik_seed_roles: [{name: R, state: absent}]\nqlik_seed_extra_groups: [{name: A, assigned_roles: [R]}]",
        ["qlik_seed_extra_groups[0].assigned_roles: The same description deletes the role 'R'."],
    ),
    "a deleted group is a member": (
        "qlik_seed_extra_groups: [{name: A, state: absent}]\n"
        "qlik_seed_spaces: [{name: S, members: [{group: A, roles: [consumer]}]}]",
        ["qlik_seed_spaces[0].members[0]: The same description deletes the idp group 'A'."],
    ),
    "a deleted user is an owner": (
        "qlik_seed_users: [{subject: a, state: absent}]\nqlik_seed_spaces: [{name: S, owner: a}]",
        ["qlik_seed_spaces[0].owner: The same description deletes the user 'a'."],
    ),
    "a deleted group of a user": (
        "qlik_seed_extra_groups: [{name: A, provider_type: custom, state: absent}]\n"
        "qlik_seed_users: [{subject: a, assigned_groups: [A]}]",
        ["qlik_seed_users[0].assigned_groups: The same description deletes the custom group 'A'."],
    ),
    "a default role is deleted": (
        "qlik_seed_standard_groups: {}\nqlik_seed_roles: [{name: Steward, state: absent}]",
        ["qlik_seed_roles[0]: The default role 'Steward' cannot be deleted."],
    ),
    "role of another space": (
        "qlik_seed_spaces: [{name: S, type: shared, members: [{group: A, roles: [publisher]}]}]",
        ["qlik_seed_spaces[0].members[0].roles: 'publisher' is not a role of shared spaces."],
    ),
    "owner as a member": (
        "qlik_seed_spaces: [{name: S, owner: a, members: [{user: a, roles: [consumer]}]}]",
        ["qlik_seed_spaces[0].members[0]: 'a' is the owner of the space and cannot be a member."],
    ),
    "role of a bundle": (
        "qlik_seed_space_bundles: [{name: B, developers: [A]}]\nqlik_seed_space_bundle_developer_roles: [publisher]",
        ["qlik_seed_space_bundles[0] (dev).members[0].roles: 'publisher' is not a role of shared spaces."],
    ),
    "alias": (
        "qlik_seed_tenant: {hostname_alias: a}",
        ["qlik_seed_tenant.hostname_alias: 'a' is not a valid host"],
    ),
    "no email": (
        "qlik_seed_users: [{subject: a, email: b}]",
        ["qlik_seed_users[0].email: 'b' is not an email"],
    ),
    "blank name": ("qlik_seed_users: [{subject: a, name: ' '}]", ["qlik_seed_users[0].name: Must not be empty."]),
    "prunes everything": (
        "qlik_seed_prune: true\nqlik_seed_standard_groups: {}",
        ["qlik_seed_extra_groups: groups is empty, so pruning would delete everything."],
    ),
    "prunes less than nothing": (
        "qlik_seed_prune: true\nqlik_seed_max_deletions: -1",
        ["qlik_seed_max_deletions: Must be at least 0, not -1."],
    ),
    "prunes beside objects with mistakes": (
        "qlik_seed_prune_users: true\nqlik_seed_users: [{subject: no}]\n"
        "qlik_seed_prune: true\nqlik_seed_standard_groups: 5\nqlik_seed_extra_groups: none",
        [
            "qlik_seed_extra_groups: 'none' is not a list of dictionaries.",
            "qlik_seed_standard_groups: the number 5 is not a dictionary.",
            "qlik_seed_users[0].subject: Must be a string",
        ],
    ),
    "settings as a list": ("qlik_seed_tenant: []", ["qlik_seed_tenant: [] is not a dictionary."]),
    "no areas": ("qlik_seed_areas: []", ["qlik_seed_areas: Must not be empty."]),
    "plan that is a number": ("qlik_seed_expected_plan: 5", ["qlik_seed_expected_plan: Must be a string, not the nu"]),
    "lists of a bundle as strings": (
        "qlik_seed_space_bundles: [{name: B, developers: 'A, B'}]\n"
        "qlik_seed_space_bundle_developer_roles: producer, publisher",
        [
            "qlik_seed_space_bundles[0] (dev).members[0].roles: 'publisher' is not a role of shared spaces.",
            "qlik_seed_space_bundles[0] (dev).members[1].roles: 'publisher' is not a role of shared spaces.",
        ],
    ),
    "previous names": (
        "qlik_seed_roles: [{name: R, previous_names: [Old]}]\n"
        "qlik_seed_extra_groups:\n"
        "  - {name: G, provider_type: custom, previous_names: [Older], assigned_roles: [Old]}\n"
        "qlik_seed_users: [{subject: a, assigned_groups: [Older], initial: {assigned_roles: [Old]}}]",
        [
            "qlik_seed_extra_groups[0].assigned_roles: 'Old' is a previous name of the role 'R'",
            "qlik_seed_users[0].assigned_groups: 'Older' is a previous name of the custom group 'G'",
            "qlik_seed_users[0].initial.assigned_roles: 'Old' is a previous name of the role 'R'",
        ],
    ),
    "lost protection": ("qlik_seed_prune_protect: null", ["qlik_seed_prune_protect: Null protects no object."]),
    "private address": ("qlik_seed_caller_address: 10.0.0.1", ["qlik_seed_caller_address: "]),
    "no fingerprint": (
        "qlik_seed_expected_plan: x",
        ["qlik_seed_expected_plan: 'x' is not the fingerprint of"],
    ),
    "no plan for the host": (
        f"qlik_seed_expected_plan: {{beta: '{PLAN}'}}",
        ["qlik_seed_expected_plan['acme']: No plan was approved for this host."],
    ),
    "plan is required": ("qlik_seed_require_plan: true", ["qlik_seed_expected_plan: Required because"]),
    "URL with a path": ("qlik_tenant_url: https://acme.eu.qlikcloud.com/x", ["qlik_tenant_url must not have a path"]),
    "all at once": (
        "qlik_seed_extra_groups: [{name: no}, {name: A, flag: 1, provider_type: odd}, {name: B, description: x}]\n"
        "qlik_seed_users: none\n"
        "qlik_seed_spaces: [null, 5, {name: 'S*', description: 3}]\n"
        "qlik_seed_session_policy: {user_session_inactivity_timeout_minutes: 0, no_such: 1}",
        [
            "qlik_seed_extra_groups[0].name: Must be a string",
            "qlik_seed_extra_groups[1].flag: Not a supported option.",
            "qlik_seed_extra_groups[1].provider_type: 'odd' is not one of idp, custom.",
            "qlik_seed_extra_groups[2].description: Requires `provider_type: custom`.",
            "qlik_seed_session_policy.no_such: Not a supported option.",
            "qlik_seed_session_policy.user_session_inactivity_timeout_minutes: Must be at least 1, not 0.",
            "qlik_seed_spaces[0]: name or id is missing.",
            "qlik_seed_spaces[1]: the number 5 is not a dictionary.",
            "qlik_seed_spaces[2].description: Must be a string",
            "qlik_seed_spaces[2].name: 'S*' is not a valid name of a space.",
            "qlik_seed_users: 'none' is not a list of dictionaries.",
        ],
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_what_every_tenant_refuses_is_found(case: str) -> None:
    text, expected = MISTAKES[case]
    found = sorted(checked(yaml.safe_load(text))[0])
    assert len(found) == len(expected), found
    for problem, beginning in zip(found, expected, strict=True):
        assert problem.startswith(beginning), problem


def test_what_depends_on_the_tenant_is_not_a_problem() -> None:
    """An object can be new or not, and have what the description leaves out."""
    variables = yaml.safe_load("""
        qlik_seed_extra_groups: [{id: abc, description: x}, {name: A, assigned_roles: [Own], state: present}]
        qlik_seed_users: [{subject: a, assigned_groups: [Elsewhere]}]
        qlik_seed_spaces: [{name: S, members: [{group: B, roles: [consumer]}, {user: b, roles: [producer]}]}]
        qlik_seed_csp_origins: [{name: C, description: x}]
        qlik_seed_ip_policies: [{name: I, enabled: true}]
        qlik_seed_session_policy: {dcr_allowed_authentication_methods: [none]}
        qlik_seed_tenant: {hostname_alias: acme-analytics.eu.qlikcloud.com}
    """)
    variables["qlik_seed_extra_groups"][1]["name"] = "x" * 300
    assert checked(variables) == ([], [])


def test_warns_of_what_is_easily_confused() -> None:
    variables = yaml.safe_load("""
        qlik_seed_roles: [{name: API Key Users}]
        qlik_seed_extra_groups: [{name: A, assigned_roles: [Stewrd, API Key User, Else]}, {name: a}]
    """)
    problems, warnings = checked(variables)
    role = (
        "qlik_seed_extra_groups[0]: '%s' is not a default role and not in the description, so the tenant must have it."
    )
    assert problems == []
    assert warnings == [
        "acme: groups: 'A' and 'a' differ only by case.",
        f"acme: {role % 'Stewrd'} Did you mean Steward?",
        f"acme: {role % 'API Key User'} Did you mean API Key Users?",
    ]


def test_only_renders_the_description() -> None:
    rendered: list[str] = []

    def template(value: str) -> str:
        rendered.append(value)
        if "broken" in value:
            raise AnsibleError("no\nsuch  variable")
        if "/" in value:
            raise ZeroDivisionError("division by zero")
        return "A"

    variables = {
        "qlik_api_key": "{{ secret }}",
        "other": "{{ other }}",
        "qlik_audit_report_dir": "{{ elsewhere }}",
        "qlik_seed_group_prefix": "{{ prefix }}",
        "qlik_seed_roles": "{{ 5 / 0 }}",
        "qlik_seed_spaces": "{{ broken }}",
        "qlik_seed_users": "{{ broken too }}",
    }
    problems, _warnings = problems_of(variables, template, "acme", FLOW, ["In the play."])
    assert [problem.text for problem in problems] == [
        "In the play.",
        "qlik_seed_roles: Cannot be rendered: division by zero",
        "qlik_seed_spaces: Cannot be rendered: no such variable",
        "qlik_seed_users: Cannot be rendered: no such variable",
    ]
    assert {"{{ prefix }}", "{{ broken }}"} <= set(rendered)
    assert not {"{{ secret }}", "{{ other }}", "{{ elsewhere }}"} & set(rendered)


def test_the_lines() -> None:
    problems = {
        "acme": [Problem("a", "a: wrong", "group_vars/x.yml", 7), problem_of("no\n  path")],
        "beta": [],
        "::error::\x1b": [problem_of("b")],
    }
    assert lines_of(problems) == [
        "acme: a: wrong (group_vars/x.yml:7)",
        "acme: no path",
        "::error::<U+001B>: b",
        "3 problems in the descriptions of 2 of 3 hosts.",
    ]
    assert lines_of({"acme": []}) == ["No problems in the description of 1 host."]
    assert lines_of({"acme": [], "beta": []}) == ["No problems in the descriptions of 2 hosts."]
    assert lines_of({"acme": [problem_of("x")]})[-1] == "1 problem in the descriptions of 1 of 1 host."


def test_annotations_of_github(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Problem("a", "a: 100% ##[error]wrong\r\n::error::more", "dir/a,b:c.yml", 7)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert annotations_of({"acme": [wrong]}) == []
    assert lines_of({" ::error::": [problem_of("##[error]")]})[0] == " ::error::: ## [error]"

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert annotations_of({"acme": [wrong], "beta": [wrong], "gamma": [problem_of("x")]}) == [
        "::error file=dir/a%2Cb%3Ac.yml,line=7,title=qlikops.cloud.validate::"
        "acme and 1 more host: a: 100%25 ## [error]wrong%0D%0A::error::more",
        "::error title=qlikops.cloud.validate::gamma: x",
    ]
    assert lines_of({" ::error::": [problem_of("##[error]")]})[0] == " : :error::: ## [error]"

    ten = {"acme": [problem_of(f"x{number}") for number in range(10)]}
    assert annotations_of(ten)[-1].endswith("::acme: x9")
    fifteen = {"acme": [problem_of(f"x{number}") for number in range(15)]}
    shown = annotations_of(fifteen)
    assert len(shown) == 10
    assert shown[-2].endswith("::acme: x8")
    assert shown[-1].endswith("::6 more problems are only in the log of this step.")
    assert len(lines_of(fifteen)) == 16


def test_junit() -> None:
    problems = {"acme": [Problem("qlik_seed_users[0].email", "qlik_seed_users[0].email: <&>", "a.yml", 7)], "beta": []}
    problems["acme"].append(problem_of("No inventory."))
    root = ElementTree.fromstring(b"".join(junit_of(problems, "2026-01-02T03:04:05Z")))
    assert {name: root.get(name) for name in ("name", "tests", "failures", "errors")} == {
        "name": "qlik-validate",
        "tests": "3",
        "failures": "2",
        "errors": "0",
    }
    cases = [(case.get("classname"), case.get("name"), case.findtext("failure")) for case in root.iter("testcase")]
    assert cases == [
        ("acme.qlik_seed_users", "qlik_seed_users[0].email", "qlik_seed_users[0].email: <&> (a.yml:7)"),
        ("acme.description", "description", "No inventory."),
        ("beta.description", "description", None),
    ]
