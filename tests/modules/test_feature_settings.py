# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Feature settings: switches with endpoints of their own, changes that take time, and a switch that needs consent."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Run, assert_five_steps, assert_refused, calls, texts, writes_in

MODULE = "qlik_feature_settings"
PUT, PATCH = "PUT /data-alerts/settings", "PATCH /sharing-tasks/settings"
TOGGLE = "POST /tenant-settings/actions/toggle-cross-region-inference"
ALERTS, SHARING = "/data-alerts/settings$", "/sharing-tasks/settings$"
CONSENT: dict[str, Json] = {"cross_region_inference": True, "consent": True}
IN_CHANGE: dict[str, Json] = {"data_alerts": True, "readings": {"data_alerts": 2}}


def switches(tenant: TenantHandle) -> Json:
    return tenant.state()["feature_settings"]


OFF = {"dataAlerts": False, "sharing": False, "reportSubscriptions": False, "crossRegionInference": False}
ALL: dict[str, Json] = {"data_alerts": True, "sharing": True, "report_subscriptions": True, **CONSENT}
CASES: dict[str, tuple[dict[str, Json], dict[str, Json]]] = {
    "nothing asked": ({}, {}),
    "equal": ({"data_alerts": False, "sharing": False, "report_subscriptions": False}, {}),
    "all": (ALL, dict.fromkeys(OFF, True)),
    "cross-region inference that is off": ({"cross_region_inference": False, "consent": True}, {}),
    "consent to nothing": ({"consent": True}, {}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("impatient")
def test_five_steps(run: Run, tenant: LocalTenant, case: str) -> None:
    options, expected = CASES[case]
    assert_five_steps(run, MODULE, options, switches, {**OFF, **expected}, changed=bool(expected))


@pytest.mark.usefixtures("impatient")
def test_each_endpoint_is_written_once(run: Run, tenant: LocalTenant) -> None:
    run(MODULE, **ALL)
    routes = tenant.counters()["routes"]
    assert {route: count for route, count in routes.items() if not route.startswith("GET ")} == {
        PUT: 1,
        PATCH: 1,
        TOGGLE: 1,
    }


def test_only_the_endpoints_of_the_described_switches_are_read(run: Run, tenant: LocalTenant) -> None:
    shown = run(MODULE, sharing=False)["feature_settings"]
    assert shown == {"sharing": False, "report_subscriptions": False, "report_subscriptions_status": "none"}
    assert tenant.counters()["routes"] == {"GET /sharing-tasks/settings": 1}
    tenant.reset_counters()
    assert run(f"{MODULE}_info")["feature_settings"] == {
        "data_alerts": False,
        "data_alerts_status": "none",
        **shown,
        "cross_region_inference": False,
    }
    assert calls(tenant) == 3
    tenant.reset_counters()
    read = run("qlik_configuration_info", areas=["tenant_settings", "feature_settings"])
    assert read["configuration"]["feature_settings"] == {"data_alerts": False, "data_alerts_status": "none", **shown}
    assert calls(tenant) == 3


@pytest.mark.parametrize("consent", [{}, {"consent": False}])
@pytest.mark.parametrize("value", [True, False])
def test_without_consent_nothing_is_written(
    run: Run, tenant: LocalTenant, value: bool, consent: dict[str, Json]
) -> None:
    options = {"cross_region_inference": value, "sharing": True, **consent}
    words = "cross_region_inference: Requires `consent: true`."
    assert_refused(run, MODULE, options, words)
    assert_refused(run, "qlik_configuration", {"feature_settings": options}, f"feature_settings.{words}")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("shown", ["old", "new"])
def test_a_change_is_waited_for(run: Run, tenant: LocalTenant, shown: str) -> None:
    tenant.guess(switch_readings=5, switch_during_change=shown)
    result = run(MODULE, data_alerts=True)
    assert (result["changed"], result["feature_settings"]["data_alerts_status"]) == (True, "none")
    assert tenant.counters()["routes"] == {"GET /data-alerts/settings": 1 + 5 + 1, PUT: 1}
    tenant.reset_counters()
    assert run(MODULE, data_alerts=True)["changed"] is False
    assert calls(tenant) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("shown", ["old", "new"])
@pytest.mark.parametrize("status", [409, 400])
def test_a_change_of_somebody_else_is_waited_for(run: Run, tenant: LocalTenant, status: int, shown: str) -> None:
    tenant.guess(switch_busy_status=status, switch_during_change=shown)
    tenant.set_tenant(feature_settings=IN_CHANGE)
    same = run(MODULE, data_alerts=True)
    assert (same["changed"], same["feature_settings"]["data_alerts_status"]) == (False, "enabling")
    tenant.set_tenant(feature_settings=IN_CHANGE)
    predicted = run(MODULE, check=True, data_alerts=False)
    tenant.set_tenant(feature_settings=IN_CHANGE)
    tenant.reset_counters()
    other = run(MODULE, data_alerts=False)
    assert (other["changed"], other["diff"]) == (True, predicted["diff"])
    assert switches(tenant) == OFF
    assert tenant.counters()["routes"][PUT] == 1


@pytest.mark.long
def test_a_change_that_takes_too_long(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(switch_readings=1000)
    result = run(MODULE, report_subscriptions=True, wait_seconds=1)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "after 1 seconds (wait_seconds): report_subscriptions is enabling. Run the task again later" in result["msg"]
    assert result["feature_settings"]["report_subscriptions_status"] == "enabling"
    assert run(MODULE, report_subscriptions=True)["changed"] is False
    # Nothing is written before the change of somebody else is complete.
    tenant.reset_counters()
    result = run(MODULE, report_subscriptions=False, wait_seconds=1)
    assert (result["failed"], result["changed"]) == (True, False)
    assert writes_in(tenant.counters()) == []


def test_a_task_that_does_not_wait(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(switch_readings=1000)
    result = run(MODULE, data_alerts=True, wait_seconds=0)
    assert (result["changed"], result["feature_settings"]["data_alerts_status"]) == (True, "enabling")
    assert tenant.counters()["routes"] == {"GET /data-alerts/settings": 2, PUT: 1}


@pytest.mark.parametrize("seconds", [-1, 3601])
def test_wait_seconds_out_of_range(run: Run, tenant: LocalTenant, seconds: int) -> None:
    words = f"wait_seconds: Must be 0 to 3600, not {seconds}."
    assert_refused(run, MODULE, {"data_alerts": True, "wait_seconds": seconds}, words)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("processed", [True, False])
@pytest.mark.parametrize(
    ("options", "method", "path"),
    [({"data_alerts": True}, "PUT", ALERTS), ({"sharing": True}, "PATCH", SHARING), (CONSENT, "POST", "inference$")],
)
def test_a_lost_response(
    run: Run, tenant: LocalTenant, options: dict[str, Json], method: str, path: str, processed: bool
) -> None:
    tenant.guess(switch_readings=2)
    lost = {"reset": "after" if processed else "before"}
    tenant.misbehave({"match": {"method": method, "path": path, "count": 1}, "action": lost})
    result = run(MODULE, **options)
    assert (result.get("msg"), result["changed"]) == (None, True)
    assert sum(switches(tenant).values()) == 1
    assert run(MODULE, **options)["changed"] is False


def test_a_switch_that_the_tenant_does_not_have(run: Run, tenant: LocalTenant) -> None:
    """The others are compared, by an audit too."""
    tenant.set_tenant(missing_services=["data-alerts"])
    options: dict[str, Json] = {"data_alerts": False, "sharing": True}
    words = "data_alerts: Cannot be set on this tenant. The tenant or its subscription does not have it"
    assert_refused(run, MODULE, options, words)
    audited = run("qlik_configuration", check=True, report_unmanaged=True, feature_settings=options)
    assert f"feature_settings.{words}" in audited["msg"]
    assert audited["areas"]["feature_settings"]["after"]["sharing"] is True
    assert run(f"{MODULE}_info")["feature_settings"].keys() == {
        "sharing",
        "report_subscriptions",
        "report_subscriptions_status",
        "cross_region_inference",
    }


@pytest.mark.parametrize("response", ["404", "403", "page"])
def test_a_tenant_without_any_switch(run: Run, tenant: LocalTenant, response: str) -> None:
    tenant.set_tenant(missing_services=["data-alerts", "sharing-tasks"])
    tenant.guess(missing_service=response)
    options: dict[str, Json] = {"data_alerts": True, "sharing": True}
    assert_refused(run, MODULE, options, "The tenant has no feature settings", "has not rolled out this API")
    audited = run("qlik_configuration", check=True, report_unmanaged=True, feature_settings=options)
    assert audited["not_available"].keys() == {"feature_settings"}


def test_who_may_not(run: Run, tenant: LocalTenant) -> None:
    key = {"api_key": tenant.api_key_without_rights}
    assert_refused(run, MODULE, {"data_alerts": True, "sharing": True, **key}, "HTTP status 403")


@pytest.mark.usefixtures("impatient")
def test_beside_the_tenant_settings(run: Run, tenant: LocalTenant) -> None:
    """Both areas write the same object of a tenant that does not have it yet."""
    described: dict[str, Json] = {"feature_settings": CONSENT, "tenant_settings": {"session_replay_opt_out": True}}
    planned = run("qlik_configuration", check=True, **described)
    done = run("qlik_configuration", **described)
    assert (texts(done), done["plan"], done["diff"]) == ([], planned["plan"], planned["diff"])
    settings = tenant.state()["tenant_settings"]
    assert (settings["crossRegionDataProcessing"], settings["sessionReplayOptOut"]) == (True, True)
    assert run("qlik_configuration", **described)["changed"] is False
