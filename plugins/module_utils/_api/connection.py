# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options of a task, and the environment variables for them."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import os
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Dict, List, Mapping, Optional, Sequence
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleFallbackNotFound, env_fallback

from .._errors import InvalidInput

#: The authentication methods with their options.
AUTHENTICATION = {
    "an API key": ("api_key",),
    "an access token": ("access_token",),
    "an OAuth client": ("client_id", "client_secret"),
}

ENVIRONMENT = {
    "api_key": "QLIK_API_KEY",
    "access_token": "QLIK_ACCESS_TOKEN",
    "client_id": "QLIK_CLIENT_ID",
    "client_secret": "QLIK_CLIENT_SECRET",
}

#: The credentials for an organization and for a region, and where to create them (Qlik reference: OAuth).
ORGANIZATION_CLIENT = ("organization_client_id", "organization_client_secret")
ORGANIZATION_CREDENTIAL = (
    "The organization's API requires an OAuth client of organization level with the scope cloud-console.tenants:read."
    " Set `organization_client_id` and `organization_client_secret`, or the environment variables"
    " QLIK_ORGANIZATION_CLIENT_ID and QLIK_ORGANIZATION_CLIENT_SECRET. The owner of the service account creates the"
    " client at https://console.qlikcloud.com. Credentials of a tenant or of a region are not accepted."
)
REGION_CLIENT = ("client_id", "client_secret")
REGION_CREDENTIAL = (
    "The register host requires an OAuth client of region level. Set `client_id` and `client_secret`, or the"
    " environment variables QLIK_CLIENT_ID and QLIK_CLIENT_SECRET. The owner of the service account creates the client"
    " in My Qlik, for one region, with an entitlement for several tenants. API keys, and clients of a tenant or of the"
    " organization, are not accepted."
)
CONSOLE = "https://console.qlikcloud.com"
_INVALID_CREDENTIAL = "%s contains white space, or characters that no credential of Qlik contains."
#: The minimum length of a secret in a URL. Shorter texts can be guessed.
_SHORTEST_TOKEN = 6

#: A host name with or without the final dot.
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")


@dataclass(frozen=True)
class Connection:
    """The connection options of the transport.

    Exactly one of C(token) and C(client_id) with C(client_secret) is set. C(timeout) and C(rate_limit_wait) are
    seconds; C(rate_limit_wait=None) means no limit. C(concurrency) is 2 without an option, because every task can read
    a long list from both ends.
    """

    base_url: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    validate_certs: bool = True
    ca_path: Optional[str] = None
    timeout: float = 30.0
    retries: int = 5
    rate_limit_wait: Optional[float] = 900.0
    concurrency: int = 2
    #: The option for the URL, for messages.
    address_option: str = "tenant_url"
    #: The environment variables for proxies and certificates.
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def url_hint(self) -> str:
        """The hint for responses that do not come from a Qlik Cloud tenant."""
        if self.address_option == "tenant_url":
            return "Check that `tenant_url` is the URL of a Qlik Cloud tenant."
        return "Check `%s`." % self.address_option

    @property
    def secrets(self) -> List[str]:
        return [secret for secret in (self.token, self.client_secret) if secret]


def issuer_of(token: str) -> Optional[str]:
    """Return the issuer in the payload of a token; C(None) if it names none. The signature is not verified."""
    parts = token.split(".")
    try:
        payload = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, RecursionError):
        return None
    issuer = payload.get("iss") if isinstance(payload, dict) else None
    return issuer if isinstance(issuer, str) else None


def nonempty_env_fallback(*variables: str) -> Any:
    """Return the value of the first variable, like Ansible's C(env_fallback), but an empty variable counts as unset."""
    value = env_fallback(*variables)
    if value == "":
        raise AnsibleFallbackNotFound
    return value


TENANT_URL_MISSING = (
    "tenant_url is missing. Set the option, or a default for all modules in module_defaults with"
    " group/qlikops.cloud.qlik, or the variable qlik_tenant_url of the roles, or the environment variable"
    " QLIK_TENANT_URL."
)


def connection_argument_spec(rate_limit_wait: Optional[float] = 900.0) -> Dict[str, Any]:
    """Return the argument spec of the connection options of all modules.

    The credentials have no fallback here. Otherwise AnsibleModule would read all of them from the environment, and an
    option for one method would conflict with a variable for another.
    """

    wait = _from_environment("QLIK_RATE_LIMIT_WAIT", type="float")
    if rate_limit_wait is not None:
        wait["default"] = rate_limit_wait
    return {
        "tenant_url": _from_environment("QLIK_TENANT_URL", type="str", required=True, aliases=["tenant_uri"]),
        "api_key": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "validate_certs": _from_environment("QLIK_VALIDATE_CERTS", type="bool", default=True),
        "ca_path": _from_environment("QLIK_CA_PATH", type="path"),
        "timeout": _from_environment("QLIK_TIMEOUT", type="float", default=30.0),
        "retries": _from_environment("QLIK_RETRIES", type="int", default=5),
        "rate_limit_wait": wait,
    }


