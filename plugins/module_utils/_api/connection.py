# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a task reaches its tenant: the connection options, and what they mean together with the environment."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Dict, List, Mapping, Optional, Sequence
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleFallbackNotFound, env_fallback

from .._errors import InvalidInput

#: The ways to authenticate, each with the options it needs.
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

#: Who calls what is not one tenant's, and where such a client is made (Qlik reference: OAuth).
ORGANIZATION_CLIENT = ("organization_client_id", "organization_client_secret")
ORGANIZATION_CREDENTIAL = (
    "The organization's API takes an OAuth client of organization level with the scope cloud-console.tenants:read, in"
    " organization_client_id and organization_client_secret, or in the environment variables"
    " QLIK_ORGANIZATION_CLIENT_ID and QLIK_ORGANIZATION_CLIENT_SECRET. The owner of the service account makes it at https://console.qlikcloud.com."
    " No credential of a tenant or of a region will do."
)
REGION_CLIENT = ("client_id", "client_secret")
REGION_CREDENTIAL = (
    "The register host takes an OAuth client of region level, in client_id and client_secret, or in the environment"
    " variables QLIK_CLIENT_ID and QLIK_CLIENT_SECRET. The owner of the service account makes it in My Qlik, for one"
    " region, with an entitlement for several tenants. No API key, and no client of a tenant or of the organization,"
    " will do."
)
CONSOLE = "https://console.qlikcloud.com"
#: Characters. What is shorter can be guessed.
_SHORTEST_TOKEN = 6

#: With or without the final dot.
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")


@dataclass(frozen=True)
class Connection:
    """Everything the transport needs to know.

    Exactly one of C(token) and C(client_id) with C(client_secret) is set. C(timeout) and C(rate_limit_wait) are
    seconds; C(rate_limit_wait=None) waits as long as it takes. C(concurrency) is two where there is no such option,
    because every task can read a long list from both ends.
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
    #: The option that the address is from, for messages.
    address_option: str = "tenant_url"
    #: The environment variables that say which proxies and certificates there are.
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def doubt(self) -> str:
        """What to ask the user when another server seems to answer."""
        if self.address_option == "tenant_url":
            return "Is tenant_url the address of a Qlik Cloud tenant?"
        return "Is %s right?" % self.address_option

    @property
    def secrets(self) -> List[str]:
        return [secret for secret in (self.token, self.client_secret) if secret]


def nonempty_env_fallback(*variables: str) -> Any:
    """Ansible's C(env_fallback), where an empty variable counts as unset."""
    value = env_fallback(*variables)
    if value == "":
        raise AnsibleFallbackNotFound
    return value


TENANT_URL_MISSING = (
    "tenant_url is missing: there is no tenant to talk to. Give the option, a default for all modules in"
    " module_defaults with group/qlikops.cloud.qlik, the variable qlik_tenant_url to a role of the collection, or the"
    " environment variable QLIK_TENANT_URL."
)


def connection_argument_spec(rate_limit_wait: Optional[float] = 900.0) -> Dict[str, Any]:
    """The options that every module has.

    The credentials have no fallback here: AnsibleModule would fill all of them from the environment, and an
    explicit option of one way could not beat the variable of another any more.
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
    """The options of modules about an organization: those of a tenant are there too, so that defaults for all modules
    can be set, and none of them is needed.
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
    """The connection that a module's parameters describe.

    :param params: the parameters after C(AnsibleModule) has checked their types.
    :param environ: the environment of the task, for credentials that are not among the parameters.
    :raises InvalidInput: when an option cannot be right.
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
    """Whether a client of the organization is given."""
    return any(nonempty(params.get(option)) for option in ORGANIZATION_CLIENT)


def organization_connection(params: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """The connection to the organization's API.

    :raises InvalidInput: when an option cannot be right, or no client of the organization is given.
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
    """The connection to the register host of a region, or to a tenant of it.

    :param address: of that host, from the option C(option).
    :raises InvalidInput: when an option cannot be right, or no OAuth client is given.
    """
    explicit = _nonempty(params)
    found = {name: explicit.get(name) or nonempty(environ.get(ENVIRONMENT[name])) for name in REGION_CLIENT}
    others = sorted(explicit.keys() - set(REGION_CLIENT))
    if others and not explicit.keys() & set(REGION_CLIENT):
        raise InvalidInput("%s is good for one tenant only." % others[0], REGION_CREDENTIAL)
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
    """ID and secret of a client, from the options that are named.

    :raises InvalidInput: when one of them cannot be sent.
    """
    found = [nonempty(values.get(option)) for option in options]
    for option, value in zip(options, found):
        if not is_sendable_credential(value):
            raise InvalidInput("%s holds white space or characters that no credential of Qlik has." % option)
    return found


