# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/qlikops.cloud.qlik) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - qlikops.cloud.qlik
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the tenant has not been changed by others in between.
"""

    # A module that ensures a state.
    ENSURE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Check mode builds the same plan as a real run but does not apply it. Instead of the writes, up to two reads
        check what the tenant would check, such as whether the roles exist.
  diff_mode:
    support: full
    details:
      - RV(ignore:diff) has the configurable settings before and after the task. Role names are sorted.
  idempotent:
    support: full
"""

    # A module that only reads.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module does not change anything.
  diff_mode:
    support: N/A
    details:
      - This module does not change anything.
  idempotent:
    support: full
    details:
      - This module does not change anything.
"""
