# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles: what is left out, and what is a mistake, a line for each that begins with its place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import SPECS, read_variables, unknown_variables

#: What each role cannot do without.
REQUIRED = {
    "qlik_seed": {},
    "qlik_audit": {},
    "qlik_export": {"qlik_export_dir": "/e"},
    "qlik_awx": {"qlik_awx_project_url": "https://git.example.com", "qlik_awx_execution_environment_image": "i"},
    "qlik_onboard": {"qlik_onboard_region": "eu", "qlik_onboard_subscription_id": "s"},
    "qlik_on_change": {"qlik_on_change_tenant": "acme"},
}
EVERY = [(role, name) for role, spec in SPECS.items() for name in spec]


def as_it_is(value: Any) -> Any:
    return value


def read(role: str, **variables: Any) -> tuple[dict[str, Any], list[str]]:
    return read_variables(role, {**REQUIRED[role], **variables}, as_it_is)


def mistakes(**variables: Any) -> list[str]:
    """Those in variables of the seeding role."""
    return read_description(variables, as_it_is)[1]


#: What null must not take away.
LOST_WHEN_NULL = ("qlik_seed_prune_protect", "qlik_seed_prune_users_protect")


@pytest.mark.parametrize(("role", "name"), EVERY)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_null_and_a_blank_answer_of_a_survey_count_as_left_out(role: str, name: str, value: Any) -> None:
    if value is not None and name.endswith(("_prefix", "_suffix")):
        return
    values, found = read(role, **{name: value})
    if (name in LOST_WHEN_NULL and value is None) or (name == "qlik_seed_areas" and value is not None):
        (line,) = found
        assert line.startswith(f"{name}: ")
        return
    if name in REQUIRED[role]:
        assert found == [f"{name}: Required, but not set."]
        return
    assert (values, found) == read(role)


def test_a_blank_prefix_is_one() -> None:
    assert read("qlik_awx", qlik_awx_name_prefix="")[0]["qlik_awx_name_prefix"] == ""
    groups: dict[str, Any] = {
        "qlik_seed_standard_groups": {"A": []},
        "qlik_seed_group_prefix": " ",
        "qlik_seed_group_suffix": None,
    }
    description, _none = read_description(groups, as_it_is)
    assert description.options["groups"] == [{"name": " A", "assigned_roles": []}]


@pytest.mark.parametrize("role", SPECS)
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("qlik_seed_extra_group", "Did you mean qlik_seed_extra_groups"),
        ("qlik_audit_fail_on_drif", "Did you mean qlik_audit_fail_on_drift?"),
        ("qlik_export_user", "Did you mean qlik_export_users?"),
        ("qlik_awx_fork", "Did you mean qlik_awx_forks?"),
        ("qlik_onboard_regoin", "Did you mean qlik_onboard_region"),
        ("qlik_tennant_url", "Did you mean qlik_tenant_url"),
        ("qlik_apikey", "Did you mean qlik_api_key"),
        ("qlik_sed_prune_protect", "Did you mean qlik_seed_prune_protect"),
        ("qlik_seed_standrd_groups", "Did you mean qlik_seed_standard_groups?"),
        ("qlik_seed_\x1b[2J", "qlik_seed_<U+001B>[2J: Unknown variable. Correct the name, or use another prefix"),
    ],
)
def test_a_misspelt_variable_of_any_role_fails_in_each(role: str, name: str, line: str) -> None:
    _values, (found,) = read(role, **{name: 1})
    assert line in found
    assert ": Unknown variable." in found
    assert found.isprintable()


@pytest.mark.parametrize("name", ["qlik_tenants", "qlik_tenant_id", "qlik_users", "qlik_vault", "qlik_url"])
def test_a_variable_of_the_users_own_is_no_mistake(name: str) -> None:
    assert read("qlik_seed", **{name: 1})[1] == []
    assert list(unknown_variables({name: 1})) == [name]


