# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a tenant holds to the variables of the role qlik_seed that describe all of it."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from collections import Counter
from typing import Any, Collection, Dict, Iterable, List, Mapping, NamedTuple, Sequence

import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, QlikError, printable
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

#: What an area is, where its name does not say it all.
_TITLES = {
    "tenant": "Settings of the tenant",
    "tenant_settings": "Start page, release cadence and session replay",
    "license_settings": "Which licences new users get",
    "roles": "Custom roles, with their scopes",
    "group_settings": "How groups come into being, and the roles that everybody has",
    "groups": "Groups, with the roles of their members",
    "users": "Users, with the roles that they have themselves",
    "spaces": "Spaces, with their members",
}
_TEXT = "tag:yaml.org,2002:str"
Options = Dict[str, Any]


class SeedVariables(NamedTuple):
    """What describes a tenant.

    :param host: the host name of the tenant.
    :param areas: the options of what there is one of, or a list of options, by area.
    :param refused: a line for each object that seeding would refuse, so that it is left out.
    :param not_available: the words for each area that the tenant does not have.
    """

    host: str
    areas: Dict[str, Any]
    refused: List[str]
    not_available: List[str]

    def counts(self) -> Dict[str, int]:
        """How many objects are described, by the word for them; settings of which there is one set are not counted."""
        return {kind.words: len(self.areas[kind.area]) for kind in AREAS if isinstance(self.areas.get(kind.area), list)}

    def text(self) -> str:
        """The text of a YAML file. The same tenant gives the same text, without a beginning that says whose it is."""
        text = "# What the Qlik Cloud tenant %s holds, for the role qlikops.cloud.qlik_seed.\n" % self.host
        if self.refused:
            text += "#\n# Left out, because seeding would refuse it:\n"
            text += "".join("# - %s\n" % reason for reason in self.refused)
        if self.not_available:
            text += "#\n# Not available on this tenant, so not described: %s.\n" % ", ".join(self.not_available)
        return text + "---" + "".join(self._section(kind) for kind in AREAS if kind.area in self.areas)

    def _section(self, kind: Kind) -> str:
        area = kind.area
        variables = {area_variable(area): self.areas[area]}
        if area == "groups":
            # Otherwise the groups that the role has by default would be described too.
            variables = {"qlik_seed_standard_groups": {}, **variables}
        title = _TITLES.get(area) or kind.words[:1].upper() + kind.words[1:]
        return "\n# %s\n%s" % (title, _as_yaml(variables))


def seed_variables_of(current: Mapping[str, Any], not_available: Collection[str] = ()) -> SeedVariables:
    """What describes a tenant so that seeding changes nothing, and an audit sees every change.

    :param current: what modules return, by area; the tenant itself has to be there.
    :param not_available: the areas that the tenant does not have.
    :raises InvalidInput: when that is not what they return.
    """
    try:
        return _seed_variables_of(current, not_available)
    except (KeyError, IndexError, TypeError, AttributeError, QlikError) as error:
        raise InvalidInput("This is not what the modules return: %s." % error) from None


def _seed_variables_of(current: Mapping[str, Any], not_available: Collection[str]) -> SeedVariables:
    # A variable that is none can arrive here as an empty text.
    shown = {area: value for area, value in plain(current).items() if value not in (None, "")}
    refused: List[str] = []
    areas: Dict[str, Any] = {}
    for kind in AREAS:
        if kind.area not in shown:
            continue
        if kind.is_singleton:
            described = _described(kind, kind.from_user(shown[kind.area]))
            if _is_accepted(kind, kind.area, described, refused):
                areas[kind.area] = described
        else:
            areas[kind.area] = _all_described(kind, [kind.from_user(each) for each in shown[kind.area]], refused)
    if "spaces" in areas:
        _limit_access(areas["spaces"], shown["spaces"], areas.get("groups", ()), areas.get("users", ()))
    host = printable(str(shown["tenant"]["hostnames"][0]))
    return SeedVariables(host, areas, refused, [kind.words for kind in AREAS if kind.area in not_available])


