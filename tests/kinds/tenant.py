# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the tenant itself."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.tenant import Tenant

from .cases import SeedCase, SettingCase, Single, State


def shown_in(state: State) -> State:
    """The tenant with its alias as C(hostnames), which its system host name never leaves."""
    system, *alias = state["tenant"]["hostnames"]
    return {**state["tenant"], "hostnames": alias[0] if alias else None, "system": system}


CASES = Single(
    Tenant(),
    seed={
        "hostname_alias": SeedCase(
            {"qlik_seed_tenant": {"hostname_alias": "acme"}}, {"tenant hostnames": "acme.us.qlikcloud.com"}
        ),
        "replace_hostname_alias": SeedCase(
            {"qlik_seed_tenant": {"hostname_alias": "new", "replace_hostname_alias": True}},
            {"tenant hostnames": "new.us.qlikcloud.com"},
        ),
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
    current={
        # Each tenant has another one; all tasks change it.
        "name": None,
        "hostnames": None,
        "autoAssignCreateSharedSpacesRoleToProfessionals": True,
        "autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": True,
        "autoAssignDataServicesContributorRoleToProfessionals": True,
        "enableAppOpeningFeedback": False,
        "enableAnalyticCreation": False,
    },
    wrong={"name": ""},
    look=shown_in,
    paths=["/api/v1/tenants/{tenant}"],
)
