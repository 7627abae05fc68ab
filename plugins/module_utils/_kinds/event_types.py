# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of audit events that Qlik publishes, under their new and old names (third reference, 1.4 and 1.5)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Sequence, Tuple

_NEW = "com.qlik.core."
#: Each published type by its new name, with its old names. Qlik moves from the old to the new names since August 2026.
_PUBLISHED: Dict[str, Tuple[str, ...]] = {
    "user.created": ("com.qlik.v1.user.created",),
    "user.updated": (),
    "user.deleted": ("com.qlik.v1.user.deleted",),
    "user.provisioned": (),
    "group.created": ("com.qlik.v1.group.created",),
    "group.updated": ("com.qlik.v1.group.updated",),
    "group.deleted": ("com.qlik.v1.group.deleted",),
    "group.users.modified": ("com.qlik.v1.group.users.modified",),
    "group-setting.updated": ("com.qlik.v1.group-setting.updated",),
    "role.created": ("com.qlik.v1.role.created",),
    "role.updated": ("com.qlik.v1.role.updated",),
    "role.deleted": ("com.qlik.v1.role.deleted",),
    "role.synced": ("com.qlik.v1.role.synced",),
    "tenant.created": ("com.qlik.tenant.created",),
    "tenant.updated": (),
    "tenant.deleted": ("com.qlik.tenant.deleted",),
    "tenant.deactivated": ("com.qlik.v1.tenant.deactivated",),
    "tenant.reactivated": (),
    "tenant.allowed-deactivate": ("com.qlik.v1.tenant.allowed-deactivate",),
    "tenant.disallowed-deactivate": ("com.qlik.v1.tenant.disallowed-deactivate",),
    "space.created": ("com.qlik.space.created",),
    "space.updated": ("com.qlik.space.updated",),
    "space.deleted": ("com.qlik.space.deleted",),
    "space.settings.updated": (),
    "space.assignment.created": ("com.qlik.space.assignment.created",),
    "space.assignment.updated": ("com.qlik.space.assignment.updated",),
    "space.assignment.deleted": ("com.qlik.space.assignment.deleted",),
    "space.share.created": ("com.qlik.space.share.created",),
    "space.share.updated": ("com.qlik.space.share.updated",),
    "space.share.deleted": ("com.qlik.space.share.deleted",),
    "space.request.created": (),
    "space.request.approved": (),
    "space.request.deleted": (),
    "auth-settings.updated": (),
    "ip-policy.created": (),
    "ip-policy.updated": (),
    "ip-policy.deleted": (),
    "web-integration.created": ("com.qlik.web-integration.created",),
    "web-integration.updated": ("com.qlik.web-integration.updated",),
    "web-integration.deleted": ("com.qlik.web-integration.deleted",),
    "api-key.created": ("com.qlik.api-key.created",),
    "api-key.updated": ("com.qlik.api-key.updated",),
    "api-key.deleted": ("com.qlik.api-key.deleted",),
    "api-key.validation.failed": ("com.qlik.v1.api-key.validation.failed",),
    "api-keys-config.updated": ("com.qlik.api-keys-config.updated",),
    "oauth-client.created": (),
    "oauth-client.updated": (),
    "oauth-client.deleted": (),
    "oauth-client.published": (),
    "oauth-client.secret.created": (),
    "oauth-client.secret.deleted": (),
    "oauth-client.connection-config.approved": (),
    "oauth-client.connection-config.updated": (),
    "oauth-client.connection-config.deleted": (),
}
#: Published types that have one name.
_NOT_MOVED = (
    "com.qlik.api-key.validated",
    "com.qlik.license.assignment.updated",
    "com.qlik.license.assignment.deleted",
    "com.qlik.license.assignment.rejected",
    "com.qlik.license.definition.updated",
    "com.qlik.v1.license.lease.created",
    "com.qlik.v1.license.lease.updated",
    "com.qlik.v1.license.lease.deleted",
)
#: All names of each published type, the new one first.
_NAMES: List[Tuple[str, ...]] = [
    *((_NEW + new, *old) for new, old in _PUBLISHED.items()),
    *((name,) for name in _NOT_MOVED),
]
_ALL_NAMES = {name: names for names in _NAMES for name in names}
#: How the event types of a kind begin if not with its noun.
_RENAMED = {
    "group_settings": "group-setting",
    "session_policy": "auth-settings",
    "api_key_settings": "api-keys-config",
}
#: Fields that have another name in events than in the API (third reference, 1.4, API key settings).
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "api_key_settings": {
        "max_keys_per_user": "maxKeysPerUser",
        "max_api_key_expiry": "maxApiKeyExpiry",
        "scim_external_client_expiry": "scimExternalClientExpiry",
    },
    "oauth_client": {"consent_method": "consentMethod"},
}
#: Settings with their own event types: for each type the value that it sets; C(None) if the event has the value.
_OWN_TYPES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "oauth_client": {
        "consent_method": dict.fromkeys("connection-config.%s" % verb for verb in ("approved", "updated", "deleted")),
        "publish": {"published": True},
    },
}
#: The endings of event types about an object. Types with other endings are about parts of it.
CREATED, UPDATED, DELETED = "created", "updated", "deleted"
#: The beginning of the event types about members of spaces, which are separate objects.
MEMBER = "space.assignment"
#: The beginnings of the types about shares and requests for access, which begin like those of spaces.
_BESIDE_SPACES = ("space.share.", "space.request.")


