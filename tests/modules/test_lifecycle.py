# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tenants as they come and go."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.session import HttpResponse, HttpSession
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from local_tenant.client import LocalTenant, OrganizationHandle
from modules.harness import Json, Result, Run, texts, without_trace
from suites import long_unless

LIFECYCLE = "qlik_tenant_lifecycle"
DEACTIVATE, CREATE = "/actions/deactivate$", "/api/v1/tenants$"


@pytest.fixture
def organization(tenant: LocalTenant) -> OrganizationHandle:
    return tenant.organization


def acme(organization: OrganizationHandle, **more: Json) -> dict[str, Json]:
    """The options that have the tenant Acme."""
    return {
        "name": "Acme",
        "subscription_id": organization.subscription_id,
        "region": "us",
        "allow_create": True,
        "license_key": organization.license_key,
        **more,
    }


def without(*names: str) -> dict[str, Json]:
    return dict.fromkeys(names)


WITHOUT_ORGANIZATION = without("organization_client_id", "organization_client_secret")


def planted(organization: OrganizationHandle, **tenant: Json) -> Any:
    """A tenant as the organization's state shows it."""
    (tenant_id,) = organization.plant_tenants([tenant])
    return next(each for each in organization.state()["tenants"] if each["id"] == tenant_id)


def now(organization: OrganizationHandle, tenant_id: str) -> Any:
    return next(each for each in organization.state()["tenants"] if each["id"] == tenant_id)


def both(run: Run, organization: OrganizationHandle, **options: Json) -> tuple[Result, Result]:
    """A check run and a run, which foretells what the other does and writes nothing."""
    before = organization.state()
    organization.reset_counters()
    predicted = run(LIFECYCLE, check=True, **options)
    assert organization.state() == before
    assert organization.counters()["writes"] == 0
    real = run(LIFECYCLE, **options)
    for result in (predicted, real):
        assert not result.get("failed"), result
    for key in ("changed", "action", "diff"):
        assert predicted[key] == real[key]
    assert predicted["tenant"]["name"] == real["tenant"]["name"]
    return predicted, real


def refused(run: Run, organization: OrganizationHandle, *words: str, **options: Json) -> None:
    """The same refusal in both modes, and nothing done."""
    before = organization.state()
    organization.reset_counters()
    results = [run(LIFECYCLE, check=check, **options) for check in (True, False)]
    for result in results:
        assert result.get("failed"), result
        assert "Unexpected error in the collection" not in result["msg"]
        assert result["msg"].endswith("Nothing was changed."), result["msg"]
        for word in words:
            assert word in result["msg"], result["msg"]
    assert without_trace(results[0]["msg"]) == without_trace(results[1]["msg"])
    assert organization.state() == before
    assert organization.counters()["writes"] == 0


@pytest.mark.usefixtures("impatient")
def test_a_tenant_is_created_once(run: Run, organization: OrganizationHandle) -> None:
    organization.guess(tenant_ready_seconds=0.5, lag_seconds=0.2)
    predicted, real = both(run, organization, **acme(organization))
    assert (real["action"], real["changed"]) == ("created", True)
    assert real["diff"]["before"] is None
    assert real["diff"]["after"] == {"name": "Acme", "region": "us", "state": "active"}
    assert (predicted["tenant"]["id"], predicted["tenant"]["tenant_url"]) == (None, None)
    (made,) = organization.made()
    tenant = real["tenant"]
    assert (made["name"], tenant["id"], tenant["hostnames"]) == ("Acme", made["id"], made["hostnames"])
    assert tenant["tenant_url"] == f"https://{made['hostnames'][0]}"
    assert tenant["subscription_id"] == organization.subscription_id
    organization.guess(lag_seconds=0.0)
    _predicted, again = both(run, organization, **acme(organization))
    assert (again["action"], again["changed"], again["tenant"]["id"]) == ("unchanged", False, made["id"])
    assert len(organization.made()) == 1
    for key in ("tenant_id", "hostname"):
        value = made["id"] if key == "tenant_id" else made["hostnames"][0]
        assert both(run, organization, **{key: value})[1]["action"] == "unchanged"
    both(run, organization, hostname=made["hostnames"][0], **WITHOUT_ORGANIZATION)