def _all_described(kind: Kind, resources: Sequence[Resource], refused: List[str]) -> List[Options]:
    """The options that describe all resources which exist and can be managed, sorted by name.

    :param refused: gets a line for each resource that the modules would refuse.
    """
    current = [resource for resource in resources if kind.exists(resource) and kind.is_describable(resource)]
    current.sort(key=lambda resource: tuple(map(str, kind.natural_key(resource))))
    of_each_name = Counter(map(kind.natural_key, current))
    accepted = []
    for resource in current:
        label, count = kind.label_of(resource), of_each_name[kind.natural_key(resource)]
        if count > 1:
            refused.append(printable("There are %d of this name (%s)" % (count, label)))
        elif _is_accepted(kind, label, _described(kind, resource), refused):
            accepted.append(_described(kind, resource))
    return accepted


def _is_accepted(kind: Kind, label: str, options: Options, refused: List[str]) -> bool:
    """Whether the modules accept the options; otherwise C(refused) gets a line.

    :param label: names what they describe.
    """
    try:
        kind.check(options)
    except InvalidInput as refusal:
        refused.append(printable("%s (%s)" % (str(refusal).rstrip("."), label)))
        return False
    return True


def _described(kind: Kind, resource: Resource) -> Options:
    """The options with which a description says all of a resource, so that any other state differs from it."""
    options: Options = {}
    for setting in kind.settings:
        value = show([setting], resource).get(setting.option)
        is_implied = setting.option in kind.identity[1:] and value == setting.missing
        if value is None or setting.deprecated or is_implied or not _can_be_asked(setting, value):
            continue
        options[setting.option] = value
        if setting.purge_option and not setting.argument_spec()[setting.purge_option]["default"]:
            options[setting.purge_option] = True
    return options


def _can_be_asked(setting: Setting, value: Any) -> bool:
    """Whether a task can ask for a value that a tenant shows, other than the status of a user who is invited."""
    choices = setting.spec.get("choices")
    return choices is None or set(value if isinstance(value, list) else [value]) <= set(choices)


def _limit_access(
    spaces: Iterable[Options],
    current: Iterable[Mapping[str, Any]],
    groups: Iterable[Mapping[str, Any]],
    users: Iterable[Mapping[str, Any]],
) -> None:
    """Take the owners and members that cannot be named from the options of spaces.

    :param current: the spaces as a module returns them.
    :param groups: the options of all groups that can be named; C(users) likewise.
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
    """Whether a description can have the member, so that it means the same one and is not refused."""
    is_owner = member.get("user") is not None and member["user"] == space.get("owner")
    kind = Space()
    allowed = kind.assignable_roles(kind.from_user(space))
    can_have_roles = bool(member["roles"]) and set(member["roles"]) <= set(allowed or member["roles"])
    return assignee_of(member) in nameable and not is_owner and can_have_roles


def _without_provider_type(member: Mapping[str, Any], nameable: Collection[Reference]) -> Options:
    """The options of a member, without the type of its group where that is clear from the name."""
    shorter = {option: value for option, value in member.items() if option != "provider_type"}
    reference = assignee_of(member)
    is_clear = assignee_of(shorter) == reference and Reference("group", (*reference.key[:2], "custom")) not in nameable
    return shorter if is_clear else dict(member)


def _as_yaml(variables: Mapping[str, Any]) -> str:
    text: str = yaml.dump(variables, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10000)
    # YAML lets characters be that turn around what is beside them. All texts that have some are in double quotes.
    return "".join(
        character if character.isprintable() or character == "\n" else "\\U%08x" % ord(character) for character in text
    )


class _Dumper(yaml.SafeDumper):
    """Indents lists as people do, and marks what is no template."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # With the tag "!unsafe" a text to which YAML gives a type, such as "~", would get it even in quotes.
    is_typed = dumper.resolve(yaml.ScalarNode, text, (True, False)) != _TEXT  # type: ignore[no-untyped-call]
    tag = _TEXT if is_typed or is_plain(text) else "!unsafe"
    # In single quotes YAML reads some separators of lines as spaces.
    return dumper.represent_scalar(tag, text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _represent_text)
