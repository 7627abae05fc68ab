# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenants without an API: a subscription that does not have it, or a region to which Qlik has not rolled it out."""

from __future__ import annotations

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from kinds import KINDS, SINGLE, STANDALONE
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_refused

PATHS = {area: cases.kind.collection for area, cases in KINDS.items()}
PATHS.update({area: cases.paths[0] for area, cases in SINGLE.items()})
#: Something for each area, and the service that it needs: the part of the path after C(/api/v1) or C(/api/core).
DESCRIBED: dict[str, tuple[Json, str]] = {
    area: (cases.described, PATHS[area].split("/")[3]) for area, cases in KINDS.items()
}
#: Areas of which another service has the rest, so that a tenant without this one still shows it.
PARTLY_MISSING = {"feature_settings"}
#: What a tenant needs that is asked for its API keys.
ALSO_MISSING = {"tenants": {"api_key_settings", "oauth_clients"}}
SERVICES = sorted({service for _options, service in DESCRIBED.values()})
ANSWERS = ["404", *(pytest.param(response, marks=pytest.mark.long) for response in ("403", "page"))]


def everything() -> dict[str, Json]:
    return {area: options for area, (options, _service) in DESCRIBED.items()}


def missing_without(service: str, response: str) -> set[str]:
    found = {area for area, (_options, needed) in DESCRIBED.items() if needed == service}
    if (service, response) == ("tenant-settings", "404"):
        # It says what a tenant says that has none yet.
        found = set()
    return found | ALSO_MISSING.get(service, set())


def take_away(tenant: LocalTenant, service: str, response: str) -> None:
    tenant.set_tenant(missing_services=[service])
    tenant.guess(missing_service=response)


def test_every_area_is_here() -> None:
    assert DESCRIBED.keys() == {kind.area for kind in AREAS}


@pytest.mark.parametrize("response", ["404", "403", pytest.param("page", marks=pytest.mark.long)])
@pytest.mark.parametrize("service", SERVICES)
def test_an_audit_compares_all_other_areas(run: Run, tenant: LocalTenant, service: str, response: str) -> None:
    take_away(tenant, service, response)
    result = run("qlik_configuration", check=True, report_unmanaged=True, **everything())
    missing = missing_without(service, response)
    assert not result.get("failed"), result["msg"]
    assert result["not_available"].keys() == missing
    assert result["areas"].keys() == DESCRIBED.keys() - missing
    assert all("The tenant has no " in reason for reason in result["not_available"].values())
    shown = run("qlik_configuration_info")
    assert shown["not_available"].keys() == missing - PARTLY_MISSING


@pytest.mark.parametrize("response", ANSWERS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_run_is_refused_before_it_writes(run: Run, tenant: LocalTenant, service: str, response: str) -> None:
    """The areas that the tenant does not have are named with all other problems."""
    missing = missing_without(service, response)
    take_away(tenant, service, response)
    described = {**everything(), "users": [{"subject": "ada", "preferred_locale": "en"}, {"subject": "ada"}]}
    if missing:
        words = [f"{area}: The tenant has no " for area in missing]
        assert_refused(run, "qlik_configuration", described, *words, "The user 'ada' is listed twice")
    for area in missing - ALSO_MISSING.get(service, set()):
        options = DESCRIBED[area][0]
        if isinstance(options, list):
            assert_refused(run, f"qlik_{area}", {area: options}, "The tenant has no ")
        else:
            assert_refused(run, f"qlik_{area}", options, "The tenant has no ")
        if area not in {"license_settings", *PARTLY_MISSING}:
            assert "The tenant has no " in run(f"qlik_{info_of(area)}_info")["msg"]


def info_of(area: str) -> str:
    """What the info module of an area is named after; the group settings are shown with the groups."""
    if area == "group_settings":
        return "group"
    return next(kind.noun for kind in AREAS if kind.area == area)


@pytest.mark.parametrize("response", ["404", "page"])
def test_an_address_without_any_api_is_an_error(run: Run, tenant: LocalTenant, response: str) -> None:
    """A wrong tenant_url must not pass for a tenant that has nothing."""
    tenant.set_tenant(missing_services=SERVICES)
    tenant.guess(missing_service=response)
    result = run("qlik_configuration", check=True, report_unmanaged=True, **everything())
    assert result["failed"] is True
    assert "HTTP status 404" in result["msg"]


@pytest.mark.parametrize("service", ["groups", "users"])
@pytest.mark.parametrize("response", ANSWERS)
def test_what_refers_to_a_missing_kind(run: Run, tenant: LocalTenant, service: str, response: str) -> None:
    """An audit says so of the object that refers to it, and compares the rest."""
    tenant.plant_spaces([{"name": "Money", "type": "shared"}, {"name": "Cash", "type": "shared"}])
    take_away(tenant, service, response)
    member = {"group": "Finance"} if service == "groups" else {"user": "ada"}
    described: dict[str, Json] = {
        service: DESCRIBED[service][0],
        "spaces": [{"name": "Money", "members": [{**member, "roles": ["consumer"]}]}, {"name": "Cash"}],
    }
    result = run("qlik_configuration", check=True, report_unmanaged=True, **described)
    assert "The tenant has no %s" % ("idp group 'Finance'" if service == "groups" else "user 'ada'") in result["msg"]
    assert result["problems"].keys() == {"spaces"}
    assert result["not_available"].keys() == {service}
    assert [space["name"] for space in result["areas"]["spaces"]["unchanged"]] == ["Cash"]


def test_groups_of_a_tenant_whose_roles_cannot_be_read(run: Run, tenant: LocalTenant) -> None:
    """What a group has is compared by the names that it shows; what nobody can look up is not taken for missing."""
    tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}])
    take_away(tenant, "roles", "404")
    groups: list[dict[str, Json]] = [
        {"name": "Finance", "assigned_roles": ["Steward"]},
        {"name": "HR", "assigned_roles": ["Steward", "Keys"]},
    ]
    described: dict[str, Json] = {"roles": DESCRIBED["roles"][0], "groups": groups}
    result = run("qlik_configuration", check=True, report_unmanaged=True, **described)
    assert result["not_available"].keys() == {"roles"}
    assert result["areas"]["groups"]["summary"]["unchanged"] == 1


@pytest.mark.parametrize("module", ["qlik_groups", "qlik_spaces", *(f"qlik_{area}" for area in STANDALONE)])
def test_who_may_not_read_it(run: Run, tenant: LocalTenant, module: str) -> None:
    """A credential without the role is told so, and not that the tenant has no such API."""
    area = module.removeprefix("qlik_")
    if area == "spaces":
        take_away(tenant, area, "403")
    result = run(module, api_key=tenant.api_key_without_rights, **{area: DESCRIBED[area][0]})
    assert "HTTP status 403" in result["msg"]
    assert "The tenant has no " not in result["msg"]