def test_deactivation_and_back(run: Run, organization: OrganizationHandle) -> None:
    tenant = planted(organization, name="Acme", alias="acme.us.qlikcloud.com")
    key: dict[str, Json] = {"tenant_id": tenant["id"], "confirm_hostname": "ACME.us.qlikcloud.com"}
    predicted, real = both(run, organization, **key, state="deactivated", purge_after_days=10)
    assert (real["action"], real["tenant"]["status"]) == ("deactivated", "disabled")
    assert (predicted["tenant"]["estimated_purge_date"], predicted["tenant"]["status"]) == (None, "deactivated")
    purged_at = datetime.strptime(real["tenant"]["estimated_purge_date"][:19], "%Y-%m-%dT%H:%M:%S")
    days = purged_at.replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)
    assert timedelta(days=9) < days < timedelta(days=10)
    assert real["diff"]["before"]["state"] == "active"
    assert real["diff"]["after"]["state"] == "deactivated"
    again = both(run, organization, tenant_id=tenant["id"], state="deactivated")[1]
    assert (again["changed"], again["tenant"]["estimated_purge_date"]) == (
        False,
        real["tenant"]["estimated_purge_date"],
    )
    assert now(organization, tenant["id"])["deactivations"] == 1
    back = both(run, organization, **key)[1]
    assert (back["action"], back["tenant"]["status"], back["tenant"]["estimated_purge_date"]) == (
        "reactivated",
        "active",
        None,
    )
    organization.guess(reactivate_answer="empty")
    host = tenant["hostnames"][0]
    bare: dict[str, Json] = {**WITHOUT_ORGANIZATION, "hostname": host, "confirm_hostname": host}
    assert both(run, organization, **bare, state="deactivated")[1]["tenant"]["estimated_purge_date"]
    assert both(run, organization, **bare, state="deactivated")[1]["changed"] is False
    refused(run, organization, "tenant_id: Required to reactivate a tenant", **bare)
    assert both(run, organization, **bare, tenant_id=tenant["id"])[1]["action"] == "reactivated"
    state = now(organization, tenant["id"])
    assert (state["status"], state["deactivations"], state["reactivations"]) == ("active", 2, 2)


def test_what_is_refused(run: Run, tenant: LocalTenant, organization: OrganizationHandle) -> None:
    one = planted(organization, name="One", alias="one.us.qlikcloud.com")
    two = planted(organization, name="Two")
    off = planted(organization, name="Off", status="disabled")
    gone = planted(organization, name="Gone", status="deleted")
    for _number in range(2):
        planted(organization, name="Twin")
    key: dict[str, Json] = {"tenant_id": one["id"]}
    other, region = two["hostnames"][0], {"subscription_id": organization.subscription_id, "region": "us"}
    for state in ("active", "deactivated"):
        words = (f"{other!r} is not a host name of the tenant 'One'", "confirm_hostname")
        refused(run, organization, *words, **key, state=state, confirm_hostname=other)
    refused(run, organization, "confirm_hostname: Required to deactivate the tenant", **key, state="deactivated")
    refused(run, organization, "being purged", "cannot be restored", tenant_id=gone["id"])
    assert both(run, organization, tenant_id=gone["id"], state="deactivated")[1]["changed"] is False
    # What was planted as deactivated is due to be purged at once.
    refused(run, organization, "being purged", tenant_id=off["id"], confirm_hostname=off["hostnames"][0])
    refused(
        run,
        organization,
        "2 tenants in the subscription and the",
        "tenant_id",
        name="Twin",
        **region,
    )
    refused(run, organization, "There is no tenant 'New'", "Set `allow_create: true`", name="New", **region)
    refused(run, organization, "There is no tenant 'New'", name="New", state="deactivated", **region)
    refused(run, organization, "license_key", name="New", allow_create=True, **region)
    refused(run, organization, "Qlik assigns the ID and host name", tenant_id="x" * 32, allow_create=True)
    refused(run, organization, "not a host name of the tenant", hostname=other, tenant_id=one["id"])
    cases: list[tuple[dict[str, Json], str]] = [
        ({"hostname": "https://acme.us.qlikcloud.com"}, "hostname"),
        ({**key, "state": "deactivated", "purge_after_days": 9}, "10 to 90"),
        ({**key, "purge_after_days": 30}, "Requires `state: deactivated`"),
        ({**key, "wait_timeout": -1}, "wait_timeout"),
    ]
    for options, word in cases:
        refused(run, organization, word, **options)
    assert "missing parameter" in run(LIFECYCLE, name="New")["msg"]
    assert "mutually exclusive" in run(LIFECYCLE, **acme(organization, tenant_id="x"))["msg"]
    refused(run, organization, "'us-east-1' is not a region", **acme(organization, region="us-east-1"))
    refused(run, organization, "Set `hostname` too", tenant_id=one["id"], **WITHOUT_ORGANIZATION)
    refused(run, organization, "Set `hostname`.", name="One", state="deactivated", **region, **WITHOUT_ORGANIZATION)