def published_types() -> List[str]:
    """Return all event types that Qlik publishes, under all their names."""
    return list(_ALL_NAMES)


def all_names(event_type: str) -> Sequence[str]:
    """Return the new and the old names of an event type, the new one first; for an unknown type only its name."""
    return _ALL_NAMES.get(event_type, (event_type,))


def new_name(event_type: str) -> str:
    """Return the new name of an event type."""
    return all_names(event_type)[0]


def has_events(noun: str) -> bool:
    """Whether Qlik publishes events about a kind."""
    return "%s.%s" % (_beginning(noun), UPDATED) in _PUBLISHED


def types_of(noun: str, *changes: str) -> List[str]:
    """Return the names of the event types about changes of a kind.

    :param noun: the noun of a kind, or C(MEMBER).
    :param changes: C(CREATED), C(UPDATED), or C(DELETED).
    """
    beginning = noun if noun == MEMBER else _beginning(noun)
    published = ("%s.%s" % (beginning, change) for change in changes)
    return _flat(all_names(_NEW + name) for name in published if name in _PUBLISHED)


def own_types_of(noun: str, option: str) -> Dict[str, Any]:
    """Return the event types about a single setting of a kind; empty if its events are those of the object.

    :returns: the names of the types, each with the value that it sets; C(None) if the event has the value.
    """
    own = _OWN_TYPES.get(noun, {}).get(option, {})
    return {"%s%s.%s" % (_NEW, _beginning(noun), name): value for name, value in own.items()}


def types_about(nouns: Iterable[str]) -> List[str]:
    """All names of the event types about objects of some kinds, and about members of spaces.

    :param nouns: of kinds; those without events are left out.
    """
    beginnings = tuple("%s." % _beginning(noun) for noun in nouns if has_events(noun))
    return _flat(
        all_names(_NEW + name)
        for name in _PUBLISHED
        if name.startswith(beginnings) and not name.startswith(_BESIDE_SPACES)
    )


def field_of(noun: str, option: str, api: str) -> str:
    """Return the name of a setting in the data of events.

    :param api: its name in the API.
    """
    return _FIELDS.get(noun, {}).get(option, api)


def _beginning(noun: str) -> str:
    """How the event types of a kind begin."""
    return _RENAMED.get(noun, noun.replace("_", "-"))


def _flat(names: Iterable[Sequence[str]]) -> List[str]:
    return [name for group in names for name in group]
