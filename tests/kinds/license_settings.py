# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of license settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.license_settings import LicenseSettings

from .cases import FaultCase, SettingCase, Single, State


def settings_of(state: State) -> State:
    """Which licenses new users get by themselves."""
    settings: State = state["license"]["settings"]
    return settings


CASES = Single(
    LicenseSettings(),
    settings={
        "auto_assign_professional": SettingCase(True, {"autoAssignProfessional": True}),
        "auto_assign_analyzer": SettingCase(True, {"autoAssignAnalyzer": True}),
    },
    current={"autoAssignProfessional": False, "autoAssignAnalyzer": False},
    wrong={"auto_assign_analyzer": "Zzz"},
    look=settings_of,
    tasks={"qlik_license_info": [{}]},
    faults={
        # The request replaces both settings.
        "qlik_license_settings, one": FaultCase(
            "qlik_license_settings",
            {"auto_assign_professional": True},
            settings_of,
            {"autoAssignProfessional": True, "autoAssignAnalyzer": True},
            lambda tenant: tenant.set_tenant(license={"auto_assign_analyzer": True, "auto_assign_professional": False}),
        ),
        "qlik_license_info": FaultCase("qlik_license_info", {}, settings_of),
    },
)
