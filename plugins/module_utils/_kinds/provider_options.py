# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of each sort of identity providers, how they are compared, and which of them can be changed.

Second and third reference, identity providers.
"""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from base64 import b64decode
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from xml.etree.ElementTree import ParseError, fromstring

from .._errors import InvalidInput
from .._planning.certificates import CERTIFICATE, read_pem
from .._planning.origins import check_url
from .._planning.references import Resource
from .._planning.settings import BOOLEAN, LIST_OF_TEXTS, TEXT, Params, in_camel_case

OIDC, SAML, JWT = "OIDC", "SAML", "jwtAuth"
#: The providers of each protocol.
PROVIDERS = {
    OIDC: ("auth0", "okta", "generic", "salesforce", "keycloak", "adfs", "azureAD"),
    SAML: ("okta", "generic", "adfs", "azureAD"),
    JWT: ("external",),
}
#: The only providers with the option C(email_verified_always_true).
_MICROSOFT = ("adfs", "azureAD")
SECRET = "client_secret"
_CLAIMS = ("sub", "name", "email", "email_verified", "groups", "picture", "locale", "zoneinfo", "client_id")
_SAML_CLAIMS = ("sub", "name", "email", "groups", "picture")
_DISCOVERED = "openid_configuration"
_ENDPOINTS = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
    "introspection_endpoint",
)
NAME_ID_FORMATS = (
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
)
#: What Ansible and AWX show instead of a secret.
_MASKS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$encrypted$")
#: The maximum size of SAML metadata in bytes.
_LONGEST_METADATA = 1024 * 1024
_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"


class Sort(NamedTuple):
    """A sort of identity providers.

    :param words: its name for messages.
    :param options: the names of its options.
    :param needed: the options that a new provider requires.
    :param patchable: the options that a PATCH can change one by one.
    """

    words: str
    options: Sequence[str]
    needed: Sequence[str]
    patchable: Sequence[str]


_OIDC_COMMON = ("discovery_url", _DISCOVERED, "realm", "claims_mapping")
_OIDC_PATCHABLE = ("discovery_url", "realm", "claims_mapping")
_SAML_OPTIONS = (
    "entity_id",
    "sign_on_url",
    "certificates",
    "metadata",
    "name_id_format",
    "allow_idp_initiated_login",
    "claims_mapping",
)
#: The sorts, by protocol and by whether users sign in with the provider.
SORTS = {
    (JWT, False): Sort("JWT", ("issuer", "static_keys", "jwt_login_enabled"), ("issuer", "static_keys"), ()),
    (OIDC, False): Sort(
        "machine-to-machine OIDC",
        (*_OIDC_COMMON, "audience", "allowed_client_ids"),
        ("claims_mapping",),
        _OIDC_PATCHABLE,
    ),
    (OIDC, True): Sort(
        "interactive OIDC",
        (
            *_OIDC_COMMON,
            *("client_id", SECRET, "scope", "email_verified_always_true", "block_offline_access_scope"),
            *("use_claims_from_id_token", "id_token_signature_alg"),
        ),
        ("claims_mapping", "client_id", SECRET),
        (*_OIDC_PATCHABLE, "client_id", SECRET, "email_verified_always_true", "id_token_signature_alg"),
    ),
    (SAML, True): Sort("SAML", _SAML_OPTIONS, ("claims_mapping",), _SAML_OPTIONS),
}
#: The argument spec of all options.
SPEC: Dict[str, Any] = {
    "issuer": dict(TEXT),
    "static_keys": {
        "type": "list",
        "elements": "dict",
        "options": {"kid": {"type": "str", "required": True}, "pem": {"type": "str", "required": True}},
        # Public keys.
        "no_log": False,
    },
    "jwt_login_enabled": dict(BOOLEAN),
    "discovery_url": dict(TEXT),
    # A name such as token_endpoint is not that of a secret.
    _DISCOVERED: {"type": "dict", "options": {name: dict(TEXT, no_log=False) for name in _ENDPOINTS}},
    "realm": dict(TEXT),
    "client_id": dict(TEXT),
    SECRET: {"type": "str", "no_log": True},
    "scope": dict(TEXT),
    "audience": dict(TEXT),
    "allowed_client_ids": dict(LIST_OF_TEXTS),
    "claims_mapping": {"type": "dict", "options": {name: dict(LIST_OF_TEXTS) for name in _CLAIMS}},
    "email_verified_always_true": dict(BOOLEAN),
    "block_offline_access_scope": dict(BOOLEAN),
    "use_claims_from_id_token": dict(BOOLEAN),
    "id_token_signature_alg": {"type": "str", "choices": ["RS256", "RS512"]},
    "entity_id": dict(TEXT),
    "sign_on_url": dict(TEXT),
    "certificates": {
        "type": "list",
        "elements": "dict",
        "options": {
            "certificate": {"type": "str", "required": True},
            "name": dict(TEXT),
            "signature": dict(BOOLEAN),
            "encryption": dict(BOOLEAN),
        },
    },
    "metadata": {"type": "dict", "options": {"raw": {"type": "str", "required": True}}},
    "name_id_format": {"type": "str", "choices": list(NAME_ID_FORMATS)},
    "allow_idp_initiated_login": dict(BOOLEAN),
}


#: The argument spec of the options of providers that users sign in with.
PENDING_SPEC: Dict[str, Any] = {
    name: rule for name, rule in SPEC.items() if any(name in sort.options for key, sort in SORTS.items() if key[1])
}


def api_name(option: str) -> str:
    """Return the name of an option in the API."""
    return option if option == _DISCOVERED else in_camel_case(option)


def without_nulls(value: Any) -> Any:
    """Return a value without its options that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def in_user_form(options: Any) -> Dict[str, Any]:
    """Return the options that a description can have, in the form of the user, without secrets."""
    if not isinstance(options, dict):
        return {}
    found = {name: without_nulls(options[api_name(name)]) for name in SPEC if options.get(api_name(name)) is not None}
    found.pop(SECRET, None)
    if found.get("discovery_url"):
        # The tenant may show what it read from this address.
        found.pop(_DISCOVERED, None)
    return found


