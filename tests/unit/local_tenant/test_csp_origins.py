# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Origins in the content security policy (Qlik reference: csp-origins)."""

from __future__ import annotations

from typing import Any

import pytest

PATH = "/csp-origins"
READ_ONLY = {"id", "createdDate", "modifiedDate"}


def settings(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in READ_ONLY}


def test_create_read_replace_and_delete(api: Any, tenant: Any) -> None:
    made = api.made(PATH, {"name": "Portal", "origin": "https://portal.example.com", "frameAncestors": True})
    assert made.keys() >= READ_ONLY
    assert settings(made) == {"name": "Portal", "origin": "portal.example.com", "frameAncestors": True}
    assert api.get(f"{PATH}/{made['id']}").json() == made
    assert tenant.state()["csp_origins"] == [made]
    response = api.put(f"{PATH}/{made['id']}", {"origin": "portal.example.com", "description": "d", "imgSrc": True})
    assert response.status_code == 200
    assert settings(response.json()) == {"origin": "portal.example.com", "description": "d", "imgSrc": True}
    assert response.json()["createdDate"] == made["createdDate"]
    assert api.delete(f"{PATH}/{made['id']}").status_code == 204
    assert api.delete(f"{PATH}/{made['id']}").status_code == 404
    assert api.listed(PATH) == []


def test_what_the_reference_leaves_open(api: Any, tenant: Any) -> None:
    tenant.guess(csp_put_omitted="kept", csp_scheme="kept", csp_directives_that_are_off="false")
    made = api.made(PATH, {"origin": "https://a.example.com", "imgSrc": True})
    assert (made["origin"], made["imgSrc"], made["childSrc"]) == ("https://a.example.com", True, False)
    assert len(settings(made)) == 14
    stored = api.put(f"{PATH}/{made['id']}", {"origin": "https://a.example.com", "fontSrc": True}).json()
    assert (stored["imgSrc"], stored["fontSrc"]) == (True, True)
    assert api.post(PATH, {"origin": "HTTPS://A.example.com"}).status_code == 201
    tenant.guess(csp_same_origin="refuse")
    assert api.post(PATH, {"origin": "https://A.example.com"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"name": "x"},
        {"origin": ""},
        {"origin": "a b"},
        {"origin": "x" * 257},
        {"origin": "a", "name": "x" * 513},
        {"origin": "a", "description": "x" * 1025},
        {"origin": "a", "imgSrc": "true"},
        {"origin": "a", "img-src": True},
        {"origin": "a", "id": "x"},
    ],
    ids=str,
)
def test_bodies_that_are_refused(api: Any, tenant: Any, body: Any) -> None:
    (origin_id,) = tenant.plant("csp_origins", [{"origin": "held.example.com"}])
    for response in (api.post(PATH, body), api.put(f"{PATH}/{origin_id}", body)):
        assert response.status_code == 400
        assert response.json().keys() == {"errors"}
        assert response.json()["errors"][0].keys() == {"code", "title", "detail"}
    assert [item["origin"] for item in api.listed(PATH)] == ["held.example.com"]


def test_lists(api: Any, tenant: Any) -> None:
    origins = [{"name": f"N{number:02}", "origin": f"h{number}.example.com"} for number in range(25)]
    tenant.plant("csp_origins", [*origins, {"origin": "nameless.example.com", "directives": ["imgSrc"]}])
    assert len(api.get(PATH).json()["data"]) == 20
    assert len(api.listed(PATH, limit="7")) == 26
    assert "totalResults" not in api.get(PATH).json()
    assert [item["name"] for item in api.listed(PATH, name="n1*")] == [f"N{number}" for number in range(10, 20)]
    assert [item["origin"] for item in api.listed(PATH, origin="H2.EXAMPLE.COM")] == ["h2.example.com"]
    assert [item["origin"] for item in api.listed(PATH, imgSrc="true")] == ["nameless.example.com"]
    assert api.listed(PATH, sort="-name")[0]["name"] == "N24"
    for query in ({"sort": "+name"}, {"limit": "0"}, {"limit": "101"}, {"totalResults": "true"}, {"imgSrc": "1"}):
        assert api.get(PATH, params=query).status_code == 400, query


def test_the_header(api: Any, tenant: Any) -> None:
    directives = ["frameAncestors", "connectSrc", "connectSrcWSS"]
    tenant.plant("csp_origins", [{"origin": "a.example.com", "directives": directives}])
    tenant.plant("csp_origins", [{"origin": "b.example.com", "directives": ["frameAncestors"]}])
    header = api.get(f"{PATH}/actions/generate-header").json()["Content-Security-Policy"]
    assert header == "connect-src a.example.com wss://a.example.com; frame-ancestors a.example.com b.example.com"
