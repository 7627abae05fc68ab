# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
from ansible.module_utils.basic import AnsibleFallbackNotFound
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import (
    base_url,
    connection_argument_spec,
    connection_from,
    nonempty_env_fallback,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from unit.plugins.module_utils.helpers import TENANT, assert_says

Options = Dict[str, Any]


def options(**given: Any) -> Options:
    params: Options = {
        "tenant_url": TENANT,
        "api_key": None,
        "access_token": None,
        "client_id": None,
        "client_secret": None,
        "validate_certs": True,
        "ca_path": None,
        "timeout": 30.0,
        "retries": 5,
        "rate_limit_wait": 900.0,
    }
    params.update(given)
    return params


@pytest.mark.parametrize(
    ("tenant_url", "expected"),
    [
        ("acme.eu.qlikcloud.com", TENANT),
        ("https://acme.eu.qlikcloud.com", TENANT),
        ("https://acme.eu.qlikcloud.com/", TENANT),
        ("  https://acme.eu.qlikcloud.com\n", TENANT),
        ("HTTPS://Acme.EU.QlikCloud.com", TENANT),
        ("acme.eu.qlikcloud.com:8443", TENANT + ":8443"),
        ("https://acme.eu.qlikcloud.com:8443/", TENANT + ":8443"),
        ("https://my_tenant-1.eu.qlikcloud.com", "https://my_tenant-1.eu.qlikcloud.com"),
        ("https://acme.eu.qlikcloud.com.", TENANT + "."),
        ("localhost", "https://localhost"),
        ("https://10.1.2.3", "https://10.1.2.3"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LocalHost", "http://localhost"),
        ("http://localhost.", "http://localhost."),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_base_url(tenant_url: str, expected: str) -> None:
    assert base_url(tenant_url) == expected


@pytest.mark.parametrize(
    ("tenant_url", "words"),
    [
        ("", ["empty", "QLIK_TENANT_URL"]),
        ("  \n", ["empty"]),
        ("http://acme.eu.qlikcloud.com", ["unencrypted", "https"]),
        ("http://10.0.0.1", ["unencrypted"]),
        ("http://[2001:db8::1]", ["unencrypted"]),
        ("http://localhost.example.com", ["unencrypted"]),
        ("http://127.0.0.1.example.com", ["unencrypted"]),
        ("https://acme.eu.qlikcloud.com/api/v1", ["path", "'https://acme.eu.qlikcloud.com'"]),
        ("https://acme.eu.qlikcloud.com/?token=hunter2", ["query", "'https://acme.eu.qlikcloud.com'"]),
        ("acme.eu.qlikcloud.com#hunter2", ["query", "'acme.eu.qlikcloud.com'"]),
        ("https://acme.eu.qlikcloud.com:port/hunter2", ["not a URL"]),
        ("https://[::1/hunter2", ["not a URL"]),
        ("acme eu/hunter2", ["path"]),
        ("acme.eu.qlikcloud.com/console", ["path"]),
        ("https://acme.eu.qlikcloud.com?a=b", ["query"]),
        ("https://acme.eu.qlikcloud.com/#top", ["query"]),
        ("https://ada@acme.eu.qlikcloud.com", ["user name"]),
        ("https://ada:hunter2@acme.eu.qlikcloud.com", ["user name or password"]),
        ("https://acme.eu.qlikcloud.com\\@example.com", ["user name"]),
        ("https://@acme.eu.qlikcloud.com", ["user name"]),
        ("ftp://acme.eu.qlikcloud.com", ["scheme", "ftp"]),
        ("https://", ["host name"]),
        ("://", ["scheme"]),
        ("https:///api", ["path"]),
        ("https://acme eu.qlikcloud.com", ["host name"]),
        ("https://acme..qlikcloud.com", ["host name"]),
        ("https://-acme.qlikcloud.com", ["host name"]),
        ("https://acme-.qlikcloud.com", ["host name"]),
        ("https://%s.qlikcloud.com" % ("a" * 64), ["host name"]),
        ("https://äcme.eu.qlikcloud.com", ["host name"]),
        ("https://acme.eu.qlikcloud.com:port", ["not a URL"]),
        ("https://acme.eu.qlikcloud.com:70000", ["not a URL"]),
        ("https://[::1", ["not a URL"]),
        ("javascript:alert(1)", ["not a URL"]),
    ],
)
def test_base_url_refuses(tenant_url: str, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        base_url(tenant_url)
    assert_says(caught.value, "tenant_url", *words)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "environ", "token", "client"),
    [
        ({"api_key": "key"}, {}, "key", ("", "")),
        ({"access_token": "token"}, {}, "token", ("", "")),
        ({"client_id": "id", "client_secret": "secret"}, {}, "", ("id", "secret")),
        ({}, {"QLIK_API_KEY": "key"}, "key", ("", "")),
        ({}, {"QLIK_ACCESS_TOKEN": "token"}, "token", ("", "")),
        ({}, {"QLIK_CLIENT_ID": "id", "QLIK_CLIENT_SECRET": "secret"}, "", ("id", "secret")),
        # An option of one way beats a variable of the same way and of the others.
        ({"api_key": "key"}, {"QLIK_API_KEY": "other"}, "key", ("", "")),
        ({"api_key": "key"}, {"QLIK_ACCESS_TOKEN": "token"}, "key", ("", "")),
        ({"access_token": "token"}, {"QLIK_API_KEY": "key", "QLIK_CLIENT_ID": "id"}, "token", ("", "")),
        ({"client_id": "id", "client_secret": "secret"}, {"QLIK_API_KEY": "key"}, "", ("id", "secret")),
        # Half of the pair may come from the environment.
        ({"client_id": "id"}, {"QLIK_CLIENT_SECRET": "secret", "QLIK_CLIENT_ID": "other"}, "", ("id", "secret")),
        ({"client_secret": "secret"}, {"QLIK_CLIENT_ID": "id", "QLIK_API_KEY": "key"}, "", ("id", "secret")),
        # What is empty is not set.
        ({"api_key": ""}, {"QLIK_API_KEY": "key"}, "key", ("", "")),
        ({"api_key": " "}, {"QLIK_ACCESS_TOKEN": "token"}, "token", ("", "")),
        ({}, {"QLIK_API_KEY": "", "QLIK_ACCESS_TOKEN": "token", "QLIK_CLIENT_ID": ""}, "token", ("", "")),
        # Files and variables often end with a line break.
        ({"api_key": "key\n"}, {}, "key", ("", "")),
    ],
)
def test_credentials(given: Options, environ: Dict[str, str], token: str, client: tuple[str, str]) -> None:
    found = connection_from(options(**given), environ)
    assert (found.token, (found.client_id, found.client_secret)) == (token, client)
    assert found.secrets == [token or client[1]]


@pytest.mark.parametrize(
    ("given", "environ", "words"),
    [
        ({}, {}, ["no credential", "QLIK_API_KEY", "client_secret"]),
        ({"api_key": ""}, {"QLIK_API_KEY": ""}, ["no credential"]),
        (
            {"api_key": "k", "access_token": "t"},
            {},
            ["more than one authentication", "an API key and an access token"],
        ),
        ({"api_key": "k", "client_id": "i"}, {}, ["more than one authentication method", "api_key, client_id"]),
        (
            {},
            {"QLIK_API_KEY": "k", "QLIK_CLIENT_ID": "i"},
            ["more than one authentication method", "Set are QLIK_API_KEY, QLIK_CLIENT_ID"],
        ),
        ({"client_id": "i"}, {}, ["client_secret is missing"]),
        ({"client_secret": "s"}, {}, ["client_id is missing"]),
        ({}, {"QLIK_CLIENT_ID": "i"}, ["client_secret is missing"]),
        ({}, {"QLIK_CLIENT_SECRET": "s"}, ["client_id is missing"]),
        ({"client_id": "i"}, {"QLIK_CLIENT_SECRET": ""}, ["client_secret is missing"]),
        ({"client_id": "i", "client_secret": ""}, {"QLIK_CLIENT_ID": "i"}, ["client_secret is missing"]),
    ],
)
def test_credentials_refused(given: Options, environ: Dict[str, str], words: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        connection_from(options(**given), environ)
    assert_says(caught.value, *words)


@pytest.mark.parametrize("option", ["api_key", "access_token", "client_id", "client_secret"])
@pytest.mark.parametrize("value", ["two words", "line\nbreak", "nul\x00", "schlüssel", "tab\tbed", "delete\x7f"])
def test_credentials_with_odd_characters(option: str, value: str) -> None:
    given = {option: value}
    if option.startswith("client"):
        given = dict({"client_id": "id", "client_secret": "secret"}, **given)
    with pytest.raises(InvalidInput) as caught:
        connection_from(options(**given), {})
    assert_says(caught.value, option, "characters")
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [{"api_key": "hunter2"}, {"access_token": "hunter2"}, {"client_id": "id", "client_secret": "hunter2"}],
)
def test_no_secret_in_repr(given: Options) -> None:
    assert "hunter2" not in repr(connection_from(options(**given), {}))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"timeout": 0.0}, ["timeout", "more than 0"]),
        ({"timeout": -1.0}, ["timeout", "-1"]),
        ({"timeout": 3600.5}, ["timeout", "3600"]),
        ({"timeout": float("nan")}, ["timeout"]),
        ({"timeout": float("inf")}, ["timeout"]),
        ({"retries": -1}, ["retries", "-1"]),
        ({"rate_limit_wait": -0.5}, ["rate_limit_wait", "-0.5"]),
        ({"rate_limit_wait": float("nan")}, ["rate_limit_wait"]),
        ({"ca_path": "/nowhere/ca.pem"}, ["ca_path", "/nowhere/ca.pem"]),
    ],
)
def test_other_options_refused(given: Options, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        connection_from(options(api_key="key", **given), {})
    assert_says(caught.value, *words)


def test_other_options(tmp_path: Path) -> None:
    given = options(
        api_key="key", validate_certs=False, timeout=3600.0, retries=0, rate_limit_wait=0.0, ca_path=str(tmp_path)
    )
    found = connection_from(given, {})
    assert (found.base_url, found.validate_certs, found.timeout, found.retries) == (TENANT, False, 3600.0, 0)
    assert (found.rate_limit_wait, found.ca_path) == (0.0, str(tmp_path))


@pytest.mark.parametrize(("given", "concurrency"), [({}, 2), ({"concurrency": 1}, 1), ({"concurrency": 16}, 16)])
def test_a_long_list_is_read_from_both_ends_unless_told_otherwise(given: Options, concurrency: int) -> None:
    assert connection_from(options(api_key="k", **given), {}).concurrency == concurrency


def test_what_bulk_modules_leave_open() -> None:
    found = connection_from(options(api_key="key", rate_limit_wait=None, ca_path="", concurrency=8), {})
    assert (found.rate_limit_wait, found.ca_path, found.concurrency) == (None, None, 8)


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("tenant_url", "QLIK_TENANT_URL"),
        ("validate_certs", "QLIK_VALIDATE_CERTS"),
        ("ca_path", "QLIK_CA_PATH"),
        ("timeout", "QLIK_TIMEOUT"),
        ("retries", "QLIK_RETRIES"),
        ("rate_limit_wait", "QLIK_RATE_LIMIT_WAIT"),
    ],
)
def test_variables_of_options(option: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fallback, variables = connection_argument_spec()[option]["fallback"]
    monkeypatch.setenv(variable, "7")
    assert (variables, fallback(*variables)) == ([variable], "7")
    monkeypatch.setenv(variable, "")
    with pytest.raises(AnsibleFallbackNotFound):
        fallback(*variables)


def test_a_variable_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QLIK_TIMEOUT", raising=False)
    with pytest.raises(AnsibleFallbackNotFound):
        nonempty_env_fallback("QLIK_TIMEOUT")


def test_argument_spec_of_secrets_and_defaults() -> None:
    spec = connection_argument_spec()
    assert {option for option in spec if spec[option].get("no_log")} == {"api_key", "access_token", "client_secret"}
    # AnsibleModule would fill in all of them, and an option could not beat a variable of another way.
    assert not any("fallback" in spec[option] for option in ("api_key", "access_token", "client_id", "client_secret"))
    assert spec["rate_limit_wait"]["default"] == 900.0
    assert "default" not in connection_argument_spec(rate_limit_wait=None)["rate_limit_wait"]