def test_a_region_that_does_not_exist(run: Run, organization: OrganizationHandle) -> None:
    options = acme(organization, region="zz", register_url="", retries=0)
    refused(run, organization, "The region 'zz' may not exist.", "us, eu", **options)


def test_the_wrong_kind_of_credential(run: Run, tenant: LocalTenant, organization: OrganizationHandle) -> None:
    """Which kind is due and where it is made, before anything is asked for."""
    wrong: list[dict[str, Json]] = [
        {"client_id": tenant.client_id, "client_secret": tenant.client_secret},
        {"client_id": organization.client_id, "client_secret": organization.client_secret},
        {"api_key": tenant.api_key},
        {"access_token": "x" * 30},
        {"client_id": tenant.client_id},
    ]
    for credential in wrong:
        refused(run, organization, "OAuth client of region level", "My Qlik", **acme(organization, **credential))
    register = organization.registers["us"]
    own: dict[str, Json] = {
        "organization_client_id": register.client_id,
        "organization_client_secret": register.client_secret,
    }
    refused(run, organization, "organization level", "console.qlikcloud.com", **acme(organization, **own))


@pytest.mark.parametrize(
    ("key", "quota", "words"),
    [("a-wrong-key", 100, ["TENANTS-23", "signed key"]), (None, 0, ["TENANTS-22", "no further tenant"])],
)
def test_a_license_that_is_refused(
    run: Run, organization: OrganizationHandle, key: str | None, quota: int, words: list[str], tmp_path: Path
) -> None:
    organization.set(quota=quota)
    record = tmp_path / "acme.json"
    options = acme(organization, license_key=key or organization.license_key, creation_record=str(record))
    result = run(LIFECYCLE, **options)
    assert result["failed"]
    assert result["changed"] is False
    assert result["msg"].endswith("Nothing was changed.")
    for word in words:
        assert word in result["msg"]
    assert "region level" not in result["msg"]
    assert str(options["license_key"]) not in run.output
    assert not record.exists()
    assert organization.made() == []


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [{"reset": "after"}, {"status": 504, "processed": True}, {"garble": "empty"}])
def test_a_creation_whose_answer_is_lost(run: Run, organization: OrganizationHandle, fault: Json) -> None:
    """It is not repeated: what came of it is found in the organization."""
    planted(organization, created_at="2020-01-01T00:00:00.000Z")
    organization.misbehave({"match": {"method": "POST", "path": CREATE}, "action": fault})
    real = run(LIFECYCLE, **acme(organization))
    assert (real.get("failed"), real["changed"], real["action"]) == (None, True, "created"), real
    assert organization.counters()["routes"]["POST /tenants"] == 1
    assert [tenant["name"] for tenant in organization.made() if tenant["id"] == real["tenant"]["id"]] == ["Acme"]
    assert len(organization.made()) == 2


