# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rename rules of a kind whose names can be changed."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from .._planning.references import Resource
from .._planning.snapshot import Snapshot


class RenameRules:
    """The rename rules of a kind. The table of the kind says which of its resources can be renamed."""

    def belongings(self, resource: Resource, snapshot: Snapshot) -> str:
        """Return what users have to move from a resource that cannot be renamed, as a sentence; empty if nothing."""
        return ""
