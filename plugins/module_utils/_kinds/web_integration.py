# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Web integrations: origins that may call the tenant from a browser (second reference, web integrations)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, List

from .._api.client import API
from .._planning.origins import check_origin, same_origin, warnings_of_slashes, without_slash
from .._planning.settings import TEXT, Params, Setting, TextSet
from .._planning.snapshot import Snapshot
from .listed import Listed
from .renaming import RenameRules


class Origins(TextSet):
    """The origins, compared without case and trailing slash."""

    def __init__(self) -> None:
        super().__init__("valid_origins", same=same_origin)

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[str]:
        origins = list(map(without_slash, desired[self.option]))
        return super().target(dict(desired, **{self.option: origins}), current, snapshot)

    def warnings(self, desired: Params) -> List[str]:
        return super().warnings(desired) + warnings_of_slashes(self.option, desired.get(self.option) or [])


class WebIntegration(Listed):
    """The kind of C(qlik_web_integration) and C(qlik_web_integrations)."""

    noun = "web_integration"
    plural = "web_integrations"
    collection = API + "/web-integrations"
    renaming = RenameRules()
    blank = {"validOrigins": [], "created": None, "lastUpdated": None}
    settings = (Setting("name", TEXT), Origins())

    def check(self, desired: Params) -> None:
        for index, origin in enumerate(desired.get("valid_origins") or []):
            check_origin(origin, "valid_origins[%d]" % index, "https")
