# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows on a local tenant what the collection does: ``python -m demo``.

A dry run, the run, a second run that changes nothing, a change by hand, and an audit that names it.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from local_tenant.client import LocalTenant, LocalTenantError

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / ".build" / "demo"
PAGE = REPORTS / "qlik-audit.html"
ADMINISTRATOR = r"ACME\grace"


class DemoError(Exception):
    """A step of the demo did not do what it shows."""


def heading(text: str) -> None:
    # Ansible writes to the same terminal.
    print(f"== {text}", flush=True)


def environment_of(tenant: LocalTenant) -> dict[str, str]:
    """Return the environment of Ansible, without the credentials and settings of the user for real tenants."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QLIK_")}
    return {
        **inherited,
        "ANSIBLE_DISPLAY_OK_HOSTS": "false",
        "ANSIBLE_STDOUT_CALLBACK": "default",
        # A proxy cannot reach the local tenant.
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "QLIK_API_KEY": tenant.api_key,
        "QLIK_TENANT_URL": tenant.url,
    }


def play(title: str, tenant: LocalTenant, playbook: str, *options: str) -> None:
    """Run a playbook of the collection, with its output where that of the demo goes.

    :raises DemoError: if it fails.
    """
    command = ["ansible-playbook", "-i", "acme,", f"qlikops.cloud.{playbook}", "-e", "@tests/demo.yml", *options]
    heading(f"{title}: {shlex.join(command)}")
    if subprocess.run(command, env=environment_of(tenant), check=False, cwd=ROOT).returncode:
        raise DemoError(f"The playbook {playbook} failed.")


def request(tenant: LocalTenant, method: str, path: str, body: Any = None) -> Any:
    """Send a request as the administrator who changes the tenant by hand, and return the response."""
    headers = {"Authorization": f"Bearer {tenant.token_of(ADMINISTRATOR)}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(f"{tenant.url}/api/v1{path}", data, headers, method=method)) as response:
        return json.load(response) if method == "GET" else None


def make_administrators(tenant: LocalTenant, name: str) -> None:
    """Give a group the role TenantAdmin beside its own, as the console does."""
    (group,) = (group for group in request(tenant, "GET", "/groups")["data"] if group["name"] == name)
    roles = [{"name": role["name"]} for role in group["assignedRoles"]] + [{"name": "TenantAdmin"}]
    request(tenant, "PATCH", f"/groups/{group['id']}", [{"op": "replace", "path": "assignedRoles", "value": roles}])


def main() -> None:
    with LocalTenant() as tenant:
        roles = {"Data Stewards": ["Steward"], "Finance Analysts": ["SharedSpaceCreator"]}
        tenant.plant_groups([{"name": name, "assignedRoles": roles[name]} for name in roles])
        administrator = {"subject": ADMINISTRATOR, "name": "Grace Hopper", "assignedRoles": ["TenantAdmin"]}
        analyst = {"subject": r"ACME\ada", "name": "Ada Lovelace", "assignedGroups": ["Finance Analysts"]}
        tenant.plant_users([administrator, analyst])
        play("Dry run", tenant, "seed", "--check", "--diff")
        play("Run", tenant, "seed")
        writes = tenant.counters()["writes"]
        play("Second run", tenant, "seed")
        if tenant.counters()["writes"] != writes:
            raise DemoError("The second run changed the tenant.")
        heading("Change by hand: Grace Hopper gives Finance Analysts the role TenantAdmin in the console")
        make_administrators(tenant, "Finance Analysts")
        play("Audit", tenant, "audit", "-e", f"qlik_audit_report_dir={REPORTS.relative_to(ROOT)}")
        heading(f"The report is a page: {PAGE.as_uri()}")


if __name__ == "__main__":
    try:
        main()
    except (DemoError, LocalTenantError) as error:
        sys.exit(f"The demo failed. {error}")
