# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts the configuration of a tenant to variables of the role qlik_seed."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from collections import Counter
from typing import Any, Collection, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, QlikError, counted, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.endpoints import EVERYONE
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space import Space
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space_members import assignee_of
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import show
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import Reference, Resource
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.settings import Setting

from .._plain import is_plain
from .._variables import area_variable, plain

#: The titles of areas whose name is not a sufficient title.
_TITLES = {
    "tenant": "Tenant properties",
    "tenant_settings": "Start page, release cadence, and session replay",
    "feature_settings": "Data alerts, sharing, and report subscriptions",
    "license_settings": "Licenses of new users",
    "roles": "Custom roles with their scopes",
    "group_settings": "Automatic creation of groups, and the roles of Everyone",
    "groups": "Groups with their roles",
    "users": "Users with their direct roles",
    "spaces": "Spaces with their members",
}
_TEXT = "tag:yaml.org,2002:str"
Options = Dict[str, Any]


class SeedVariables(NamedTuple):
    """The description of a tenant.

    :param host: the hostname of the tenant.
    :param areas: the options of each singleton, or the list of options of each collection, by area.
    :param refused: a line for each omitted object that seeding would reject.
    :param not_available: the names of the areas that are not available on the tenant.
    :param hidden: the paths of the options that are omitted because the API never shows them.
    """

    host: str
    areas: Dict[str, Any]
    refused: List[str]
    not_available: List[str]
    hidden: Sequence[str] = ()

    def counts(self) -> Dict[str, int]:
        """Return the number of objects in the description, by the word for them. Singletons are not counted."""
        return {kind.words: count for kind, count in self._counted()}

    def objects(self) -> List[str]:
        """Return the same numbers with their words, such as C(1 group)."""
        return [counted(count, kind.word, kind.words) for kind, count in self._counted()]

    def text(self) -> str:
        """Return the content of a YAML file. The same tenant always gives the same content."""
        text = "# Configuration of the Qlik Cloud tenant %s for the role qlikops.cloud.qlik_seed.\n" % self.host
        if self.refused:
            text += "#\n# Omitted because seeding would reject it:\n"
            text += "".join("# - %s\n" % reason for reason in self.refused)
        if self.not_available:
            text += "#\n# Omitted because not available on this tenant: %s.\n" % ", ".join(self.not_available)
        if self.hidden:
            text += "#\n# Omitted because the API shows no secrets. Seeding requires these to create the objects:\n"
            text += "".join("# - %s\n" % option for option in self.hidden)
        return text + "---" + "".join(self._section(kind) for kind in AREAS if kind.area in self.areas)

    def _counted(self) -> Iterator[Tuple[Kind, int]]:
        for kind in AREAS:
            if isinstance(self.areas.get(kind.area), list):
                yield kind, len(self.areas[kind.area])

    def _section(self, kind: Kind) -> str:
        area = kind.area
        variables = {area_variable(area): self.areas[area]}
        if area == "groups":
            # Without this, the description would include the default groups of the role.
            variables = {"qlik_seed_standard_groups": {}, **variables}
        title = _TITLES.get(area) or kind.words[:1].upper() + kind.words[1:]
        omitted = "".join(
            "# Omitted because it requires `%s: true`: %s.\n" % (setting.consent_option, setting.option)
            for setting in kind.settings
            if setting.consent_option
        )
        return "\n# %s\n%s%s" % (title, omitted, _as_yaml(variables))


def seed_variables_of(current: Mapping[str, Any], not_available: Collection[str] = ()) -> SeedVariables:
    """Return a description of a tenant with which seeding changes nothing, and an audit reports every later change.

    :param current: the results of modules, by area. The area C(tenant) is required.
    :param not_available: the areas that are not available on the tenant.
    :raises InvalidInput: if these are not results of modules.
    """
    try:
        return _seed_variables_of(current, not_available)
    except (KeyError, IndexError, TypeError, AttributeError, QlikError) as error:
        raise InvalidInput("The input is not a result of the modules: %s." % error) from None


def _seed_variables_of(current: Mapping[str, Any], not_available: Collection[str]) -> SeedVariables:
    # A null variable can arrive as an empty string.
    shown = {area: value for area, value in plain(current).items() if value not in (None, "")}
    refused: List[str] = []
    hidden: List[str] = []
    areas: Dict[str, Any] = {}
    for kind in AREAS:
        if kind.area not in shown:
            continue
        if kind.is_singleton:
            described = _described(kind, kind.from_user(shown[kind.area]))
            if _is_accepted(kind, kind.area, described, refused):
                areas[kind.area] = described
        else:
            resources = [kind.from_user(item) for item in shown[kind.area]]
            areas[kind.area] = _all_described(kind, resources, refused, hidden)
    if "spaces" in areas:
        _limit_access(areas["spaces"], shown["spaces"], areas.get("groups", ()), areas.get("users", ()))
    host = printable(str(shown["tenant"]["hostnames"][0]))
    return SeedVariables(host, areas, refused, [kind.words for kind in AREAS if kind.area in not_available], hidden)


