# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says who caused a difference."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.attribution import attributions, changes_of, in_words

ADA = {"id": "1", "name": "Ada Lovelace", "subject": "ACME\\ada", "type": "user"}
BOT = {"id": "2", "name": "CI", "subject": "CI", "type": "oauth_client"}
WHEN = "Ada Lovelace (ACME\\ada), 28 Nov 2026, 14:03 UTC"


def change(**fields: Any) -> dict[str, Any]:
    return {
        "setting": "assigned_roles",
        "element": "TenantAdmin",
        "time": "2026-11-28T14:03:05Z",
        "actor": ADA,
        "on_behalf_of": None,
        "event": "com.qlik.core.group.updated",
        "before": [],
        "after": ["TenantAdmin"],
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, f"TenantAdmin added by {WHEN}"),
        ({"before": ["TenantAdmin"], "after": []}, f"TenantAdmin removed by {WHEN}"),
        ({"setting": "description", "element": None}, f"changed by {WHEN}"),
        ({"setting": None, "element": None, "event": "com.qlik.core.group.deleted"}, f"deleted by {WHEN}"),
        ({"setting": None, "element": None, "event": "com.qlik.core.group.created"}, f"created by {WHEN}"),
        ({"setting": None, "element": None}, f"renamed by {WHEN}"),
        # A new object can be without what a later description wants.
        ({"event": "com.qlik.core.group.created", "before": None}, f"created with TenantAdmin by {WHEN}"),
        (
            {"event": "com.qlik.core.group.created", "before": None, "after": []},
            f"created without TenantAdmin by {WHEN}",
        ),
        (
            {"setting": "description", "element": None, "event": "com.qlik.core.group.created", "before": None},
            f"created with this value by {WHEN}",
        ),
        (
            {"setting": "members", "element": {"user": "bob"}, "event": "com.qlik.core.space.assignment.created"},
            f"added by {WHEN}",
        ),
        (
            {"setting": "members", "element": {"user": "bob"}, "event": "com.qlik.core.space.assignment.deleted"},
            f"removed by {WHEN}",
        ),
        (
            {"setting": "members", "element": {"user": "bob"}, "event": "com.qlik.core.space.assignment.updated"},
            f"changed by {WHEN}",
        ),
        ({"actor": BOT}, "TenantAdmin added by the OAuth client CI, 28 Nov 2026, 14:03 UTC"),
        (
            {"actor": BOT, "on_behalf_of": ADA},
            "TenantAdmin added by the OAuth client CI on behalf of " + WHEN,
        ),
        ({"actor": {**ADA, "type": "self"}}, "TenantAdmin added by this automation, 28 Nov 2026, 14:03 UTC"),
        (
            {"actor": {"id": None, "name": "Sign-in", "subject": None, "type": "system"}},
            "TenantAdmin added by Sign-in, 28 Nov 2026, 14:03 UTC",
        ),
        (
            {"actor": {"id": "9", "name": None, "subject": None, "type": "user"}},
            "TenantAdmin added by the user 9, who is deleted or not visible, 28 Nov 2026, 14:03 UTC",
        ),
        ({"actor": {**ADA, "name": None}}, "TenantAdmin added by ACME\\ada, 28 Nov 2026, 14:03 UTC"),
        ({"reason": "The change may be older."}, f"TenantAdmin added by {WHEN}. The change may be older"),
        (
            {"last_changed_by": {"time": "2026-11-29T00:00:00Z", "actor": BOT, "on_behalf_of": None, "event": "e"}},
            f"TenantAdmin added by {WHEN}. Last changed by the OAuth client CI, 29 Nov 2026, 00:00 UTC",
        ),
    ],
)
def test_words(fields: dict[str, Any], words: str) -> None:
    assert in_words(change(**fields)) == words


def test_a_reason_alone() -> None:
    assert in_words({"setting": None, "element": None, "reason": "No event found."}) == "No event found"


def test_changes_by_the_settings_of_the_report() -> None:
    roles, part = change(), change(setting="customize_no_access", element=None)
    member = change(setting="members", element={"group": "Finance", "provider_type": "custom"})
    item = {"changed_by": {"changes": [roles, part, member]}}
    assert changes_of(item, "assigned_roles") == [roles]
    assert changes_of(item, "customize_no_access.text") == [part]
    assert changes_of(item, "group Finance (custom)") == [member]
    assert changes_of(item, "group Finance") == []
    assert changes_of(item, None) == [roles, part, member]
    assert changes_of({"changed_by": None}, None) == changes_of({}, None) == []
    assert attributions({"changed_by": {"changes": [roles, roles]}}, None) == [in_words(roles)]
