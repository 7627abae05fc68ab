# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The license of a tenant (second reference, licenses)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from .._api.client import API, Client
from .._planning.references import Resource
from .base import Absence, in_snake_case
from .singleton import Singleton


class License(Singleton):
    """The kind of C(qlik_license_info)."""

    noun = "license"
    plural = "licenses"
    absence = Absence(words="license that this credential can read")
    collection = API + "/licenses/overview"
    settings = ()

    def read_one(self, client: Client) -> Resource:
        return client.read(self.collection, is_it=_is_license)

    def to_user(self, resource: Optional[Resource]) -> Any:
        # The license key is a secret: it can create tenants and use up the quota.
        shown: Dict[str, Any] = in_snake_case(
            {key: value for key, value in (resource or {}).items() if key != "licenseKey"}
        )
        for allotment in shown.get("allotments") or []:
            units, used = allotment.get("units"), allotment.get("units_used")
            is_counted = isinstance(units, int) and isinstance(used, int)
            allotment["units_free"] = units - used if is_counted else None
        return shown


def _is_license(found: Mapping[str, Any]) -> bool:
    allotments = found.get("allotments") or []
    is_list = isinstance(allotments, list) and all(isinstance(allotment, dict) for allotment in allotments)
    return is_list and isinstance(found.get("status"), str)