def organization_argument_spec() -> Dict[str, Any]:
    """Return the argument spec of the connection options of modules for an organization.

    They include the options for a tenant as optional ones, so that defaults for all modules can be set.
    """
    return {
        **connection_argument_spec(),
        "tenant_url": {"type": "str", "aliases": ["tenant_uri"]},
        "organization_url": _from_environment("QLIK_ORGANIZATION_URL", type="str", default=CONSOLE),
        "organization_client_id": _from_environment("QLIK_ORGANIZATION_CLIENT_ID", type="str"),
        "organization_client_secret": _from_environment("QLIK_ORGANIZATION_CLIENT_SECRET", type="str", no_log=True),
        "trusted_domains": _from_environment("QLIK_TRUSTED_DOMAINS", type="list", elements="str", default=[]),
    }


def _from_environment(variable: str, **option: Any) -> Dict[str, Any]:
    return dict(option, fallback=(nonempty_env_fallback, [variable]))


def connection_from(params: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """Return the connection to a tenant.

    :param params: the options with checked types.
    :param environ: the environment of the task, for credentials that are not among the options.
    :raises InvalidInput: if an option is invalid.
    """
    credentials = _credentials(params, environ)
    return Connection(
        base_url=base_url(params["tenant_url"]),
        token=credentials.get("api_key") or credentials.get("access_token") or "",
        client_id=credentials.get("client_id", ""),
        client_secret=credentials.get("client_secret", ""),
        concurrency=params.get("concurrency") or Connection.concurrency,
        **_technical(params, environ),
    )


def has_organization(params: Mapping[str, Any]) -> bool:
    """Return whether a client of the organization is set."""
    return any(nonempty(params.get(option)) for option in ORGANIZATION_CLIENT)


def organization_connection(params: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """Return the connection to the organization's API.

    :raises InvalidInput: if an option is invalid, or the client of the organization is missing.
    """
    for option in ORGANIZATION_CLIENT:
        if not nonempty(params.get(option)):
            raise InvalidInput("%s is missing." % option, ORGANIZATION_CREDENTIAL)
    client_id, client_secret = _client(params, ORGANIZATION_CLIENT)
    return Connection(
        base_url=base_url(params["organization_url"], "organization_url", CONSOLE),
        address_option="organization_url",
        client_id=client_id,
        client_secret=client_secret,
        **_technical(params, environ),
    )


def region_connection(params: Mapping[str, Any], environ: Mapping[str, str], address: str, option: str) -> Connection:
    """Return the connection to the register host of a region, or to a tenant in it.

    :param address: the URL or name of the host.
    :param option: the option that the address is from.
    :raises InvalidInput: if an option is invalid, or the OAuth client is missing.
    """
    explicit = _nonempty(params)
    found = {name: explicit.get(name) or nonempty(environ.get(ENVIRONMENT[name])) for name in REGION_CLIENT}
    others = sorted(explicit.keys() - set(REGION_CLIENT))
    if others and not explicit.keys() & set(REGION_CLIENT):
        raise InvalidInput("%s is a credential of a single tenant." % others[0], REGION_CREDENTIAL)
    for name in REGION_CLIENT:
        if not found[name]:
            raise InvalidInput("%s is missing." % name, REGION_CREDENTIAL)
    client_id, client_secret = _client(found, REGION_CLIENT)
    return Connection(
        base_url=base_url(address, option, "https://register.eu.qlikcloud.com"),
        address_option=option,
        client_id=client_id,
        client_secret=client_secret,
        **_technical(params, environ),
    )


def _client(values: Mapping[str, Any], options: Sequence[str]) -> List[str]:
    """Return the ID and the secret of a client from two options.

    :raises InvalidInput: if one of them cannot be sent.
    """
    found = [nonempty(values.get(option)) for option in options]
    for option, value in zip(options, found):
        if not is_sendable_credential(value):
            raise InvalidInput(_INVALID_CREDENTIAL % option)
    return found


def _technical(params: Mapping[str, Any], environ: Mapping[str, str]) -> Dict[str, Any]:
    """Return the connection options that do not depend on the host.

    :raises InvalidInput: if an option is invalid.
    """
    ca_path = params["ca_path"]
    if ca_path and not os.path.exists(ca_path):
        raise InvalidInput("ca_path: %r does not exist." % ca_path)
    if not 0 < params["timeout"] <= 3600:
        raise InvalidInput("timeout: Must be more than 0 and at most 3600 seconds, not %s." % params["timeout"])
    for option in ("retries", "rate_limit_wait"):
        if params[option] is not None and not params[option] >= 0:
            raise InvalidInput("%s: Must be at least 0, not %s." % (option, params[option]))
    return {
        "validate_certs": params["validate_certs"],
        "ca_path": ca_path or None,
        "timeout": params["timeout"],
        "retries": params["retries"],
        "rate_limit_wait": params["rate_limit_wait"],
        "environ": environ,
    }


def secrets_in(address: str) -> List[str]:
    """Return the secrets in a URL: its user name and password, and everything after the host."""
    user_info = re.sub("^([A-Za-z][A-Za-z0-9+.-]*:)?//", "", address.rpartition("@")[0])
    after_host = address[len(_without_path(address)) :].strip("/")
    # Ansible masks such texts everywhere in a result, so a short one would make messages unreadable.
    return [user_info] * bool(user_info) + [after_host] * (len(after_host) >= _SHORTEST_TOKEN)


def _without_path(address: str) -> str:
    """Return the scheme and the host. The path, the query, and the fragment may contain a token."""
    match = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*://)?[^/?#;\\]*", address)
    return match.group() if match else ""


def base_url(url: str, option: str = "tenant_url", example: str = "https://acme.eu.qlikcloud.com") -> str:
    """Return the scheme and the host of a URL, without a trailing slash. The default scheme is https.

    :param option: the option that the URL is from.
    :param example: a valid URL, for the hint.
    :raises InvalidInput: if it is not the URL of a host.
    """
    text = url.strip()
    allowed = "Use the URL of the %s, such as %s." % ("tenant" if option == "tenant_url" else "host", example)
    if "@" in text:
        raise InvalidInput("%s must not contain a user name or password." % option, allowed)
    if not text:
        hint = "Set the option or the environment variable QLIK_%s." % option.upper()
        raise InvalidInput("%s must not be empty." % option, hint)
    shown = _without_path(text)
    try:
        parts = urlsplit(text if "://" in text else "https://" + text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise InvalidInput("%s is not a URL: %r." % (option, shown), allowed) from None
    if parts.scheme not in ("https", "http"):
        raise InvalidInput("%s must not have the scheme %r." % (option, parts.scheme), allowed)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidInput("%s must not have a path or a query after %r." % (option, shown), allowed)
    address = _ip_address(host)
    if (not address and not HOST_NAME.fullmatch(host)) or port == 0:
        raise InvalidInput("%s has an invalid host name or port: %r." % (option, shown), allowed)
    if parts.scheme == "http" and not is_local(host):
        raise InvalidInput("%s: %r would send the credential unencrypted." % (option, shown), "Use https.")
    netloc = "[%s]" % host if ":" in host else host
    return "%s://%s%s" % (parts.scheme, netloc, ":%d" % port if port else "")


def is_ip_address(host: str) -> bool:
    """Return whether a host is an IP address, not a name."""
    return _ip_address(host) is not None


def is_local(host: str) -> bool:
    """Return whether a host is this machine."""
    address = _ip_address(host)
    return bool(address.is_loopback if address else host.rstrip(".") == "localhost")


def _ip_address(host: str) -> Any:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _credentials(params: Mapping[str, Any], environ: Mapping[str, str]) -> Dict[str, str]:
    """Return the options of the authentication method that the options, or else the environment, contain.

    :raises InvalidInput: if there is not exactly one complete method.
    """
    explicit = _nonempty(params)
    inherited = _nonempty({option: environ.get(variable) for option, variable in ENVIRONMENT.items()})
    source = explicit or inherited
    methods = [method for method, options in AUTHENTICATION.items() if any(option in source for option in options)]
    choices = "Set exactly one of `api_key`, `access_token`, or `client_id` with `client_secret`"
    choices += ", as options or in the environment variables %s." % ", ".join(sorted(ENVIRONMENT.values()))
    if not methods:
        raise InvalidInput("There is no credential for the tenant.", choices)
    if len(methods) > 1:
        given = [option if explicit else ENVIRONMENT[option] for option in sorted(source)]
        raise InvalidInput(
            "There is more than one authentication method: %s. Set are %s." % (" and ".join(methods), ", ".join(given)),
            choices,
        )
    credentials = {}
    for option in AUTHENTICATION[methods[0]]:
        value = source.get(option) or inherited.get(option)
        if not value:
            text = "%s is missing: an OAuth client requires client_id and client_secret." % option
            raise InvalidInput(text, choices)
        if not is_sendable_credential(value):
            raise InvalidInput(_INVALID_CREDENTIAL % option)
        credentials[option] = value
    return credentials


def is_sendable_credential(value: str) -> bool:
    """Return whether a value has only visible ASCII characters, so that a header can contain it."""
    return re.fullmatch(r"[\x21-\x7e]+", value) is not None


def nonempty(value: Any) -> str:
    """Return a text without surrounding white space; an empty text for C(None)."""
    return (value or "").strip()


def _nonempty(values: Mapping[str, Any]) -> Dict[str, str]:
    stripped = {option: nonempty(values.get(option)) for option in ENVIRONMENT}
    return {option: value for option, value in stripped.items() if value}
