# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Users (Qlik reference: users)."""

from __future__ import annotations

from .._client import API, any_of, equals

COLLECTION = API + "/users"
#: Every status but C(deleted): a deleted user can stay visible, and counts as absent.
LIVING = ("active", "invited", "disabled", "provisioned")


def not_deleted(condition: str) -> str:
    """The filter C(condition) for users that exist; Qlik wants conditions on the status in one pair of parentheses."""
    return "(%s) and (%s)" % (condition, any_of(equals("status", status) for status in LIVING))
