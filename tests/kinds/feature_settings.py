# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the feature settings."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.feature_settings import FeatureSettings

from .cases import Cases, FaultCase, Json, SeedCase, SettingCase, State

CROSS_REGION = SeedCase(
    {"qlik_seed_feature_settings": {"cross_region_inference": True, "consent": True}},
    {"feature_settings crossRegionInference": True, "tenant_settings crossRegionDataProcessing": True},
)


def switch(option: str, api: str, **beside: Json) -> SeedCase:
    return SeedCase(
        {"qlik_seed_feature_settings": {option: True, **beside}},
        {f"feature_settings {api}": True},
    )


def switches_of(state: State) -> Json:
    """Which features are on."""
    return [["features", *state["feature_settings"].values()]]


CASES = Cases(
    FeatureSettings(),
    seed={
        "data_alerts": switch("data_alerts", "dataAlerts"),
        "sharing": switch("sharing", "sharing"),
        "report_subscriptions": switch("report_subscriptions", "reportSubscriptions"),
        "cross_region_inference": CROSS_REGION,
        "consent": CROSS_REGION,
        "wait_seconds": switch("data_alerts", "dataAlerts", wait_seconds=60),
    },
    settings={
        "data_alerts": SettingCase(True, {"dataAlerts": True}),
        "sharing": SettingCase(True, {"sharing": True}),
        "report_subscriptions": SettingCase(True, {"reportSubscriptions": True}),
        "cross_region_inference": SettingCase(True, {"crossRegionInference": True}, {"consent": True}),
    },
    tasks={
        "qlik_feature_settings": [
            {"data_alerts": True, "sharing": True},
            {"cross_region_inference": True, "consent": True},
        ],
        "qlik_feature_settings_info": [{}],
    },
    described={"sharing": True},
    faults={
        "qlik_feature_settings": FaultCase(
            "qlik_feature_settings",
            {"data_alerts": True, "sharing": True, "report_subscriptions": True},
            switches_of,
            [["features", True, True, True, False]],
        ),
        "qlik_feature_settings, cross-region inference": FaultCase(
            "qlik_feature_settings",
            {"cross_region_inference": True, "consent": True},
            switches_of,
            [["features", False, False, False, True]],
        ),
        "qlik_feature_settings_info": FaultCase("qlik_feature_settings_info", {}, switches_of),
    },
)
