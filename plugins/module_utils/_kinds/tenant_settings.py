# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenant settings, which do not exist until they are first set (second reference, tenant settings)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, List
from urllib.parse import urlsplit

from .._api.client import Client
from .._errors import InvalidInput
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .._planning.values import Nested
from .base import Absence
from .endpoints import TENANT_SETTINGS, existing_tenant_settings
from .singleton import Singleton

#: The start pages with their paths in responses. The first one is the default of a tenant without settings.
START_PAGES = {
    "analytics-hub": "/insights",
    "analytics-creation-hub": "/analytics",
    "data-integration-hub": "/qdi",
    "management-console": "/console",
}
_LINK = "customize_no_access.link_url"
_CREDENTIALS = re.compile("//[^/?#]*@")
_DEFAULT_START_PAGE = next(iter(START_PAGES))


class StartPage(Setting):
    """A start page, which responses show with its path."""

    def current(self, resource: Resource) -> Any:
        page = resource.get(self.api)
        return page.get("value") if isinstance(page, dict) else page

    def predict(self, resource: Resource, target: Any) -> None:
        resource[self.api] = {"value": target, "route": START_PAGES[target]}


class TenantSettings(Singleton):
    """The kind of C(qlik_tenant_settings)."""

    noun = "tenant_settings"
    plural = "tenant_settings"
    collection = TENANT_SETTINGS
    absence = Absence(is_seen_at_creation=True)
    settings = (
        StartPage("preferred_start_page", dict(TEXT, choices=list(START_PAGES)), is_added=True),
        Setting("release_cadence", dict(TEXT, choices=["monthly", "continuous"]), in_creation=False, is_added=True),
        Setting("session_replay_opt_out", BOOLEAN, in_creation=False, is_added=True),
        Nested(
            "customize_no_access",
            (
                Setting("link_enabled", BOOLEAN),
                Setting("link_label", TEXT, may_be_empty=True),
                Setting("link_url", TEXT, may_be_empty=True),
                # The option cannot have the API's name because Ansible reserves it.
                Setting("text", TEXT, api="message", may_be_empty=True),
            ),
            blank={"link_enabled": False},
            is_added=True,
        ),
    )

    def exists(self, resource: Resource) -> bool:
        return "id" in resource or self.shows_settings(resource)

    def existing(self, client: Client) -> List[Resource]:
        return existing_tenant_settings(lambda: self.read_one(client))

    def read_one(self, client: Client) -> Resource:
        # The response of a tenant without settings is not documented, so an empty object is accepted too.
        return client.read(self.collection, is_it=lambda body: not body or self.exists(dict(body)))

    def check(self, desired: Params) -> None:
        super().check(desired)
        if _CREDENTIALS.search(_link_in(desired)):
            # The message does not show the text, because it may contain a password.
            text = "Must not contain a user or a password, because users without access see the link."
            raise InvalidInput(text, "Remove them from the link.", _LINK)

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        link = _link_in(desired)
        if link and not _is_link(link):
            texts.append("%s: %r is not a link. Use a URL that begins with https://." % (_LINK, link))
        return texts

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        given = [setting for setting in self.settings if setting.is_given(desired)]
        if given and not any(setting.in_creation for setting in given) and not snapshot.resources(self.noun):
            # POST requires a setting that it can set. This one keeps its default.
            desired = dict(desired, preferred_start_page=_DEFAULT_START_PAGE)
        return super().plan(desired, snapshot)


def _link_in(desired: Params) -> str:
    return (desired.get("customize_no_access") or {}).get("link_url") or ""


def _is_link(text: str) -> bool:
    """Return whether a text is an http, https, or mailto URL."""
    try:
        parts = urlsplit(text)
        has_target = parts.scheme == "mailto" or (parts.scheme in ("https", "http") and bool(parts.hostname))
    except ValueError:
        return False
    return has_target and text.split() == [text]
