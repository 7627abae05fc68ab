# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one user, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  subject:
    description:
      - What the identity provider calls the user. Upper and lower case matter, and every character is allowed.
    type: str
  id:
    description:
      - The ID of a user that exists.
    type: str
  state:
    description:
      - V(present) creates or changes the user.
      - V(absent) deletes the user. Sessions end and API keys are revoked, and what the user owns loses its owner.
    type: str
    choices:
      - present
      - absent
    default: present
  name:
    description:
      - The display name. The identity provider may overwrite it at the next login.
    type: str
  email:
    description:
      - The e-mail address. The API sets it only when the user is created, and two users cannot have the same.
      - If the user exists with another one, the task warns and says so in its result.
    type: str
  picture:
    description:
      - The URL of a picture. The API sets it only when the user is created.
      - If the user exists with another one, the task warns and says so in its result.
    type: str
  status:
    description:
      - V(active) enables a disabled user, and accepts an invitation in the place of the invited one.
      - V(disabled) disables the user. A user that is created so is active for a moment.
    type: str
    choices:
      - active
      - disabled
  assigned_roles:
    description:
      - The names of the roles of the user, at most 100. Upper and lower case matter, and the order does not.
      - These are the roles assigned to the user directly. Roles through groups are neither compared nor changed.
    type: list
    elements: str
  assigned_role_ids:
    description:
      - The same as O(assigned_roles), by the IDs that the roles have on this tenant.
    type: list
    elements: str
  purge_roles:
    description:
      - Whether roles that are not listed are taken from the user. With V(false) the listed ones are added.
    type: bool
    default: true
  assigned_groups:
    description:
      - The names of custom groups of the user. Groups of the identity provider cannot be assigned here, and are
        left alone.
    type: list
    elements: str
  purge_groups:
    description:
      - Whether the user is taken out of custom groups that are not listed.
    type: bool
    default: false
  preferred_locale:
    description:
      - The language of the user interface, such as V(en), V(pt-BR), or V(en_US_POSIX). The tenant checks it.
    type: str
  preferred_zoneinfo:
    description:
      - The time zone, such as V(Europe/Paris). The tenant checks it; a name that the time zone database of this
        machine does not have gets a warning.
    type: str
"""

    ITEMS: str = as_suboptions("users[]", DOCUMENTATION)
