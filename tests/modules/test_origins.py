# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a tenant may be embedded and called from: CSP origins and web integrations."""

from __future__ import annotations

from typing import Any

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run, assert_five_steps, assert_refused, calls, differences, texts

PORTAL: Json = {
    "name": "Portal",
    "origin": "portal.example.com",
    "description": "d",
    "directives": ["frameAncestors", "imgSrc"],
}
HELD: Json = ["portal.example.com", "d", ["frameAncestors", "imgSrc"]]


def csp_view(tenant: LocalTenant) -> Json:
    """Origin, description and directives by name."""
    return {
        item.get("name"): [
            item["origin"],
            item.get("description", ""),
            sorted(name for name, value in item.items() if value is True),
        ]
        for item in tenant.state()["csp_origins"]
    }


def web_view(tenant: LocalTenant) -> Json:
    """Origins by name and id, which must never become another one."""
    return {(item["name"], item["id"]): sorted(item["validOrigins"]) for item in tenant.state()["web_integrations"]}


CSP: dict[str, tuple[dict[str, Json], Json]] = {
    "nothing asked": ({}, HELD),
    "equal": ({"origin": "portal.example.com", "description": "d"}, HELD),
    "equal but for scheme, case and slash": ({"origin": "HTTPS://Portal.Example.com/"}, HELD),
    "directives in another order": ({"directives": ["imgSrc", "frameAncestors", "imgSrc"]}, HELD),
    "another origin": ({"origin": "*.example.com:8443"}, ["*.example.com:8443", *HELD[1:]]),
    "plain http is another origin": ({"origin": "http://portal.example.com"}, ["http://portal.example.com", *HELD[1:]]),
    "description": ({"description": "new"}, [HELD[0], "new", HELD[2]]),
    "description emptied": ({"description": ""}, [HELD[0], "", HELD[2]]),
    "directives": ({"directives": ["connectSrcWSS"]}, [*HELD[:2], ["connectSrcWSS"]]),
    "no directives": ({"directives": []}, [*HELD[:2], []]),
    "gone": ({"state": "absent"}, None),
}


@pytest.mark.parametrize("guesses", [{}, {"csp_scheme": "kept", "csp_directives_that_are_off": "false"}], ids=str)
@pytest.mark.parametrize("case", CSP)
def test_csp_origin(run: Run, tenant: LocalTenant, case: str, guesses: Any) -> None:
    options, expected = CSP[case]
    tenant.guess(**guesses)
    tenant.plant("csp_origins", [PORTAL, {**PORTAL, "name": "Other"}])
    after = {"Other": HELD, **({"Portal": expected} if expected else {})}
    assert_five_steps(
        run, "qlik_csp_origin", {"name": "Portal", **options}, csp_view, after, changed=expected is not HELD
    )


def test_what_is_left_out_of_a_whole_is_not_lost(run: Run, tenant: LocalTenant) -> None:
    """PUT drops what it does not get, by the first guess, so that everything is in it."""
    tenant.plant("csp_origins", [PORTAL])
    tenant.reset_counters()
    run("qlik_csp_origin", name="Portal", description="new")
    assert csp_view(tenant) == {"Portal": ["portal.example.com", "new", ["frameAncestors", "imgSrc"]]}
    assert calls(tenant) == 3
    assert calls(tenant) == sum(tenant.counters()["routes"].values())


def test_a_csp_origin_without_a_name_is_found_by_its_origin(run: Run, tenant: LocalTenant) -> None:
    tenant.plant("csp_origins", [{"origin": "portal.example.com"}])
    result = assert_five_steps(
        run,
        "qlik_csp_origin",
        {"name": "portal.example.com", "directives": ["imgSrc"]},
        lambda current: list(csp_view(current).values()),
        [["portal.example.com", "", ["imgSrc"]]],
    )
    assert result["csp_origin"]["directives"] == ["imgSrc"]
    (found,) = run("qlik_csp_origin_info", name="portal.example.com")["csp_origins"]
    assert (found["origin"], found["directives"]) == ("portal.example.com", ["imgSrc"])


def test_the_same_origin_twice_is_worth_a_word(run: Run, tenant: LocalTenant) -> None:
    tenant.plant("csp_origins", [PORTAL])
    result = run("qlik_csp_origin", name="New", origin="https://PORTAL.example.com")
    assert result["changed"] is True
    assert any("same origin as the CSP origin 'Portal'" in text for text in texts(result))
    moved = [{"name": "Portal", "state": "absent"}, {"name": "Moved", "origin": "portal.example.com"}]
    tenant.reset()
    tenant.plant("csp_origins", [PORTAL])
    assert texts(run("qlik_csp_origins", csp_origins=moved)) == []