def test_results_of_the_roles_are_no_misspelt_variables() -> None:
    results: dict[str, Any] = {f"{role}_result": {} for role in SPECS}
    assert read("qlik_seed", **results, qlik_tenant_url="x", qlik_hosts="all", __qlik_seed_options={})[1] == []


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"qlik_seed_tenant": []}, "qlik_seed_tenant: [] is not a dictionary."),
        ({"qlik_seed_tenant": {"name": 7}}, "qlik_seed_tenant.name: Must be a string, not the number 7."),
        (
            {"qlik_seed_extra_groups": [{"name": date(2026, 1, 2)}]},
            "qlik_seed_extra_groups[0].name: Must be a string, not the date 2026-01-02."
            " Quote it: without quotes YAML reads it as a date.",
        ),
        ({"qlik_seed_prune": date(2026, 1, 2)}, "qlik_seed_prune: the date 2026-01-02 is not true or false."),
        ({"qlik_seed_tenant": {"nam": "x"}}, "qlik_seed_tenant.nam: Not a supported option. Did you mean name?"),
        ({"qlik_seed_roles": {"name": "x"}}, "qlik_seed_roles: {'name': 'x'} is not a list of dictionaries."),
        (
            {"qlik_seed_extra_groups": [{"name": "A", "assigned_roles": ["r"], "assigned_role_ids": ["i"]}]},
            "qlik_seed_extra_groups[0]: only one of assigned_roles and assigned_role_ids can be set.",
        ),
        ({"qlik_seed_standard_groups": ["A"]}, "qlik_seed_standard_groups: ['A'] is not a dictionary."),
        (
            {"qlik_seed_standard_groups": {False: ["r"]}},
            "qlik_seed_standard_groups (a group name): Must be a string, not the boolean",
        ),
        (
            {"qlik_seed_standard_groups": {7: ["r"]}},
            "qlik_seed_standard_groups (a group name): Must be a string, not the number 7.",
        ),
        (
            {"qlik_seed_standard_groups": {None: ["r"]}},
            "qlik_seed_standard_groups (a group name): Must be a string, not null.",
        ),
        (
            {"qlik_seed_standard_groups": {"A": [7]}},
            "qlik_seed_standard_groups['A'][0]: Must be a string, not the",
        ),
        (
            {"qlik_seed_standard_groups": {"A\x1b": {}}},
            "qlik_seed_standard_groups['A\\x1b']: {} is not a list of strings.",
        ),
        ({"qlik_seed_group_prefix": 7}, "qlik_seed_group_prefix: Must be a string, not the number 7."),
        ({"qlik_seed_prune": "perhaps"}, "qlik_seed_prune: 'perhaps' is not true or false."),
        ({"qlik_seed_prune": []}, "qlik_seed_prune: [] is not true or false."),
        ({"qlik_seed_areas": []}, "qlik_seed_areas: Must not be empty."),
        ({"qlik_seed_areas": " "}, "qlik_seed_areas: Must not be empty."),
        ({"qlik_seed_prune_protect": None}, "qlik_seed_prune_protect: Null protects no object."),
        ({"qlik_seed_prune_users_protect": None}, "qlik_seed_prune_users_protect: Null protects no object."),
        ({"qlik_seed_prune_protect": {}}, "qlik_seed_prune_protect: {} is not a list of strings."),
        ({"qlik_seed_prune_users": "perhaps"}, "qlik_seed_prune_users: 'perhaps' is not true or false."),
        (
            {"qlik_seed_prune_users_action": "remove"},
            "qlik_seed_prune_users_action: 'remove' is not one of disable, delete.",
        ),
        ({"qlik_seed_max_deletions": "many"}, "qlik_seed_max_deletions: 'many' is not a whole number."),
        ({"qlik_seed_max_deletions": True}, "qlik_seed_max_deletions: the boolean true is not a whole number."),
        ({"qlik_seed_allow_lockout": "\x1b[2J"}, "qlik_seed_allow_lockout: '\\x1b[2J' is not true or false."),
        (
            {"qlik_seed_areas": ["grups"]},
            "qlik_seed_areas[0]: 'grups' is not one of tenant, tenant_settings, feature_settings, ",
        ),
    ],
)
def test_mistakes_in_variables_of_the_seeding_role(variables: dict[str, Any], line: str) -> None:
    (found,) = mistakes(**variables)
    assert found.startswith(line)
    assert found.isprintable()


def test_items_that_nothing_names_are_left_to_the_module() -> None:
    """It says what else is wrong with the description; what is wrong with its form is said at once."""
    nameless = {"qlik_seed_users": [{"name": "A"}, {"subject": "b"}], "qlik_seed_roles": [{"description": "d"}]}
    assert mistakes(**nameless) == []
    assert mistakes(**nameless, qlik_seed_group_prefix=7) == [
        "qlik_seed_roles[0]: name is missing.",
        "qlik_seed_users[0]: subject or id is missing.",
        "qlik_seed_group_prefix: Must be a string, not the number 7. Quote it: without quotes YAML reads `no`,"
        " `007`, `1.10`, and `12:30` as other types.",
    ]


