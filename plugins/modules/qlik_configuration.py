#!/usr/bin/python

# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: qlik_configuration
short_description: Bring a whole Qlik Cloud tenant to what is described
version_added: 1.0.0
description:
  - Ensures the settings, custom roles, groups and users of a tenant in one task, with one reading of the tenant and one
    plan.
  - Each area has the options of its own module. An area that is left out is left alone, and so is an option.
  - A group can have a role that the same description creates, and a user a custom group. What the description removes
    cannot be referred to.
  - Everything that can be known to be wrong is said before the first write, for all areas at once, a line for each
    problem.
  - The areas are written in the order tenant, tenant settings, licence settings, custom roles, group settings,
    groups, users, spaces, CSP origins, web integrations, API key settings, session policy, IP policies. What is deleted
    goes after the API key settings, in the reverse order, so that a role is free before it is deleted.
  - Writing stops at the end of the first area in which something failed. The result says what became of each object.
author:
  - qlikops contributors (@qlikops)
extends_documentation_fragment:
  - qlikops.cloud.tenant.area
  - qlikops.cloud.tenant_settings.area
  - qlikops.cloud.license_settings.area
  - qlikops.cloud.role.items
  - qlikops.cloud.group_settings.area
  - qlikops.cloud.group.items
  - qlikops.cloud.user.items
  - qlikops.cloud.space.items
  - qlikops.cloud.api_key_settings.area
  - qlikops.cloud.session_policy.area
  - qlikops.cloud.ip_policy.items
  - qlikops.cloud.csp_origin.items
  - qlikops.cloud.web_integration.items
  - qlikops.cloud.connection
  - qlikops.cloud.task.lockout
  - qlikops.cloud.task.bulk
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.ensure
options:
  tenant:
    description:
      - The settings of the tenant, with the options of M(qlikops.cloud.qlik_tenant).
    type: dict
  tenant_settings:
    description:
      - The start page, release cadence and session replay of the tenant, with the options of
        M(qlikops.cloud.qlik_tenant_settings).
    type: dict
  license_settings:
    description:
      - Which licences new users get, with the options of M(qlikops.cloud.qlik_license_settings).
    type: dict
  roles:
    description:
      - Custom roles, with the options of M(qlikops.cloud.qlik_role).
    type: list
    elements: dict
  group_settings:
    description:
      - The settings of all groups, with the options of M(qlikops.cloud.qlik_group_settings).
    type: dict
  groups:
    description:
      - Groups, with the options of M(qlikops.cloud.qlik_group).
    type: list
    elements: dict
  users:
    description:
      - Users, with the options of M(qlikops.cloud.qlik_user).
    type: list
    elements: dict
  spaces:
    description:
      - Spaces and their members, with the options of M(qlikops.cloud.qlik_space).
    type: list
    elements: dict
  csp_origins:
    description:
      - Origins in the content security policy, with the options of M(qlikops.cloud.qlik_csp_origin).
    type: list
    elements: dict
  web_integrations:
    description:
      - Web integrations, with the options of M(qlikops.cloud.qlik_web_integration).
    type: list
    elements: dict
  api_key_settings:
    description:
      - How many API keys users may have and how long they last, with the options of
        M(qlikops.cloud.qlik_api_key_settings).
    type: dict
  session_policy:
    description:
      - How long sessions live, with the options of M(qlikops.cloud.qlik_session_policy).
    type: dict
  ip_policies:
    description:
      - From which addresses the tenant can be reached, with the options of M(qlikops.cloud.qlik_ip_policy).
    type: list
    elements: dict
  caller_address:
    description:
      - The public address of IPv4 that the tenant sees the task come from. It is needed where O(ip_policies) enable a
        first policy or take addresses away, so that the task does not shut itself out.
      - An address that is not globally routable, such as V(192.168.1.7), is refused unless O(allow_lockout) is set.
    type: str
  areas:
    description:
      - The areas to bring to what is described, of V(tenant), V(tenant_settings), V(license_settings), V(roles),
        V(group_settings), V(groups), V(users), V(spaces), V(csp_origins), V(web_integrations), V(api_key_settings),
        V(session_policy) and V(ip_policies). If it is left out, all areas that are described. An
        empty list is refused.
    type: list
    elements: str
  prune:
    description:
      - The areas in which what is not described is deleted, or disabled in the case of users. An area is pruned only if
        it is here, with an empty dictionary at least.
    type: dict
    suboptions:
      groups:
        description:
          - Deletes groups that are not described.
        type: dict
        suboptions:
          provider_type:
            description:
              - The kind of groups that are deleted.
            type: str
            choices:
              - idp
              - custom
            default: idp
          protect:
            description:
              - A list of patterns of names that are never deleted, with C(*), C(?) and C([...]) as in file names. Case
                matters.
              - A string is cut at line ends, commas, and semicolons, and what a line is as a whole is protected
                too, with a warning about the commas.
              - A pattern or name without a match on the tenant is a warning. A name without a match is refused while
                the tenant has a near match that is not protected, and so are an entry with a line break and null.
            type: raw
            default: []
          max_deletions:
            description:
              - The most groups that may be deleted. If there are more, the task fails before anything is written, and
                names them.
              - Without it more than 10 deletions that are also more than 30 percent of what could be deleted are
                refused.
            type: int
      users:
        description:
          - Disables or deletes users that are not described, such as those who have left the company. The identity that
            the task runs as and the bots of OAuth clients are always left alone. If no tenant admin were left who is a
            person, the task fails before anything is written, unless O(allow_lockout) is set.
        type: dict
        suboptions:
          action:
            description:
              - V(disable) keeps users and all that they own, and leaves those alone that are disabled already.
              - V(delete) also deletes users that are disabled. Their personal data and API keys are gone then, and
                what they own is left without an owner.
            type: str
            choices:
              - disable
              - delete
            default: disable
          protect:
            description:
              - Patterns of subjects that are never touched, with C(*), C(?) and C([...]) as in file names. Case
                matters.
              - Lists, strings and mistakes are as for O(prune.groups.protect).
            type: raw
            default: []
          max_deletions:
            description:
              - The most users that may be disabled or deleted, like O(prune.groups.max_deletions).
            type: int
      spaces:
        description:
          - Deletes spaces that are not described, if they are empty.
        type: dict
        suboptions:
          types:
            description:
              - The types of spaces that are deleted.
            type: list
            elements: str
            choices:
              - shared
              - managed
              - data
            default:
              - shared
              - managed
          protect:
            description:
              - A list of patterns of names that are never deleted, with C(*), C(?) and C([...]) as in file names. Case
                matters.
              - Lists, strings and mistakes are as for O(prune.groups.protect).
            type: raw
            default: []
          max_deletions:
            description:
              - The most spaces that may be deleted, like O(prune.groups.max_deletions).
            type: int
      csp_origins:
        description:
          - Deletes CSP origins that are not described.
        type: dict
        suboptions:
          protect:
            description:
              - A list of patterns of names that are never deleted, with C(*), C(?) and C([...]) as in file names. Case
                matters.
              - Lists, strings and mistakes are as for O(prune.groups.protect).
            type: raw
            default: []
          max_deletions:
            description:
              - The most CSP origins that may be deleted, like O(prune.groups.max_deletions).
            type: int
      web_integrations:
        description:
          - Deletes web integrations that are not described. Pages that have their IDs in them stop working then.
        type: dict
        suboptions:
          protect:
            description:
              - A list of patterns of names that are never deleted, with C(*), C(?) and C([...]) as in file names. Case
                matters.
              - Lists, strings and mistakes are as for O(prune.groups.protect).
            type: raw
            default: []
          max_deletions:
            description:
              - The most web integrations that may be deleted, like O(prune.groups.max_deletions).
            type: int
      ip_policies:
        description:
          - Deletes IP policies that are not described, as far as the tenant says that they can be deleted.
        type: dict
        suboptions:
          protect:
            description:
              - A list of patterns of names that are never deleted, with C(*), C(?) and C([...]) as in file names. Case
                matters.
              - Lists, strings and mistakes are as for O(prune.groups.protect).
            type: raw
            default: []
          max_deletions:
            description:
              - The most IP policies that may be deleted, like O(prune.groups.max_deletions).
            type: int
  expected_plan:
    description:
      - The fingerprint of the plan that was approved, as RV(plan.fingerprint) of a check run has it. If the plan is
        another one now, the task fails before anything is written, and says what is planned.
      - When nothing is left to do the task succeeds, whatever was expected.
      - Null and a blank text are refused, because an approval that got lost on its way must not pass for a run without
        one.
    type: str
  require_plan:
    description:
      - Whether only approved plans are carried out. Without O(expected_plan) the task fails then, in check mode too.
    type: bool
    default: false
  report_extra:
    description:
      - Whether RV(extra) lists what the tenant holds and the description does not have. The members of all spaces are
        read for it, with a request for each space.
      - In check mode RV(administrators) says who can administer the tenant. That takes one request more for each of
        users, groups and group settings that are not described.
    type: bool
    default: false