@pytest.mark.usefixtures("impatient")
def test_a_creation_that_was_never_carried_out(run: Run, organization: OrganizationHandle, tmp_path: Path) -> None:
    """It is not repeated in the same run, and not known; the next run looks, and asks once."""
    organization.misbehave({"match": {"method": "POST", "path": CREATE, "count": 1}, "action": {"status": 503}})
    options = acme(organization, creation_record=str(tmp_path / "records" / "acme.json"))
    lost = run(LIFECYCLE, **options)
    assert lost["failed"]
    assert lost["changed"] is True
    assert "The creation is not repeated" in lost["msg"]
    assert "may have been changed" in lost["msg"]
    assert organization.made() == []
    assert run(LIFECYCLE, **options)["action"] == "created"
    assert [tenant["name"] for tenant in organization.made()] == ["Acme"]


@pytest.mark.usefixtures("impatient")
def test_without_the_organization_it_says_what_is_not_known(
    run: Run, organization: OrganizationHandle, tmp_path: Path
) -> None:
    organization.misbehave({"match": {"method": "POST", "path": CREATE, "count": 1}, "action": {"reset": "after"}})
    record = tmp_path / "acme.json"
    options = acme(organization, creation_record=str(record), **WITHOUT_ORGANIZATION)
    lost = run(LIFECYCLE, **options)
    words = (
        "A tenant may have been created: there was no response",
        "Look in My Qlik",
        str(record),
        "may have been changed",
    )
    assert all(word in lost["msg"] for word in words), lost["msg"]
    refused(run, organization, "A tenant may have been created", **options)
    assert len(organization.made()) == 1
    # With the organization it goes on.
    for name in WITHOUT_ORGANIZATION:
        del options[name]
    assert run(LIFECYCLE, **options)["action"] == "updated"
    assert [tenant["name"] for tenant in organization.made()] == ["Acme"]


@pytest.mark.usefixtures("impatient")
def test_what_fails_in_the_middle_goes_on(run: Run, organization: OrganizationHandle, tmp_path: Path) -> None:
    """A tenant that does not answer in time, or is not named: the record says which one it is."""
    record = tmp_path / "acme.json"
    options = acme(organization, creation_record=str(record), wait_timeout=0.1, retries=0)
    organization.guess(tenant_ready_seconds=60)
    late = run(LIFECYCLE, **options)
    assert late["failed"]
    (made,) = organization.made()
    assert late["tenant"]["id"] == made["id"]
    assert "wait_timeout" in late["msg"]
    assert "the same `creation_record`" in late["msg"]
    content = json.loads(record.read_text(encoding="utf-8"))
    assert (content["tenant_id"], content["hostname"]) == (made["id"], made["hostnames"][0])
    assert organization.license_key not in record.read_text(encoding="utf-8")
    refused(run, organization, "is the record of another tenant", **{**options, "name": "Other"})
    organization.reset_counters()
    predicted = run(LIFECYCLE, check=True, **options)
    assert (predicted["action"], predicted["changed"]) == ("updated", True)
    organization.misbehave({"match": {"method": "PATCH", "count": 1}, "action": {"status": 400}})
    organization.set(tenants={made["id"]: {"ready_at": 0.0}})
    unnamed = run(LIFECYCLE, **options)
    assert unnamed["failed"]
    done = run(LIFECYCLE, **options)
    assert (done["action"], done["tenant"]["name"], done["tenant"]["id"]) == ("updated", "Acme", made["id"])
    assert both(run, organization, **options)[1]["changed"] is False
    assert both(run, organization, **options, **WITHOUT_ORGANIZATION)[1]["changed"] is False
    assert len(organization.made()) == 1
    organization.set(tenants={made["id"]: {"is_purged": True}})
    refused(run, organization, "no longer exists", "Delete", **options)
    record.write_text("[", encoding="utf-8")
    refused(run, organization, "is not JSON", **options)


