# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenants of an organization."""

from __future__ import annotations

import pytest
from local_tenant.client import LocalTenant, OrganizationHandle
from modules.harness import Json, Run

INFO = "qlik_organization_tenant_info"
PLANTED: list[dict[str, Json]] = [
    {"name": 'A "quoted\\ name', "region": "eu", "alias": "acme.eu.qlikcloud.com"},
    {"name": "Acme", "subscription_id": "other"},
    {"name": "acme", "status": "disabled"},
    {"name": "Gone", "status": "deleted"},
]


@pytest.fixture
def organization(tenant: LocalTenant) -> OrganizationHandle:
    tenant.organization.plant_tenants(PLANTED)
    return tenant.organization


def names(run: Run, **options: Json) -> list[str]:
    results = [run(INFO, check=check, **options) for check in (True, False)]
    assert results[0] == results[1]
    assert results[0]["changed"] is False, results[0]
    return sorted(tenant["name"] for tenant in results[0]["tenants"])


@pytest.mark.parametrize("disabled", ["disabled", "deactivated"])
def test_filters(run: Run, tenant: LocalTenant, organization: OrganizationHandle, disabled: str) -> None:
    organization.guess(organization_disabled_status=disabled)
    first = tenant.state()["tenant"]["name"]
    everything = sorted([*(str(item["name"]) for item in PLANTED), first])
    assert names(run) == everything
    assert names(run, status="active") == sorted(['A "quoted\\ name', "Acme", first])
    assert names(run, status="deactivated") == ["acme"]
    assert names(run, status="deleted") == ["Gone"]
    assert names(run, name="Acme") == ["Acme"]
    assert names(run, name='A "quoted\\ name', region="eu") == ['A "quoted\\ name']
    assert names(run, region="eu-west-1") == ['A "quoted\\ name']
    assert names(run, region="zz") == []
    assert names(run, subscription_id="other", status="active") == ["Acme"]
    assert names(run, id=tenant.tenant_id) == [first]
    (found,) = run(INFO, name='A "quoted\\ name')["tenants"]
    assert found["tenant_url"] == f"https://{found['hostnames'][0]}"
    assert (found["hostnames"][1], found["region"]) == ("acme.eu.qlikcloud.com", "eu")


def test_all_pages(run: Run, organization: OrganizationHandle) -> None:
    organization.plant_tenants([{"name": f"T {number:03}"} for number in range(120)])
    organization.reset_counters()
    assert len(names(run)) == 125
    assert organization.counters()["routes"] == {"GET /api/core/tenants": 4, "POST /oauth/token": 2}


def test_what_is_refused(run: Run, tenant: LocalTenant, organization: OrganizationHandle) -> None:
    """Which credential is due, and where it is made; nothing of a secret."""
    made_at = "organization level"
    wrong: list[dict[str, Json]] = [
        {"organization_client_id": tenant.client_id, "organization_client_secret": tenant.client_secret},
        {"organization_client_id": organization.client_id, "organization_client_secret": "a-wrong-secret"},
        {"organization_client_id": organization.client_id, "organization_client_secret": ""},
        {"organization_client_id": "", "organization_client_secret": "", "api_key": tenant.api_key},
        {"organization_client_id": "with blank", "organization_client_secret": "x"},
    ]
    for options in wrong:
        result = run(INFO, **options)
        assert result["failed"], options
        assert "blank" in str(options) or made_at in result["msg"], result["msg"]
        assert "https://console.qlikcloud.com" in result["msg"] or "blank" in str(options)
        for secret in (tenant.client_secret, "a-wrong-secret", tenant.api_key):
            assert secret not in run.output
    organization.guess(organization_filter_subscription="required")
    assert "Set `subscription_id`" in run(INFO)["msg"]
    assert names(run, subscription_id="other") == ["Acme"]
    for url in ("http://console.qlikcloud.com", "https://me:hunter2@console.qlikcloud.com", "https://x/y"):
        result = run(INFO, organization_url=url)
        assert result["msg"].startswith("organization_url"), result["msg"]
        assert "hunter2" not in run.output
    result = run(INFO, organization_url="https://console.invalid", retries=0)
    assert result["failed"]


def test_defaults_for_all_modules_can_be_given(run: Run, tenant: LocalTenant, organization: OrganizationHandle) -> None:
    assert names(run, tenant_url=tenant.url, api_key=tenant.api_key, name="Acme") == ["Acme"]


def test_the_environment(run: Run, organization: OrganizationHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_ORGANIZATION_CLIENT_ID", organization.client_id)
    monkeypatch.setenv("QLIK_ORGANIZATION_CLIENT_SECRET", organization.client_secret)
    monkeypatch.setenv("QLIK_CLIENT_ID", "of-a-tenant")
    options: dict[str, Json] = {"organization_client_id": None, "organization_client_secret": None}
    assert names(run, name="Acme", **options) == ["Acme"]
