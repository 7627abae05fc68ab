# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the collection: reads them, and finds omitted, misspelled, and invalid variables."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Tuple

import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import (
    NEVER_NULL,
    decisive,
    mistakes_in,
)

from ._audit.exceptions import EXCEPTION_SPEC, read_exceptions
from ._audit.policies import POLICY_SPECS, read_policy

_ROLES = os.path.join(os.path.dirname(__file__), "..", "..", "roles")
_TEXT = {"type": "str"}
_TEXTS = {"type": "list", "elements": "str"}
_BOOLEAN = {"type": "bool"}
_NUMBER = {"type": "int"}
_AREAS = {**_TEXTS, "choices": [kind.area for kind in AREAS]}
#: Variables and options for which an empty string is a value.
MAY_BE_EMPTY = {
    "qlik_seed_group_prefix",
    "qlik_seed_group_suffix",
    "qlik_seed_space_bundle_dev_suffix",
    "qlik_seed_space_bundle_suffix",
    "qlik_awx_name_prefix",
    *(option for kind in AREAS for option in kind.may_be_empty()),
}
#: The variable with the approved plan: one for all hosts, or a dictionary by host.
EXPECTED_PLAN = "qlik_seed_expected_plan"
#: The variables with the sizes of the rings of a play, and with the share of failed tenants that stops it.
SIZES_OF_RINGS = "qlik_serial"
LIMIT_OF_RINGS = "qlik_max_fail_percentage"
#: The variables that protect from pruning.
PROTECTIONS = ("qlik_seed_prune_protect", "qlik_seed_prune_users_protect")
#: The variable that restricts a run to some areas.
_CHOSEN_AREAS = "qlik_seed_areas"
#: Lists that cannot be empty.
NEVER_EMPTY = (_CHOSEN_AREAS,)
#: The prefixes of the variables of the seeding role.
PREFIXES_OF_SEED = ("qlik_seed_", "qlik_validate_")
#: A value with Python's own types. Ansible's own types must not leave the controller.
Plain = Any
Values = Dict[str, Plain]


def area_variable(area: str) -> str:
    """Return the variable of the role qlik_seed for an area. Groups have further variables."""
    return "qlik_seed_extra_groups" if area == "groups" else "qlik_seed_" + area


def _lists(*names: str) -> Dict[str, Dict[str, Any]]:
    """Return the specs of options that are lists of strings."""
    return {name: {**_TEXTS} for name in names}


#: A bundle of two spaces for a department, and the groups that develop, publish, and consume.
BUNDLE_SPEC: Dict[str, Dict[str, Any]] = {
    "name": {**_TEXT, "required": True},
    "previous_names": _TEXTS,
    "description": _TEXT,
    "developers": _TEXTS,
    "publishers": _TEXTS,
    "consumers": _TEXTS,
}
#: The suffixes of the names of the two spaces, and the roles of the three types of groups in them.
BUNDLE_NAMES = ("qlik_seed_space_bundle_dev_suffix", "qlik_seed_space_bundle_suffix")
BUNDLE_ROLES = (
    "qlik_seed_space_bundle_developer_roles",
    "qlik_seed_space_bundle_publisher_roles",
    "qlik_seed_space_bundle_consumer_roles",
)


