# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The automatic assignment of licenses to new users (second reference, licenses)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from .._api.client import API, Client
from .._errors import BadRequest, Forbidden, NotFound
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, Setting
from .absence import not_available
from .base import Absence
from .singleton import Singleton
from .writing import WriteRules


class LicenseSettings(Singleton):
    """The kind of C(qlik_license_settings)."""

    noun = "license_settings"
    plural = "license_settings"
    words = "license settings"
    collection = API + "/licenses/settings"
    absence = Absence(
        because="Only user-based subscriptions, with professional and analyzer licenses, have these settings. On a"
        " capacity-based subscription, roles define the entitlement.",
        errors=(BadRequest, NotFound, Forbidden),
    )
    # The reference does not document whether PUT resets an omitted setting, so both are sent.
    writing = WriteRules(is_replaced=True)
    settings = (Setting("auto_assign_professional", BOOLEAN), Setting("auto_assign_analyzer", BOOLEAN))

    def read_one(self, client: Client) -> Resource:
        found = client.read(self.collection)
        if all(setting.current(found) is None for setting in self.settings):
            raise not_available(self)
        return found
