# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of a tenant, of its sessions and its API keys: five steps, bad input, and tenants that do not have them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kinds import SINGLE
from local_tenant.client import LocalTenant, TenantHandle
from modules.harness import Json, Run, assert_five_steps, assert_refused, calls, texts

PAGE = {"linkEnabled": False, "message": "Ask us."}
DCR, METHODS = "dynamic_client_registration_enabled", "dcr_allowed_authentication_methods"
INACTIVITY, LIFESPAN = "user_session_inactivity_timeout_minutes", "max_user_session_lifespan_minutes"
MODULES: dict[str, dict[str, Json]] = {
    "qlik_tenant_settings": {"session_replay_opt_out": True},
    "qlik_session_policy": {INACTIVITY: 30},
    "qlik_api_key_settings": {"max_keys_per_user": 2},
}
SERVICES = {
    "qlik_tenant_settings": "tenant-settings",
    "qlik_session_policy": "auth-settings",
    "qlik_api_key_settings": "api-keys",
}


def area_of(module: str) -> str:
    return module.removeprefix("qlik_")


def held_by(area: str) -> Callable[[TenantHandle], Json]:
    return lambda tenant: tenant.state()[area]


def settings_of(tenant: TenantHandle) -> Json:
    """The tenant settings without what only the tenant knows, the start page as its value."""
    current = tenant.state()["tenant_settings"]
    if current is None:
        return None
    made = {"id", "tenantId", "createdAt", "createdBy", "updatedAt", "updatedBy"}
    shown = {name: value for name, value in current.items() if name not in made}
    return {**shown, "preferredStartPage": (current.get("preferredStartPage") or {}).get("value")}


HELD = {"preferredStartPage": "analytics-hub", "customizeNoAccess": PAGE, "sessionReplayOptOut": False}
TENANT_SETTINGS: dict[str, tuple[Json, dict[str, Json], Json, bool]] = {
    "nothing asked of none": (None, {}, None, False),
    "nothing asked of a page of none": (None, {"customize_no_access": {}}, None, False),
    "created with a page": (
        None,
        {"preferred_start_page": "data-integration-hub"},
        {"preferredStartPage": "data-integration-hub"},
        True,
    ),
    "created by what a creation cannot set": (
        None,
        {"session_replay_opt_out": True, "release_cadence": "monthly"},
        {"preferredStartPage": "analytics-hub", "sessionReplayOptOut": True, "releaseCadence": "monthly"},
        True,
    ),
    "created with a text": (
        None,
        {"customize_no_access": {"text": "Ask us."}},
        {"preferredStartPage": None, "customizeNoAccess": PAGE},
        True,
    ),
    "nothing asked": (HELD, {}, HELD, False),
    "equal": (
        HELD,
        {"preferred_start_page": "analytics-hub", "customize_no_access": {"text": "Ask us."}},
        HELD,
        False,
    ),
    "no text where there is none": (HELD, {"customize_no_access": {"link_label": "", "link_url": ""}}, HELD, False),
    "replaced": (HELD, {"session_replay_opt_out": True}, {**HELD, "sessionReplayOptOut": True}, True),
    "added": (HELD, {"release_cadence": "continuous"}, {**HELD, "releaseCadence": "continuous"}, True),
    "a part of a page": (
        HELD,
        {"customize_no_access": {"link_enabled": True, "link_url": "https://it.example.com/qlik"}},
        {
            **HELD,
            "customizeNoAccess": {"linkEnabled": True, "message": "Ask us.", "linkUrl": "https://it.example.com/qlik"},
        },
        True,
    ),
    "a text taken away": (
        HELD,
        {"customize_no_access": {"text": ""}},
        {**HELD, "customizeNoAccess": {"linkEnabled": False, "message": ""}},
        True,
    ),
}


@pytest.mark.parametrize("of_none", ["404", "empty"])
@pytest.mark.parametrize("case", TENANT_SETTINGS)
def test_tenant_settings(run: Run, tenant: LocalTenant, case: str, of_none: str) -> None:
    current, options, expected, changed = TENANT_SETTINGS[case]
    tenant.set_tenant(tenant_settings=current)
    tenant.guess(tenant_settings_of_none=of_none)
    real = assert_five_steps(run, "qlik_tenant_settings", options, settings_of, expected, changed=changed)
    assert real["action"] == ("unchanged" if not changed else "created" if current is None else "updated")