WEB: dict[str, tuple[dict[str, Json], list[str] | None]] = {
    "nothing asked": ({}, ["http://b.example.com:81", "https://a.example.com"]),
    "equal but for order, case and slash": (
        {"valid_origins": ["HTTPS://A.example.com/", "http://b.example.com:81", "https://a.example.com"]},
        ["http://b.example.com:81", "https://a.example.com"],
    ),
    "one taken and one added": (
        {"valid_origins": ["https://a.example.com", "https://c.example.com"]},
        ["https://a.example.com", "https://c.example.com"],
    ),
    "emptied": ({"valid_origins": []}, []),
    "gone": ({"state": "absent"}, None),
}


@pytest.mark.parametrize("by", ["name", "id", "item"])
@pytest.mark.parametrize("case", WEB)
def test_web_integration(run: Run, tenant: LocalTenant, case: str, by: str) -> None:
    options, expected = WEB[case]
    current = ["https://a.example.com", "http://b.example.com:81"]
    (integration_id,) = tenant.plant("web_integrations", [{"name": "Portal", "validOrigins": current}])
    desired: dict[str, Json] = {**options, **({"id": integration_id} if by == "id" else {"name": "Portal"})}
    module = "qlik_web_integration"
    if by == "item":
        module, desired = "qlik_web_integrations", {"web_integrations": [desired]}
    after = {} if expected is None else {("Portal", integration_id): expected}
    assert_five_steps(run, module, desired, web_view, after, changed=expected != sorted(current))


def test_a_diff_shows_what_differs(run: Run, tenant: LocalTenant) -> None:
    tenant.plant("web_integrations", [{"name": "Portal", "validOrigins": ["https://a.example.com"]}])
    desired = ["HTTPS://A.example.com/", "https://b.example.com"]
    (entry,) = differences(run("qlik_web_integration", name="Portal", valid_origins=desired))
    assert entry["before"]["valid_origins"] == ["https://a.example.com"]
    assert entry["after"]["valid_origins"] == ["https://a.example.com", "https://b.example.com"]


LISTS = [
    ("csp_origins", {"origin": "new.example.com"}, csp_view),
    ("web_integrations", {}, web_view),
]


DIFFERENT: dict[str, dict[str, Json]] = {
    "csp_origins": {"description": "Another"},
    "web_integrations": {"validOrigins": ["https://another.example.com"]},
}


@pytest.mark.parametrize(("plural", "beside", "view"), LISTS, ids=["csp", "web"])
def test_two_of_one_name(run: Run, tenant: LocalTenant, plural: str, beside: Any, view: Any) -> None:
    first, second = tenant.plant(plural, [{"name": "Twin"}, {"name": "Twin", **DIFFERENT[plural]}])
    module, noun = f"qlik_{plural}", plural[:-1]
    for state in ("present", "absent"):
        assert_refused(run, module[:-1], {"name": "Twin", "state": state, **beside}, first, second, "Set `id`")
        items: dict[str, Json] = {plural: [{"name": "New", **beside}, {"name": "Twin", "state": state}]}
        assert_refused(run, module, items, f"{plural}[1].name", first, second)
        assert_refused(run, "qlik_configuration", items, f"{plural}[1].name", first, second)
    by_id: dict[str, Json] = {plural: [{"id": first, "state": "absent"}, {"id": second, "name": "Twin"}], "prune": True}
    result = run(module, **by_id)
    assert (result["summary"]["deleted"], result["summary"]["unchanged"]) == (1, 1)
    assert run(module[:-1], name="Twin")[noun]["id"] == second
    # Both can be kept too, and the one that is not listed can be pruned.
    (third,) = tenant.plant(plural, [{"name": "Twin", **DIFFERENT[plural]}])
    both: dict[str, Json] = {plural: [{"id": second}, {"id": third}], "prune": True}
    assert run(module, **both)["changed"] is False
    assert run(module, **{**both, plural: [{"id": third}]})["summary"]["deleted"] == 1
    assert run(module[:-1], name="Twin")[noun]["id"] == third
    assert_refused(run, module, {plural: [{"name": "A", **beside}, {"name": "A", **beside}]}, "listed twice")