def in_api_form(options: Mapping[str, Any], current: Optional[Mapping[str, Any]] = None) -> Resource:
    """Return options in the form of the API.

    :param options: in the form of the user.
    :param current: the current options in the form of the user. Claims that the options omit are kept.
    """
    sent = {}
    for name, value in options.items():
        if name == "static_keys":
            value = [{"kid": key["kid"], "pem": read_pem(key["pem"]).text()} for key in value]
        if name == "claims_mapping" and current:
            value = {**(current.get(name) or {}), **value}
        sent[api_name(name)] = value
    return sent


def differing(current: Mapping[str, Any], desired: Mapping[str, Any]) -> List[str]:
    """Return the names of the desired options that differ, without the secret, which cannot be read."""
    return [name for name, value in desired.items() if name != SECRET and not _is_same(name, current, value)]


def _is_same(name: str, current: Mapping[str, Any], desired: Any) -> bool:
    now = current.get(name)
    try:
        if name == "static_keys":
            return _keys_in(now) == _keys_in(desired)
        if name == "certificates":
            return _certificates_in(now) == _certificates_in(desired) and _has_same_uses(now, desired)
        if name == "metadata":
            said = metadata_in(desired["raw"])
            certificates = [{"certificate": certificate} for certificate in said.certificates]
            return (
                current.get("entity_id") == said.entity_id
                and current.get("sign_on_url") in said.sign_on_urls
                and _certificates_in(current.get("certificates")) == _certificates_in(certificates)
            )
        if name in ("claims_mapping", _DISCOVERED):
            return all((now or {}).get(part) == value for part, value in desired.items())
        if name == "allowed_client_ids":
            return sorted(now or []) == sorted(desired)
    except (InvalidInput, TypeError, KeyError, AttributeError):
        return False
    return bool(now == desired)


def _keys_in(keys: Any) -> List[Tuple[str, bytes]]:
    return sorted((key["kid"], read_pem(key["pem"]).key) for key in keys)


def _certificates_in(certificates: Any) -> List[bytes]:
    return sorted({read_pem(item["certificate"], labels=[CERTIFICATE]).der for item in certificates or []})


def _has_same_uses(current: Any, desired: Any) -> bool:
    """Return whether certificates have the desired names and uses. Omitted ones are not compared."""
    found = {der: item for item in current for der in _certificates_in([item])}
    return all(
        value is None or name == "certificate" or (found[der].get(name) or None) == (value or None)
        for item in desired
        for der in _certificates_in([item])
        for name, value in item.items()
    )


class Metadata(NamedTuple):
    """The content of SAML metadata.

    :param certificates: in base64.
    """

    entity_id: str
    sign_on_urls: Sequence[str]
    certificates: Sequence[str]


def metadata_in(raw: str, option: str = "") -> Metadata:
    """Return the content of SAML metadata.

    :param raw: the metadata in base64.
    :param option: the path of the option, for the error.
    :raises InvalidInput: if this is not the metadata of an identity provider.
    """
    wrong = InvalidInput("Must be SAML metadata of an identity provider in base64.", "Encode the XML file.", option)
    try:
        text = b64decode("".join(raw.split()), validate=True)
        # Entities can expand to far more text.
        if len(text) > _LONGEST_METADATA or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise wrong
        root = fromstring(text)
    except (ValueError, ParseError):
        raise wrong from None
    role = root.find(".//%sIDPSSODescriptor" % _MD)
    services = [] if role is None else role.findall(_MD + "SingleSignOnService")
    keys = [] if role is None else role.findall("%sKeyDescriptor" % _MD)
    certificates = [key.findtext(".//%sX509Certificate" % _DS, "") for key in keys]
    urls = [service.get("Location", "") for service in services]
    if not root.get("entityID") or not any(urls) or not any(certificates):
        raise wrong
    return Metadata(root.get("entityID", ""), urls, ["".join(text.split()) for text in certificates if text.strip()])


