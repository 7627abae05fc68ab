# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenant (Qlik reference: tenants)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

from .._api.client import API, Client, member
from .._errors import InvalidForTenant, InvalidInput
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .base import Absence
from .singleton import Singleton

#: Qlik reference, tenants: 3 to 63 characters. The rules for DNS labels are an assumption.
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]")


class HostnameAlias(Setting):
    """The alias host name of the tenant. Its values are full host names in lower case.

    The first host name of a tenant is the system host name, which never changes. The alias has the same domain.
    """

    def __init__(self) -> None:
        super().__init__("hostname_alias", TEXT, "hostnames", "/hostnames/1")

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), replace_hostname_alias=dict(BOOLEAN, default=False))

    def current(self, resource: Resource) -> Any:
        hostnames = resource.get(self.api)
        return str(hostnames[1]).lower() if isinstance(hostnames, list) and len(hostnames) > 1 else None

    def predict(self, resource: Resource, target: Any) -> None:
        resource[self.api] = [resource[self.api][0], target]

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> str:
        (tenant,) = snapshot.resources("tenant") or [{}]
        return self._complete(desired[self.option], tenant.get(self.api))

    def objection_to_change(
        self, desired: Params, resource: Resource, current: Any, target: Any
    ) -> Optional[InvalidInput]:
        if current is None or desired["replace_hostname_alias"]:
            return None
        return InvalidInput(
            "The tenant has the alias %s. Changing it to %s would immediately release the old one to all customers."
            % (current, target),
            "Set `replace_hostname_alias: true` to proceed anyway.",
            self.option,
        )

    @staticmethod
    def _complete(alias: str, hostnames: Any) -> str:
        """Return the full host name of an alias.

        :param alias: a full host name or its first label.
        :raises InvalidInput: if the tenant cannot have the alias.
        """
        label, dot, domain = alias.strip().lower().partition(".")
        has_names = isinstance(hostnames, list) and bool(hostnames)
        system = str(hostnames[0]).lower() if has_names else ""
        own_domain = system.partition(".")[2]
        allowed = "Use a label of 3 to 63 letters, digits, and hyphens, alone or followed by "
        allowed += ".%s." % own_domain if has_names else "the domain of the tenant."
        if not _LABEL.fullmatch(label):
            raise InvalidInput("%r is not a valid host name of a tenant." % alias, allowed)
        if not has_names:
            raise InvalidForTenant("Cannot be checked because the tenant does not show its host names.")
        if dot and domain != own_domain:
            raise InvalidInput("%r is not in the domain of the tenant." % alias, allowed)
        if "%s.%s" % (label, own_domain) == system:
            raise InvalidInput("%r is the system host name, which cannot be the alias." % alias, allowed)
        return "%s.%s" % (label, own_domain)


class Tenant(Singleton):
    """The kind of C(qlik_tenant): the tenant at C(tenant_url)."""

    noun = "tenant"
    plural = "tenants"
    collection = API + "/tenants"
    absence = Absence(words="API for its own name and settings")
    alias = HostnameAlias()
    settings = (
        Setting("name", TEXT),
        alias,
        Setting("auto_assign_create_shared_spaces_role_to_professionals", BOOLEAN),
        Setting("auto_assign_private_analytics_content_creator_role_to_professionals", BOOLEAN),
        Setting("auto_assign_data_services_contributor_role_to_professionals", BOOLEAN),
        Setting("enable_app_opening_feedback", BOOLEAN),
        Setting(
            "enable_analytic_creation",
            BOOLEAN,
            deprecated="enable_analytic_creation has no effect: Qlik deprecated it in March 2026 and will remove it in"
            " March 2027 or later.",
        ),
    )

    def label(self, desired: Params) -> str:
        return "tenant %s" % desired["tenant_url"]

    def read_one(self, client: Client) -> Resource:
        return client.read_by_id(self.collection, client.tenant_id())

    def read_again(self, client: Client, resource: Resource, desired: Params) -> Resource:
        return client.read_by_id(self.collection, resource["id"])

    def path(self, resource: Resource) -> str:
        return member(self.collection, resource["id"])

    def check(self, desired: Params) -> None:
        if desired.get("name") == "":
            raise InvalidInput("Must not be empty.", option="name")

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        old = self.alias.current(plan.current or {})
        if "hostname_alias" in plan.differing and old:
            texts.append("The alias %s will be released to all customers. Tasks and links that use it will fail." % old)
        return texts