@pytest.mark.parametrize(("plural", "beside", "view"), LISTS, ids=["csp", "web"])
def test_prune(run: Run, tenant: LocalTenant, plural: str, beside: Any, view: Any) -> None:
    tenant.plant(
        plural, [{"name": f"Old {number:02}"} for number in range(12)] + [{"name": "Kept"}, {"name": "safe-1"}]
    )
    options: dict[str, Json] = {
        plural: [{"name": "Kept"}, {"name": "New", **beside}],
        "prune": True,
        "prune_protect": ["safe-*"],
    }
    assert_refused(run, f"qlik_{plural}", options, "'Old 00'", "more than 10 and more than 30% of them")
    assert_refused(run, f"qlik_{plural}", {**options, "max_deletions": 11}, "max_deletions is 11")
    assert_refused(run, f"qlik_{plural}", {plural: [], "prune": True}, "delete everything")
    described: dict[str, Json] = {
        plural: options[plural],
        "prune": {plural: {"protect": ["safe-*"], "max_deletions": 12}},
    }
    planned = run("qlik_configuration", check=True, **described)["plan"]
    result = run(f"qlik_{plural}", **options, max_deletions=12)
    assert result["summary"] == {"created": 1, "updated": 0, "deleted": 12, "unchanged": 1, "failed": 0}
    assert planned["steps"] == 13
    names = [name if isinstance(name, str) else name[0] for name in view(tenant)]
    assert sorted(names) == ["Kept", "New", "safe-1"]
    again = run("qlik_configuration", **described, report_unmanaged=True)
    assert (again["changed"], [item["name"] for item in again["unmanaged"][plural]]) == (False, ["safe-1"])


def test_no_slash_at_the_end_is_written(run: Run, tenant: LocalTenant) -> None:
    tenant.guess(csp_scheme="kept")
    slashed = "https://a.example.com/"
    cases: list[tuple[str, dict[str, Json], dict[str, Json]]] = [
        ("qlik_csp_origin", {"name": "A", "origin": slashed}, {"name": "A", "origin": slashed[:-1]}),
        (
            "qlik_web_integration",
            {"name": "A", "valid_origins": [slashed]},
            {"name": "A", "valid_origins": [slashed[:-1]]},
        ),
    ]
    for module, options, normal in cases:
        (warning,) = texts(run(module, **options))
        assert f"'{slashed}' ends with a slash" in warning
        assert f"The task writes '{slashed[:-1]}'." in warning
        again = run(module, **normal)
        assert (again["changed"], texts(again)) == (False, [])
        changed = run(
            module,
            **{
                **options,
                **(
                    {"origin": "b.example.com/"}
                    if "origin" in options
                    else {"valid_origins": ["https://b.example.com/"]}
                ),
            },
        )
        assert changed["changed"] is True
    state = tenant.state()
    (origin,), (integration,) = state["csp_origins"], state["web_integrations"]
    assert origin["origin"] == "b.example.com"
    assert integration["validOrigins"] == ["https://b.example.com"]


