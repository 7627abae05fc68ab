# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""License settings in five steps, what a subscription without them says, and that the license key stays a secret."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Run, assert_five_steps, assert_refused, calls

SETTINGS: dict[str, tuple[dict[str, Json], tuple[bool, bool], bool]] = {
    "nothing asked": ({}, (True, False), False),
    "equal": ({"auto_assign_professional": True, "auto_assign_analyzer": False}, (True, False), False),
    "professional": ({"auto_assign_professional": False}, (False, False), True),
    "analyzer": ({"auto_assign_analyzer": True}, (True, True), True),
    "both": ({"auto_assign_professional": False, "auto_assign_analyzer": True}, (False, True), True),
}


def view(tenant: TenantHandle) -> Json:
    license = tenant.state()["license"]["settings"]
    return license["autoAssignProfessional"], license["autoAssignAnalyzer"]


@pytest.mark.parametrize("omitted", ["kept", "off"])
@pytest.mark.parametrize("case", SETTINGS)
def test_settings(run: Run, tenant: LocalTenant, case: str, omitted: str) -> None:
    options, expected, changed = SETTINGS[case]
    tenant.set_tenant(license={"auto_assign_professional": True, "auto_assign_analyzer": False})
    tenant.guess(license_put_omitted=omitted)
    assert_five_steps(run, "qlik_license_settings", options, view, expected, changed=changed)


@pytest.mark.parametrize("response", ["400", "403", "404", "empty"])
@pytest.mark.parametrize("options", [{}, {"auto_assign_analyzer": True}, {"auto_assign_analyzer": False}])
def test_a_subscription_without_settings(
    run: Run, tenant: LocalTenant, response: str, options: dict[str, Json]
) -> None:
    tenant.set_tenant(license={"user_based": False})
    tenant.guess(license_settings_missing=response)
    words = "The tenant has no license settings", "user-based subscriptions", "roles define the entitlement"
    assert_refused(run, "qlik_license_settings", options, *words)
    assert_refused(run, "qlik_configuration", {"license_settings": options, "groups": [{"name": "New"}]}, *words)


@pytest.mark.parametrize("response", ["400", "403", "404", "empty"])
def test_an_audit_goes_on_without_settings(run: Run, tenant: LocalTenant, response: str) -> None:
    tenant.set_tenant(license={"user_based": False})
    tenant.guess(license_settings_missing=response)
    described: dict[str, Json] = {"license_settings": {"auto_assign_analyzer": True}, "groups": [{"name": "New"}]}
    audited = run("qlik_configuration", check=True, report_unmanaged=True, **described)
    assert not audited.get("failed"), audited
    assert audited["areas"].keys() == {"groups"}
    assert audited["plan"] == run("qlik_configuration", check=True, groups=described["groups"])["plan"]
    (reason,) = audited["not_available"].values()
    assert "The tenant has no license settings" in reason
    assert_refused(run, "qlik_configuration", described, "license_settings: The tenant has no license settings")
    refused = run("qlik_configuration", report_unmanaged=True, **described)
    assert refused["problems"].keys() == {"license_settings"}
    assert tenant.groups() == []


@pytest.mark.parametrize("user_based", [True, False])
def test_info(run: Run, tenant: LocalTenant, user_based: bool) -> None:
    tenant.set_tenant(license={"user_based": user_based, "allotments": {"professional": [20, 3], "analyzer": [10, 12]}})
    tenant.reset_counters()
    result = run("qlik_license_info")
    assert (result["changed"], calls(tenant)) == (False, 1)
    shown = result["license"]
    free = {each["name"]: each["units_free"] for each in shown["allotments"]}
    assert free == ({"professional": 17, "analyzer": -2} if user_based else {})
    assert shown["license_number"]


def test_the_license_key_is_never_shown(run: Run, tenant: LocalTenant) -> None:
    key = tenant.state()["license"]["overview"]["licenseKey"]
    assert len(key) > 20
    assert "license" in run("qlik_license_info")
    assert key not in run.output
    for action in ({"invalid_json": True}, {"truncate": 60}, {"wrong_type": [key]}, {"echo": 400}):
        body = {"status": 400, "json": {"errors": [{"code": "X", "title": "No", "meta": {"licenseKey": key}}]}}
        tenant.behave()
        tenant.misbehave({"match": {"path": "/licenses/overview$"}, "action": body if "echo" in action else action})
        assert run("qlik_license_info", retries=0)["failed"] is True
        assert key[:20] not in run.output


@pytest.mark.parametrize("shown", ["autoAssignAnalyzer", "autoAssignProfessional"])
def test_a_setting_that_is_not_shown(run: Run, tenant: LocalTenant, shown: str) -> None:
    """What the tenant does not show is not written either."""
    tenant.misbehave(
        {
            "match": {"method": "GET", "path": "/licenses/settings$", "count": 1},
            "action": {"status": 200, "json": {shown: True}},
        }
    )
    option = "auto_assign_analyzer" if shown == "autoAssignAnalyzer" else "auto_assign_professional"
    result = run("qlik_license_settings", **{option: False})
    assert result["changed"] is True, result
    assert tenant.state()["license"]["settings"][shown] is False


@pytest.mark.parametrize(
    "response",
    [{"status": "Ok", "allotments": "x"}, {"status": "Ok", "allotments": ["x"]}, {"allotments": []}, {"status": 1}],
)
@pytest.mark.usefixtures("impatient")
def test_an_overview_that_is_none(run: Run, tenant: LocalTenant, response: Json) -> None:
    tenant.misbehave({"match": {"path": "/licenses/overview$"}, "action": {"status": 200, "json": response}})
    result = run("qlik_license_info")
    assert result["failed"] is True
    assert "unexpected response: not the requested object." in result["msg"]


@pytest.mark.parametrize("response", [{}, {"autoAssignAnalyzer": "x"}, {"autoAssignAnalyzer": None}])
@pytest.mark.usefixtures("impatient")
def test_settings_that_are_none(run: Run, tenant: LocalTenant, response: Json) -> None:
    tenant.misbehave(
        {"match": {"method": "GET", "path": "/licenses/settings$"}, "action": {"status": 200, "json": response}}
    )
    result = run("qlik_license_settings", auto_assign_analyzer=True)
    assert "Unexpected error in the collection" not in result.get("msg", "")
