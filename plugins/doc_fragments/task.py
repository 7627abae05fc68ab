# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of the whole task."""

    LOCKOUT = r"""
options:
  allow_lockout:
    description:
      - Whether the task may lock out its own identity or the last active human tenant admin. Without it, the task fails
        if it would disable or delete them, or remove their role C(TenantAdmin), direct or through a group.
    type: bool
    default: false
"""

    # For modules that restrict the addresses that can reach a tenant.
    ALLOWLIST = r"""
options:
  caller_address:
    description:
      - The public IPv4 address from which the task reaches the tenant. The task cannot detect it itself.
      - An address that is not globally routable, such as V(192.168.1.7), is rejected unless O(allow_lockout) is set.
    type: str
  allow_lockout:
    description:
      - Whether the task may block its own address.
    type: bool
    default: false
"""

    # For modules that assign roles.
    DOCUMENTATION = r"""
options:
  planned_roles:
    description:
      - The names of custom roles that an earlier task of the play creates. In check mode, they are treated as existing
        roles. Outside check mode, this option has no effect.
    type: list
    elements: str
"""

    # For modules that assign users to groups.
    PLANNED_GROUPS = r"""
options:
  planned_groups:
    description:
      - The names of groups that an earlier task of the play creates. In check mode, they are treated as existing
        groups. Outside check mode, this option has no effect.
    type: list
    elements: str
"""

    # For modules that add users to spaces.
    PLANNED_USERS = r"""
options:
  planned_users:
    description:
      - The subjects of users that an earlier task of the play creates. In check mode, they are treated as existing
        users. Outside check mode, this option has no effect.
    type: list
    elements: str
"""

    # For bulk modules.
    BULK = r"""
options:
  rate_limit_wait:
    description:
      - The maximum time in seconds that the task may wait for the API's rate limit in total. By default, the wait is
        unlimited.
      - If not set, the environment variable E(QLIK_RATE_LIMIT_WAIT) is used.
    type: float
  concurrency:
    description:
      - The maximum number of concurrent write requests, 1 to 16.
    type: int
    default: 4
"""
