# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Qlik's own clients against the local tenant: whoever wrote them did not know it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from foreign import CLIENTS as SOURCE
from foreign import LANGUAGE_SERVER, NODE_CLIENT, PYTHON_CLIENT, Software


def seen_by(command: list[str], folder: Path, environment: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """What a client printed, and its errors when it gave up."""
    env = {**os.environ, "NO_PROXY": "127.0.0.1", **environment}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    return json.loads(done.stdout or "{}"), done.stderr if done.returncode else ""


@pytest.mark.parametrize("software", [NODE_CLIENT, LANGUAGE_SERVER], ids=lambda software: software.title)
def test_the_lock_file_names_no_registry(software: Software) -> None:
    package, lock = software.sources
    text = lock.read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text
    desired = json.loads(package.read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads(text)["packages"]
    assert desired == {name: locked[f"node_modules/{name}"]["version"] for name in desired}


def test_javascript_client(tenant: Any) -> None:
    folder = NODE_CLIENT.installed()
    script = shutil.copy(SOURCE / "qlik_api.mjs", folder)
    command = ["node", str(script)]
    oauth = {"CLIENT_ID": tenant.client_id, "CLIENT_SECRET": tenant.client_secret}
    logins = {
        "local|admin": {"API_KEY": tenant.api_key},
        f"qlikbot\\{tenant.client_id}": {**oauth, "SCOPE": "admin_classic"},
    }
    for subject, login in logins.items():
        tenant.reset()
        seen, errors = seen_by(command, folder, {"TENANT_HOST": tenant.url, **login})
        assert not errors
        assert seen.pop("found")[0]["subject"] == "client\\user"
        for name in ("id", "createdDate", "modifiedDate"):
            del seen["originPut"][name]
        assert seen == {
            "me": subject,
            "tenant": True,
            "tenantPatch": 204,
            "roles": 17,
            "rolePatch": 204,
            "scopes": ["api-keys", "knowledgebase"],
            "groups": 25,
            "filtered": ["client 3", "client 4"],
            "queried": 1,
            "groupPatch": 204,
            "groupRoles": ["Steward"],
            "duplicate": {"status": 409, "code": "GROUPS-409"},
            "settingsPatch": 204,
            "autoCreate": True,
            "userStatus": "invited",
            "userPatch": 204,
            "fields": ["id", "name"],
            "users": 5,
            "count": 5,
            "invited": "ok",
            "userDelete": 204,
            "types": ["data", "managed", "shared"],
            "spaces": 12,
            "searched": [3, ["Space 11", "Space 10", "Space 1"]],
            "spacePatch": [200, "Finance", "Money"],
            "spacePut": "",
            "spaceDuplicate": {"status": 409, "code": "SpaceConflict"},
            "memberDuplicate": {"status": 409, "code": "AssignmentConflict"},
            "memberRoles": ["producer"],
            "members": 12,
            "member": [["producer"]],
            "memberRead": True,
            "memberDelete": 204,
            "items": 0,
            "spaceDelete": 204,
            "spaceGone": {"status": 404, "code": "SPACES-404"},
            "licensePut": {"autoAssignAnalyzer": True, "autoAssignProfessional": False},
            "license": {"autoAssignAnalyzer": True, "autoAssignProfessional": False},
            "licenseStatus": ["Ok", "Ok"],
            "settingsMissing": {"status": 404, "code": 404},
            "settingsCreated": [201, {"value": "analytics-hub", "route": "/insights"}],
            "settingsChanged": True,
            "settingsRead": "management-console",
            "settingsDeleted": 204,
            "keysPatched": 204,
            "keys": {
                "max_keys_per_user": 2,
                "max_api_key_expiry": "PT24H",
                "scim_externalClient_expiry": "P365D",
            },
            "policyPatched": [200, 720],
            "policy": False,
            "origins": 12,
            "originPut": {"origin": "b.example.com", "fontSrc": True},
            "originRead": "b.example.com",
            "header": True,
            "originDelete": 204,
            "originGone": {"status": 404, "code": "CSP-404"},
            "integrations": 12,
            "integrationPatch": 204,
            "integrationRead": ["https://b.example.com"],
            "integrationDelete": 204,
            "integrationGone": {"status": 404, "code": "WEBINTEGRATIONS_NOT_FOUND"},
            "clientSecret": True,
            "clients": 7,
            "clientsFiltered": 1,
            "clientPatch": 204,
            "clientPatchSecret": [202, ["clientSecret"]],
            "secretDelete": 204,
            "secrets": 1,
            "consentPatch": 204,
            "consent": "required",
            "consentDelete": 204,
            "published": 201,
            "clientUnconfirmed": {"status": 400, "code": "OAUTHCLIENTS-400"},
            "clientDelete": 204,
            "clientGone": {"status": 404, "code": "OAUTHCLIENTS-404"},
            "providerPending": [False, "pending", None],
            "providerPatch": 204,
            "providerRead": {"sub": ["/oid"]},
            "providerPromote": {"status": 400, "code": "IDP-400"},
            "providerStatus": 1,
            "providerMeta": {"status": 404, "code": "IDP-404"},
            "providerKnown": 200,
            "providersActive": 7,
            "providerInUse": {"status": 400, "code": "IDP-400"},
            "providerDelete": 204,
            "providerGone": {"status": 404, "code": "IDP-404"},
            "policies": 7,
            "policiesFiltered": 6,
            "policyPatch": 204,
            "policyRead": ["203.0.113.7"],
            "lockout": {"status": 400, "code": "IPPOLICIES-400"},
            "policyDelete": 204,
            "keyToken": [True, True],
            "keyPatch": 204,
            "keyRead": ["nightly", "SCIM\\idp"],
            "keyList": 5,
            "keyDelete": [204, 204],
            "keyGone": {"status": 404, "code": "APIKEYS-404"},
            "keyRevoked": ["provisioning"],
            "keyTooLong": {"status": 400, "code": "APIKEYS-400"},
            "auditNames": [25, "client 0"],
            "auditRead": True,
            "auditOrder": "com.qlik.core.tenant.updated",
            "auditSources": True,
            "auditTypes": [
                "com.qlik.core.api-key.created",
                "com.qlik.core.api-key.deleted",
                "com.qlik.core.api-key.updated",
                "com.qlik.core.api-keys-config.updated",
            ],
            "auditSettings": {"ArchiveEnabled": True, "EventTTL": 7_776_000},
            "auditArchive": True,
            "auditMissing": {"status": 404, "code": "AUDITS-404"},
            "roleDelete": {"status": 403, "code": "IDENTITIES-403"},
            "missing": {"status": 404, "code": "GROUPS-7"},
            "roleDeleted": 204,
        }
        assert (tenant.groups(), tenant.spaces()) == ([], [])
        assert tenant.state()["tenant"]["name"] == "Corp"
        assert {user["subject"]: user["status"] for user in tenant.users()}["client\\user"] == "deleted"
        assert tenant.counters()["routes"].keys().isdisjoint({"GET unknown", "POST unknown"})
    tenant.reset()
    _seen, errors = seen_by(command, folder, {"TENANT_HOST": tenant.url, **oauth})
    assert "403" in errors, "without a scope this client asks for user_default only, which is no administrator"


def test_python_client(tenant: Any) -> None:
    folder = PYTHON_CLIENT.installed()
    command = [str(folder / "venv/bin/python"), str(SOURCE / "qlik_sdk_client.py")]
    logins = {
        "local|admin": {"API_KEY": tenant.api_key},
        f"qlikbot\\{tenant.client_id}": {"CLIENT_ID": tenant.client_id, "CLIENT_SECRET": tenant.client_secret},
    }
    for subject, login in logins.items():
        tenant.reset()
        # This client gives up on an answer that has an action it does not know.
        tenant.guess(newer_space_actions=False)
        seen, errors = seen_by(command, folder, {"TENANT_URL": tenant.url, "PYTHONPATH": "", **login})
        assert not errors
        assert seen == {
            "me": subject,
            "tenant": True,
            "tenant_name": "Corp",
            "roles": 17,
            "role": "From the client",
            "groups": 25,
            "filtered": ["client 3"],
            "group_roles": ["DataAdmin"],
            "duplicate": 409,
            "auto_create": True,
            "user_roles": ["Steward"],
            "found": ["client\\user"],
            "users": 5,
            "count": 5,
            "types": ["data", "managed", "shared"],
            "spaces": 12,
            "searched": ["Space 1", "Space 10", "Space 11"],
            "space_patch": ["Finance", "Money"],
            "space_put": "Sums",
            "space_duplicate": 409,
            "member_duplicate": 409,
            "member_roles": ["producer"],
            "members": 12,
            "member_missing": 404,
            "items": 0,
            "space_missing": 404,
            "license": [True, False, "Ok", "Ok"],
            "pending": ["pending", None],
            "realm": "r",
            "promotion": 400,
            "providers": 6,
            "status": ["okta", "qlik"],
            "portal": True,
            "provider_missing": 404,
            "hint": True,
            "client_missing": 404,
            "origins": [12, True],
            "origin_put": ["b.example.com", True, False],
            "origin_missing": 404,
            "integrations": 12,
            "integration_patch": "New",
            "integration_missing": 404,
            "keys": [4, True, "nightly"],
            "key_missing": 404,
            "events": [25, "client 0", True],
            "event_types": True,
            "archive": True,
            "retention": 7_776_000,
            "missing": 404,
        }
        assert (tenant.groups(), tenant.spaces(), tenant.state()["assignments"]) == ([], [], [])
        assert len(tenant.roles()) == 17
