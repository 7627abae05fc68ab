# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which licences new users get by themselves (second reference, licences)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from .._api.client import API, Client
from .._errors import BadRequest, Forbidden, NotFound
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, Params, Setting
from .base import Kind


class LicenseSettings(Kind):
    """What C(qlik_license_settings) manages."""

    noun = "license_settings"
    plural = "license_settings"
    called = "licence settings"
    collection = API + "/licenses/settings"
    is_singleton = True
    missing_because = (
        "Only user-based subscriptions, with professional and analyzer licences, have them. On a capacity-based"
        " subscription the entitlement follows from roles."
    )
    missing_answers = (BadRequest, NotFound, Forbidden)
    # PUT with one of the two: what becomes of the other is not documented, so both are sent.
    is_replaced = True
    settings = (Setting("auto_assign_professional", BOOLEAN), Setting("auto_assign_analyzer", BOOLEAN))

    def label(self, wanted: Params) -> str:
        return "licence settings of %s" % wanted["tenant_url"]

    def read_singleton(self, client: Client) -> Resource:
        found = client.read(self.collection)
        if all(setting.held(found) is None for setting in self.settings):
            raise self.not_available()
        return found
