# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides that take a reader through commands and files, done as they say."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from local_tenant.client import LocalTenant, TenantHandle
from local_tenant.state import EVERYONE_ID

from .conftest import ROOT, ansible_environment

GUIDES = ROOT / "docs" / "docsite" / "rst"
#: What installs software or needs an identity is not run.
NOT_RUN = ("pip ", "ansible-galaxy ", "git ")


def steps(guide: str) -> list[tuple[str, str]]:
    """The language and the text of each block of a guide, or of the README."""
    if guide == "README.md":
        return re.findall(
            r"^```(\w+)\n(.*?)^```$", (ROOT / guide).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    text = (GUIDES / guide).read_text(encoding="utf-8")
    found = re.findall(r"^\.\. code-block:: (\w+)\n\n((?:   .*\n|\n)+)", text, re.MULTILINE)
    return [(language, dedent(block).strip() + "\n") for language, block in found]


def follow(guide: str, folder: Path, replacements: dict[str, str]) -> list[str]:
    """Write the files and run the commands; what each command printed."""
    exports: dict[str, str] = {}
    outputs: list[str] = []
    for language, block in steps(guide):
        for shown, real in replacements.items():
            block = block.replace(shown, real)
        if language in ("diff", "text"):
            continue
        if language == "yaml":
            name = block.splitlines()[0].removeprefix("# ")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block, encoding="utf-8")
            continue
        for line in block.splitlines():
            command = line.removeprefix("$ ")
            if command.startswith("export "):
                name, _equals, value = command.removeprefix("export ").partition("=")
                exports[name] = value
            elif not command.startswith(NOT_RUN):
                outputs.append(run(command, folder, exports))
    return outputs


def shown(guide: str) -> str:
    """The output that a guide shows."""
    (text,) = (block for language, block in steps(guide) if language == "text")
    return text


