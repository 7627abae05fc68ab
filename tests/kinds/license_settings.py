# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of license settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.license_settings import LicenseSettings

from .cases import Cases, FaultCase, Json, SeedCase, SettingCase, State


def licenses(option: str, api: str) -> SeedCase:
    return SeedCase({"qlik_seed_license_settings": {option: True}}, {f"licenses {api}": True})


def license_of(state: State) -> Json:
    """Which licenses new users get by themselves."""
    settings = state["license"]["settings"]
    return [["license", settings["autoAssignProfessional"], settings["autoAssignAnalyzer"]]]


CASES = Cases(
    LicenseSettings(),
    seed={
        "auto_assign_professional": licenses("auto_assign_professional", "autoAssignProfessional"),
        "auto_assign_analyzer": licenses("auto_assign_analyzer", "autoAssignAnalyzer"),
    },
    settings={
        "auto_assign_professional": SettingCase(True, {"autoAssignProfessional": True}),
        "auto_assign_analyzer": SettingCase(True, {"autoAssignAnalyzer": True}),
    },
    tasks={
        "qlik_license_settings": [{"auto_assign_analyzer": False}],
        "qlik_license_info": [{}],
    },
    described={"auto_assign_analyzer": True},
    faults={
        "qlik_license_settings": FaultCase(
            "qlik_license_settings",
            {"auto_assign_professional": True},
            license_of,
            [["license", True, True]],
            lambda tenant: tenant.set_tenant(license={"auto_assign_analyzer": True, "auto_assign_professional": False}),
        ),
        "qlik_license_info": FaultCase("qlik_license_info", {}, license_of),
    },
)
