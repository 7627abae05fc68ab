# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of web integrations."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.web_integration import WebIntegration

from .cases import Api, Hostile, SettingCase, Standalone

OTHER = "https://other.example.com"
CASES = Standalone(
    WebIntegration(),
    settings={
        "name": SettingCase("New", {"name": "New"}, {"id": "ID"}),
        "valid_origins": SettingCase(["https://new.example.com"], {"validOrigins": ["https://new.example.com"]}),
    },
    current={"name": "Held", "validOrigins": ["https://held.example.com"]},
    options={"valid_origins": ["https://a.example.com"]},
    twin={"validOrigins": ["https://a.example.com"]},
    changed={"valid_origins": ["https://b.example.com"]},
    changed_twin={"validOrigins": ["https://b.example.com"]},
    wrong=({"valid_origins": ["a b"]}, [".valid_origins[0]: The origin 'a b' must not contain white space."]),
    hostile=Hostile(
        lambda text: {"validOrigins": [text]},
        "https://host{}.example.com",
        {"valid_origins": [OTHER]},
        [{"object": "xOBJECT", "setting": "valid_origins", "values": ["OBJECT", OTHER]}],
    ),
    api=Api(
        "/web-integrations",
        body=["name", "validOrigins"],
        patch=["name", "validOrigins"],
        refused=("POST", "/web-integrations", []),
        error={"detail": str, "status": str},
        beside={"traceId"},
    ),
)