seealso:
  - module: qlikops.cloud.qlik_configuration_info
  - module: qlikops.cloud.qlik_tenant
  - module: qlikops.cloud.qlik_roles
  - module: qlikops.cloud.qlik_group_settings
  - module: qlikops.cloud.qlik_groups
  - module: qlikops.cloud.qlik_users
  - module: qlikops.cloud.qlik_license_settings
  - module: qlikops.cloud.qlik_spaces
  - module: qlikops.cloud.qlik_tenant_settings
  - module: qlikops.cloud.qlik_api_key_settings
  - module: qlikops.cloud.qlik_session_policy
  - module: qlikops.cloud.qlik_csp_origins
  - module: qlikops.cloud.qlik_web_integrations
  - module: qlikops.cloud.qlik_ip_policies
"""

EXAMPLES = r"""
- name: Bring the tenant to its standard
  qlikops.cloud.qlik_configuration:
    tenant:
      name: Acme Analytics
    roles:
      - name: API Key Users
        assigned_scopes:
          - api-keys
    group_settings:
      auto_create_groups: true
    groups:
      - name: Developers
        assigned_roles:
          - API Key Users
      - name: Falcon
        provider_type: custom
    users:
      - subject: auth0|ada
        name: Ada Lovelace
        email: ada@example.com
        assigned_groups:
          - Falcon