#: The specs of the variables of each role. The argument specs of roles have no types, so that mistakes are reported
#: here with their paths. Variables of type C(raw) are checked where they are used.
SPECS: Dict[str, Dict[str, Dict[str, Any]]] = {
    "qlik_seed": {
        **{area_variable(kind.area): kind.area_spec() for kind in AREAS},
        "qlik_seed_standard_groups": {"type": "dict"},
        "qlik_seed_group_prefix": _TEXT,
        "qlik_seed_group_suffix": _TEXT,
        "qlik_seed_prune": _BOOLEAN,
        **_lists(*PROTECTIONS),
        "qlik_seed_max_deletions": _NUMBER,
        "qlik_seed_prune_users": _BOOLEAN,
        "qlik_seed_prune_users_action": {**_TEXT, "choices": ["disable", "delete"]},
        "qlik_seed_prune_users_max_deletions": _NUMBER,
        "qlik_seed_allow_lockout": _BOOLEAN,
        "qlik_seed_caller_address": _TEXT,
        _CHOSEN_AREAS: _AREAS,
        EXPECTED_PLAN: {"type": "raw"},
        "qlik_seed_require_plan": _BOOLEAN,
        "qlik_seed_validate_only": _BOOLEAN,
        "qlik_validate_report_dir": _TEXT,
        "qlik_seed_space_bundles": {"type": "list", "elements": "dict", "options": BUNDLE_SPEC},
        **dict.fromkeys(BUNDLE_NAMES, _TEXT),
        **{name: {**_TEXTS} for name in BUNDLE_ROLES},
    },
    "qlik_audit": {
        # Required unless the audit writes a part.
        "qlik_audit_report_dir": _TEXT,
        "qlik_audit_formats": {**_TEXTS, "choices": ["html", "json", "jsonl", "junit", "plans", "prometheus"]},
        "qlik_audit_report_mode": {"type": "raw"},
        "qlik_audit_fail_on_drift": _BOOLEAN,
        "qlik_audit_count_unmanaged": _BOOLEAN,
        "qlik_audit_exceptions": {"type": "list", "elements": "dict", "options": EXCEPTION_SPEC},
        "qlik_audit_previous_report": _TEXT,
        "qlik_audit_attribution": _BOOLEAN,
        "qlik_audit_attribution_days": _NUMBER,
        "qlik_audit_attribution_pages": _NUMBER,
        **POLICY_SPECS,
        "qlik_audit_page_tenants": _NUMBER,
        "qlik_audit_parts_dir": _TEXT,
        "qlik_audit_run": {"type": "raw"},
        "qlik_audit_merge_unfinished": _BOOLEAN,
    },
    "qlik_export": {
        "qlik_export_dir": {**_TEXT, "required": True},
        "qlik_export_mode": {"type": "raw"},
        "qlik_export_users": _BOOLEAN,
        "qlik_export_force": _BOOLEAN,
    },
    "qlik_awx": {
        "qlik_awx_organization": _TEXT,
        "qlik_awx_name_prefix": _TEXT,
        "qlik_awx_project_url": {**_TEXT, "required": True},
        "qlik_awx_project_branch": _TEXT,
        "qlik_awx_project_credential": _TEXT,
        "qlik_awx_inventory_path": _TEXT,
        "qlik_awx_execution_environment_image": {**_TEXT, "required": True},
        "qlik_awx_credentials": _TEXTS,
        "qlik_awx_forks": _NUMBER,
        "qlik_awx_job_slices": _NUMBER,
        "qlik_awx_report_dir": _TEXT,
        "qlik_awx_audit_schedule": _TEXT,
        "qlik_awx_notifications": {"type": "dict", "options": _lists("started", "success", "error", "approvals")},
        "qlik_awx_ask_credentials": _BOOLEAN,
        "qlik_awx_labels": _TEXTS,
        "qlik_awx_instance_groups": _TEXTS,
        "qlik_awx_approval_timeout": _NUMBER,
        "qlik_awx_launch_teams": {"type": "dict", "options": _lists("seed", "audit", "export", "four_eyes")},
        "qlik_awx_approval_teams": _TEXTS,
    },
    # Playbooks with their own variables, not roles.
    "qlik_onboard": {
        "qlik_onboard_name": _TEXT,
        "qlik_onboard_alias": _TEXT,
        "qlik_onboard_hostname": _TEXT,
        "qlik_onboard_region": {**_TEXT, "required": True},
        "qlik_onboard_subscription_id": {**_TEXT, "required": True},
        "qlik_onboard_records": _TEXT,
    },
    "qlik_on_change": {
        "qlik_on_change_tenant": {**_TEXT, "required": True},
        "qlik_on_change_repair": _BOOLEAN,
    },
}
#: The connection options that roles read from variables.
_CONNECTION = (
    "tenant_url",
    "api_key",
    "access_token",
    "client_id",
    "client_secret",
    "validate_certs",
    "ca_path",
)
#: Variables that belong to no role: connections, secrets, prompts of playbooks, and variables of inventory plugins.
_OTHERS = (
    *("qlik_" + option for option in _CONNECTION),
    "qlik_hosts",
    SIZES_OF_RINGS,
    LIMIT_OF_RINGS,
    "qlik_run_modules",
    "qlik_organization_url",
    "qlik_organization_client_id",
    "qlik_organization_client_secret",
    "qlik_register_url",
    "qlik_trusted_domains",
    "qlik_onboard_license_key",
    "qlik_context",
    "qlik_contexts_path",
    "qlik_organization_tenant",
)
#: The options that identify an item, by the variable of its area.
_IDENTITIES = {area_variable(kind.area): (*kind.identity, "id", "state") for kind in AREAS}
#: A marker for the value C(omit).
_OMITTED = object()
_PREFIX = "qlik_"
_ROLE_PREFIXES = (*PREFIXES_OF_SEED, *(role + "_" for role in SPECS if role != "qlik_seed"))
_RESULTS = tuple(role + "_result" for role in SPECS)
#: The variables of all roles and playbooks.
KNOWN_VARIABLES = {*_OTHERS, *(name for spec in SPECS.values() for name in spec)}
#: The similarity to a known variable from which a name counts as misspelled.
_ALIKE = 0.9


