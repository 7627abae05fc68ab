# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the desired state of a tenant from the variables of the role qlik_seed."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import mistakes_in, mistakes_in_text

from .._variables import (
    BUNDLE_NAMES,
    BUNDLE_ROLES,
    EXPECTED_PLAN,
    area_variable,
    is_omitted,
    read_variables,
    without_mistakes,
)

#: The variables that are passed to an option of the module unchanged.
_OPTIONS = {
    "areas": "qlik_seed_areas",
    "allow_lockout": "qlik_seed_allow_lockout",
    "caller_address": "qlik_seed_caller_address",
}
#: The variables of other options, for messages.
_PLACES = {
    **_OPTIONS,
    "prune.groups.protect": "qlik_seed_prune_protect",
    "prune.groups.max_deletions": "qlik_seed_max_deletions",
    "prune.users.protect": "qlik_seed_prune_users_protect",
    "prune.users.max_deletions": "qlik_seed_prune_users_max_deletions",
}
_STANDARD_GROUPS = "qlik_seed_standard_groups"
_EXTRA_GROUPS = area_variable("groups")
_SPACES = area_variable("spaces")
_BUNDLES = "qlik_seed_space_bundles"
#: The variables with the objects of the areas that can be pruned.
_PRUNED = {"groups": (_STANDARD_GROUPS, _EXTRA_GROUPS), "users": (area_variable("users"),)}
_AFFIXES = ("qlik_seed_group_prefix", "qlik_seed_group_suffix")


class Description(NamedTuple):
    """The desired state of a tenant.

    :param options: the options of the module qlik_configuration.
    :param places: the variables of these options, for messages.
    """

    options: Dict[str, Any]
    places: Dict[str, Any]


def read_description(
    variables: Mapping[str, Any], template: Any, seeded_host: Optional[str] = None, keep_valid: bool = False
) -> Tuple[Description, List[str]]:
    """Return the description from the variables of a host, and one line per mistake in them.

    With mistakes, the description is empty.

    :param variables: all variables of the host, not templated.
    :param template: returns the value of a variable.
    :param seeded_host: the name of the host if its tenant is seeded, which can require an approved plan.
    :param keep_valid: whether to return the description without its mistakes, to find all other problems in it.
    """
    values, mistakes = read_variables("qlik_seed", variables, template)
    in_groups = _mistakes_in_standard_groups(values[_STANDARD_GROUPS])
    mistakes += in_groups
    if mistakes and not keep_valid:
        return Description({}, {}), mistakes
    given = {area: any(values[name] for name in names) for area, names in _PRUNED.items()}
    if mistakes:
        values = without_mistakes("qlik_seed", values)
    if in_groups:
        values[_STANDARD_GROUPS] = {}
    description = _description_of(values)
    if mistakes:
        _leave_out_gaps(description)
        _leave_out_pruning(description, given)
    if seeded_host is not None:
        is_given = EXPECTED_PLAN in variables and not is_omitted(EXPECTED_PLAN, variables, template)
        place, plan, more = _approved_plan(values, seeded_host, is_given)
        mistakes += more
        if plan is not None and not more:
            description.options["expected_plan"] = plan
            description.places["expected_plan"] = place
    return (Description({}, {}) if mistakes and not keep_valid else description), mistakes


def _approved_plan(variables: Mapping[str, Any], host: str, is_given: bool) -> Tuple[str, Optional[str], List[str]]:
    """Return the path of the approved plan of a host, its fingerprint, and a line if a required plan is missing.

    :param is_given: whether the variable is set, even to null.
    """
    place, plan = EXPECTED_PLAN, variables[EXPECTED_PLAN]
    if isinstance(plan, dict):
        place = "%s[%r]" % (EXPECTED_PLAN, host)
        if host not in plan:
            return place, None, ["%s: No plan was approved for this host. Approve one, or exclude the host." % place]
        plan = plan[host]
        if plan is None:
            reason = "The tenant could not be audited completely, so it has no approved plan. Audit it again."
            return place, None, ["%s: %s" % (place, reason)]
    if plan is not None:
        return place, plan, list(mistakes_in_text(place, plan))
    if is_given:
        reason = "Null and an empty string are not an approved plan. Omit the variable to run without an approval."
        return place, None, ["%s: %s" % (place, reason)]
    if boolean(variables["qlik_seed_require_plan"]):
        return place, None, ["%s: Required because qlik_seed_require_plan is set. Set an approved plan." % place]
    return place, None, []