def run(command: str, folder: Path, exports: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=ansible_environment(folder, **exports),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, command + "\n" + done.stdout + done.stderr
    assert "[WARNING]" not in done.stderr, command + "\n" + done.stderr
    return done.stdout


def names(tenant: TenantHandle) -> set[str]:
    return {group["name"] for group in tenant.groups()}


def members(tenant: TenantHandle) -> dict[str, dict[str, list[str]]]:
    """The roles of the members of each space, by the names of the groups; what has none is by its id."""
    called = {group["id"]: group["name"] for group in tenant.groups()} | {EVERYONE_ID: "Everyone"}
    return {
        space["name"]: {
            called.get(each["assigneeId"], each["assigneeId"]): sorted(each["roles"]) for each in space["assignments"]
        }
        for space in tenant.spaces()
    }


def test_readme(tenant: LocalTenant, tmp_path: Path) -> None:
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    dry, run, audit = follow("README.md", tmp_path, replacements)
    assert '+    "name": "Finance Analysts"' in dry
    assert "changed=1 " in run
    assert names(tenant) == {"Finance Analysts"}
    assert "failed=0 " in audit
    assert {path.suffix for path in (tmp_path / "reports").iterdir()} >= {".html", ".json", ".xml"}


def test_first_tenant(tenant: LocalTenant, tmp_path: Path) -> None:
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    outputs = follow("guide_first_tenant.rst", tmp_path, replacements)
    assert '+    "name": "Qlik Stewards"' in outputs[0]
    assert names(tenant) == {"acme-Admins", "acme-Creators", "acme-Stewards", "Finance Analysts"}
    assert "changed=0 " in outputs[-1]


@pytest.mark.long
def test_modules(tenant: LocalTenant, tmp_path: Path) -> None:
    tenant.plant_groups([{"name": "breakglass-1"}, {"name": "Old"}])
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    outputs = follow("guide_modules.rst", tmp_path, replacements)
    assert [re.findall(r" changed=(\d+) ", output) for output in outputs] == [["2"], ["2"], ["0"]]
    assert names(tenant) == {"Finance Analysts", "Data Stewards", "breakglass-1"}


@pytest.mark.long
def test_adopt(tenant: LocalTenant, tmp_path: Path) -> None:
    tenant.plant_groups([{"name": "Finance", "assignedRoles": ["Steward"]}, {"name": "Old"}])
    before = tenant.state()
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    outputs = follow("guide_adopt.rst", tmp_path, replacements)
    assert "changed=0 " in outputs[1]
    assert tenant.state() == before
    assert (tmp_path / "host_vars" / "acme" / "qlik_tenant.yml").exists()
    assert (tmp_path / "reports" / "qlik-audit.html").exists()
    assert "changed=0 " in outputs[-1]


@pytest.mark.long
def test_configuration(tenant: LocalTenant, tmp_path: Path) -> None:
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    dry, first, second, approved = follow("guide_configuration.rst", tmp_path, replacements)
    assert '+    "name": "Finance Developers"' in dry
    (fingerprint,) = set(re.findall("sha256:[0-9a-f]{64}", dry))
    assert fingerprint in first
    assert "changed=0 " in second
    assert fingerprint not in approved


@pytest.mark.long
def test_spaces(tenant: LocalTenant, tmp_path: Path) -> None:
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    dry, first, second, reach, _audit, _export = follow("guide_spaces.rst", tmp_path, replacements)
    assert '+    "name": "Finance (dev)"' in dry
    assert shown("guide_spaces.rst") in first
    assert "changed=0 " in second
    assert '"msg": "Finance, Sales"' in reach
    assert members(tenant)["Sales"] == {
        "Sales Developers": ["consumer", "publisher"],
        "Sales Analysts": ["consumer"],
        "Finance Analysts": ["consumer"],
    }
    assert members(tenant)["Company"] == {"Everyone": ["consumer"], "Finance Developers": ["publisher"]}
    assert (tmp_path / "reports" / "qlik-audit.html").exists()
    exported = yaml.safe_load((tmp_path / "exported" / "acme" / "qlik_tenant.yml").read_text(encoding="utf-8"))
    assert len(exported["qlik_seed_spaces"]) == 7

    let_in_by_hand = {"space": "Finance", "group": "Sales Analysts", "roles": ["consumer"]}
    tenant.plant_assignments(
        [let_in_by_hand, {"space": "Finance", "assigneeId": "gone", "type": "group", "roles": ["consumer"]}]
    )
    seed, audit = (
        command.removeprefix("$ ")
        for _language, block in steps("guide_spaces.rst")
        for command in block.splitlines()[-1:]
        if command.startswith(
            ("$ ansible-playbook -i acme, qlikops.cloud.seed", "$ ansible-playbook -i acme, qlikops.cloud.audit")
        )
    )
    exports = {"QLIK_TENANT_URL": tenant.url, "QLIK_API_KEY": tenant.api_key}
    run(audit, tmp_path, exports)
    report = (tmp_path / "reports" / "qlik-audit.html").read_text(encoding="utf-8")
    assert "Company: The group Everyone is a member, with the roles consumer." in report
    assert "Finance: The member gone, a group, no longer exists." in report
    run(seed, tmp_path, exports)
    assert members(tenant)["Finance"] == {
        "Finance Developers": ["consumer", "publisher"],
        "Finance Analysts": ["consumer"],
    }


@pytest.mark.long
def test_secure_tenant(tenant: LocalTenant, tmp_path: Path) -> None:
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    tenant.set_tenant(caller_address="203.0.113.7")
    dry, first, second, _audit = follow("guide_secure_tenant.rst", tmp_path, replacements)
    assert '+    "max_api_key_expiry": "P30D"' in dry
    assert shown("guide_secure_tenant.rst") in first
    assert "changed=0 " in second
    page = (tmp_path / "reports" / "qlik-audit.html").read_text(encoding="utf-8")
    assert "The tenant is in sync." in page


@pytest.mark.long
def test_many_tenants(tmp_path: Path) -> None:
    with LocalTenant(tenants=3) as server:
        contexts = {
            name: {"server": tenant.url, "headers": {"Authorization": f"Bearer {tenant.api_key}"}}
            for name, tenant in zip(("acme", "globex", "acme-sandbox"), server.tenants)
        }
        (tmp_path / ".qlik").mkdir()
        (tmp_path / ".qlik" / "contexts.yml").write_text(yaml.safe_dump({"contexts": contexts}), encoding="utf-8")
        outputs = follow("guide_many_tenants.rst", tmp_path, {})
        acme, globex, sandbox = map(names, server.tenants)
    assert "acme-sandbox" not in outputs[0]
    assert acme == {"acme-Admins", "acme-Creators"}
    assert globex == {"globex-Admins", "globex-Creators", "Globex Stewards"}
    assert sandbox == set()
    assert shown("guide_many_tenants.rst") in outputs[1]
    limited, _audit, own, *_slices, merge, _find = outputs[3:]
    assert len(re.findall("changed=0 ", limited)) == 1
    assert len(re.findall("changed=0 ", own)) == 2
    assert "All 2 tenants are in sync." in merge
    assert (tmp_path / "reports" / "qlik-audit.html").exists()


@pytest.mark.long
def test_rings(tmp_path: Path) -> None:
    with LocalTenant(tenants=3) as server:
        tenants = dict(zip(("acme", "globex", "initech"), server.tenants))
        replacements = {f"https://{name}.eu.qlikcloud.com": tenant.url for name, tenant in tenants.items()}
        replacements |= {f"key-of-{name}": tenant.api_key for name, tenant in tenants.items()}
        audit, rings, check, imported, own = follow("guide_rings.rst", tmp_path, replacements)
        assert all(names(tenant) == {"Admins"} for tenant in server.tenants)
    assert "failed=0" in audit
    summary, _stopped = (block for language, block in steps("guide_rings.rst") if language == "text")
    assert summary in rings
    assert re.findall(r"^changed: \[(\w+)\]", rings, re.MULTILINE) == ["globex", "acme", "initech"]
    for output in (check, imported, own):
        assert output.count("on 3 of 3 tenants") == 1
        assert "Completed ring 3 of 3." in output


#: How the files of the guide arrive: the encoding and the end of a line.
TABLES = {"groups.csv": ("utf-8-sig", "\r\n"), "entra.csv": ("utf-8-sig", "\n"), "okta.csv": ("utf-8", "\r\n")}


def write_tables(guide: str, folder: Path) -> None:
    """The files that a guide shows under their names, in the shape in which they arrive."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    found = re.findall(r"^\.\. code-block:: text\n   :caption: (\S+)\n\n((?:   .*\n|\n)+)", text, re.MULTILINE)
    assert [name for name, _block in found] == list(TABLES)
    for name, block in found:
        encoding, end = TABLES[name]
        (folder / name).write_text(dedent(block).strip() + "\n", encoding=encoding, newline=end)


def people(tenant: TenantHandle) -> dict[str, list[str]]:
    """Name, e-mail address, status and custom groups of each user that is there, by subject."""
    return {
        user["subject"]: [
            user["name"],
            user.get("email", ""),
            user["status"],
            *sorted(group["name"] for group in user["assignedGroups"]),
        ]
        for user in tenant.users()
        if not user["subject"].startswith(("local|", "qlikbot"))
    }


@pytest.mark.long
def test_directories(tmp_path: Path) -> None:
    guide = "guide_directories.rst"
    write_tables(guide, tmp_path)
    with LocalTenant(tenants=2) as server:
        acme, globex = server.tenants
        replacements = {
            "https://acme.eu.qlikcloud.com": acme.url,
            "https://globex.us.qlikcloud.com": globex.url,
            "key-of-acme": acme.api_key,
            "key-of-globex": globex.api_key,
        }
        dry, _first, second, leavers, _pruned = follow(guide, tmp_path, replacements)
        assert '+    "name": "Finance Analysts"' in dry
        assert second.count("changed=0 ") == 2
        roles = [
            {group["name"]: sorted(role["name"] for role in group["assignedRoles"]) for group in tenant.groups()}
            for tenant in (acme, globex)
        ]
        assert roles[0] == {
            "Finance Analysts": ["DataSpaceCreator", "SharedSpaceCreator"],
            "Data Stewards": ["Steward"],
            "Contractors": [],
        }
        assert roles[1] == {**roles[0], "Falcon": [], "Eagle": []}
        assert people(acme) == {
            "0b7c6f0e-ada": ["Ada Lovelace", "ada@acme.example", "active"],
            "0b7c6f0e-grace": ["Grace Hopper", "grace@acme.example", "active"],
            "0b7c6f0e-alan": ["Alan Turing", "", "active"],
        }
        okta = people(globex)
        assert okta == {
            "mary@globex.example": ["Mary Jackson", "mary@globex.example", "active", "Eagle", "Falcon"],
            "katherine@globex.example": ["Katherine Johnson", "katherine@globex.example", "active", "Eagle"],
            "dorothy@globex.example": ['Dorothy "Dot" Vaughan', "dorothy@globex.example", "active"],
        }
        assert leavers.count("user 'local|plain': updated (status), unmanaged") == 2
        # The caller and the bot are never touched; the two others of a local tenant are in no file.
        kinds = {user["subject"].partition("|")[2]: user["status"] for user in acme.users() if "|" in user["subject"]}
        assert kinds == {"admin": "active", "plain": "disabled", "blind": "disabled"}

        # Alan leaves and comes back, and then a cell is cut in two.
        exports = {"ACME_API_KEY": acme.api_key, "GLOBEX_API_KEY": globex.api_key}
        seed = "ansible-playbook -i tenants.yml qlikops.cloud.seed -e qlik_seed_prune_users=true"
        entra = tmp_path / "entra.csv"
        complete = entra.read_text(encoding="utf-8")
        for text, status in ((complete.rpartition("alan@")[0], "disabled"), (complete, "active")):
            entra.write_text(text, encoding="utf-8")
            run(seed, tmp_path, exports)
            assert people(acme)["0b7c6f0e-alan"][2] == status
            assert people(globex) == okta
        groups = tmp_path / "groups.csv"
        text = groups.read_text(encoding="utf-8")
        groups.write_text(text.replace("Stewards;grace@example.com", "Stewards;grace;example.com"), encoding="utf-8")
        refused = run(f"{seed} || true", tmp_path, exports)
        assert shown(guide).strip() in refused


@pytest.mark.long
def test_organization(tmp_path: Path) -> None:
    with LocalTenant(regions=["eu"], proxy=True) as server:
        organization, register = server.organization, server.organization.registers["eu"]
        (globex,) = organization.plant_tenants([{"name": "Globex", "region": "eu", "alias": "globex.eu.qlikcloud.com"}])
        server.set_tenant(name="the partner's own")
        proxy = f"export HTTPS_PROXY={organization.proxy}\n$ export QLIK_CA_PATH={organization.authority}\n$ "
        replacements = {
            "export QLIK_ORGANIZATION_CLIENT_ID=the-organizations-client": proxy
            + f"export QLIK_ORGANIZATION_CLIENT_ID={organization.client_id}",
            "=its-secret": f"={organization.client_secret}",
            "the-regions-client": register.client_id,
            "another-secret": register.client_secret,
            "the-signed-key": organization.license_key,
            "one-of-its-host-names": "globex.eu.qlikcloud.com",
            "Globex-BL6Qd2cP": f"Globex-{globex[:8]}",
            "$PWD": str(tmp_path),
        }
        foreseen, first, second, graph, _audit, dry, left = follow("guide_organization.rst", tmp_path, replacements)
        tenants = {tenant["name"]: tenant for tenant in organization.made()}
    assert "The tenant Acme Analytics would be created" in foreseen
    assert "changed=0 " not in first
    assert len(re.findall("changed=0 ", second)) == 3
    assert sorted(tenants) == ["Acme Analytics", "Globex", "Initech"]
    assert tenants["Globex"]["id"] == globex
    assert tenants["Acme Analytics"]["hostnames"][1] == "acme.eu.qlikcloud.com"
    assert sorted(path.name for path in (tmp_path / "onboarding").iterdir()) == [
        "acme.json",
        "globex.json",
        "initech.json",
    ]
    assert "--Acme-Analytics-" in graph
    assert "@tenant_Acme_Analytics" in graph
    assert "partner" not in graph
    report = json.loads((tmp_path / "reports" / "qlik-audit.json").read_text(encoding="utf-8"))
    assert [tenant["status"] for tenant in report["tenants"]] == ["in_sync"] * 3
    assert '+    "state": "deactivated"' in dry
    assert "Globex is purged at 20" in left
    assert [tenant["name"] for tenant in tenants.values() if tenant["status"] != "active"] == ["Globex"]


@pytest.mark.long
def test_features(tenant: LocalTenant, tmp_path: Path) -> None:
    tenant.plant_roles([{"name": "UserDefault", "assignedScopes": ["user_default", "api-keys"]}])
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    dry, first, second, without_keys = follow("guide_features.rst", tmp_path, replacements)
    assert '+    "data_alerts": true' in dry
    assert all(block in first for language, block in steps("guide_features.rst") if language == "text")
    assert "changed=0 " in second
    assert "changed=1 " in without_keys
    scopes = {role["name"]: role["assignedScopes"] for role in tenant.roles()}
    assert sorted(scopes["UserDefault"]) == ["notes", "user_default"]
    assert scopes["API Key Owner"] == ["api-keys"]
    exports = {"QLIK_TENANT_URL": tenant.url, "QLIK_API_KEY": tenant.api_key}
    run("ansible-playbook -i acme, qlikops.cloud.seed -e @consent.yml", tmp_path, exports)
    assert tenant.state()["feature_settings"] == {
        "dataAlerts": True,
        "sharing": False,
        "reportSubscriptions": False,
        "crossRegionInference": True,
    }
    run("ansible-playbook -i acme, qlikops.cloud.export -e qlik_export_dir=exported", tmp_path, exports)
    exported = (tmp_path / "exported" / "acme" / "qlik_tenant.yml").read_text(encoding="utf-8")
    assert "# Omitted because it requires `consent: true`: cross_region_inference.\n" in exported
    assert yaml.safe_load(exported)["qlik_seed_feature_settings"] == {
        "data_alerts": True,
        "sharing": False,
        "report_subscriptions": False,
    }


@pytest.mark.long
def test_renames(tenant: LocalTenant, tmp_path: Path) -> None:
    replacements = {"https://acme.eu.qlikcloud.com": tenant.url, "your-key": tenant.api_key}
    _before, dry, first, second = follow("guide_renames.rst", tmp_path, replacements)
    assert "group 'Revenue' (custom), previously 'Sales'" in dry
    for line in shown("guide_renames.rst").splitlines():
        assert line in first
    assert "changed=0 " in second
    assert names(tenant) == {"Revenue"}
    assert members(tenant) == {"Revenue": {"Revenue": ["consumer"]}}
