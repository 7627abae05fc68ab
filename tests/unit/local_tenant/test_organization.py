# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization around local tenants: its console, the register hosts, and tenants that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from local_tenant.client import LocalTenant, LocalTenantError, OrganizationHandle, TenantHandle

LIST = "/api/core/tenants"


class Client:
    """The hosts of an organization, each called by an OAuth client of its own level."""

    def __init__(self, organization: OrganizationHandle) -> None:
        self.organization = organization
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"https": organization.proxy}
        self.session.verify = organization.authority

    def token(self, url: str, client: TenantHandle, **more: str) -> requests.Response:
        """The answer to a request for a token."""
        credentials = {"client_id": client.client_id, "client_secret": client.client_secret}
        body = {**credentials, "grant_type": "client_credentials", **more}
        return self.session.post(f"{url}/oauth/token", json=body, timeout=20)

    def call(
        self, method: str, url: str, client: TenantHandle, path: str, body: Any = None, **more: Any
    ) -> requests.Response:
        """One call with a token of that host."""
        token = self.token(url, client).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return self.session.request(
            method, url + path, json=body, headers=headers, timeout=20, allow_redirects=False, **more
        )

    def listed(self, text: str | None = None, **query: Any) -> requests.Response:
        """The list of the console."""
        params = {**query, **({"filter": text} if text is not None else {})}
        return self.call("GET", self.organization.url, self.organization, LIST, params=params)

    def names(self, text: str) -> list[str]:
        """Names that a filter finds."""
        return [item["name"] for item in self.listed(text).json()["data"]]

    def create(self, region: str = "eu", **body: Any) -> requests.Response:
        """``POST /tenants`` of a region."""
        register = self.organization.registers[region]
        return self.call("POST", register.url, register, "/api/v1/tenants", body)

    def act(self, action: str, tenant: Any, confirmed: str | None, body: Any = None) -> requests.Response:
        """Deactivate or reactivate a tenant of the region eu."""
        register = self.organization.registers["eu"]
        headers = {} if confirmed is None else {"qlik-confirm-hostname": confirmed}
        path = f"/api/v1/tenants/{tenant['id']}/actions/{action}"
        return self.call("POST", register.url, register, path, body, headers=headers)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalTenant]:
    with LocalTenant(tenants=2, regions=["us", "eu"], proxy=True) as running:
        yield running


@pytest.fixture
def client(server: LocalTenant) -> Client:
    for tenant in server.tenants:
        tenant.reset()
    server.organization.reset()
    return Client(server.organization)


def made(client: Client) -> Any:
    response = client.create(licenseKey=client.organization.license_key)
    assert response.status_code == 201, response.text
    return response.json()


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["code"]


def test_a_tenant_comes_and_goes_under_its_own_name(client: Client) -> None:
    organization, register = client.organization, client.organization.registers["eu"]
    url = "https://register.eu.qlikcloud.com"
    key = {"licenseKey": organization.license_key}
    tenant = client.call("POST", url, register, "/api/v1/tenants", key).json()
    (host,) = tenant["hostnames"]
    assert (tenant["name"], tenant["createdByUser"], tenant["status"]) == (host.split(".")[0], "", "active")
    assert "//register.eu.qlikcloud.com/" in tenant["links"]["self"]["href"]
    me = client.call("GET", f"https://{host}", register, "/api/v1/users/me")
    assert me.status_code == 301
    rename = [{"op": "replace", "path": "/name", "value": "Acme"}]
    renamed = client.call("PATCH", f"https://{host}", register, f"/api/v1/tenants/{tenant['id']}", rename)
    assert renamed.status_code == 204
    (found,) = client.listed('name eq "acme"').json()["data"]
    assert (found["id"], found["hostnames"], found["regionCode"]) == (tenant["id"], [host], "eu-west-1")
    gone = client.act("deactivate", tenant, host, {"purgeAfterDays": 10}).json()
    assert (gone["id"], gone["status"]) == (tenant["id"], "disabled")
    days = datetime.fromisoformat(gone["estimatedPurgeDate"].replace("Z", "+00:00")) - datetime.now(timezone.utc)
    assert timedelta(days=9) < days < timedelta(days=10)
    assert code(client.token(f"https://{host}", register)) == (401, "TENANT_DISABLED")
    (found,) = client.listed('name eq "Acme"').json()["data"]
    assert (found["status"], found["deletionStartsAt"]) == ("deactivated", gone["estimatedPurgeDate"])
    assert client.act("deactivate", tenant, host).json()["estimatedPurgeDate"] > gone["estimatedPurgeDate"]
    assert client.act("reactivate", tenant, host, {}).json() == {"id": tenant["id"], "status": "active"}
    (state,) = organization.made()
    assert (state["name"], state["deactivations"], state["reactivations"]) == ("Acme", 2, 1)
    assert organization.counters()["routes"]["POST /tenants"] == 1


