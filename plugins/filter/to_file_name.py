# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_file_name
short_description: Create a safe file name from a hostname or other external text
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Converts any text to a file name. The file stays in its folder, and each text has its own name. The role
    P(qlikops.cloud.qlik_export#role) names its folders in the same way.
  - A slash becomes C(%2F), and a percent sign becomes C(%25). The names C(.) and C(..) are escaped too. Everything else
    is kept.
  - Names that are too long for a file are shortened and end with a hash.
  - Do not pass the name to an option of type C(path), because Ansible replaces shell variables in it.
positional: _input
options:
  _input:
    description:
      - The text.
    type: str
    required: true
  extension:
    description:
      - The extension of the file name.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show the path of a host's file
  ansible.builtin.debug:
    msg: "reports/{{ inventory_hostname | qlikops.cloud.to_file_name('.json') }}"
"""

RETURN = r"""
_value:
  description:
    - The file name.
  type: str
  sample: acme.json
"""

from typing import Any, Callable, Dict

from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._files import LONGEST_NAME, file_name
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import type_in_words


def to_file_name(text: str, extension: str = "") -> str:
    """Return the file name for a text.

    :raises AnsibleFilterError: if an argument is not a string.
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
