# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of CSP origins."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.csp_origin import CspOrigin
from local_tenant.client import TenantHandle

from .cases import Api, FaultCase, Hostile, Json, SettingCase, Standalone, State


def with_directives(item: State) -> State:
    """An origin with the names of the directives that are on: the API has a boolean for each of them."""
    return {"directives": [name for name, value in item.items() if value is True], **item}


def csp_origins_of(state: State) -> Json:
    """Name, origin, and directives of all CSP origins, duplicates included."""
    return sorted(
        [item["name"], item["origin"], sorted(with_directives(item)["directives"])] for item in state["csp_origins"]
    )


def plant_changed(tenant: TenantHandle) -> None:
    tenant.plant("csp_origins", [{"name": "Changed", "origin": "a.example.com", "directives": ["imgSrc"]}])


CASES = Standalone(
    CspOrigin(),
    settings={
        "name": SettingCase("New", {"name": "New"}, {"id": "ID"}),
        "origin": SettingCase("https://new.example.com", {"origin": "new.example.com"}),
        "description": SettingCase("new", {"description": "new"}),
        "directives": SettingCase(["connectSrcWSS", "fontSrc"], {"directives": ["connectSrcWSS", "fontSrc"]}),
    },
    look=with_directives,
    faults={
        # The API replaces an origin as a whole.
        "qlik_csp_origin": FaultCase(
            "qlik_csp_origin",
            {"name": "Changed", "directives": ["frameAncestors"]},
            csp_origins_of,
            [["Changed", "a.example.com", ["frameAncestors"]]],
            plant_changed,
        )
    },
    current={"name": "Held", "origin": "held.example.com", "description": "as it was", "directives": ["imgSrc"]},
    options={"origin": "https://portal.example.com", "directives": ["imgSrc"]},
    twin={"origin": "portal.example.com", "directives": ["imgSrc"]},
    changed={"description": "Maps"},
    changed_twin={"description": "Maps"},
    wrong=({"origin": "a@b"}, [".origin: An origin must not contain a user or a password."]),
    hostile=Hostile(
        lambda text: {"origin": text, "directives": ["imgSrc"]},
        "host{}.example.com",
        {"origin": "other{}.example.com", "description": "", "directives": ["imgSrc", "fontSrc"]},
        [{"object": "OBJECT", "setting": "directives"}],
    ),
    api=Api(
        "/csp-origins",
        body=["name", "origin", "description", "imgSrc"],
        patch=[],
        refused=("GET", "/csp-origins?limit=0", None),
        error={"detail": str},
        beside=set(),
    ),
)