def test_settings_that_somebody_else_creates_at_the_same_time(run: Run, tenant: LocalTenant) -> None:
    for status in (409, 400):
        tenant.set_tenant(tenant_settings={"preferredStartPage": "management-console"})
        tenant.guess(tenant_settings_again_status=status)
        gone = {"status": 404, "json": {"errors": [{"code": "X-404", "title": "Not found"}]}}
        tenant.misbehave({"match": {"method": "GET", "path": "/tenant-settings$", "count": 1}, "action": gone})
        result = run("qlik_tenant_settings", session_replay_opt_out=True)
        assert (result["changed"], result["action"]) == (True, "updated"), result
        assert settings_of(tenant) == {"preferredStartPage": "management-console", "sessionReplayOptOut": True}
        tenant.set_tenant(tenant_settings=None)
        tenant.behave()


SESSION: dict[str, tuple[dict[str, Json], dict[str, Json], dict[str, Json], bool]] = {
    "nothing asked": ({}, {}, {"isDefault": True}, False),
    "equal": ({}, {INACTIVITY: 20, LIFESPAN: 1440, DCR: False}, {"isDefault": True}, False),
    "minutes": (
        {},
        {INACTIVITY: 30, LIFESPAN: 600},
        {"userSessionInactivityTimeoutMinutes": 30, "maxUserSessionLifespanMinutes": 600, "isDefault": False},
        True,
    ),
    "methods with what they need": (
        {},
        {METHODS: ["none"], DCR: True},
        {"dynamicClientRegistrationEnabled": True, "dcrAllowedAuthenticationMethods": ["none"]},
        True,
    ),
    "methods of a tenant that has them": (
        {"dcr": True},
        {METHODS: ["none", "client_secret"]},
        {"dcrAllowedAuthenticationMethods": ["client_secret", "none"]},
        True,
    ),
    "the same methods": (
        {"dcr": True, "dcr_methods": ["none", "client_secret"]},
        {METHODS: ["client_secret", "none"]},
        {},
        False,
    ),
    "no registration": ({"dcr": True}, {DCR: False}, {"dynamicClientRegistrationEnabled": False}, True),
}


@pytest.mark.parametrize("case", SESSION)
def test_session_policy(run: Run, tenant: LocalTenant, case: str) -> None:
    current, options, expected, changed = SESSION[case]
    tenant.set_tenant(session_policy=current)
    before = tenant.state()["session_policy"]

    def look(tenant: TenantHandle) -> Json:
        shown = tenant.state()["session_policy"]
        return {name: shown[name] for name in expected}

    real = assert_five_steps(run, "qlik_session_policy", options, look, expected, changed=changed)
    assert ("dcr_allowed_authentication_methods" in real["session_policy"]) is (
        options.get(DCR, before["dynamicClientRegistrationEnabled"])
    )


API_KEYS: dict[str, tuple[dict[str, Json], dict[str, Json], bool]] = {
    "nothing asked": ({}, {}, False),
    "equal": (
        {"max_keys_per_user": 5, "max_api_key_expiry": "P1D", "scim_external_client_expiry": "PT8760H"},
        {},
        False,
    ),
    "none": ({"max_keys_per_user": 0}, {"max_keys_per_user": 0}, True),
    "most": ({"max_keys_per_user": 1000}, {"max_keys_per_user": 1000}, True),
    "expiry": ({"max_api_key_expiry": "P7D"}, {"max_api_key_expiry": "P7D"}, True),
    "scim": ({"scim_external_client_expiry": "P26W"}, {"scim_externalClient_expiry": "P26W"}, True),
}


@pytest.mark.parametrize("form", ["kept", "hours"])
@pytest.mark.parametrize("case", API_KEYS)
def test_api_key_settings(run: Run, tenant: LocalTenant, case: str, form: str) -> None:
    options, expected, changed = API_KEYS[case]
    before = tenant.state()["api_key_settings"]
    if form == "kept":
        assert_five_steps(
            run, "qlik_api_key_settings", options, held_by("api_key_settings"), {**before, **expected}, changed=changed
        )
        return
    tenant.guess(duration_form=form)
    assert run("qlik_api_key_settings", **options)["changed"] is changed
    assert run("qlik_api_key_settings", **options)["changed"] is False
    assert tenant.state()["api_key_settings"] == {**before, **expected}


def test_an_expiry_that_has_no_length_of_its_own_is_another_one(run: Run, tenant: LocalTenant) -> None:
    tenant.set_tenant(api_key_settings={"max_expiry": "P1Y"})
    assert run("qlik_api_key_settings", max_api_key_expiry="P365D")["changed"] is True
    assert tenant.state()["api_key_settings"]["max_api_key_expiry"] == "P365D"