#: Functions that convert the value of a variable. They return the final value and a line for each further mistake.
_READERS = {"qlik_audit_exceptions": read_exceptions, **dict.fromkeys(POLICY_SPECS, read_policy)}


def read_variables(role: str, variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Tuple[Values, List[str]]:
    """Return the variables of a role, with defaults for omitted variables, and a line for each mistake in them.

    Null and empty strings count as omitted, except for variables that may be empty. For protections and areas, they are
    mistakes, because these must not get lost. Unknown variables with the prefix of a role are mistakes too.

    :param role: the name without the collection.
    :param variables: all variables of the host, not templated.
    :param template: returns the value of a variable.
    """
    spec = SPECS[role]
    found = {name: _with_omit(variables[name], variables, template) for name in spec if name in variables}
    omitted = {name for name, value in found.items() if value is _OMITTED}
    variables = {name: value for name, value in variables.items() if name not in omitted}
    values = {name: None if name in omitted else _value(name, found.get(name)) for name in spec}
    mistakes = [line for name, line in unknown_variables(variables).items() if is_misspelled(name)]
    mistakes += mistakes_in(spec, values, MAY_BE_EMPTY)
    mistakes += _lost(spec, variables, values)
    mistakes += [
        "%s: Required, but not set." % name
        for name, rule in spec.items()
        if rule.get("required") and values[name] is None
    ]
    for name in values.keys() & _READERS.keys():
        values[name], more = _READERS[name](name, values[name])
        mistakes += more
    defaults = _defaults(role)
    final = {name: defaults.get(name) if value is None else value for name, value in values.items()}
    # The module reports items without a name, together with their other mistakes.
    return final, decisive(mistakes)


def without_mistakes(role: str, values: Values) -> Values:
    """Return the values of variables without those that have mistakes, to check the others further.

    Of a list of items, only the options with mistakes are removed. An item that cannot be identified or read becomes
    C(None), so that the others keep their index.
    """
    defaults = _defaults(role)
    # The empty list of areas is reported with the variables, and must not be reported again.
    values = {**values, _CHOSEN_AREAS: values.get(_CHOSEN_AREAS) or None}
    return {name: _without_mistakes(rule, name, values[name], defaults.get(name)) for name, rule in SPECS[role].items()}


def _without_mistakes(rule: Mapping[str, Any], name: str, value: Plain, default: Plain = None) -> Plain:
    if value is None or not list(mistakes_in({name: rule}, {name: value}, MAY_BE_EMPTY)):
        return value
    if "options" not in rule or not isinstance(value, dict if rule["type"] == "dict" else list):
        return default
    if isinstance(value, list):
        item_rule = {**rule, "type": "dict"}
        kept_items = [_without_mistakes(item_rule, name, item) if isinstance(item, dict) else None for item in value]
        identity = _IDENTITIES.get(name, ())
        return [
            None if kept is None or any(option in item and option not in kept for option in identity) else kept
            for item, kept in zip(value, kept_items)
        ]
    parts = rule["options"]
    kept = {
        option: given
        for option, given in value.items()
        if option in parts and not list(mistakes_in({option: parts[option]}, {option: given}, MAY_BE_EMPTY))
    }
    return default if decisive(list(mistakes_in({name: rule}, {name: kept}, MAY_BE_EMPTY))) else kept


def _value(name: str, value: Plain) -> Plain:
    return None if _is_blank(value) and name not in MAY_BE_EMPTY else value


def templated(value: Any, variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Plain:
    """Return the value of a template, or C(None) if it is C(omit). C(omit) is also removed from dictionaries and lists.

    :param variables: all variables of the host.
    """
    found = _with_omit(value, variables, template)
    return None if found is _OMITTED else found


def connection_variables(variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Values:
    """Return the connection options in the variables of a host, by option. Empty variables are omitted.

    :param variables: all variables of the host, not templated.
    """
    found = {option: templated(variables.get("qlik_" + option), variables, template) for option in _CONNECTION}
    return {
        option: value
        for option, value in found.items()
        if value is not None and not _is_blank(value) and (value or option == "validate_certs")
    }


def is_omitted(name: str, variables: Mapping[str, Any], template: Callable[[Any], Any]) -> bool:
    """Return whether the value of a variable is C(omit)."""
    value = variables.get(name)
    return isinstance(value, str) and "{{" in value and _with_omit(value, variables, template) is _OMITTED


def _with_omit(value: Any, variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Plain:
    try:
        found = plain(template(value))
    except Exception as error:
        # The exception exists since ansible-core 2.19. Before, the value is the string in the variable omit.
        if type(error).__name__ != "AnsibleValueOmittedError":
            raise
        return _OMITTED
    return _without_omitted(found, variables["omit"]) if "omit" in variables else found


def _without_omitted(value: Plain, omit: Any) -> Plain:
    if isinstance(value, dict):
        return {key: _without_omitted(item, omit) for key, item in value.items() if item != omit}
    if isinstance(value, list):
        return [_without_omitted(item, omit) for item in value if item != omit]
    return _OMITTED if value == omit else value


def _lost(spec: Mapping[str, Any], variables: Mapping[str, Any], values: Values) -> Iterator[str]:
    """Yield a line for each protection that is null, and for a list of areas that is empty.

    A template without a result is null in new releases of ansible-core, and empty in old ones.
    """
    for name in PROTECTIONS:
        if name in spec and name in variables and values[name] is None and not _is_blank(variables[name]):
            reason = NEVER_NULL["protect"]
            yield "%s: %s" % (name, reason[0].upper() + reason[1:])
    if _CHOSEN_AREAS in spec and variables.get(_CHOSEN_AREAS) is not None and values[_CHOSEN_AREAS] in (None, []):
        yield "%s: Must not be empty. Omit the variable for all areas." % _CHOSEN_AREAS


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def unknown_variables(variables: Iterable[str]) -> Dict[str, str]:
    """Return a line for each unknown variable with the prefix of the collection, by name."""
    advice = " Correct the name, or use another prefix for your own variables."
    return {
        str(name): "%s: Unknown variable.%s"
        % (printable(name), nearest(name, KNOWN_VARIABLES, _prefix_of(name)) or advice)
        for name in sorted(variables)
        if name.startswith(_PREFIX) and name not in KNOWN_VARIABLES and not name.startswith(_RESULTS)
    }


def _prefix_of(name: str) -> str:
    return next((prefix for prefix in _ROLE_PREFIXES if name.startswith(prefix)), _PREFIX)


def is_misspelled(name: str) -> bool:
    """Return whether an unknown variable is a mistake: it has the prefix of a role, or resembles a known variable."""
    return name.startswith(_ROLE_PREFIXES) or bool(get_close_matches(name.casefold(), KNOWN_VARIABLES, cutoff=_ALIKE))


def plain(value: Any) -> Plain:
    """Return a value with Python's own dictionaries, lists, and strings."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    # Not str(value), which returns the same subclass of str.
    return str.__str__(value) if isinstance(value, str) else value


@lru_cache(maxsize=None)
def _defaults(role: str) -> Values:
    if not os.path.exists(os.path.join(_ROLES, role)):
        return {}
    with open(os.path.join(_ROLES, role, "defaults", "main.yml"), encoding="utf-8") as file:
        defaults: Values = yaml.safe_load(file)
    # If the variable is a template, a private variable has the value.
    return {name: defaults.get("__" + name, value) for name, value in defaults.items()}
