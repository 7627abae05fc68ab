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
from typing import Any, Callable, Dict, Iterable, List, Mapping, Tuple

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, QlikError, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group import Group
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.group_settings import GroupSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.role import Role
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.user import User
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.plan import show
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import is_plain

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

    :param held: results of modules by the name of their key; C(users) can be left out.
    :raises AnsibleFilterError: when that is not what the modules return.
    """
    refused: List[str] = []
    try:
        tenant = _in_api_form(held["tenant"])
        sections: List[Tuple[str, Dict[str, Any]]] = [
            ("Settings of the tenant", {"qlik_seed_tenant": _described(Tenant(), tenant)}),
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
                {
                    "qlik_seed_standard_groups": {},
                    "qlik_seed_extra_groups": _all_described(Group(), held["groups"], refused),
                },
            ),
        ]
        # A variable that is none can arrive here as an empty text.
        if isinstance(held.get("users"), list):
            users = _all_described(User(), held["users"], refused)
            sections.append(("Users, with the roles that they have themselves", {"qlik_seed_users": users}))
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