def test_the_list(client: Client) -> None:
    us, eu = client.listed(sort="+createdAt").json()["data"]
    assert (us["regionCode"], us["status"], us["subscriptionId"]) == (
        "us-east-1",
        "active",
        client.organization.subscription_id,
    )
    fields = {"id", "name", "hostnames", "status", "regionCode", "countryCode", "subscriptionId", "licenseNumber"}
    assert fields | {"licenseStartsAt", "licenseEndsAt", "createdAt", "createdBy", "updatedAt"} == us.keys()
    client.organization.plant_tenants(
        [
            {"name": "Acme", "region": "eu", "alias": "acme.eu.qlikcloud.com", "subscription_id": "other"},
            {"name": "Gone", "status": "deleted"},
            {"name": "Off", "status": "disabled"},
        ]
    )
    assert client.names('hostnames eq "ACME.eu.qlikcloud.com"') == ["Acme"]
    assert client.names('subscriptionId eq "other" and regionCode eq "eu-west-1"') == ["Acme"]
    assert client.names('status ne "active"') == ["Gone", "Off"]
    assert client.names('not (status eq "active" or status eq "deleted")') == ["Off"]
    assert client.names(f'id eq "{us["id"]}" or originalId eq "{eu["id"]}"') == sorted([us["name"], eu["name"]])
    client.organization.guess(organization_disabled_status="disabled")
    assert client.names('status eq "disabled"') == ["Off"]
    page = client.listed(limit=2, totalResults="true").json()
    assert (len(page["data"]), page["totalResults"]) == (2, 5)
    assert page["links"]["next"]["href"]
    assert client.listed(limit=0).json()["data"] == []
    for text in ('name co "A"', 'createdBy eq ""', "name eq", 'status ne "active'):
        assert client.listed(text).status_code == 400, text
    for query in ({"limit": 101}, {"limit": -1}, {"sort": "+status"}, {"surprise": 1}):
        assert client.listed(**query).status_code == 400, query
    call: dict[str, Any] = {"url": client.organization.url, "client": client.organization}
    one = client.call("GET", path=f"{LIST}/{us['id']}", **call)
    assert [item["id"] for item in one.json()["data"]] == [us["id"]]
    client.organization.guess(organization_single_answer="object")
    assert client.call("GET", path=f"{LIST}/{us['id']}", **call).json()["id"] == us["id"]
    assert client.call("GET", path=f"{LIST}/nobody", **call).status_code == 404
    body = {"filter": 'name eq "off"'}
    assert len(client.call("POST", path=f"{LIST}/actions/filter", body=body, **call).json()["data"]) == 1
    count = {"filter": f'subscriptionId eq "{client.organization.subscription_id}"'}
    assert client.call("GET", path=f"{LIST}/actions/count", params=count, **call).json() == {"count": 4}
    assert client.call("GET", path=f"{LIST}/actions/count", **call).status_code == 400
    client.organization.guess(organization_filter_subscription="required")
    assert client.listed().status_code == 400
    assert client.names('subscriptionId eq "other"') == ["Acme"]
    client.organization.reset()
    assert len(client.listed().json()["data"]) == 2


def test_names_of_tenants_that_a_reset_takes_away_are_free(client: Client, server: LocalTenant) -> None:
    tenant, alias = server.tenants[1], "acme.eu.qlikcloud.com"
    patch = [{"op": "replace", "path": "/hostnames/1", "value": alias}]

    def claim() -> int:
        headers = {"Authorization": f"Bearer {tenant.api_key}"}
        path = f"{tenant.url}/api/v1/tenants/{tenant.state()['tenant']['id']}"
        return requests.patch(path, json=patch, headers=headers, timeout=20).status_code

    server.organization.control("POST", "tenants", [{"name": "Acme", "region": "eu", "alias": alias}])
    assert claim() == 400
    server.organization.reset()
    assert claim() == 204


def test_the_list_lags(client: Client) -> None:
    client.listed()
    client.organization.guess(lag_seconds=60)
    made(client)
    assert len(client.listed().json()["data"]) == 2


def test_who_may_call(client: Client, server: LocalTenant) -> None:
    organization, (us, eu) = client.organization, server.tenants
    registers = organization.registers
    for url, right, wrong in (
        (organization.url, organization, [us, registers["us"]]),
        (registers["eu"].url, registers["eu"], [organization, us, eu, registers["us"]]),
        (eu.url, registers["eu"], [organization, registers["us"], us]),
    ):
        assert client.token(url, right).status_code == 200
        assert [client.token(url, other).status_code for other in wrong] == [401] * len(wrong)
    headers = {"Authorization": f"Bearer {us.api_key}"}
    for url, path in ((organization.url, LIST), (registers["us"].url, "/api/v1/tenants/x/actions/deactivate")):
        method = "GET" if path == LIST else "POST"
        assert client.session.request(method, url + path, headers=headers, timeout=20).status_code == 401
    assert client.token(organization.url, organization, scope="admin_classic").status_code == 400
    assert client.token(organization.url, organization, scope="cloud-console.tenants:read").status_code == 200
    elsewhere = client.call("GET", organization.url, organization, "/api/v1/groups")
    assert elsewhere.status_code == 404
    bots = {user["clientId"] for user in eu.users() if user.get("clientId")}
    assert bots == {eu.client_id, registers["eu"].client_id}


