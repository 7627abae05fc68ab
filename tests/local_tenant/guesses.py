# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Qlik's reference leaves open, each with the behavior this imitation assumes and the alternatives.

Every field of :class:`Guesses` is one such guess. Nothing else in the package decides an undocumented matter silently,
except the texts and codes of errors, of which Qlik publishes only a few (see ``errors.py``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar, cast

Value = bool | int | float | str
V = TypeVar("V", bool, int, float, str)

ANY_NUMBER: tuple[Value, ...] = ()
YES_NO: tuple[Value, ...] = (True, False)


class GuessError(ValueError):
    """An unknown guess, or a value it does not allow."""


def _guess(default: V, allowed: tuple[Value, ...], reference: str, unknown: str) -> V:
    """One line of the table; an empty ``allowed`` means any number that is not negative."""
    metadata = {"allowed": allowed, "reference": reference, "unknown": unknown}
    make_field: Any = partial(dataclasses.field, default=default, metadata=metadata)
    return cast(V, make_field())


@dataclasses.dataclass(frozen=True)
class Guesses:
    """The assumed behavior; each field says what is unknown, what may be assumed, and where Qlik is silent."""

    # Hosts, links and lists
    tenant_me_location: str = _guess(
        "alias",
        ("alias", "called", "system", "relative", "foreign"),
        "Qlik reference: tenants, GET /tenants/me",
        "host in the Location of the redirect; 'alias' is the called host while there is no alias",
    )
    user_me_location: str = _guess(
        "alias",
        ("alias", "called", "system", "relative", "foreign"),
        "Qlik reference: users, GET /users/me",
        "host in the Location of the redirect; 'alias' is the called host while there is no alias",
    )
    link_host: str = _guess(
        "alias",
        ("alias", "called", "foreign"),
        "Qlik reference: pagination",
        "host in links; the examples show one that differs from the one called",
    )
    link_scheme: str = _guess(
        "http", ("http", "https"), "Qlik reference: pagination", "scheme in links; the examples show http"
    )
    end_of_list: str = _guess(
        "absent",
        ("absent", "null"),
        "Qlik reference: pagination",
        "whether links.next of the last page is absent or has a null href",
    )
    cursor_kind: str = _guess(
        "position",
        ("position", "offset"),
        "Qlik reference: pagination",
        "what happens to a list that changes between two pages: 'offset' repeats or misses rows",
    )
    list_order: str = _guess(
        "name",
        ("name", "id", "refuse"),
        "Qlik reference: pagination, sort",
        "order of a list that asks for none where the reference says name; 'refuse' takes no sort at all",
    )
    sort_fields: str = _guess(
        "filterable",
        ("filterable", "name"),
        "Qlik reference: groups and roles, sort",
        "fields by which groups and roles can be sorted",
    )
    unknown_query: str = _guess(
        "refuse", ("refuse", "ignore"), "Qlik reference: all endpoints", "answer to an undocumented query parameter"
    )
    unknown_body_field: str = _guess(
        "refuse", ("refuse", "ignore"), "Qlik reference: all endpoints", "answer to an undocumented field in a body"
    )
    content_type_status: int = _guess(
        400, (400, 415), "Qlik reference: all endpoints", "status for a body that is not application/json"
    )
    unknown_api_version: str = _guess(
        "refuse",
        ("refuse", "ignore"),
        "Qlik reference: versioning",
        "answer to a qlik-api-version that is not documented",
    )
    missing_service: str = _guess(
        "404",
        ("404", "403", "page"),
        "Qlik reference: all endpoints",
        "answer of a service that is not rolled out to the tenant; 'page' is a 404 that has no body in JSON",
    )
    deprecation_headers: str = _guess(
        "none",
        ("none", "deprecation", "sunset"),
        "Qlik reference: versioning",
        "headers that announce the end of an endpoint: none, Deprecation, or Sunset beside it",
    )
    filter_max_conditions: int = _guess(
        250, ANY_NUMBER, "Qlik reference: filter actions", "from how many conditions on a filter is too complex"
    )
    total_in_filter_actions: str = _guess(
        "refuse",
        ("refuse", "accept"),
        "Qlik reference: filter actions",
        "whether totalResults, listed for the lists only, is taken by the filter actions too",
    )
    single_status_parentheses: str = _guess(
        "required",
        ("required", "optional"),
        "Qlik reference: users, filter",
        "whether one status condition beside others needs the parentheses that a group of them needs",
    )
    lag_seconds: float = _guess(
        0.0,
        ANY_NUMBER,
        "Qlik reference: users, groups, roles (consistency)",
        "how long lists and filters do not show a write that GET by id shows at once",
    )

    # Errors
    terse_errors: bool = _guess(False, YES_NO, "Qlik reference: errors", "errors that carry nothing but code and title")
    deprecated_error_fields: bool = _guess(
        True, YES_NO, "Qlik reference: spaces, licenses", "whether the deprecated fields beside errors are still there"
    )
    tenant_error_status: str = _guess(
        "string", ("string", "number"), "Qlik reference: tenants, errors", "type of status in errors of tenants"
    )
    tenant_error_meta: str = _guess(
        "auto",
        ("auto", "object", "array"),
        "Qlik reference: tenants, PATCH",
        "shape of meta in a refused PATCH; 'auto' is an array when there is more than one reason",
    )
    malformed_id_status: int = _guess(
        404, (404, 400), "Qlik reference: users, tenants", "answer to an id that cannot be one"
    )
    other_tenant_status: int = _guess(404, (404, 403), "Qlik reference: tenants", "answer to the id of another tenant")

    # Credentials
    without_rights: str = _guess(
        "403",
        ("403", "hidden"),
        "Qlik reference: access control",
        "what a caller without rights gets when it reads users and groups: 403, or answers without assignedRoles",
    )
    without_roles_may_write: bool = _guess(
        False,
        YES_NO,
        "Qlik reference: access control",
        "whether a caller who may not see roles can still write users and groups",
    )
    disabled_user_key_status: int = _guess(
        401, (401, 403), "Qlik reference: API keys", "answer to the API key of a disabled user"
    )
    oauth_error_status: int = _guess(
        401, (401, 403, 400), "Qlik reference: OAuth", "status for a wrong client id or secret"
    )

    oauth_basic: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: OAuth",
        "whether the client may be in a Basic header, where Qlik's Python client puts it, instead of the body",
    )

    # Rate limits
    limit_algorithm: str = _guess(
        "token-bucket",
        ("token-bucket", "sliding-window"),
        "Qlik reference: rate limiting",
        "how requests are counted over the window; a bucket refills steadily, a window frees what left it",
    )
    limit_recovery_requests: int = _guess(
        1,
        ANY_NUMBER,
        "Qlik reference: rate limiting",
        "how many requests must be free again before a refused caller is admitted",
    )

    # Tenants
    omit_tenant_booleans: str = _guess(
        "none",
        ("none", "newer", "unset", "all"),
        "Qlik reference: tenants",
        "which booleans an answer leaves out: those newer than the examples, those never set, or all",
    )
    alias_taken_status: int = _guess(
        400, (400, 409), "Qlik reference: tenants, PATCH", "status for an alias that another tenant holds"
    )
    alias_change: str = _guess(
        "allowed", ("allowed", "400", "403"), "Qlik reference: tenant alias", "answer of a trial to setting an alias"
    )

    # Users
    user_patch_partial: str = _guess(
        "lesser",
        ("lesser", "any", "never"),
        "Qlik reference: users, PATCH",
        "which failing operations give 207 beside others that succeed; 'lesser' are name, locale and zone",
    )
    deprecated_user_query: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: users, GET",
        "whether the deprecated query fields, no longer listed, still work; old cursors never do",
    )
    user_email_patch: str = _guess(
        "refuse", ("refuse", "accept"), "Qlik reference: users, PATCH", "whether /email can be replaced"
    )
    user_role_add: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: users, PATCH",
        "whether single roles can be added and taken away; examples do it, a tutorial says the list is replaced only",
    )
    zoneinfo_spelling: str = _guess(
        "enum", ("enum", "both"), "Qlik reference: users, PATCH", "whether /preferredZoneInfo is accepted too"
    )
    renew_empty_value: str = _guess(
        "accept", ("accept", "refuse"), "Qlik reference: users, PATCH", "whether renew takes an empty value"
    )
    user_post_active: str = _guess(
        "accept", ("accept", "refuse"), "Qlik reference: users, POST", "whether status 'active' may be sent"
    )
    user_foreign_tenant_id: int = _guess(
        400, (400, 403), "Qlik reference: users, POST", "answer to the tenantId of another tenant"
    )
    user_name_default: str = _guess(
        "subject", ("subject", "email", "empty"), "Qlik reference: users, POST", "name of a user created without one"
    )
    user_conflict_case: str = _guess(
        "exact", ("exact", "insensitive"), "Qlik reference: users, POST", "how subjects are compared for 409"
    )
    user_email_case: str = _guess(
        "insensitive",
        ("insensitive", "exact"),
        "Qlik reference: users, POST and PATCH",
        "how email addresses, which are unique, are compared for 409",
    )
    deleted_subject_conflict_seconds: float = _guess(
        0.0, ANY_NUMBER, "Qlik reference: users, POST", "how long a deleted user's subject stays taken, if it is kept"
    )
    deleted_users_in_list: bool = _guess(
        True, YES_NO, "Qlik reference: users, GET", "whether a list without a status condition shows deleted users"
    )
    deleted_subject: str = _guess(
        "kept", ("kept", "cleared"), "Qlik reference: deleting users", "whether a deleted user's subject stays readable"
    )
    deleted_user_get: str = _guess(
        "visible", ("visible", "404"), "Qlik reference: users, GET by id", "answer to the id of a deleted user"
    )
    user_count: str = _guess(
        "not-deleted", ("not-deleted", "active", "all"), "Qlik reference: users, count", "which users are counted"
    )
    self_deletion: str = _guess(
        "403", ("403", "400", "allowed"), "Qlik reference: users, DELETE", "answer to deleting oneself"
    )
    last_admin: str = _guess(
        "403", ("403", "400", "allowed"), "Qlik reference: users, DELETE", "answer to deleting the last TenantAdmin"
    )
    self_lockout: str = _guess(
        "allowed",
        ("allowed", "403", "400"),
        "Qlik reference: users, PATCH",
        "answer to disabling oneself or taking one's own TenantAdmin away",
    )
    replace_groups_beside_idp: str = _guess(
        "refuse",
        ("refuse", "accept"),
        "Qlik reference: groups tutorial",
        "whether a user's groups can be replaced while an identity provider gave it some",
    )
    invitations: str = _guess(
        "allowed", ("allowed", "403"), "Qlik reference: users, invite", "answer when the tenant has its own IdP"
    )

    # Groups
    group_patch_path: str = _guess(
        "both",
        ("both", "slash", "bare"),
        "Qlik reference: groups, PATCH",
        "path with or without a slash; the schema says bare, all examples have the slash",
    )
    group_duplicate_status: int = _guess(
        409, (409, 400), "Qlik reference: groups, POST", "status for a name that is taken"
    )
    group_rename_taken_status: int = _guess(
        400, (400, 409), "Qlik reference: groups, PATCH", "status for renaming to a name that is taken"
    )
    disabled_group_blocks_name: bool = _guess(
        True, YES_NO, "Qlik reference: groups, POST", "whether a disabled group keeps its name taken"
    )
    disabled_groups_count: bool = _guess(
        False, YES_NO, "Qlik reference: groups, POST", "whether disabled groups count towards the limit"
    )
    full_tenant_status: int = _guess(
        403, (403, 400), "Qlik reference: groups, POST", "status for one active group too many"
    )
    group_roles_status: int = _guess(
        400, (400, 403), "Qlik reference: groups, POST and PATCH", "status for more roles than a group may have"
    )
    group_body_limit: int = _guess(
        500_000, ANY_NUMBER, "Qlik reference: groups, POST", "bytes of a body above which the answer is 413"
    )
    group_members_status: int = _guess(
        400, (400, 403, 409), "Qlik reference: groups, DELETE", "status for deleting a custom group with members"
    )
    group_post_without_auto_create: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: group settings",
        "whether groups can be created while autoCreateGroups is off",
    )
    omit_provider_type: bool = _guess(
        False, YES_NO, "Qlik reference: groups", "whether answers leave providerType out for idp groups"
    )
    omit_sync_idp_groups: bool = _guess(
        False, YES_NO, "Qlik reference: group settings", "whether the deprecated syncIdpGroups is left out"
    )
    trim_names: bool = _guess(
        False, YES_NO, "Qlik reference: groups", "whether white space around the name of a group or space is cut off"
    )

    # Roles, and references to them
    developer_role: str = _guess(
        "absent", ("absent", "present"), "Qlik reference: default roles", "whether the tenant still has Developer"
    )
    default_role_tenant_id: str = _guess(
        "empty", ("empty", "tenant"), "Qlik reference: roles", "tenantId of default roles"
    )
    assign_user_default: str = _guess(
        "refuse", ("refuse", "accept"), "Qlik reference: custom roles", "whether UserDefault can be assigned"
    )
    unknown_role: str = _guess(
        "refuse", ("refuse", "ignore"), "Qlik reference: users, groups", "answer to a role that does not exist"
    )
    mixed_role_references: str = _guess(
        "refuse", ("refuse", "accept"), "Qlik reference: users, groups", "ids and names of roles in one list"
    )
    default_role_status: int = _guess(
        403, (403, 400), "Qlik reference: roles, PATCH and DELETE", "status for changing a default role"
    )
    role_duplicate_status: int = _guess(
        400, (400, 409), "Qlik reference: roles, POST", "status for a role name that is taken"
    )
    role_missing_delete_status: int = _guess(
        404, (404, 400), "Qlik reference: roles, DELETE", "status for deleting a role that is not there"
    )
    full_roles_status: int = _guess(
        403, (403, 400), "Qlik reference: roles, POST", "status for one custom role too many"
    )

    # Spaces and what they hold
    spaces_limit_above_100: str = _guess(
        "refuse", ("refuse", "cap"), "Qlik reference: spaces, GET", "answer to a limit above 100; no maximum is given"
    )
    spaces_page: int = _guess(
        100, ANY_NUMBER, "Qlik reference: spaces, GET", "how many spaces a page has at most; no maximum is given"
    )
    spaces_order: str = _guess(
        "name", ("name", "createdAt"), "Qlik reference: spaces, GET", "order of spaces when none is asked for"
    )
    space_description: str = _guess(
        "set",
        ("set", "filled", "always"),
        "Qlik reference: spaces",
        "which answers carry a description: those where it was ever set, where it is not empty, or all",
    )
    space_name_case: str = _guess(
        "exact", ("exact", "insensitive"), "Qlik reference: spaces, POST", "how names are compared for 409"
    )
    space_rename_taken_status: int = _guess(
        409, (409, 400), "Qlik reference: spaces, PATCH", "status for renaming to a name that is taken"
    )
    space_type_missing_status: int = _guess(
        403, (403, 400), "Qlik reference: spaces, POST", "status for a type that the tenant does not have"
    )
    space_unknown_owner_status: int = _guess(
        400, (400, 404), "Qlik reference: spaces, PATCH", "status for an owner that does not exist"
    )
    space_put_omitted: str = _guess(
        "kept", ("kept", "cleared"), "Qlik reference: spaces, PUT", "what becomes of a description that is left out"
    )
    space_delete_with_content: str = _guess(
        "412",
        ("412", "allowed"),
        "Qlik reference: spaces, DELETE",
        "whether content always keeps a space from being deleted; the reference warns of orphaned content too",
    )
    facilitator_deletes_space: bool = _guess(
        True, YES_NO, "Qlik reference: spaces, DELETE", "whether one who can manage a space may delete it"
    )
    operator_in_managed_spaces: bool = _guess(
        True, YES_NO, "Qlik reference: space roles", "whether managed spaces have the role operator; two tables differ"
    )
    codeveloper_in_shared_spaces: bool = _guess(
        True, YES_NO, "Qlik reference: space roles", "whether shared spaces have codeveloper, which older ones lack"
    )
    newer_space_actions: bool = _guess(
        True, YES_NO, "Qlik reference: spaces", "whether answers name actions that Qlik's older clients do not know"
    )
    admin_sees_items: bool = _guess(
        True, YES_NO, "Qlik reference: items", "whether an administrator sees what spaces hold without being a member"
    )

    # Members of spaces
    unknown_assignee: str = _guess(
        "404",
        ("404", "400", "accept"),
        "Qlik reference: space assignments, POST",
        "answer to an assignee that does not exist",
    )
    new_assignee_seconds: float = _guess(
        0.0,
        ANY_NUMBER,
        "Qlik reference: space assignments, POST",
        "how long a new group or user is unknown to the spaces service",
    )
    space_role_status: int = _guess(
        400, (400, 403), "Qlik reference: space assignments", "status for a role that the space's type does not have"
    )
    duplicate_space_roles: str = _guess(
        "unite", ("unite", "refuse"), "Qlik reference: space assignments", "what becomes of a role that is named twice"
    )
    owner_as_member: str = _guess(
        "400",
        ("400", "409", "accept"),
        "Qlik reference: space assignments, POST",
        "answer to an assignment for the owner, which the list does not show in any case",
    )
    owner_assignment: str = _guess(
        "hidden",
        ("hidden", "dropped"),
        "Qlik reference: space assignments",
        "what becomes of the assignment of a member who is made the owner: not shown any more, or gone",
    )
    everyone_as_member: str = _guess(
        "accept", ("accept", "refuse"), "Qlik reference: space assignments, POST", "whether Everyone can be a member"
    )
    bot_assignments: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: space assignments, POST",
        "whether bots can be assigned with the type bot; with the type user they can",
    )
    assignments_of_deleted: str = _guess(
        "kept",
        ("kept", "removed"),
        "Qlik reference: space assignments",
        "what becomes of the assignments of a group or user that is deleted",
    )

    # Licenses
    license_put_omitted: str = _guess(
        "off", ("off", "kept"), "Qlik reference: licenses, PUT settings", "what becomes of a setting that is left out"
    )
    license_settings_missing: str = _guess(
        "404",
        ("404", "403", "400", "empty"),
        "Qlik reference: licenses, settings",
        "answer of a subscription that has no entitlements for users; 'empty' is 200 without the settings",
    )

    # Tenants as they come and go
    confirmation_missing_status: int = _guess(
        412, (412, 400), "Qlik reference: tenants, deactivate", "answer to a call without qlik-confirm-hostname"
    )
    purge_after_days_allowed: bool = _guess(
        True, YES_NO, "Qlik reference: tenants, deactivate", "whether the subscription is one that may choose the days"
    )
    reactivate_answer: str = _guess(
        "object",
        ("object", "empty"),
        "Qlik reference: tenants, reactivate",
        "whether the answer has id and status, as in the tutorial, or is an empty object, as in the reference",
    )
    reactivate_active_status: int = _guess(
        400, (400, 403), "Qlik reference: tenants, reactivate", "answer for a tenant that is active"
    )
    quota_freed: str = _guess(
        "purge",
        ("purge", "deactivation"),
        "Qlik reference: tenants, deactivate",
        "what makes a tenant stop counting against the license's quota",
    )
    tenant_ready_seconds: float = _guess(
        0.0, ANY_NUMBER, "Qlik reference: tenants, POST", "how long a new tenant does not answer yet"
    )
    tenant_not_ready_status: int = _guess(
        404, (404, 401, 403, 503), "Qlik reference: tenants, POST", "what a new tenant answers until it is ready"
    )
    organization_disabled_status: str = _guess(
        "deactivated",
        ("deactivated", "disabled"),
        "Qlik reference: organization, tenants",
        "which of the two words stands for a deactivated tenant",
    )
    organization_filter_subscription: str = _guess(
        "optional",
        ("optional", "required"),
        "Qlik reference: organization, tenants",
        "whether a filter has to name a subscription, as the reference says, or not, as in the tutorial",
    )
    organization_single_answer: str = _guess(
        "list",
        ("list", "object"),
        "Qlik reference: organization, tenants, GET by id",
        "whether the answer has the schema of the list or is the tenant itself",
    )

    # Where the tenant can be reached from
    ip_policy_lockout: str = _guess(
        "400",
        ("400", "403", "accept"),
        "Qlik reference: core, ip-policies",
        "answer to a write after which the caller's address is in no enabled policy; 'accept' locks the caller out",
    )
    blocked_address_status: int = _guess(
        403, (403, 401), "Qlik reference: core, ip-policies", "answer to a caller whose address is in no enabled policy"
    )
    new_ip_policy_is_enabled: bool = _guess(
        False, YES_NO, "Qlik reference: core, ip-policies, POST", "whether a policy is enabled that does not say so"
    )
    new_ip_policy_name: str = _guess(
        "empty",
        ("empty", "id"),
        "Qlik reference: core, ip-policies, POST",
        "name of a policy that is made without one; answers require a name",
    )
    ip_policy_same_name: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: core, ip-policies, POST",
        "answer to a name that there is already",
    )
    ip_policy_host_bits: str = _guess(
        "refuse",
        ("refuse", "accept"),
        "Qlik reference: core, ip-policies",
        "whether a network can have an address that is not its first",
    )
    ip_policy_addresses: str = _guess(
        "kept",
        ("kept", "networks"),
        "Qlik reference: core, ip-policies",
        "how single addresses are shown: as they were sent, or as networks of one address",
    )

    # Settings of the tenant
    tenant_settings_of_none: str = _guess(
        "404",
        ("404", "empty"),
        "Qlik reference: tenant-settings, GET",
        "answer of a tenant for which nobody has made settings yet; 'empty' is 200 without any",
    )
    tenant_settings_again_status: int = _guess(
        409, (409, 400), "Qlik reference: tenant-settings, POST", "status for creating settings that are there"
    )
    switch_readings: int = _guess(
        1,
        ANY_NUMBER,
        "Qlik reference: data-alerts, sharing-tasks",
        "how many readings show a change of data alerts or report subscriptions as running; none if it is done at once",
    )
    switch_during_change: str = _guess(
        "old",
        ("old", "new"),
        "Qlik reference: data-alerts, sharing-tasks",
        "the value that is shown while a change runs",
    )
    switch_busy_status: int = _guess(
        409, (409, 400), "Qlik reference: data-alerts, sharing-tasks", "status for a change while another one runs"
    )
    toggle_response: str = _guess(
        "settings",
        ("settings", "none"),
        "Qlik reference: tenant-settings, toggle-cross-region-inference",
        "body of the answer, of which only the status is documented",
    )
    consent_missing_status: int = _guess(
        400,
        (400, 403),
        "Qlik reference: tenant-settings, toggle-cross-region-inference",
        "answer to a call without x-qlik-consent-verified",
    )
    duration_form: str = _guess(
        "kept",
        ("kept", "hours"),
        "Qlik reference: api-keys, configs",
        "how durations are shown: as they were sent, or in hours where they are whole ones",
    )

    # API keys
    api_key_jti: str = _guess(
        "id",
        ("id", "object-id", "absent"),
        "Qlik reference: api-keys; events of api-keys",
        "what the jti in the token of an API key is: the id, an ObjectId that no list has, or missing",
    )
    api_keys_of_admins: bool = _guess(
        True,
        YES_NO,
        "Qlik reference: api-keys, POST",
        "whether TenantAdmin may have keys without another role",
    )
    api_key_for_others: str = _guess(
        "403",
        ("403", "accept"),
        "Qlik reference: api-keys, POST",
        "answer to a TenantAdmin who creates a key for another user; the reference asks for a role that is gone",
    )
    api_key_limit_status: int = _guess(
        403, (403, 400), "Qlik reference: api-keys, POST", "status for more active keys than max_keys_per_user"
    )
    api_key_too_long_status: int = _guess(
        400, (400, 403), "Qlik reference: api-keys, POST", "status for an expiry beyond the maximum of the tenant"
    )
    scim_keys_count: bool = _guess(
        False,
        YES_NO,
        "Qlik reference: api-keys, configs",
        "whether SCIM keys count against their maker's limit",
    )
    expired_api_key_status: str = _guess(
        "expired",
        ("expired", "active"),
        "Qlik reference: api-keys",
        "status of a key whose expiry has passed; it may say active for a while",
    )
    api_key_ended_delete: str = _guess(
        "204",
        ("204", "404"),
        "Qlik reference: api-keys, DELETE",
        "answer to deleting a key that is revoked or has expired",
    )
    api_keys_of_deleted_users: str = _guess(
        "revoked",
        ("revoked", "kept"),
        "Qlik reference: deleting users; Qlik's template for expiring API keys",
        "what becomes of the keys of a deleted user: two texts differ on whether they stay active in the list",
    )

    # Audits
    audit_names: str = _guess(
        "new",
        ("new", "old", "both", "none"),
        "Qlik reference: events, deprecation of legacy events",
        "under which names a change appears; with old, what had no event before has none; none writes no events at all",
    )
    audit_delay_seconds: float = _guess(
        0.0, ANY_NUMBER, "Qlik reference: audits", "how long after a change its event cannot be read yet"
    )
    audits_without_rights: str = _guess(
        "403",
        ("403", "own", "empty"),
        "Qlik reference: audits",
        "what a caller without rights gets: 403, its own events, or none",
    )
    audit_unknown_type: str = _guess(
        "empty",
        ("empty", "400"),
        "Qlik reference: audits, GET",
        "answer to an eventType that the tenant has never seen: an empty list, or 400",
    )
    audit_malformed_time: str = _guess(
        "400",
        ("400", "ignore"),
        "Qlik reference: audits, GET",
        "answer to an eventTime that is no START/END, or ends before it begins",
    )
    audit_span_ends: str = _guess(
        "included",
        ("included", "excluded"),
        "Qlik reference: audits, GET",
        "whether an event at exactly the start or the end of eventTime is in the list",
    )
    audit_names_page: int = _guess(
        100, ANY_NUMBER, "Qlik reference: audits, types and sources", "how many types or sources a page has"
    )
    audit_no_actor: str = _guess(
        "absent",
        ("absent", "empty"),
        "Qlik reference: audits",
        "how an event looks that no user has caused: without userId, or with an empty one",
    )
    audit_extensions: str = _guess(
        "absent",
        ("absent", "present"),
        "Qlik reference: audits",
        "whether the extensions have more than the actor: owner, space, top level resource, and updates",
    )
    audit_sources: str = _guess(
        "resource",
        ("resource", "identities"),
        "Qlik reference: events",
        "source of the events for which none is published: one for each resource, or that of users and groups",
    )
    audit_user_updated: str = _guess(
        "full",
        ("full", "updates"),
        "Qlik reference: events of users",
        "data of user.updated: the user beside _updates, or, as in the example, _updates alone",
    )
    audit_everyone: str = _guess(
        "group",
        ("group", "group-setting", "both"),
        "Qlik reference: events of groups and group settings",
        "which event says that the roles of Everyone have changed",
    )
    audit_previous_values: str = _guess(
        "changed",
        ("changed", "always"),
        "Qlik reference: events of spaces",
        "whether space.updated has previousName and previousOwnerId only where they have changed",
    )
    audit_archive_enabled: bool = _guess(
        True,
        YES_NO,
        "Qlik reference: audits, settings",
        "whether the tenant has an archive; else it answers 404",
    )
    audit_archive_form: str = _guess(
        "object",
        ("object", "array"),
        "Qlik reference: audits, archive",
        "form of the archive of a day: an object with data, as in the schema, or the array that the text speaks of",
    )
    audit_archive_empty_day: str = _guess(
        "404", ("404", "empty"), "Qlik reference: audits, archive", "answer to the archive of a day without events"
    )

    # Where the tenant may be embedded and called from
    csp_put_omitted: str = _guess(
        "off", ("off", "kept"), "Qlik reference: csp-origins, PUT", "what becomes of a directive that is left out"
    )
    csp_scheme: str = _guess(
        "dropped",
        ("dropped", "kept"),
        "Qlik reference: csp-origins",
        "whether an origin is stored with its https://; Qlik's own script puts it in front of what it reads",
    )
    csp_directives_that_are_off: str = _guess(
        "absent", ("absent", "false"), "Qlik reference: csp-origins", "whether answers have the directives that are off"
    )
    csp_same_origin: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: csp-origins, POST",
        "answer to an origin that there is already; no 409 is listed",
    )
    web_integration_same_name: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: web-integrations, POST",
        "answer to a name that there is already; no 409 is listed",
    )
    unknown_starting_point: str = _guess(
        "refuse",
        ("refuse", "ignore"),
        "Qlik reference: web-integrations, list",
        "answer to a startingAfter or endingBefore that is not there any more",
    )

    # Credentials of machines, and how people sign in
    credentials_order: str = _guess(
        "created",
        ("created", "id"),
        "Qlik reference: oauth-clients, identity-providers, list",
        "order of OAuth clients, where none is asked for, and of identity providers",
    )
    oauth_clients_without_rights: str = _guess(
        "short",
        ("short", "with_hints", "403"),
        "Qlik reference: oauth-clients, GET",
        "what a caller without rights reads of clients: the short form, that with the hints that its type allows, or "
        "nothing",
    )
    oauth_client_same_name: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: oauth-clients, POST",
        "answer to the name of a client of the same type; no 409 is listed",
    )
    oauth_unknown_scope: str = _guess(
        "refuse", ("refuse", "accept"), "Qlik reference: oauth-clients", "answer to a scope that does not exist"
    )
    oauth_unset_fields: str = _guess(
        "absent",
        ("absent", "empty"),
        "Qlik reference: oauth-clients",
        "whether answers leave out texts and lists that were never set, or have them empty",
    )
    oauth_clear_text: str = _guess(
        "both",
        ("both", "remove", "empty"),
        "Qlik reference: oauth-clients, PATCH",
        "what clears a text: the operation remove, an empty value, or either",
    )
    oauth_addresses: str = _guess(
        "kept",
        ("kept", "slash"),
        "Qlik reference: oauth-clients",
        "whether an address without a path is stored as it was sent or with a slash at its end",
    )
    oauth_secretless_answer: str = _guess(
        "absent",
        ("absent", "empty"),
        "Qlik reference: oauth-clients, POST",
        "clientSecret in the answer for a client without a secret; the schema requires it",
    )
    oauth_secret_in_answers: str = _guess(
        "absent",
        ("absent", "masked", "shown"),
        "Qlik reference: oauth-clients, GET",
        "whether answers other than that to the creation of a secret have a clientSecret, and whether it is masked",
    )
    oauth_secret_hint: str = _guess(
        "last", ("last", "first"), "Qlik reference: oauth-clients", "which five characters of a secret its hint is"
    )
    oauth_secret_created_at: str = _guess(
        "shown",
        ("shown", "absent"),
        "Qlik reference: oauth-clients, client-secrets",
        "whether secrets have a createdAt, which is optional in their schema",
    )
    oauth_same_hint: str = _guess(
        "first",
        ("first", "all", "refuse"),
        "Qlik reference: oauth-clients, DELETE client-secrets",
        "which of several secrets with the same hint is deleted",
    )
    oauth_last_secret: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: oauth-clients, DELETE client-secrets",
        "whether the last secret of a client can be deleted",
    )
    oauth_sixth_secret_status: int = _guess(
        409, (409, 400), "Qlik reference: oauth-clients, POST client-secrets", "status for one secret too many"
    )
    oauth_secrets_without_method: str = _guess(
        "dropped",
        ("dropped", "kept"),
        "Qlik reference: oauth-clients, PATCH",
        "what becomes of the secrets of a client whose methods lose client_secret",
    )
    oauth_delete_unconfirmed_status: int = _guess(
        400,
        (400, 412),
        "Qlik reference: oauth-clients, DELETE",
        "status for a qlik-confirm-delete that is missing or names another client",
    )
    oauth_client_bot: str = _guess(
        "deleted",
        ("deleted", "kept"),
        "Qlik reference: oauth-clients, DELETE",
        "what becomes of the bot user of a client that is deleted",
    )
    oauth_publish_again: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: oauth-clients, publish",
        "answer to publishing a client that is published",
    )
    oauth_connection_config_missing: str = _guess(
        "404",
        ("404", "required"),
        "Qlik reference: oauth-clients, connection-configs",
        "answer for a client whose consent method was never set",
    )
    idp_secret_in_answers: str = _guess(
        "absent",
        ("absent", "masked", "shown"),
        "Qlik reference: identity-providers, GET",
        "whether answers have the clientSecret that their schema has, and whether it is masked",
    )
    idp_secret_in_errors: bool = _guess(
        False,
        YES_NO,
        "Qlik reference: identity-providers, errors",
        "whether the detail of an error repeats the body of the request",
    )
    idp_whole_replacement: str = _guess(
        "clears_secret",
        ("clears_secret", "keeps_secret"),
        "Qlik reference: identity-providers, PATCH",
        "what becomes of the clientSecret when options are replaced as a whole by some that have none",
    )
    idp_new_discovery_url: str = _guess(
        "keeps_secret",
        ("keeps_secret", "clears_secret"),
        "Qlik reference: identity-providers, PATCH",
        "what becomes of the clientSecret when discoveryUrl is replaced",
    )
    idp_patch_without_pending: str = _guess(
        "copy",
        ("copy", "refuse"),
        "Qlik reference: identity-providers, PATCH",
        "what a value below /pendingOptions is changed in while there are none: a copy of options, or nothing",
    )
    idp_second_active: str = _guess(
        "replaces",
        ("replaces", "refuse"),
        "Qlik reference: identity-providers",
        "what activating an interactive provider does while another one is active",
    )
    idp_same_issuer: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: identity-providers, POST",
        "answer to a JWT provider with an issuer that is taken; no 409 is listed",
    )
    idp_undocumented_fields: str = _guess(
        "accept",
        ("accept", "refuse"),
        "Qlik reference: identity-providers, POST",
        "whether a JWT provider can be sent with active, interactive and jwtLoginEnabled, as Qlik's own scripts do",
    )
    idp_creates_users_by_default: bool = _guess(
        True, YES_NO, "Qlik reference: identity-providers, POST", "createNewUsersOnLogin where it is not sent"
    )
    idp_discovered: str = _guess(
        "absent",
        ("absent", "shown"),
        "Qlik reference: identity-providers, GET",
        "whether answers have the openid_configuration that the server reads at the discoveryUrl",
    )
    idp_pem: str = _guess(
        "kept",
        ("kept", "one_line", "wrapped"),
        "Qlik reference: identity-providers, GET",
        "line ends in keys and certificates in PEM: as they were sent, none, or one after each 64 characters",
    )
    idp_certificates: str = _guess(
        "kept",
        ("kept", "pem", "bare"),
        "Qlik reference: identity-providers, GET",
        "how certificates of SAML are shown: as they were sent, in PEM, or as base64 alone",
    )
    idp_promotion_value: str = _guess(
        "hidden",
        ("hidden", "shown"),
        "Qlik reference: identity-providers, PATCH promote-options",
        "whether answers have the header QLIK-IDP-POPTS, which an older client of Qlik's knows, with the value for it",
    )
    idp_status_counts_qlik: bool = _guess(
        True,
        YES_NO,
        "Qlik reference: identity-providers, status",
        "whether active_interactive_idps_count counts Qlik Account too",
    )
    idp_meta_of_company: str = _guess(
        "404",
        ("404", "empty"),
        "Qlik reference: identity-providers, me/meta",
        "answer while the company's own provider is active, which has none of the links",
    )

    # Everything that is patched
    patch_atomic: bool = _guess(
        True,
        YES_NO,
        "Qlik reference: PATCH",
        "whether nothing of a refused list is applied; otherwise what stands before the refused operation is",
    )
    extra_fields: bool = _guess(
        True, YES_NO, "Qlik reference: users, groups", "whether answers carry undocumented and legacy fields"
    )

    def changed(self, changes: Mapping[str, object]) -> Guesses:
        """A copy with ``changes`` applied; texts are accepted for every value. Raises GuessError."""
        fields = {field.name: field for field in dataclasses.fields(self)}
        values: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in fields:
                raise GuessError(f"unknown guess {name!r}")
            values[name] = _accepted(fields[name], value)
        return dataclasses.replace(self, **values)


def _accepted(field: dataclasses.Field[Any], value: object) -> Value:
    """``value`` as the type of the guess, compared by its text so that a shell and JSON can both name it."""
    allowed: tuple[Value, ...] = field.metadata["allowed"]
    for choice in allowed:
        if str(choice).lower() == str(value).lower():
            return choice
    if allowed:
        raise GuessError(f"{field.name} is one of {', '.join(str(item).lower() for item in allowed)}, not {value!r}")
    try:
        number = int(str(value)) if isinstance(field.default, int) else float(str(value))
    except ValueError:
        raise GuessError(f"{field.name} is a number, not {value!r}") from None
    if not 0 <= number < float("inf"):
        raise GuessError(f"{field.name} is not negative and finite, not {value!r}")
    return number


def described() -> list[str]:
    """One line for each guess, for ``--help``."""
    lines = []
    for field in dataclasses.fields(Guesses):
        allowed = "|".join(str(item).lower() for item in field.metadata["allowed"]) or "number"
        lines.append(f"{field.name}={allowed} (default {str(field.default).lower()}): {field.metadata['unknown']}")
    return lines