- name: Plan which groups would go and come, without writing anything
  qlikops.cloud.qlik_configuration:
    groups:
      - name: Developers
      - name: Data Stewards
        assigned_roles:
          - Steward
    prune:
      groups:
        protect:
          - "breakglass-*"
        max_deletions: 10
  check_mode: true
  register: planned

- name: Do exactly what was planned, or nothing
  qlikops.cloud.qlik_configuration:
    groups:
      - name: Developers
      - name: Data Stewards
        assigned_roles:
          - Steward
    prune:
      groups:
        protect:
          - "breakglass-*"
        max_deletions: 10
    expected_plan: "{{ planned.plan.fingerprint }}"

- name: Disable everybody who is not described, but never more than five at once
  qlikops.cloud.qlik_configuration:
    users:
      - subject: auth0|ada
    prune:
      users:
        action: disable
        protect:
          - auth0|breakglass-*
        max_deletions: 5
"""

RETURN = r"""
areas:
  description:
    - What became of each area that is described. An area that there is one of has an C(action) and the resource. A list
      has a C(summary) with the number of objects of each action, and those of its objects that are not unchanged.
    - In check mode what is wrong with one object of the description does not hide how it and all others differ. Such an
      object has the action C(failed), an C(error), and the C(place) of its description; C(before) and C(after) show how
      it differs, as far as that can be known. If the description of the object can be right, and only the change cannot
      be made, C(planned) is the action that it would take. C(unchangeable) has the settings that differ and stay so,
      each with what is C(held) and what is C(wanted).
  returned: success, and failure after the tenant was read
  type: dict
  sample:
    tenant:
      action: unchanged
      tenant:
        id: BL6Qd2cPzVrQFbnnSB8Zp0tTqKU7ZcLK
        name: Acme Analytics
    groups:
      summary:
        created: 1
        updated: 0
        deleted: 0
        unchanged: 14
        failed: 0
      groups:
        - name: Data Stewards
          provider_type: idp
          action: created
          changed: true
          group:
            id: 6527ab0d4a3f2c0d9f1e8b77
            name: Data Stewards
            status: active
            provider_type: idp
  contains:
    tenant:
      description:
        - The settings of the tenant, with C(action) and C(tenant) as M(qlikops.cloud.qlik_tenant) returns them.
      type: dict
    roles:
      description: Custom roles, with C(summary) and C(roles) as M(qlikops.cloud.qlik_roles) returns them.
      type: dict
    group_settings:
      description:
        - The settings of all groups, with C(action) and C(group_settings) as M(qlikops.cloud.qlik_group_settings)
          returns them.
      type: dict
    groups:
      description: Groups, with C(summary) and C(groups) as M(qlikops.cloud.qlik_groups) returns them.
      type: dict
    users:
      description: Users, with C(summary) and C(users) as M(qlikops.cloud.qlik_users) returns them.
      type: dict
    license_settings:
      description:
        - Which licences new users get, with C(action) and C(license_settings) as
          M(qlikops.cloud.qlik_license_settings) returns them.
      type: dict
    spaces:
      description: Spaces, with C(summary) and C(spaces) as M(qlikops.cloud.qlik_spaces) returns them.
      type: dict
    csp_origins:
      description:
        - Origins in the content security policy, with C(summary) and C(csp_origins) as
          M(qlikops.cloud.qlik_csp_origins) returns them.
      type: dict
    ip_policies:
      description: IP policies, with C(summary) and C(ip_policies) as M(qlikops.cloud.qlik_ip_policies) returns them.
      type: dict
    web_integrations:
      description:
        - Web integrations, with C(summary) and C(web_integrations) as M(qlikops.cloud.qlik_web_integrations) returns
          them.
      type: dict
    tenant_settings:
      description:
        - The settings of the tenant, with C(action) and C(tenant_settings) as M(qlikops.cloud.qlik_tenant_settings)
          returns them.
      type: dict
    api_key_settings:
      description:
        - The settings of API keys, with C(action) and C(api_key_settings) as M(qlikops.cloud.qlik_api_key_settings)
          returns them.
      type: dict
    session_policy:
      description:
        - How long sessions live, with C(action) and C(session_policy) as M(qlikops.cloud.qlik_session_policy) returns
          them.
      type: dict