PLAN = "sha256:" + 64 * "0"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"qlik_seed_expected_plan": " "}, "qlik_seed_expected_plan: Null and an empty string"),
        ({"qlik_seed_expected_plan": None}, "qlik_seed_expected_plan: Null and an empty string"),
        ({"qlik_seed_expected_plan": PLAN}, ("qlik_seed_expected_plan", PLAN)),
        ({"qlik_seed_expected_plan": {"acme": PLAN, "beta": None}}, ("qlik_seed_expected_plan['acme']", PLAN)),
        ({"qlik_seed_expected_plan": 7}, "qlik_seed_expected_plan: Must be a string, not the number 7."),
        ({"qlik_seed_expected_plan": [PLAN]}, f"qlik_seed_expected_plan: Must be a string, not ['{PLAN[:10]}"),
        ({"qlik_seed_expected_plan": {}}, "qlik_seed_expected_plan['acme']: No plan was approved for this host."),
        ({"qlik_seed_expected_plan": {"Acme": PLAN}}, "qlik_seed_expected_plan['acme']: No plan was approved for"),
        (
            {"qlik_seed_expected_plan": {"acme": None}},
            "qlik_seed_expected_plan['acme']: The tenant could not be audited",
        ),
        ({"qlik_seed_expected_plan": {"acme": ""}}, "qlik_seed_expected_plan['acme']: Must not be empty."),
        ({"qlik_seed_expected_plan": {"acme": {}}}, "qlik_seed_expected_plan['acme']: Must be a string, not {}."),
        ({"qlik_seed_require_plan": True}, "qlik_seed_expected_plan: Required because qlik_seed_require_plan"),
        ({"qlik_seed_require_plan": "yes", "qlik_seed_expected_plan": ""}, "qlik_seed_expected_plan: Null and an"),
        (
            {"qlik_seed_require_plan": True, "qlik_seed_expected_plan": PLAN},
            ("qlik_seed_expected_plan", PLAN),
        ),
    ],
)
def test_the_approved_plan_of_a_host(variables: dict[str, Any], expected: Any) -> None:
    """Whoever is seeded has the approved plan or none at all; an audit does not look at it."""
    description, found = read_description(variables, as_it_is, "acme")
    audited, mistakes_of_audit = read_description(variables, as_it_is)
    assert mistakes_of_audit == []
    assert "expected_plan" not in audited.options
    if isinstance(expected, str):
        (line,) = found
        assert line.startswith(expected)
        return
    assert found == []
    assert (description.places.get("expected_plan"), description.options.get("expected_plan")) == (
        expected or (None, None)
    )


@pytest.mark.parametrize(
    ("role", "variables", "line"),
    [
        (
            "qlik_audit",
            {"qlik_audit_formats": ["htm"]},
            "qlik_audit_formats[0]: 'htm' is not one of html, ",
        ),
        (
            "qlik_audit",
            {"qlik_audit_count_unmanaged": 2},
            "qlik_audit_count_unmanaged: the number 2 is not true or false.",
        ),
        (
            "qlik_audit",
            {"qlik_audit_api_keys": {"max_lifetime_days": "0"}},
            "qlik_audit_api_keys.max_lifetime_days: Must be 1 to 36500, not 0.",
        ),
        (
            "qlik_audit",
            {"qlik_audit_api_keys": {"max_lifetime_days": "x", "expires_within_days": 10**12}},
            "qlik_audit_api_keys.max_lifetime_days: 'x' is not a whole number.",
        ),
        (
            "qlik_audit",
            {"qlik_audit_oauth_clients": {"secret_max_age_days": 0}},
            "qlik_audit_oauth_clients.secret_max_age_days: Must be 1 to 36500, not 0.",
        ),
        (
            "qlik_audit",
            {"qlik_audit_identity_providers": {"certificate_day": 30}},
            "qlik_audit_identity_providers.certificate_day: Not a supported option. Did you mean certificate_days?",
        ),
        ("qlik_audit", {"qlik_audit_api_keys": []}, "qlik_audit_api_keys: [] is not a dictionary."),
        ("qlik_audit", {"qlik_audit_report_dir": []}, "qlik_audit_report_dir: Must be a string, not []."),
        ("qlik_export", {"qlik_export_users": "maybe"}, "qlik_export_users: 'maybe' is not true or false."),
        ("qlik_awx", {"qlik_awx_forks": "x"}, "qlik_awx_forks: 'x' is not a whole number."),
        ("qlik_awx", {"qlik_awx_credentials": [1]}, "qlik_awx_credentials[0]: Must be a string, not the number 1."),
    ],
)
def test_mistakes_in_variables_of_other_roles(role: str, variables: dict[str, Any], line: str) -> None:
    _values, (found,) = read(role, **variables)
    assert found.startswith(line)