def _description_of(variables: Mapping[str, Any]) -> Description:
    options = {option: variables[variable] for option, variable in _OPTIONS.items()}
    areas = {kind.area: variables[area_variable(kind.area)] for kind in AREAS}
    # An empty list describes an area without objects. An empty dictionary of settings describes nothing.
    options.update({area: None if value == {} else value for area, value in areas.items()})
    standard = _standard_groups(variables)
    extra_groups = variables[_EXTRA_GROUPS] or []
    prune = _pruned_areas(variables)
    options["groups"] = [*standard.values(), *extra_groups] or None
    bundled = _bundled_spaces(variables)
    described = variables[_SPACES] or []
    options["spaces"] = [*bundled.values(), *described] or options["spaces"]
    for area in prune:
        options[area] = options[area] or []
    places: Dict[str, Any] = {kind.area: area_variable(kind.area) for kind in AREAS}
    places.update(_PLACES)
    places["groups"] = [*standard, *("%s[%d]" % (_EXTRA_GROUPS, number) for number in range(len(extra_groups)))]
    places["spaces"] = [*bundled, *("%s[%d]" % (_SPACES, number) for number in range(len(described)))]
    if prune:
        options["prune"] = prune
    return Description({name: value for name, value in options.items() if value is not None}, places)


def _leave_out_gaps(description: Description) -> None:
    """Remove the items that C(without_mistakes) has replaced with C(None). The others keep their places."""
    options, places = description
    for kind in AREAS:
        items, place = options.get(kind.area), places[kind.area]
        if isinstance(items, list) and None in items:
            paths = place if isinstance(place, list) else [kind.form.place(place, index) for index in range(len(items))]
            places[kind.area] = [path for path, item in zip(paths, items) if item is not None]
            options[kind.area] = [item for item in items if item is not None]


def _leave_out_pruning(description: Description, given: Mapping[str, bool]) -> None:
    """Remove the pruning of areas that are only empty because all their items have mistakes.

    :param given: whether the variables describe objects, by area.
    """
    prune = description.options.get("prune", {})
    for area in [area for area in prune if given[area] and not description.options[area]]:
        del prune[area]


def _pruned_areas(variables: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """Return the option C(prune) of the module."""
    areas = {}
    if boolean(variables["qlik_seed_prune"] or False):
        areas["groups"] = {
            "protect": variables["qlik_seed_prune_protect"],
            "max_deletions": variables["qlik_seed_max_deletions"],
        }
    if boolean(variables["qlik_seed_prune_users"] or False):
        areas["users"] = {
            option: variables["qlik_seed_prune_users_" + option] for option in ("action", "protect", "max_deletions")
        }
    return areas


def _standard_groups(variables: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """Return the options of the standard groups, by path."""
    prefix, suffix = (variables[name] for name in _AFFIXES)
    return {
        "%s[%r]" % (_STANDARD_GROUPS, name): {"name": "%s%s%s" % (prefix, name, suffix), "assigned_roles": roles}
        for name, roles in variables[_STANDARD_GROUPS].items()
    }


def _bundled_spaces(variables: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """Return the options of the two spaces of each bundle, by path: one for development, one for released content.

    The layout follows Qlik's recommendation: developers work in a shared space, publishers publish content to a managed
    space, and consumers view it there.
    """
    spaces: Dict[str, Dict[str, Any]] = {}
    dev_suffix, suffix = (variables[name] or "" for name in BUNDLE_NAMES)
    developers, publishers, consumers = (_listed(variables[name]) for name in BUNDLE_ROLES)
    for number, bundle in enumerate(variables[_BUNDLES] or []):
        if bundle is None:
            continue
        place = "%s[%d]" % (_BUNDLES, number)
        common = {"description": bundle["description"]} if bundle.get("description") is not None else {}
        spaces[place + " (dev)"] = {
            **common,
            **_named(bundle, dev_suffix),
            "type": "shared",
            "members": _members({"developers": developers}, bundle),
        }
        spaces[place] = {
            **common,
            **_named(bundle, suffix),
            "type": "managed",
            "members": _members({"publishers": publishers, "consumers": consumers}, bundle),
        }
    return spaces


def _named(bundle: Mapping[str, Any], suffix: str) -> Dict[str, Any]:
    """Return the name and the previous names of a space of a bundle."""
    previous = ["%s%s" % (name, suffix) for name in bundle.get("previous_names") or []]
    return {"name": "%s%s" % (bundle["name"], suffix), **({"previous_names": previous} if previous else {})}


def _members(roles: Mapping[str, List[str]], bundle: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return the groups of a bundle as members of a space. A group in several lists has the roles of all of them."""
    members: Dict[str, List[str]] = {}
    for part, given in roles.items():
        for group in _listed(bundle.get(part)):
            members.setdefault(group, []).extend(role for role in given if role not in members.get(group, []))
    return [{"group": group, "roles": roles_of_group} for group, roles_of_group in members.items()]


def _listed(value: Any) -> List[str]:
    """Return a list of strings, which Ansible also accepts as one string with commas."""
    return [element.strip() for element in value.split(",")] if isinstance(value, str) else value or []


def _mistakes_in_standard_groups(bundle: Any) -> List[str]:
    """Return a line for each name and role that is not a string. The type of the variable itself is checked before."""
    if not isinstance(bundle, dict):
        return []
    mistakes = [line for name in bundle for line in mistakes_in_text(_STANDARD_GROUPS + " (a group name)", name)]
    places = {"%s[%r]" % (_STANDARD_GROUPS, name): roles for name, roles in bundle.items()}
    return [*mistakes, *mistakes_in({place: {"type": "list", "elements": "str"} for place in places}, places)]
