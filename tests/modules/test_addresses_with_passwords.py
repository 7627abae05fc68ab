# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords in the addresses of the tenant and of proxies are shown nowhere, and a proxy is to blame for its faults."""

from __future__ import annotations

import base64
import os
import socket

import pytest
from local_tenant.client import LocalTenant
from modules.harness import Json, Run
from modules.hostile import Hostile

WRONG: list[dict[str, Json]] = [
    {"retries": "many"},
    {"no_such_option": 1},
    {"name": None},
    {"name": "N", "state": "gone"},
    {"name": "N", "api_key": None},
    {"name": "N", "ca_path": "/nowhere"},
    {"name": "N"},
]
TENANT = "https://acme.eu.qlikcloud.com"


@pytest.mark.parametrize(
    "url",
    ["https://ada:hunter2@acme.eu.qlikcloud.com", "ada:hun/ter2@acme", "//x@y:hunter2@acme"]
    + ["https://acme.eu.qlikcloud.com/?token=hunter2", "acme.eu.qlikcloud.com/hunter2", "https://acme:x#hunter2"],
)
@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.parametrize("place", ["tenant_url", "tenant_uri", "environment"])
def test_the_password_of_a_tenant(
    run: Run, monkeypatch: pytest.MonkeyPatch, place: str, wrong: dict[str, Json], url: str
) -> None:
    options: dict[str, Json] = {"name": "N", "api_key": "k", **wrong}
    if place == "environment":
        monkeypatch.setenv("QLIK_TENANT_URL", url)
        options["tenant_url"] = None
    else:
        options[place] = url
    for module in ("qlik_group", "qlik_group_info"):
        result = run(module, **options)
        assert result["failed"]
        for part in ("hunter2", "ter2", "ada:"):
            assert part not in run.output


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


PROXIES = {
    "unknown host": "http://ada:hunter2@no-such-host.invalid:3128",
    "nobody listens": "http://ada:hunter2@127.0.0.1:1",
    "no address": "http://ada:hunter2@[bad",
    "no port": "http://ada:hunter2@proxy:port",
    "no host": "http://ada:hunter2@",
    "another scheme": "ftp://ada:hunter2@proxy",
    "no scheme": "ada:hunter2@127.0.0.1:1",
    "socks": "socks5://ada:hunter2@127.0.0.1:1",
}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.usefixtures("impatient", "through")
def test_the_fault_of_a_proxy(run: Run, monkeypatch: pytest.MonkeyPatch, proxy: str, variable: str) -> None:
    monkeypatch.setenv(variable, PROXIES[proxy])
    result = run("qlik_group", tenant_url=TENANT, name="N", retries=1)
    assert result["failed"]
    assert variable in result["msg"]
    assert "proxy" in result["msg"]
    assert "tenant_url" not in result["msg"]
    assert "Nothing was changed." in result["msg"]
    assert "hunter2" not in run.output


@pytest.mark.parametrize("status", [403, 407, 502])
@pytest.mark.usefixtures("impatient", "through")
def test_a_proxy_that_refuses(run: Run, monkeypatch: pytest.MonkeyPatch, hostile: Hostile, status: int) -> None:
    token = base64.b64encode(b"ada:hunter2").decode()
    hostile.response = lambda method, path: (status, {"X-Echo": token}, token.encode())
    monkeypatch.setenv("HTTPS_PROXY", hostile.url.replace("//", "//ada:hunter2@"))
    result = run("qlik_group", tenant_url=TENANT, name="N", retries=1)
    assert "HTTPS_PROXY" in result["msg"]
    assert str(status) in result["msg"]
    assert "tenant_url" not in result["msg"]
    for secret in ("hunter2", token):
        assert secret not in run.output


#: Each reads several lists at the same time.
MODULES: dict[str, dict[str, Json]] = {
    "qlik_group": {"name": "N"},
    "qlik_configuration": {"groups": [], "users": [], "spaces": [], "csp_origins": []},
    "qlik_configuration_info": {},
}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("oauth", [False, True], ids=["key", "client"])
@pytest.mark.usefixtures("impatient", "through")
def test_a_refusal_by_a_proxy_is_final(
    run: Run, monkeypatch: pytest.MonkeyPatch, hostile: Hostile, module: str, oauth: bool
) -> None:
    """One attempt to sign in: directories lock accounts after a few."""
    hostile.response = lambda method, path: (407, {"Proxy-Authenticate": "Basic"}, b"")
    monkeypatch.setenv("HTTPS_PROXY", hostile.url.replace("//", "//ada:wrong@"))
    credentials: dict[str, Json] = {"client_id": "client", "client_secret": "secret"} if oauth else {}
    result = run(module, tenant_url=TENANT, **credentials, **MODULES[module])
    assert "407" in result["msg"]
    assert "Add a valid user name and password to the URL of the proxy." in result["msg"]
    assert result["msg"].endswith("Nothing was changed.")
    assert hostile.calls == ["CONNECT"]


@pytest.mark.usefixtures("impatient", "through")
def test_a_proxy_that_is_out_of_order_is_asked_again(
    run: Run, monkeypatch: pytest.MonkeyPatch, hostile: Hostile
) -> None:
    hostile.response = lambda method, path: (503, {}, b"")
    monkeypatch.setenv("HTTPS_PROXY", hostile.url)
    assert run("qlik_group", tenant_url=TENANT, name="N", retries=2)["failed"]
    assert hostile.calls == ["CONNECT"] * 3


@pytest.mark.parametrize(
    "password", ["p@s3cr3t", "p:s3cr3t", "p/s3cr3t", "p#s3cr3t", "12/s3cr3t", "12#s3cr3t", "p?s3cr3t"]
)
@pytest.mark.usefixtures("impatient", "through")
def test_a_password_that_is_not_encoded(
    run: Run, monkeypatch: pytest.MonkeyPatch, hostile: Hostile, password: str
) -> None:
    hostile.response = lambda method, path: (407, {}, b"")
    monkeypatch.setenv("HTTPS_PROXY", hostile.url.replace("//", f"//ada:{password}@"))
    result = run("qlik_group", tenant_url=TENANT, name="N", retries=0)
    assert "Percent-encode" in result["msg"]
    assert "HTTPS_PROXY" in result["msg"]
    assert "s3cr3t" not in run.output


@pytest.mark.usefixtures("impatient", "through")
def test_a_password_that_is_encoded(run: Run, monkeypatch: pytest.MonkeyPatch, hostile: Hostile) -> None:
    hostile.response = lambda method, path: (407, {}, b"")
    monkeypatch.setenv("HTTPS_PROXY", hostile.url.replace("//", "//ada:p%40%3A%2F%23@"))
    result = run("qlik_group", tenant_url=TENANT, name="N", retries=0)
    assert "Percent-encode" not in result["msg"]


@pytest.mark.usefixtures("through")
def test_a_proxy_that_is_not_asked(run: Run, tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is about other hosts cannot be to blame."""
    monkeypatch.setenv("HTTP_PROXY", "http://[bad")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert run("qlik_group_info").get("failed") is None
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    result = run("qlik_group", tenant_url="https://no-such-host.invalid", name="N", retries=0)
    assert "tenant_url" in result["msg"]
    assert os.environ["HTTP_PROXY"] not in result["msg"]


def refuse(*args: object, **options: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
