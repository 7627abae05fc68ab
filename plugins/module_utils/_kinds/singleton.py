# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of singletons: kinds of which a tenant has exactly one."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, List, Mapping, Sequence

from .._api.client import Client
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import Params
from .._planning.snapshot import Snapshot
from .area_form import OneObject
from .base import Kind, Reading


class Singleton(Kind):
    """A kind of which a tenant has exactly one resource, such as its settings."""

    is_singleton = True
    form = OneObject()

    @property
    def area(self) -> str:
        return self.noun

    def label(self, desired: Params) -> str:
        return "%s of %s" % (self.words, desired["tenant_url"])

    def path(self, resource: Resource) -> str:
        return self.collection

    def read(self, client: Client, desired: Sequence[Params], everything: bool) -> Reading:
        return Reading(self.existing(client))

    def existing(self, client: Client) -> List[Resource]:
        """Return a list of the resource; empty if it does not exist yet."""
        return [self.read_one(client)]

    def read_one(self, client: Client) -> Resource:
        """Read the resource."""
        return client.read(self.collection)

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        return self.read_one(client)

    def shows_settings(self, response: Mapping[str, Any]) -> bool:
        """Return whether a response has any of the settings; otherwise it is not a response of this API."""
        return any(setting.api in response for setting in self.settings)

    def plan(self, desired: Params, snapshot: Snapshot) -> Plan:
        current = snapshot.get(self.noun, self.key(desired))
        if current is None and not any(setting.is_given(desired) for setting in self.settings):
            return Plan("unchanged", None, None, None, None)
        return self.plan_presence(desired, current, snapshot)
