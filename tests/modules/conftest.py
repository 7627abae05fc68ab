# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One server for all tests of a worker, as new for each of them, and what runs modules on it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import Transport
from local_tenant.client import LocalTenant

pytest.register_assert_rewrite("modules.harness")

from modules.harness import Mains, Run  # noqa: E402
from modules.hostile import Hostile  # noqa: E402


@pytest.fixture(scope="session")
def running_tenant() -> Iterator[LocalTenant]:
    with LocalTenant(proxy=True) as tenant:
        yield tenant


@pytest.fixture
def tenant(running_tenant: LocalTenant) -> LocalTenant:
    """A fresh tenant; a reset restores guesses and limits too, and removes all faults."""
    running_tenant.reset()
    running_tenant.organization.reset()
    return running_tenant


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    made = Hostile()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between looks and attempts take no time; those that the API asks for still do."""
    monkeypatch.setattr(Transport, "pause", lambda self, attempt, at_least=0.0: time.sleep(at_least))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, object]]:
    """The requests that write: method, path behind the API's root, and body."""
    found: list[tuple[str, str, object]] = []
    send = Transport.send

    def spy(
        self: Transport, method: str, path: str, query: Any = "", body: Any = None, *more: Any, **options: Any
    ) -> Any:
        if method != "GET" and not path.endswith(("/actions/filter", "/oauth/token")):
            found.append((method, path.split("/", 3)[3], body))
        return send(self, method, path, query, body, *more, **options)

    monkeypatch.setattr(Transport, "send", spy)
    return found


@pytest.fixture
def run(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a module on the tenant, untouched by the environment of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("QLIK_"):
            monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Run(tenant)


@pytest.fixture
def run_main(run: Run, tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> Mains:
    """Runs the C(main) of a module on the tenant."""
    # Newer versions of Python refuse to log a NUL, and Ansible then refuses the task; this is about our own code.
    monkeypatch.setattr(AnsibleModule, "_log_to_syslog", lambda self, message: None)
    # A test of a plugin of the controller, in the same process, makes Ansible keep warnings out of results.
    internal = sys.modules.get("ansible.module_utils._internal")
    if internal is not None:
        monkeypatch.setattr(internal, "is_controller", False)
    return Mains(tenant)