BAD: list[tuple[str, dict[str, Json], str]] = [
    ("qlik_session_policy", {LIFESPAN: 90}, f"{LIFESPAN}: Must be a multiple of 60, not 90."),
    ("qlik_session_policy", {LIFESPAN: 0}, f"{LIFESPAN}: Must be at least 60, not 0."),
    ("qlik_session_policy", {INACTIVITY: 0}, f"{INACTIVITY}: Must be at least 1, not 0."),
    ("qlik_session_policy", {INACTIVITY: True}, f"{INACTIVITY}: the boolean true is not a whole number"),
    ("qlik_session_policy", {INACTIVITY: 1.5}, f"{INACTIVITY}: the number 1.5 is not a whole number"),
    ("qlik_session_policy", {METHODS: []}, f"{METHODS}: Must not be empty."),
    ("qlik_session_policy", {METHODS: ["password"], DCR: True}, "'password' is not one of none, client_secret"),
    (
        "qlik_session_policy",
        {METHODS: ["none"]},
        f"{METHODS}: Requires dynamic client registration, which is",
    ),
    ("qlik_session_policy", {METHODS: ["none"], DCR: False}, f"{METHODS}: Requires `{DCR}: true`."),
    ("qlik_api_key_settings", {"max_keys_per_user": 1001}, "max_keys_per_user: Must be 0 to 1000, not 1001."),
    ("qlik_api_key_settings", {"max_keys_per_user": -1}, "max_keys_per_user: Must be 0 to 1000, not -1."),
    ("qlik_api_key_settings", {"max_keys_per_user": True}, "the boolean true is not a whole number"),
    *(
        ("qlik_api_key_settings", {"max_api_key_expiry": duration}, f"max_api_key_expiry: '{duration}' {why}")
        for duration, why in {
            "a week": "is not a duration",
            "P": "is not a duration",
            "P1DT": "is not a duration",
            "p7d": "is not a duration",
            "P1.D": "is not a duration",
            "P\u0667D": "is not a duration",
            "-P7D": "is not a duration",
            "P%sD" % ("9" * 100): "is not a duration",
            "PT0S": "must be longer than zero",
            "P0.0Y": "must be longer than zero",
        }.items()
    ),
    ("qlik_tenant_settings", {"preferred_start_page": "home"}, "preferred_start_page"),
    ("qlik_tenant_settings", {"release_cadence": "weekly"}, "release_cadence"),
    *(
        ("qlik_tenant_settings", {"customize_no_access": {"link_url": url}}, "customize_no_access.link_url: ")
        for url in ("https://user:secret@example.com/", "//user:secret@example.com", "https://[user:secret@")
    ),
    (
        "qlik_tenant_settings",
        {"customize_no_access": {"message": "x"}},
        "customize_no_access.message: Not a supported option",
    ),
    ("qlik_tenant_settings", {"customize_no_access": "x"}, "customize_no_access: 'x' is not a dictionary"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_input(run: Run, number: int) -> None:
    module, options, words = BAD[number]
    result = assert_refused(run, module, options, words)
    assert "secret@" not in result["msg"]
    described = {area_of(module): options, "groups": [{"name": "New"}]}
    if words.startswith(tuple(options)):
        words = f"{area_of(module)}.{words}"
    assert_refused(run, "qlik_configuration", described, words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({INACTIVITY: 9}, f"{INACTIVITY} is 9"),
        ({INACTIVITY: 10}, None),
        ({INACTIVITY: 60, LIFESPAN: 60}, None),
        ({INACTIVITY: 61, LIFESPAN: 60}, f"{INACTIVITY} (61) has no effect because it is longer than {LIFESPAN} (60)."),
        ({INACTIVITY: 100_000}, f"{INACTIVITY} (100000) has no effect because it is longer than {LIFESPAN}"),
        ({DCR: True, METHODS: ["none"]}, "allows any program to register"),
        ({DCR: False}, None),
    ],
)
def test_warnings(run: Run, tenant: LocalTenant, options: dict[str, Json], words: str | None) -> None:
    for module, given in (("qlik_session_policy", options), ("qlik_configuration", {"session_policy": options})):
        for check in (True, False):
            warnings = texts(run(module, check=check, **given))
            assert len(warnings) == bool(words)
            assert words is None or words in warnings[0]


@pytest.mark.parametrize("response", ["404", "403", "page"])
@pytest.mark.parametrize("module", MODULES)
def test_a_tenant_without_the_api(run: Run, tenant: LocalTenant, module: str, response: str) -> None:
    tenant.set_tenant(missing_services=[SERVICES[module]])
    tenant.guess(missing_service=response)
    area, options = area_of(module), MODULES[module]
    described: dict[str, Json] = {area: options, "groups": [{"name": "New"}]}
    if (module, response) == ("qlik_tenant_settings", "404"):
        # It says what a tenant says that has none yet.
        assert run(module, check=True, **options)["action"] == "created"
        result = run(module, **options)
        assert result["changed"] is False
        assert "has not rolled out this API" in result["msg"]
        return
    words = "The tenant has no", "has not rolled out this API"
    assert_refused(run, module, options, *words)
    assert_refused(run, "qlik_configuration", described, f"{area}: The tenant has no")
    assert "has not rolled out this API" in run(f"{module}_info")["msg"]
    audited = run("qlik_configuration", check=True, report_unmanaged=True, **described)
    assert (audited["areas"].keys(), audited["not_available"].keys()) == ({"groups"}, {area})


@pytest.mark.parametrize("area", SINGLE)
def test_who_may_not(run: Run, tenant: LocalTenant, area: str) -> None:
    key = {"api_key": tenant.api_key_without_rights}
    assert_refused(run, f"qlik_{area}", {**SINGLE[area].described, **key}, "HTTP status 403")


@pytest.mark.parametrize("module", MODULES)
def test_info(run: Run, tenant: LocalTenant, module: str) -> None:
    noun = area_of(module)
    if module == "qlik_tenant_settings":
        assert run("qlik_tenant_settings_info")[noun] is None
    made = run(module, **MODULES[module])[noun]
    tenant.reset_counters()
    assert run(f"{module}_info")[noun] == made
    assert calls(tenant) == 1 + (module == "qlik_api_key_settings")


def test_all_in_one_task(run: Run, tenant: LocalTenant) -> None:
    described: dict[str, Json] = {area_of(module): options for module, options in MODULES.items()}
    planned = run("qlik_configuration", check=True, tenant={"name": "Acme"}, **described)
    tenant.reset_counters()
    done = run("qlik_configuration", tenant={"name": "Acme"}, **described)
    assert (done["plan"], done["diff"]) == (planned["plan"], planned["diff"])
    assert [area["action"] for area in done["areas"].values()] == ["updated", "created", "updated", "updated"]
    assert tenant.counters()["routes"]["GET /tenants/me"] == 1
    tenant.reset_counters()
    assert run("qlik_configuration", tenant={"name": "Acme"}, **described)["changed"] is False
    assert calls(tenant) == 2 + 3


@pytest.mark.parametrize(
    ("duration", "same", "other"),
    [
        ("P1Y", "P12M", "P365D"),
        ("P1M", "P0Y1M", "P30D"),
        ("P1Y2M10DT2H30M", "P14M10DT150M", "P1Y2M10DT2H"),
        ("P1.5D", "PT36H", "P1D"),
        ("PT0,5H", "PT30M", "PT5H"),
        ("P99999999999999999999D", "P99999999999999999999D", "P7D"),
    ],
)
def test_durations_are_compared_by_their_length(
    run: Run, tenant: LocalTenant, duration: str, same: str, other: str
) -> None:
    """What the API takes is not refused here: whether it takes fractions is not documented."""
    is_held = duration.replace("P", "").replace("T", "").isalnum()
    if is_held:
        assert run("qlik_api_key_settings", max_api_key_expiry=duration)["changed"] is True
        assert run("qlik_api_key_settings", max_api_key_expiry=same)["changed"] is False
    else:
        assert run("qlik_api_key_settings", max_api_key_expiry=same)["changed"] is True
        assert run("qlik_api_key_settings", max_api_key_expiry=duration)["changed"] is False
    assert run("qlik_api_key_settings", check=True, max_api_key_expiry=other)["changed"] is True


@pytest.mark.parametrize(
    ("url", "is_warned"),
    [
        ("https://it.example.com/a@b", False),
        ("mailto:it@example.com", False),
        ("example.com", True),
        ("/help", True),
        ("https://a b", True),
        ("https://[", True),
    ],
)
def test_links_are_left_to_the_tenant(run: Run, tenant: LocalTenant, url: str, is_warned: bool) -> None:
    page = {"link_enabled": True, "link_url": url}
    result = run("qlik_tenant_settings", customize_no_access=page)
    assert (result.get("msg"), result["changed"]) == (None, True)
    assert [f"link_url: {url!r} is not a link." in text for text in texts(result)] == [True] * is_warned
