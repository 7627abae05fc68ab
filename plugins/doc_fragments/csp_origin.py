# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of one CSP origin, for the single and for the bulk module."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the CSP origin. Upper and lower case matter. One that the tenant has without a name is found by
        its origin instead.
      - Names need not be unique. CSP origins that have the same name and the same values of all other options are
        duplicates. The one with the smallest ID is kept, and the others are deleted, with a warning. With
        O(state=absent) all of them are deleted.
      - Where several of one name differ, the task fails and says their IDs, and O(id) says which one is meant.
      - Together with O(id), the name that the CSP origin is to have.
    type: str
  id:
    description:
      - The ID of a CSP origin that exists.
    type: str
  state:
    description:
      - V(present) creates or changes the CSP origin, V(absent) deletes it.
    type: str
    choices:
      - present
      - absent
    default: present
  origin:
    description:
      - The origin, a host with a port if it takes one, such as V(portal.example.com:8443), V(*.example.com),
        V(https://portal.example.com), or V(localhost:*). It has at most 256 characters, no path, no user and no
        password. A new one needs it.
      - C(https://) in front of it, upper and lower case, and a slash at its end make no difference.
      - A slash at its end is never written, because no browser sends it. To give one is a warning.
    type: str
  description:
    description:
      - The description, of at most 1024 characters.
    type: str
  directives:
    description:
      - What the origin may be used for, by the names that the API has. V(frameAncestors) lets pages of the origin
        embed the tenant. Others are switched off, and an empty list switches all off.
    type: list
    elements: str
    choices:
      - childSrc
      - connectSrc
      - connectSrcWSS
      - fontSrc
      - formAction
      - frameAncestors
      - frameSrc
      - imgSrc
      - mediaSrc
      - objectSrc
      - scriptSrc
      - styleSrc
      - workerSrc
"""

    ITEMS: str = as_suboptions("csp_origins[]", DOCUMENTATION)