def test_a_tenant_that_has_the_name_already(run: Run, organization: OrganizationHandle, tmp_path: Path) -> None:
    """Its admins may have chosen it, so that what is meant for another customer gets to them."""
    impostor = planted(organization, name="Acme")
    host = impostor["hostnames"][0]
    record = tmp_path / "acme.json"
    options = acme(organization, creation_record=str(record))
    refused(run, organization, "A tenant with this name already exists", host, "set `confirm_hostname`", **options)
    refused(run, organization, "is not a host name of the tenant", **options, confirm_hostname="other.us.qlikcloud.com")
    assert run(LIFECYCLE, check=True, **options, confirm_hostname=host)["action"] == "unchanged"
    assert not record.exists()
    assert both(run, organization, **options, confirm_hostname=host)[1]["action"] == "unchanged"
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert (kept["tenant_id"], kept["hostname"], kept["name"]) == (impostor["id"], host, "Acme")
    # From now on the file says which tenant it is, even if another one takes the name.
    planted(organization, name="Acme")
    assert both(run, organization, **options)[1]["tenant"]["id"] == impostor["id"]
    assert "was found only by its name" not in " ".join(texts(run(LIFECYCLE, **options)))
    planted(organization, name="Beta")
    warned = run(LIFECYCLE, **{**acme(organization), "name": "Beta"})
    assert "The tenant 'Beta'" in " ".join(texts(warned))


def test_a_tenant_that_an_earlier_task_may_have_created(run: Run, organization: OrganizationHandle) -> None:
    fresh = planted(organization)
    refused(
        run,
        organization,
        "may have created one of these tenants",
        fresh["id"],
        **acme(organization),
    )
    organization.set(tenants={fresh["id"]: {"created_at": "2020-01-01T00:00:00.000Z"}})
    assert run(LIFECYCLE, **acme(organization))["action"] == "created"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("state", ["deactivated", "active"])
@pytest.mark.parametrize("with_organization", [True, False])
@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}, {"status": 503}, {"garble": "cut"}])
def test_a_lost_answer_is_looked_for(
    run: Run, organization: OrganizationHandle, fault: Json, state: str, with_organization: bool
) -> None:
    """The days until the purge never begin anew."""
    tenant = planted(organization, name="Acme")
    host = tenant["hostnames"][0]
    options: dict[str, Json] = {"tenant_id": tenant["id"], "hostname": host, "confirm_hostname": host}
    if state == "active":
        assert run(LIFECYCLE, **options, state="deactivated")["changed"]
    organization.misbehave({"match": {"method": "POST", "path": "/actions/", "count": 1}, "action": fault})
    if not with_organization:
        options.update(WITHOUT_ORGANIZATION)
    real = run(LIFECYCLE, **options, state=state)
    assert (real.get("failed"), real["changed"]) == (None, True), real
    found = now(organization, tenant["id"])
    assert (found["status"] == "active") is (state == "active")
    assert (found["deactivations"], found["reactivations"]) == ((1, 1) if state == "active" else (1, 0))
    assert run(LIFECYCLE, **options, state=state)["changed"] is False


def test_what_the_register_host_forbids(run: Run, organization: OrganizationHandle) -> None:
    tenant = planted(organization, name="Acme")
    host = tenant["hostnames"][0]
    options: dict[str, Json] = {"tenant_id": tenant["id"], "confirm_hostname": host, "state": "deactivated"}
    organization.guess(purge_after_days_allowed=False)
    for more in ({"purge_after_days": 20}, {}):
        result = run(LIFECYCLE, **options, **more)  # type: ignore[arg-type]
        if not more:
            assert result["changed"]
            continue
        assert (result["failed"], result["changed"]) == (True, False)
        assert result["msg"].endswith("Nothing was changed.")


