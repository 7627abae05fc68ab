# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options about a whole task."""

    LOCKOUT = r"""
options:
  allow_lockout:
    description:
      - Allows to take the role C(TenantAdmin), directly or through a group, from the identity that the task runs as, or
        from the last active person who has it, and to disable or delete them.
    type: bool
    default: false
"""

    # Of modules that say from which addresses a tenant can be reached.
    ALLOWLIST = r"""
options:
  caller_address:
    description:
      - The public address of IPv4 that the tenant sees the task come from. Only the tenant can see it, so it has to be
        given.
      - An address that is not globally routable, such as V(192.168.1.7), is refused unless O(allow_lockout) is set.
    type: str
  allow_lockout:
    description:
      - Allows what can keep the task itself from reaching the tenant.
    type: bool
    default: false
"""

    # Of modules that assign roles.
    DOCUMENTATION = r"""
options:
  planned_roles:
    description:
      - Names of custom roles that an earlier task of the play creates. In check mode that task does not create them,
        and they count as existing all the same. Outside check mode this changes nothing.
    type: list
    elements: str
"""

    # Of modules that assign users to groups.
    PLANNED_GROUPS = r"""
options:
  planned_groups:
    description:
      - Names of groups that an earlier task of the play creates. In check mode that task does not create them, and
        they count as existing all the same. Outside check mode this changes nothing.
    type: list
    elements: str
"""

    # Of modules that give access to users.
    PLANNED_USERS = r"""
options:
  planned_users:
    description:
      - Subjects of users that an earlier task of the play creates. In check mode that task does not create them, and
        they count as existing all the same. Outside check mode this changes nothing.
    type: list
    elements: str
"""

    # Of modules that ensure many resources.
    BULK = r"""
options:
  rate_limit_wait:
    description:
      - How many seconds the task may wait for the API's rate limit in all. Unless this is set, it waits as long as
        it takes.
      - If not set, the environment variable E(QLIK_RATE_LIMIT_WAIT) is used.
    type: float
  concurrency:
    description:
      - How many requests that write may be under way at the same time, 1 to 16.
    type: int
    default: 4
"""
