# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Roles, default and custom (Qlik reference: roles)."""

from __future__ import annotations

from .._client import API, equals
from .._kind import Kind
from .._settings import Params

COLLECTION = API + "/roles"


class Role(Kind):
    """What C(qlik_role_info) reads."""

    noun = "role"
    plural = "roles"
    collection = COLLECTION

    def condition(self, wanted: Params) -> str:
        return equals("name", wanted["name"])
