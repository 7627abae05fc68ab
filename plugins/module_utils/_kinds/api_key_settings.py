# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits for API keys: their number per user and their lifetime (second reference, API keys)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict

from .._api.client import API, Client, member
from .._planning.references import Resource
from .._planning.values import Duration, WholeNumber
from .singleton import Singleton

#: Second reference: 0 to 1,000.
MOST_KEYS = 1000


class ApiKeySettings(Singleton):
    """The kind of C(qlik_api_key_settings). The API itself uses names in C(snake_case)."""

    noun = "api_key_settings"
    plural = "api_key_settings"
    words = word = "API key settings"
    collection = API + "/api-keys/configs"
    settings = (
        WholeNumber("max_keys_per_user", least=0, most=MOST_KEYS, api="max_keys_per_user"),
        Duration("max_api_key_expiry", api="max_api_key_expiry"),
        Duration("scim_external_client_expiry", api="scim_externalClient_expiry"),
    )

    def argument_spec(self) -> Dict[str, Any]:
        # Ansible would take these names for secrets.
        return {option: dict(spec, no_log=False) for option, spec in super().argument_spec().items()}

    def area_spec(self) -> Dict[str, Any]:
        return dict(super().area_spec(), no_log=False)

    def read_one(self, client: Client) -> Resource:
        # The response has no tenant ID, but the path of the next write requires it.
        tenant_id = client.tenant_id()
        found = client.read(member(self.collection, tenant_id), is_it=self.shows_settings)
        return {**found, "tenantId": tenant_id}

    def path(self, resource: Resource) -> str:
        return member(self.collection, resource["tenantId"])