def _technical(params: Mapping[str, Any], environ: Mapping[str, str]) -> Dict[str, Any]:
    """How to connect, whatever the host.

    :raises InvalidInput: when an option cannot be right.
    """
    ca_path = params["ca_path"]
    if ca_path and not os.path.exists(ca_path):
        raise InvalidInput("ca_path: there is no file or folder %r." % ca_path)
    if not 0 < params["timeout"] <= 3600:
        raise InvalidInput("timeout must be more than 0 and at most 3600 seconds, and is %s." % params["timeout"])
    for option in ("retries", "rate_limit_wait"):
        if params[option] is not None and not params[option] >= 0:
            raise InvalidInput("%s must not be less than 0, and is %s." % (option, params[option]))
    return {
        "validate_certs": params["validate_certs"],
        "ca_path": ca_path or None,
        "timeout": params["timeout"],
        "retries": params["retries"],
        "rate_limit_wait": params["rate_limit_wait"],
        "environ": environ,
    }


def secrets_in(address: str) -> List[str]:
    """What must not be shown of an address: its user name and password, and all that comes after the host."""
    user_info = re.sub("^([A-Za-z][A-Za-z0-9+.-]*:)?//", "", address.rpartition("@")[0])
    after_host = address[len(_without_path(address)) :].strip("/")
    # Ansible takes such a text out of every word of a result, so a short one would make messages unreadable.
    return [user_info] * bool(user_info) + [after_host] * (len(after_host) >= _SHORTEST_TOKEN)


def _without_path(address: str) -> str:
    """Scheme and host: a path, a query or a fragment can hold a token."""
    match = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*://)?[^/?#;\\]*", address)
    return match.group() if match else ""


def base_url(url: str, option: str = "tenant_url", example: str = "https://acme.eu.qlikcloud.com") -> str:
    """An address as scheme and host, with no slash at the end; a bare host name is taken as https.

    :param option: where it is from.
    :raises InvalidInput: for anything that is not the address of a host.
    """
    text = url.strip()
    whose = "the tenant" if option == "tenant_url" else "the host"
    allowed = "Allowed is the address of %s alone, such as %s." % (whose, example)
    if "@" in text:
        raise InvalidInput("%s must not hold a user name or password." % option, allowed)
    if not text:
        raise InvalidInput(
            "%s is empty." % option, "Set the option or the environment variable QLIK_%s." % option.upper()
        )
    shown = _without_path(text)
    try:
        parts = urlsplit(text if "://" in text else "https://" + text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise InvalidInput("%s is not a URL: %r." % (option, shown), allowed) from None
    if parts.scheme not in ("https", "http"):
        raise InvalidInput("%s has the scheme %r." % (option, parts.scheme), allowed)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidInput("%s has a path or a query after %r." % (option, shown), allowed)
    address = _ip_address(host)
    if (not address and not HOST_NAME.fullmatch(host)) or port == 0:
        raise InvalidInput("%s has no valid host name and port: %r." % (option, shown), allowed)
    if parts.scheme == "http" and not is_local(host):
        raise InvalidInput("%s %r would send the credential unencrypted." % (option, shown), "Use https.")
    netloc = "[%s]" % host if ":" in host else host
    return "%s://%s%s" % (parts.scheme, netloc, ":%d" % port if port else "")


def is_ip_address(host: str) -> bool:
    """Whether a host is an IP address and not a name."""
    return _ip_address(host) is not None


def is_local(host: str) -> bool:
    """Whether a host name or address is that of the computer itself."""
    address = _ip_address(host)
    return bool(address.is_loopback if address else host.rstrip(".") == "localhost")


def _ip_address(host: str) -> Any:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _credentials(params: Mapping[str, Any], environ: Mapping[str, str]) -> Dict[str, str]:
    """The options of the one way to authenticate that is described, explicitly or by the environment."""
    explicit = _nonempty(params)
    inherited = _nonempty({option: environ.get(variable) for option, variable in ENVIRONMENT.items()})
    source = explicit or inherited
    ways = [way for way, options in AUTHENTICATION.items() if any(option in source for option in options)]
    choices = "Give exactly one of api_key, access_token, or client_id with client_secret"
    choices += ", as options or in the environment variables %s." % ", ".join(sorted(ENVIRONMENT.values()))
    if not ways:
        raise InvalidInput("There is no credential for the tenant.", choices)
    if len(ways) > 1:
        given = [option if explicit else ENVIRONMENT[option] for option in sorted(source)]
        raise InvalidInput(
            "There is more than one way to authenticate: %s. Given are %s." % (" and ".join(ways), ", ".join(given)),
            choices,
        )
    credentials = {}
    for option in AUTHENTICATION[ways[0]]:
        value = source.get(option) or inherited.get(option)
        if not value:
            raise InvalidInput("%s is missing: an OAuth client needs client_id and client_secret." % option, choices)
        if not is_sendable_credential(value):
            raise InvalidInput("%s holds white space or characters that no credential of Qlik has." % option)
        credentials[option] = value
    return credentials


def is_sendable_credential(value: str) -> bool:
    """Whether a header can carry the value."""
    return re.fullmatch(r"[\x21-\x7e]+", value) is not None


def nonempty(value: Any) -> str:
    """The text without white space around it; nothing of what is left out."""
    return (value or "").strip()


def _nonempty(values: Mapping[str, Any]) -> Dict[str, str]:
    stripped = {option: nonempty(values.get(option)) for option in ENVIRONMENT}
    return {option: value for option, value in stripped.items() if value}
