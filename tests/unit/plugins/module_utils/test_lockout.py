# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must stay of those who administer a tenant."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, cast

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.client import Client
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.lockout import ADMIN_ROLE, Losses, refuse_lockout
from unit.plugins.module_utils.helpers import Json, assert_says, group, role

MYSELF, OTHER = "me", "other"
ADMINS = group("Admins", "custom", [ADMIN_ROLE])


class Directory:
    """In place of a client: who runs the task, and which admins the tenant's filter finds."""

    def __init__(self, *admins: Json) -> None:
        self.admins = admins

    def redirected_id(self, path: str) -> str:
        return MYSELF

    def search(self, collection: str, condition: str) -> List[Json]:
        return list(self.admins)


def admin(user_id: str, directly: bool = True, groups: Iterable[Json] = ()) -> Json:
    return {"id": user_id, "assignedRoles": [role(ADMIN_ROLE)] * directly, "assignedGroups": list(groups)}


def refuse(losses: Losses, *admins: Json) -> None:
    refuse_lockout(cast(Client, Directory(*admins)), losses)


def losses_of(user_id: str, what: str, keeps_through_groups: bool = False, **more: Any) -> Losses:
    kept = {user_id} if keeps_through_groups else set()
    return Losses(users={user_id: what}, keep_through_groups=kept, **more)


@pytest.mark.parametrize("what", ["disable the user 'me'", "delete the user 'me'"])
def test_a_group_keeps_nobody_who_goes(what: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        refuse(losses_of(MYSELF, what), admin(MYSELF, groups=[ADMINS]), admin(OTHER))
    assert_says(caught.value, what, "the identity of this task")


def test_a_group_keeps_who_loses_the_role_alone() -> None:
    losses = losses_of(MYSELF, "take it", keeps_through_groups=True)
    refuse(losses, admin(MYSELF, groups=[ADMINS]))
    with pytest.raises(InvalidInput, match="take it"):
        refuse(losses, admin(MYSELF), admin(OTHER))


def test_a_group_that_loses_the_role_itself_keeps_nobody() -> None:
    losses = losses_of(MYSELF, "take it", keeps_through_groups=True, groups={ADMINS["id"]})
    with pytest.raises(InvalidInput, match="take it"):
        refuse(losses, admin(MYSELF, groups=[ADMINS]), admin(OTHER))


def test_oneself_is_protected_although_no_list_shows_it() -> None:
    """The tenant's filter can lag behind what was read of the user itself."""
    with pytest.raises(InvalidInput, match="delete the user"):
        refuse(losses_of(MYSELF, "delete the user 'me'"), admin(OTHER))
    # Somebody else's loss is no loss of an identity that is no admin.
    refuse(losses_of("third", "delete the user 'third'"), admin(OTHER), admin("third"))


def test_who_is_left_has_to_be_a_person() -> None:
    bot: Dict[str, Any] = dict(admin("bot"), clientId="1")
    with pytest.raises(InvalidInput, match="no active human tenant admin"):
        refuse(losses_of(OTHER, "delete the user 'other'"), bot, admin(OTHER))
    refuse(losses_of(OTHER, "delete the user 'other'"), bot, admin(OTHER), admin("third"))


def test_nothing_is_looked_up_where_nothing_is_lost() -> None:
    refuse_lockout(cast(Client, None), Losses())
