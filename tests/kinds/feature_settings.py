# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the feature settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.feature_settings import FeatureSettings

from .cases import FaultCase, SeedCase, SettingCase, Single

CONSENT = {"cross_region_inference": True, "consent": True}
CROSS_REGION = SeedCase(
    {"qlik_seed_feature_settings": CONSENT},
    {"feature_settings crossRegionInference": True, "tenant_settings crossRegionDataProcessing": True},
)
CASES = Single(
    FeatureSettings(),
    seed={
        "cross_region_inference": CROSS_REGION,
        "consent": CROSS_REGION,
        "wait_seconds": SeedCase(
            {"qlik_seed_feature_settings": {"data_alerts": True, "wait_seconds": 60}},
            {"feature_settings dataAlerts": True},
        ),
    },
    settings={
        "data_alerts": SettingCase(True, {"dataAlerts": True}),
        "sharing": SettingCase(True, {"sharing": True}),
        "report_subscriptions": SettingCase(True, {"reportSubscriptions": True}),
        "cross_region_inference": SettingCase(True, {"crossRegionInference": True}, {"consent": True}),
    },
    current={"dataAlerts": False, "sharing": False, "reportSubscriptions": False, "crossRegionInference": False},
    describes=["sharing"],
    wrong={"cross_region_inference": True},
    paths=["/api/v1/sharing-tasks/settings", "/api/v1/data-alerts/settings"],
    tasks={"qlik_feature_settings": [{"data_alerts": True, "sharing": True}, CONSENT]},
    faults={
        "qlik_feature_settings, cross-region inference": FaultCase(
            "qlik_feature_settings",
            CONSENT,
            lambda state: [["features", *state["feature_settings"].values()]],
            [["features", False, False, False, True]],
        ),
    },
)
