# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Web integrations: who may call the tenant from a browser (second reference, web integrations)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from .._api.client import API
from .._planning.origins import check_origin, same_origin
from .._planning.settings import TEXT, Params, Setting, TextSet
from .listed import Listed


class WebIntegration(Listed):
    """What C(qlik_web_integration) and C(qlik_web_integrations) manage."""

    noun = "web_integration"
    plural = "web_integrations"
    collection = API + "/web-integrations"
    blank = {"validOrigins": [], "created": None, "lastUpdated": None}
    settings = (Setting("name", TEXT), TextSet("valid_origins", same=same_origin))

    def check(self, wanted: Params) -> None:
        for place, origin in enumerate(wanted.get("valid_origins") or []):
            check_origin(origin, "valid_origins[%d]" % place, "https")