def test_names_in_a_policy_are_split_only_if_they_are_one_text() -> None:
    """The name of a client can have a comma, or white space around it."""
    given = {"allowed_impersonation": ["A, B", " C "], "allowed_admin_classic": "A, B"}
    values, mistakes = read("qlik_audit", qlik_audit_oauth_clients=given)
    assert mistakes == []
    assert values["qlik_audit_oauth_clients"] == {**given, "allowed_admin_classic": ["A", "B"]}


def test_a_policy_has_the_types_of_its_options() -> None:
    given = {
        "max_lifetime_days": "90",
        "expires_within_days": None,
        "allowed_owners": "ACME\\ada, svc-*",
        "allow_disabled_owners": "no",
    }
    values, mistakes = read("qlik_audit", qlik_audit_api_keys=given)
    assert mistakes == []
    assert values["qlik_audit_api_keys"] == {
        "max_lifetime_days": 90,
        "allowed_owners": ["ACME\\ada", "svc-*"],
        "allow_disabled_owners": False,
    }


@pytest.mark.parametrize("nothing", [None, ""], ids=["newer cores", "older cores"])
@pytest.mark.parametrize(
    "name",
    [*LOST_WHEN_NULL, "qlik_seed_areas", "qlik_seed_expected_plan"],
)
def test_a_template_that_comes_to_nothing(name: str, nothing: Any) -> None:
    """What protects, restricts or approves does not get lost in it."""
    _description, (line,) = read_description({name: "{{ lost }}"}, lambda value: nothing, "acme")
    assert line.startswith(f"{name}: ")


@pytest.mark.parametrize("name", LOST_WHEN_NULL)
def test_a_survey_without_an_answer_protects_nothing(name: str) -> None:
    description, found = read_description({name: "", "qlik_seed_prune": True}, as_it_is)
    assert (found, description.options["prune"]["groups"]["protect"]) == ([], [])


def test_each_mistake_is_said_once() -> None:
    found = mistakes(
        qlik_seed_tenent={}, qlik_seed_tenant=1, qlik_seed_users=[{}, 5], qlik_seed_standard_groups={"A": 3, True: []}
    )
    assert len(found) == len(set(found)) == 6


def test_what_is_described_is_not_changed_on_its_way() -> None:
    variables: dict[str, Any] = {
        "qlik_seed_tenant": {"name": "é"},
        "qlik_seed_roles": [{"name": "r", "description": ""}],
        "qlik_seed_standard_groups": {"A": ["r"]},
        "qlik_seed_extra_groups": [{"name": "B", "provider_type": "custom", "description": ""}],
        "qlik_seed_users": [{"subject": "u"}],
        "qlik_seed_prune": "true",
        "qlik_seed_max_deletions": "5",
    }
    description, found = read_description(variables, as_it_is)
    assert found == []
    assert description.options["tenant"] == {"name": "é"}
    assert description.options["roles"] == variables["qlik_seed_roles"]
    assert description.options["groups"] == [
        {"name": "A", "assigned_roles": ["r"]},
        *variables["qlik_seed_extra_groups"],
    ]
    assert description.options["prune"] == {"groups": {"protect": [], "max_deletions": "5"}}
    assert description.places["groups"] == ["qlik_seed_standard_groups['A']", "qlik_seed_extra_groups[0]"]


def test_pruned_areas_without_anything_described_are_described_as_empty() -> None:
    variables: dict[str, Any] = {
        "qlik_seed_standard_groups": {},
        "qlik_seed_prune": True,
        "qlik_seed_prune_users": True,
    }
    description, found = read_description(variables, as_it_is)
    assert found == []
    assert (description.options["groups"], description.options["users"]) == ([], [])
    assert description.options["prune"]["users"] == {"action": "disable", "protect": [], "max_deletions": None}
    assert description.places["prune.users.protect"] == "qlik_seed_prune_users_protect"