def test_creations_that_are_refused(client: Client) -> None:
    key = client.organization.license_key
    assert code(client.create()) == (400, "TENANTS-21")
    assert code(client.create(licenseKey="")) == (400, "TENANTS-21")
    assert code(client.create(licenseKey="wrong")) == (403, "TENANTS-23")
    assert client.create(licenseKey=key, name="Acme").status_code == 400
    client.organization.set(quota=3)
    tenant = made(client)
    assert code(client.create(licenseKey=key)) == (403, "TENANTS-22")
    client.act("deactivate", tenant, tenant["hostnames"][0])
    assert code(client.create(licenseKey=key)) == (403, "TENANTS-22")
    client.organization.guess(quota_freed="deactivation")
    assert client.create(licenseKey=key).status_code == 201
    client.organization.set(tenants={tenant["id"]: {"is_purged": True}})
    assert len(client.organization.made()) == 2


def test_confirmation(client: Client) -> None:
    tenant = made(client)
    (host,) = tenant["hostnames"]
    (other,) = made(client)["hostnames"]
    for action, body in (("deactivate", None), ("reactivate", {})):
        assert client.act(action, tenant, other, body).status_code == 412
        assert client.act(action, tenant, None, body).status_code == 412
        assert client.act(action, {"id": "x" * 32}, host, body).status_code == 404
    assert client.act("reactivate", tenant, host, {}).status_code == 400
    for days in (9, 91, "10", True):
        assert client.act("deactivate", tenant, host, {"purgeAfterDays": days}).status_code == 400
    client.organization.guess(
        confirmation_missing_status=400, reactivate_active_status=403, purge_after_days_allowed=False
    )
    assert client.act("deactivate", tenant, None).status_code == 400
    assert client.act("reactivate", tenant, host, {}).status_code == 403
    assert client.act("deactivate", tenant, host, {"purgeAfterDays": 20}).status_code == 403
    client.organization.set(tenants={tenant["id"]: {"may_be_deactivated": False}})
    assert client.act("deactivate", tenant, host).status_code == 403
    client.organization.set(tenants={tenant["id"]: {"may_be_deactivated": True}})
    assert client.act("deactivate", tenant, host.upper()).status_code == 200
    client.organization.guess(reactivate_answer="empty")
    assert client.act("reactivate", tenant, host, {}).json() == {}
    client.act("deactivate", tenant, host)
    client.organization.set(tenants={tenant["id"]: {"is_purged": True}})
    assert client.act("reactivate", tenant, host, {}).status_code == 404
    assert client.token(f"https://{host}", client.organization.registers["eu"]).status_code == 404


@pytest.mark.parametrize("status", [404, 401, 403, 503])
def test_a_new_tenant_takes_its_time(client: Client, status: int) -> None:
    client.organization.guess(tenant_ready_seconds=60, tenant_not_ready_status=status)
    (host,) = made(client)["hostnames"]
    assert client.token(f"https://{host}", client.organization.registers["eu"]).status_code == status


def test_faults_meet_all_hosts(client: Client) -> None:
    client.organization.misbehave({"match": {"method": "POST", "path": "tenants$"}, "action": {"status": 503}})
    assert client.create(licenseKey=client.organization.license_key).status_code == 503
    client.organization.behave()
    made(client)
    assert client.organization.counters()["statuses"]["503"] == 1
    assert [entry["route"] for entry in client.organization.requests()[-2:]] == ["POST /oauth/token", "POST /tenants"]


def test_control_calls_that_are_refused(client: Client, server: LocalTenant) -> None:
    with pytest.raises(LocalTenantError, match="only an organization"):
        server.control("PUT", "organization", {"quota": 1})
    bodies: list[Any] = [{"surprise": 1}, {"tenants": {"nobody": {}}}]
    for body in bodies:
        with pytest.raises(LocalTenantError):
            client.organization.control("PUT", "organization", body)
    with pytest.raises(LocalTenantError):
        client.organization.control("POST", "tenants", {})


def test_a_host_that_there_is_not(client: Client) -> None:
    with pytest.raises(requests.exceptions.ProxyError):
        client.session.get("https://register.zz.qlikcloud.com", timeout=20)
