# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_seed_variables
short_description: Write what a tenant holds as variables of the seeding role
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Makes a YAML file of variables for P(qlikops.cloud.qlik_seed#role) out of what the modules of this collection
    return. Seeding the same tenant from it changes nothing.
  - The same tenant gives the same text, sorted by name. There are no IDs, times or secrets in it.
  - What seeding cannot manage is left out, which is default roles, system groups, bots and deleted users, and so are
    settings that Qlik has deprecated.
  - What seeding would refuse is left out too, such as a group with a longer name than Qlik accepts today. The head of
    the file says so.
  - Members and owners of spaces are written if they are among the groups and users of the file, or the group Everyone.
    A space with other members, or with a member whose roles the space cannot give any more, gets
    C(purge_members=false), so that seeding does not take their access away.
  - A text is tagged C(!unsafe), so that Ansible never renders it as a template, unless it has only letters, digits,
    blanks and a few signs that no template begins with.
positional: _input
options:
  _input:
    description:
      - What the modules returned.
    type: dict
    required: true
    suboptions:
      tenant:
        description:
          - The C(tenant) of M(qlikops.cloud.qlik_tenant_info).
        type: dict
        required: true
      roles:
        description:
          - The C(roles) of M(qlikops.cloud.qlik_role_info).
        type: list
        elements: dict
        required: true
      group_settings:
        description:
          - The C(group_settings) of M(qlikops.cloud.qlik_group_settings).
        type: dict
        required: true
      groups:
        description:
          - The C(groups) of M(qlikops.cloud.qlik_group_info).
        type: list
        elements: dict
        required: true
      users:
        description:
          - The C(users) of M(qlikops.cloud.qlik_user_info). Without it users are not exported.
        type: list
        elements: dict
      spaces:
        description:
          - The C(spaces) of M(qlikops.cloud.qlik_space_info). Without it spaces are not exported.
        type: list
        elements: dict
      license_settings:
        description:
          - The C(license_settings) of M(qlikops.cloud.qlik_license_settings). Without it they are not exported.
        type: dict
"""

EXAMPLES = r"""
- name: Keep what the tenant holds
  ansible.builtin.copy:
    content: "{{ held | qlikops.cloud.to_seed_variables }}"
    dest: acme.yml
    mode: "0600"
  vars:
    held:
      tenant: "{{ tenant_read.tenant }}"
      roles: "{{ roles_read.roles }}"
      group_settings: "{{ group_settings_read.group_settings }}"
      groups: "{{ groups_read.groups }}"
"""

RETURN = r"""
_value:
  description:
    - The text of a YAML file.
  type: str
  sample: |
    ---
    # Groups, with the roles of their members
    qlik_seed_standard_groups: {}
    qlik_seed_extra_groups:
      - name: Finance Analysts
        assigned_roles:
          - SharedSpaceCreator
"""

import re
from typing import Any, Callable, Collection, Dict, Iterable, List, Mapping, Tuple

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, QlikError, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group_settings import GroupSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.license_settings import LicenseSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.space import Space
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.members import EVERYONE, assignee_of
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import show
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import Reference
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import is_plain
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import plain

#: A status that no task can ask for.
_PASSING_STATUS = ("invited", "provisioned")
_TEXT = "tag:yaml.org,2002:str"


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


def to_seed_variables(held: Mapping[str, Any]) -> str:
    """The variables of the seeding role as YAML.

    :param held: results of modules by the name of their key; C(users), C(spaces) and C(license_settings) can be left
        out.
    :raises AnsibleFilterError: when that is not what the modules return.
    """
    refused: List[str] = []
    try:
        tenant = _in_api_form(held["tenant"])
        groups = _all_described(Group(), held["groups"], refused)
        sections: List[Tuple[str, Dict[str, Any]]] = [
            ("Settings of the tenant", {"qlik_seed_tenant": _described(Tenant(), tenant)})
        ]
        # A variable that is none can arrive here as an empty text.
        if isinstance(held.get("license_settings"), Mapping):
            licences = _described(LicenseSettings(), _in_api_form(held["license_settings"]))
            sections.append(("Which licences new users get", {"qlik_seed_license_settings": licences}))
        sections += [
            (
                "Custom roles, with their scopes",
                {"qlik_seed_roles": _all_described(Role(), held["roles"], refused)},
            ),
            (
                "How groups come into being, and the roles that everybody has",
                {"qlik_seed_group_settings": _described(GroupSettings(), _in_api_form(held["group_settings"]))},
            ),
            (
                "Groups, with the roles of their members",
                {"qlik_seed_standard_groups": {}, "qlik_seed_extra_groups": groups},
            ),
        ]
        users: List[Dict[str, Any]] = []
        if isinstance(held.get("users"), list):
            users = _all_described(User(), held["users"], refused)
            sections.append(("Users, with the roles that they have themselves", {"qlik_seed_users": users}))
        if isinstance(held.get("spaces"), list):
            spaces = _all_described(Space(), held["spaces"], refused)
            _add_access(spaces, plain(held["spaces"]), groups, users)
            sections.append(("Spaces, with their members", {"qlik_seed_spaces": spaces}))
        host = printable(str(tenant["hostnames"][0]))
    except (KeyError, IndexError, TypeError, AttributeError, QlikError) as error:
        raise AnsibleFilterError("This is not what the modules return: %s." % error) from None
    text = "---\n# What the Qlik Cloud tenant %s holds, for the role qlikops.cloud.qlik_seed.\n" % host
    if refused:
        text += "#\n# Left out, because seeding would refuse it:\n"
        text += "".join("# - %s\n" % reason for reason in refused)
    return text + "".join("\n# %s\n%s" % (title, _as_yaml(variables)) for title, variables in sections)


def _all_described(kind: Kind, resources: Iterable[Any], refused: List[str]) -> List[Dict[str, Any]]:
    """The options that describe all resources which exist and can be managed, sorted by name.

    :param refused: gets a line for each resource whose options the modules would refuse.
    """
    held = [_in_api_form(resource) for resource in resources]
    described = [
        _described(kind, resource) for resource in held if kind.exists(resource) and kind.is_describable(resource)
    ]
    accepted = []
    for options in sorted(described, key=lambda options: (options[kind.key_option], str(options))):
        try:
            kind.check(options)
            accepted.append(options)
        except InvalidInput as refusal:
            refused.append(printable("%s (%s)" % (str(refusal).rstrip("."), kind.label(options))))
    return accepted


def _described(kind: Kind, resource: Dict[str, Any]) -> Dict[str, Any]:
    """The options that describe a resource, without those that say nothing."""
    options = show([setting for setting in kind.settings if not setting.deprecated], resource)
    if options.get("status") in _PASSING_STATUS:
        del options["status"]
    defaults = {"provider_type": "idp", "description": "", "status": "active", "assigned_groups": []}
    return {option: value for option, value in options.items() if value != defaults.get(option)}


def _add_access(
    spaces: Iterable[Dict[str, Any]],
    held: Iterable[Dict[str, Any]],
    groups: Iterable[Mapping[str, Any]],
    users: Iterable[Mapping[str, Any]],
) -> None:
    """Add the owners and members that can be named to the options of spaces.

    :param held: the spaces as the module returns them.
    :param groups: the options of all groups that can be named; C(users) likewise.
    """
    by_name = {space["name"]: space for space in held}
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
    allowed = Space().assignable_roles(_in_api_form(space))
    can_have_roles = bool(member["roles"]) and set(member["roles"]) <= set(allowed or member["roles"])
    return assignee_of(member) in nameable and not is_owner and can_have_roles


def _without_provider_type(member: Mapping[str, Any], nameable: Collection[Reference]) -> Dict[str, Any]:
    """The options of a member, without the type of its group where that is clear from the name."""
    shorter = {option: value for option, value in member.items() if option != "provider_type"}
    reference = assignee_of(member)
    is_clear = assignee_of(shorter) == reference and Reference("group", (*reference.key[:2], "custom")) not in nameable
    return shorter if is_clear else dict(member)


def _in_api_form(value: Any) -> Any:
    """A result of a module with the names that Qlik's API uses: C(assigned_roles) as C(assignedRoles)."""
    if isinstance(value, Mapping):
        return {_camel_case(str(name)): _in_api_form(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_api_form(item) for item in value]
    # Ansible's own kinds of text are no plain ones, some not even after str().
    return str.__str__(value) if isinstance(value, str) else value


def _camel_case(name: str) -> str:
    return re.sub("_([a-z0-9])", lambda match: match.group(1).upper(), name)


def _as_yaml(variables: Mapping[str, Any]) -> str:
    text: str = yaml.dump(variables, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10000)
    # YAML lets characters be that turn around what is beside them. All texts that have some are in double quotes.
    return "".join(
        character if character.isprintable() or character == "\n" else "\\U%08x" % ord(character) for character in text
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """Filters by name."""
        return {"to_seed_variables": to_seed_variables}
