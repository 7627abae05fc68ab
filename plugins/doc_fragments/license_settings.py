# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._documentation import as_suboptions


class ModuleDocFragment:
    """The options of the licence settings, for their own module and for the one of everything."""

    DOCUMENTATION = r"""
options:
  auto_assign_professional:
    description:
      - Whether a new user gets a professional licence, if one is free.
    type: bool
  auto_assign_analyzer:
    description:
      - Whether a new user gets an analyzer licence, if one is free and no professional licence is given.
    type: bool
"""

    AREA: str = as_suboptions("license_settings", DOCUMENTATION)