ORIGINS: dict[str, str] = {
    "https://a.example.com/path": "must not have a path",
    "https://a.example.com//": "must not have a path",
    "https://a.example.com?x=1": "must not have a path",
    "https://a.example.com#x": "must not have a path",
    "https://a b.example.com": "must not contain white space",
    " https://a.example.com": "must not contain white space",
    "https://a.example.com\n": "must not contain white space",
    "1a://a.example.com": "not a scheme",
    "https://a.example.com:0": "must be 1 to 65535",
    "https://a.example.com:65536": "must be 1 to 65535",
    "https://a.example.com:": "must be 1 to 65535",
    "https://": "invalid host name",
    "https://-a.example.com": "invalid host name",
    "https://a..example.com": "invalid host name",
    "https://ünicode.example.com": "invalid host name",
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_what_is_no_origin(run: Run, tenant: LocalTenant, origin: str) -> None:
    tenant.plant("csp_origins", [PORTAL])
    tenant.plant("web_integrations", [{"name": "Portal"}])
    assert_refused(run, "qlik_csp_origin", {"name": "Portal", "origin": origin}, "origin: ", ORIGINS[origin])
    web = {"name": "Portal", "valid_origins": ["https://a.example.com", origin]}
    assert_refused(run, "qlik_web_integration", web, "valid_origins[1]: ", ORIGINS[origin])
    both = {"csp_origins": [{"name": "Portal", "origin": origin}], "web_integrations": [web]}
    places = ("csp_origins[0].origin", "web_integrations[0].valid_origins[1]")
    assert_refused(run, "qlik_configuration", both, *places)


def test_what_browsers_send_and_policies_allow(run: Run, tenant: LocalTenant) -> None:
    """Apps have schemes of their own, and a policy can allow every port of a host."""
    for origin in ("capacitor://localhost", "localhost:*", "https://*.example.com:*", "app+x.1-y://a.example.com"):
        result = run("qlik_csp_origin", name=origin, origin=origin)
        assert (result.get("msg"), result["changed"]) == (None, True)
        assert run("qlik_csp_origin", name=origin, origin=origin)["changed"] is False
    web = ["capacitor://localhost", "ionic://localhost", "https://*.example.com"]
    assert run("qlik_web_integration", name="A", valid_origins=web)["changed"] is True
    assert run("qlik_web_integration", name="A", valid_origins=web[::-1])["changed"] is False


def test_no_password_is_repeated(run: Run) -> None:
    secret = "https://ada:hunter2@a.example.com"
    for module, options in (
        ("qlik_csp_origin", {"name": "A", "origin": secret}),
        ("qlik_web_integration", {"name": "A", "valid_origins": [secret]}),
    ):
        assert "hunter2" not in assert_refused(run, module, options, "must not contain a user or a password")["msg"]


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("qlik_csp_origin", {"name": "A", "origin": "a.example.com", "directives": ["img-src"]}, ["img-src", "imgSrc"]),
        ("qlik_csp_origin", {"name": "A"}, ["origin: Required to create a new object."]),
        ("qlik_csp_origin", {"name": "A", "origin": "a" * 257}, ["origin: Must have at most 256 characters"]),
        ("qlik_csp_origin", {"name": "A" * 513, "origin": "a.example.com"}, ["name: Must have at most 512 characters"]),
        ("qlik_csp_origin", {"id": "gone", "origin": "a.example.com"}, ["no CSP origin gone"]),
        ("qlik_web_integration", {"name": "A", "valid_origins": ["a.example.com"]}, ["must begin with a scheme"]),
        ("qlik_web_integration", {"name": "A", "valid_origins": ["https://a.example.com:*"]}, ["must be 1 to 65535"]),
        ("qlik_web_integration", {"id": "gone"}, ["no web integration gone"]),
    ],
)
def test_what_is_refused(run: Run, module: str, options: dict[str, Json], words: list[str]) -> None:
    assert_refused(run, module, options, *words)


@pytest.mark.parametrize("origin", ["localhost:3000", "[::1]:3000", "wss://a.example.com", "*.example.com", "a_b.c"])
def test_what_is_an_origin(run: Run, tenant: LocalTenant, origin: str) -> None:
    view = {"New": [origin, "", []]}
    assert_five_steps(run, "qlik_csp_origin", {"name": "New", "origin": origin}, csp_view, view)


@pytest.mark.parametrize(("plural", "beside", "view"), LISTS, ids=["csp", "web"])
def test_more_than_a_page(run: Run, tenant: LocalTenant, plural: str, beside: Any, view: Any) -> None:
    tenant.plant(plural, [{"name": f"N{number:03}"} for number in range(250)])
    tenant.reset_counters()
    options: dict[str, Json] = {plural: [{"name": f"N{number:03}"} for number in range(250)]}
    assert run(f"qlik_{plural}", **options)["summary"]["unchanged"] == 250
    assert calls(tenant) == 3
    assert len(run(f"qlik_{plural[:-1]}_info")[plural]) == 250


@pytest.mark.parametrize("lag", [0.0, 0.4])
@pytest.mark.parametrize(("plural", "beside", "view"), LISTS, ids=["csp", "web"])
def test_a_creation_whose_answer_is_lost_is_not_done_twice(
    run: Run, tenant: LocalTenant, plural: str, beside: Any, view: Any, lag: float
) -> None:
    """No conflict tells of the first where a name can be there twice."""
    tenant.guess(lag_seconds=lag)
    tenant.misbehave({"match": {"method": "POST", "count": 1}, "action": {"reset": "after"}})
    result = run(f"qlik_{plural[:-1]}", name="New", **beside)
    assert (result["changed"], result["action"]) == (True, "created")
    assert len(tenant.state()[plural]) == 1
