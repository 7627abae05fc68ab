# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_file_name
short_description: Name a file after a host or another text from outside
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Makes the name of one file of any text, so that the file stays in its folder and every text has a file of its own.
    The role P(qlikops.cloud.qlik_export#role) names its folders in the same way.
  - A slash becomes C(%2F), a percent sign C(%25), and the names C(.) and C(..) are escaped too. All else stays.
  - A name that is too long for a file is cut and ends in a hash.
  - Do not pass the name to an option of the type C(path), in which Ansible replaces shell variables.
positional: _input
options:
  _input:
    description:
      - The text.
    type: str
    required: true
  extension:
    description:
      - What the name of the file ends in.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Say where the file of a host is
  ansible.builtin.debug:
    msg: "reports/{{ inventory_hostname | qlikops.cloud.to_file_name('.json') }}"
"""

RETURN = r"""
_value:
  description:
    - The name.
  type: str
  sample: acme.json
"""

from typing import Any, Callable, Dict

from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import LONGEST_NAME, file_name
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import type_in_words


def to_file_name(text: str, extension: str = "") -> str:
    """The name of the file that belongs to a text.

    :raises AnsibleFilterError: when it is not a string.
    """
    if not isinstance(text, str) or not isinstance(extension, str):
        found = text if isinstance(extension, str) else extension
        raise AnsibleFilterError("to_file_name requires strings, not %s." % type_in_words(found))
    return file_name(text, LONGEST_NAME - len(extension.encode("utf-8"))) + extension


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """Filters by name."""
        return {"to_file_name": to_file_name}