def test_options_that_tell_nothing_without_an_organization(run: Run, organization: OrganizationHandle) -> None:
    result = run(LIFECYCLE, check=True, **acme(organization, **WITHOUT_ORGANIZATION))
    assert (result["action"], result["changed"]) == ("created", True)
    made = run(LIFECYCLE, **acme(organization, **WITHOUT_ORGANIZATION))
    assert "Every run of this task creates another tenant" in " ".join(" ".join(texts(made)).split())


@pytest.mark.parametrize(
    ("state", "check", "reads", "writes"),
    [
        ("there", False, 1, 0),
        ("deactivated", False, 1, 1),
        ("deactivated", True, 1, 0),
        ("new", False, 7, 1 + 1),
        ("new", True, 2, 0),
    ],
)
def test_what_it_costs(
    run: Run, organization: OrganizationHandle, state: str, check: bool, reads: int, writes: int
) -> None:
    options = acme(organization)
    if state != "new":
        tenant = planted(organization, name="Acme")
    if state == "deactivated":
        options.update(state="deactivated", confirm_hostname=tenant["hostnames"][0])
    organization.reset_counters()
    assert not run(LIFECYCLE, check=check, **options).get("failed")
    counters = organization.counters()
    asked = {route: count for route, count in counters["routes"].items() if route != "POST /oauth/token"}
    assert (counters["writes"], sum(asked.values()) - counters["writes"]) == (writes, reads), asked


class Killed(BaseException):
    """Ends a task without a chance to do anything more."""


def deadly(number: int, when: str) -> Callable[..., HttpResponse]:
    """Kills the task before or after a request, counted from 0."""
    original, count = HttpSession.exchange, itertools.count()

    def exchange(self: HttpSession, *request: Any) -> HttpResponse:
        is_last = next(count) == number
        if is_last and when == "before":
            raise Killed
        response = original(self, *request)
        if is_last:
            raise Killed
        return response

    return exchange


@pytest.mark.parametrize(
    ("when", "lag"),
    long_unless({("before", 0.0), ("after", 0.0)}, itertools.product(["before", "after"], [0.0, 0.05])),
)
def test_a_task_that_is_killed_at_any_point_is_just_run_again(
    run_main: Run,
    organization: OrganizationHandle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
    lag: float,
) -> None:
    """Before and after each request: in the end there is one tenant, with its name."""
    # Long enough for what lags behind to be seen in the end.
    monkeypatch.setattr(Transport, "pause", lambda self, attempt, at_least=0.0: time.sleep(0.4 * lag))
    for number in itertools.count():
        organization.reset()
        organization.guess(lag_seconds=lag)
        options = acme(organization, creation_record=str(tmp_path / f"{number}.json"))
        with monkeypatch.context() as patched:
            patched.setattr(HttpSession, "exchange", deadly(number, when))
            try:
                done = run_main(LIFECYCLE, **options)
            except Killed:
                done = {}
        if done:
            break
        again = run_main(LIFECYCLE, **options)
        assert not again.get("failed"), (number, again)
        assert run_main(LIFECYCLE, **options)["action"] == "unchanged", number
        assert [tenant["name"] for tenant in organization.made()] == ["Acme"], number
    assert number >= 9


def test_a_record_that_cannot_be_one(run: Run, organization: OrganizationHandle, tmp_path: Path) -> None:
    """A pipe is not waited for, shell variables are no part of the name, and an error leaves no file behind."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    refused(run, organization, "not a regular file", **acme(organization, creation_record=str(pipe)))
    pipe.unlink()
    literal = tmp_path / "x$HOME.json"
    done = run(LIFECYCLE, **acme(organization, creation_record=str(literal)))
    assert done["action"] == "created", done
    assert os.listdir(tmp_path) == [literal.name]
    made = len(organization.made())
    literal.unlink()
    failed = run(LIFECYCLE, **acme(organization, name="Other", creation_record=str(tmp_path / ("y" * 300))))
    assert "File name too long" in failed["msg"]
    assert (os.listdir(tmp_path), len(organization.made())) == ([], made)