def _all_described(kind: Kind, resources: Sequence[Resource], refused: List[str], hidden: List[str]) -> List[Options]:
    """Return the options of all resources that exist and can be managed, sorted by name.

    :param refused: receives a line for each resource that the modules would reject.
    :param hidden: receives a line for each option that the API does not show.
    """
    current = [resource for resource in resources if kind.exists(resource) and kind.is_describable(resource)]
    current.sort(key=lambda resource: tuple(map(str, kind.natural_key(resource))))
    of_each_name = Counter(map(kind.natural_key, current))
    accepted: List[Options] = []
    for resource in current:
        label, count = kind.label_of(resource), of_each_name[kind.natural_key(resource)]
        if count > 1:
            refused.append(printable("%d objects have this name (%s)" % (count, label)))
        elif _is_accepted(kind, label, _described(kind, resource), refused):
            place = "%s[%d]" % (area_variable(kind.area), len(accepted))
            names = kind.parts.hidden_options(resource)
            hidden += [printable("%s.%s of the %s" % (place, name, label)) for name in names]
            accepted.append(_described(kind, resource))
    return accepted


def _is_accepted(kind: Kind, label: str, options: Options, refused: List[str]) -> bool:
    """Return whether the modules accept the options. Otherwise, C(refused) receives a line.

    :param label: the label of the object in this line.
    """
    try:
        kind.check(options)
    except InvalidInput as refusal:
        refused.append(printable("%s (%s)" % (str(refusal).rstrip("."), label)))
        return False
    return True


def _described(kind: Kind, resource: Resource) -> Options:
    """Return options that describe a resource completely, so that every change of it is drift."""
    options: Options = {}
    for setting in kind.settings:
        value = show([setting], resource).get(setting.option)
        is_implied = setting.option in kind.identity[1:] and value == setting.missing
        is_excluded = setting.deprecated or setting.consent_option
        if value is None or is_excluded or is_implied or not _can_be_asked(setting, value):
            continue
        options[setting.option] = value
        if setting.purge_option and not setting.argument_spec()[setting.purge_option]["default"]:
            options[setting.purge_option] = True
    return options


def _can_be_asked(setting: Setting, value: Any) -> bool:
    """Return whether a description can have this value. It cannot have the status of an invited user, for example."""
    choices = setting.spec.get("choices")
    return choices is None or set(value if isinstance(value, list) else [value]) <= set(choices)


def _limit_access(
    spaces: Iterable[Options],
    current: Iterable[Mapping[str, Any]],
    groups: Iterable[Mapping[str, Any]],
    users: Iterable[Mapping[str, Any]],
) -> None:
    """Restrict the owners and members in the options of spaces to exported groups and users, and Everyone.

    :param spaces: the options of the spaces, which are changed.
    :param current: the spaces as a module returns them.
    :param groups: the options of all exported groups.
    :param users: the options of all exported users.
    """
    by_name = {space["name"]: space for space in current}
    nameable = {assignee_of({"group": EVERYONE}), *(assignee_of({"user": user["subject"]}) for user in users)}
    nameable |= {Reference("group", ("name", group["name"], group.get("provider_type", "idp"))) for group in groups}
    for options in spaces:
        space = by_name[options["name"]]
        owner = space.get("owner")
        if owner is not None and assignee_of({"user": owner}) in nameable:
            options["owner"] = owner
        if space.get("members") is None:
            continue
        members = [member for member in space["members"] if _can_be_member(member, space, nameable)]
        options["members"] = [_without_provider_type(member, nameable) for member in members]
        if len(members) < len(space["members"]):
            options["purge_members"] = False


def _can_be_member(member: Mapping[str, Any], space: Mapping[str, Any], nameable: Collection[Reference]) -> bool:
    """Return whether a description can contain the member."""
    is_owner = member.get("user") is not None and member["user"] == space.get("owner")
    kind = Space()
    allowed = kind.assignable_roles(kind.from_user(space))
    can_have_roles = bool(member["roles"]) and set(member["roles"]) <= set(allowed or member["roles"])
    return assignee_of(member) in nameable and not is_owner and can_have_roles


def _without_provider_type(member: Mapping[str, Any], nameable: Collection[Reference]) -> Options:
    """Return the options of a member, without the type of its group if the name is unambiguous."""
    shorter = {option: value for option, value in member.items() if option != "provider_type"}
    reference = assignee_of(member)
    is_clear = assignee_of(shorter) == reference and Reference("group", (*reference.key[:2], "custom")) not in nameable
    return shorter if is_clear else dict(member)


def _as_yaml(variables: Mapping[str, Any]) -> str:
    text: str = yaml.dump(variables, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10000)
    # YAML does not escape characters that change the direction of text. Strings with such characters are double-quoted.
    return "".join(
        character if character.isprintable() or character == "\n" else "\\U%08x" % ord(character) for character in text
    )


class _Dumper(yaml.SafeDumper):
    """Indents lists as in handwritten files, and tags strings that could be mistaken for templates."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # With the tag "!unsafe", a string such as "~" would get another YAML type even in quotes.
    is_typed = dumper.resolve(yaml.ScalarNode, text, (True, False)) != _TEXT  # type: ignore[no-untyped-call]
    tag = _TEXT if is_typed or is_plain(text) else "!unsafe"
    # In single quotes, YAML reads some line separators as spaces.
    return dumper.represent_scalar(tag, text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _represent_text)