plan:
  description: What was planned, before anything was written.
  returned: success, and failure after the tenant was read
  type: dict
  sample:
    fingerprint: sha256:5a1f6b6be6e0d7a1b1d36e2d0b14c7e1ee3a4b8a5f7fa0a7b1c8a6f0c3a9d2e4
    steps: 1
  contains:
    fingerprint:
      description:
        - Stands for all that was planned, and is the same for the same tenant and description, in check mode and
          outside it, on every controller.
      type: str
    steps:
      description: How many objects differed.
      type: int
problems:
  description:
    - What is wrong with the description, each problem by itself, by area. What is about no area in particular has an
      empty key.
    - C(place) is where it stands. C(object) is what it is about, null where the whole area is
      meant.
    - Who refers to an object that is described wrongly has no problem for that.
  returned: when the description cannot be right on this tenant
  type: dict
  sample:
    groups:
      - place: groups[0].assigned_roles
        object: group 'HR' (idp)
        message: The tenant has no role 'Nobody'.
extra:
  description:
    - What the tenant holds and the description does not have, by area. Bots of OAuth clients are left out.
    - C(administers) says whether it has the role C(TenantAdmin), itself or through a group.
  returned: when O(report_extra) is set
  type: dict
  sample:
    groups:
      - name: Contractors
        provider_type: idp
        administers: false
        group:
          id: 6527ab0d4a3f2c0d9f1e8b78
          name: Contractors
          provider_type: idp
administrators:
  description:
    - Who can administer the tenant, because they have the role C(TenantAdmin). Everyone comes first, then users who
      have it themselves, then each group that has it, followed by its members. Of a group of the identity provider the
      tenant shows the members that have logged in.
    - Users count who are active, invited or provisioned.
  returned: in check mode, when O(report_extra) is set
  type: list
  elements: dict
  sample:
    - type: user
      name: auth0|ada
      provider_type:
      display_name: Ada Lovelace
      is_bot: false
      role: TenantAdmin
      through:
    - type: group
      name: Operations
      provider_type: idp
      display_name:
      is_bot: false
      role: TenantAdmin
      through:
    - type: user
      name: auth0|ada
      provider_type:
      display_name: Ada Lovelace
      is_bot: false
      role: TenantAdmin
      through:
        name: Operations
        provider_type: idp
  contains:
    type:
      description: V(everyone), V(user) or V(group).
      type: str
    name:
      description: The name of a group, or the subject of a user.
      type: str
    provider_type:
      description: The kind of a group, V(idp) or V(custom).
      type: str
    display_name:
      description: The name of a user.
      type: str
    is_bot:
      description: Whether the user is the bot of an OAuth client.
      type: bool
    role:
      description: The role.
      type: str
    through:
      description: The group that gives a user the role, null where it is the user's own.
      type: dict
not_available:
  description:
    - By area, why the tenant does not have what is described, such as licence settings on a capacity-based
      subscription, or an API that is not rolled out yet. Any area can be missing. The other areas are compared.
    - Only a check run with O(report_extra) goes on without such an area. Any other run fails before anything is
      written.
  returned: when O(report_extra) is set
  type: dict
  sample: {}
remarks:
  description:
    - By area, what an audit should show even where it is as described, such as spaces of which everybody is a member,
      and members and owners that do not exist any more.
  returned: when O(report_extra) is set
  type: dict
  sample:
    spaces:
      - "Finance: Everyone is a member, as consumer."
error:
  description: What went wrong in all, like RV(qlikops.cloud.qlik_group#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.configuration import flow_of_configuration
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import run

FLOW = flow_of_configuration(AREAS)


def main() -> None:
    run(FLOW)


if __name__ == "__main__":
    main()
