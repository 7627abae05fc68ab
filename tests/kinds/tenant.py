# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the tenant itself."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant

from .cases import Cases, FaultCase, Json, SeedCase, SettingCase

TENANT = "auto_assign_{}_to_professionals"

TENANT_API = "autoAssign{}ToProfessionals"


def tenant(option: str, value: Json, api: str, shown: Json = None) -> SeedCase:
    return SeedCase({"qlik_seed_tenant": {option: value}}, {f"tenant {api}": value if shown is None else shown})


CASES = Cases(
    Tenant(),
    seed={
        "name": tenant("name", "Acme", "name"),
        "hostname_alias": tenant("hostname_alias", "acme", "hostnames", ["SYSTEM", "acme.us.qlikcloud.com"]),
        "replace_hostname_alias": SeedCase(
            {"qlik_seed_tenant": {"hostname_alias": "new", "replace_hostname_alias": True}},
            {"tenant hostnames": ["SYSTEM", "new.us.qlikcloud.com"]},
        ),
        TENANT.format("create_shared_spaces_role"): tenant(
            TENANT.format("create_shared_spaces_role"), False, TENANT_API.format("CreateSharedSpacesRole")
        ),
        TENANT.format("private_analytics_content_creator_role"): tenant(
            TENANT.format("private_analytics_content_creator_role"),
            False,
            TENANT_API.format("PrivateAnalyticsContentCreatorRole"),
        ),
        TENANT.format("data_services_contributor_role"): tenant(
            TENANT.format("data_services_contributor_role"), False, TENANT_API.format("DataServicesContributorRole")
        ),
        "enable_app_opening_feedback": tenant("enable_app_opening_feedback", True, "enableAppOpeningFeedback"),
        "enable_analytic_creation": tenant("enable_analytic_creation", True, "enableAnalyticCreation"),
    },
    settings={
        "name": SettingCase("New", {"name": "New"}),
        "hostname_alias": SettingCase("new", {"hostnames": "new.us.qlikcloud.com"}, {"replace_hostname_alias": True}),
        "auto_assign_create_shared_spaces_role_to_professionals": SettingCase(
            False, {"autoAssignCreateSharedSpacesRoleToProfessionals": False}
        ),
        "auto_assign_private_analytics_content_creator_role_to_professionals": SettingCase(
            False, {"autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": False}
        ),
        "auto_assign_data_services_contributor_role_to_professionals": SettingCase(
            False, {"autoAssignDataServicesContributorRoleToProfessionals": False}
        ),
        "enable_app_opening_feedback": SettingCase(True, {"enableAppOpeningFeedback": True}),
        "enable_analytic_creation": SettingCase(True, {"enableAnalyticCreation": True}),
    },
    tasks={
        "qlik_tenant": [{"name": "New"}],
        "qlik_tenant_info": [{}],
    },
    described={"name": "Acme"},
    faults={
        "qlik_tenant": FaultCase(
            "qlik_tenant", {"name": "New name"}, lambda state: state["tenant"]["name"], "New name"
        ),
        "qlik_tenant_info": FaultCase("qlik_tenant_info", {}, lambda state: state["tenant"]["name"]),
    },
)