def address_in(options: Any) -> Optional[str]:
    """Return what identifies a provider: its issuer, its discovery URL, or its entity ID; C(None) if it has none.

    :param options: in the form of the API, or C(None).
    """
    if not isinstance(options, dict):
        return None
    discovered = options.get(_DISCOVERED)
    issuer = discovered.get("issuer") if isinstance(discovered, dict) else None
    found = options.get("issuer") or options.get("discoveryUrl") or issuer or options.get("entityId")
    metadata = options.get("metadata")
    if not found and isinstance(metadata, dict):
        try:
            found = metadata_in(str(metadata.get("raw"))).entity_id
        except InvalidInput:
            return None
    return found if isinstance(found, str) else None


def check_options(options: Params, place: str, sort: Optional[Sort], provider: Optional[str]) -> None:
    """Check options without reading the tenant.

    :param place: the path of the options, for errors.
    :param sort: the sort of the provider; C(None) if the task does not define it.
    :param provider: C(None) if the task does not define it.
    :raises InvalidInput: if an option is invalid. The error never shows a secret.
    """
    for name in options:
        if sort is not None and name not in sort.options:
            text = "Not supported for %s providers." % sort.words
            raise InvalidInput(text, "Supported options: %s." % ", ".join(sort.options), "%s.%s" % (place, name))
    secret = options.get(SECRET)
    if secret is not None and _is_placeholder(secret):
        raise InvalidInput(
            "Must be a secret, not a placeholder.",
            "Set the secret, or omit the option to keep the current one.",
            "%s.%s" % (place, SECRET),
        )
    for name in ("discovery_url", "sign_on_url"):
        if options.get(name) is not None:
            check_url(options[name], "%s.%s" % (place, name))
    for name, address in (options.get(_DISCOVERED) or {}).items():
        # An issuer is an identifier.
        if name != "issuer":
            check_url(address, "%s.%s.%s" % (place, _DISCOVERED, name))
    keys = options.get("static_keys")
    if keys is not None and len(keys) != 1:
        raise InvalidInput("Must have exactly one key, not %d." % len(keys), option=place + ".static_keys")
    for index, key in enumerate(keys or []):
        read_pem(key["pem"], "%s.static_keys[%d].pem" % (place, index))
    if options.get("certificates") == []:
        raise InvalidInput("Must have at least one certificate.", option=place + ".certificates")
    for index, item in enumerate(options.get("certificates") or []):
        read_pem(item["certificate"], "%s.certificates[%d].certificate" % (place, index), [CERTIFICATE])
    if options.get("metadata") is not None:
        metadata_in(options["metadata"]["raw"], place + ".metadata.raw")
    if options.get("email_verified_always_true") is not None and provider not in (None, *_MICROSOFT):
        text = "Only the providers %s have this option." % " and ".join(_MICROSOFT)
        raise InvalidInput(text, option=place + ".email_verified_always_true")
    _check_claims(options.get("claims_mapping") or {}, place + ".claims_mapping", sort)


def _is_placeholder(secret: str) -> bool:
    """Return whether a secret is what an export, a log, or a failed template shows instead of it."""
    return not secret.strip("*• ") or secret in _MASKS or "{{" in secret


def _check_claims(claims: Params, place: str, sort: Optional[Sort]) -> None:
    is_saml = sort is not None and "entity_id" in sort.options
    for claim, sources in claims.items():
        if is_saml and claim not in _SAML_CLAIMS:
            text = "Not supported for SAML providers."
            raise InvalidInput(text, "Supported claims: %s." % ", ".join(_SAML_CLAIMS), "%s.%s" % (place, claim))
        for index, source in enumerate(sources):
            if sort is not None and not is_saml and not source.startswith("/"):
                text = "%r is not a JSON pointer." % source
                hint = "Use /%s." % source
                raise InvalidInput(text, hint, "%s.%s[%d]" % (place, claim, index))


def missing_options(sort: Sort, options: Params) -> List[str]:
    """Return the names of the options that a new provider requires and that are omitted."""
    missing = [name for name in sort.needed if name not in options]
    if "discovery_url" in sort.options and not ({"discovery_url", _DISCOVERED} & options.keys()):
        missing.append("discovery_url")
    if "entity_id" in sort.options:
        if "metadata" not in options:
            missing += [name for name in ("entity_id", "sign_on_url", "certificates") if name not in options]
        given = options.get("claims_mapping") or {}
        missing += ["claims_mapping.%s" % name for name in _SAML_CLAIMS if given and name not in given]
    return missing
