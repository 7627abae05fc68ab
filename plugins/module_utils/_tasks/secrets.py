# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates and deletes secrets that the API shows once. No secret is left whose value is unknown."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional, Sequence, TypeVar

from .._api.client import member
from .._api.connection import connection_from, is_sendable_credential
from .._errors import InvalidInput, NotFound, QlikError, UnhandledError
from .._kinds.base import Kind
from .._kinds.secrets import Secret, SecretPlan, SecretRules
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.times import utc_now
from .apply import Outcome
from .task import Result, Task

#: The maximum number of reads after a creation without a response. The pauses add up to about 15 seconds.
MOST_READS = 6
#: The maximum number of creations: after one without a response, what it created is removed, and it is sent once more.
_MOST_CREATIONS = 2

#: The members of a result that must not be shown.
SECRETS = ("secret",)

Created = TypeVar("Created")


def create_once(
    create: Callable[[], Created], remove_lost: Callable[[], bool], note: Callable[[bool], None]
) -> Created:
    """Create something whose secret only the response shows. Return the response.

    What a creation without a response has created is removed, because its secret is unknown, and the creation is sent
    once more.

    :param create: sends the creation.
    :param remove_lost: finds what a creation without a response has created, and removes it. Returns whether it was
        found.
    :param note: called with whether the outcome of all creations so far is known.
    :raises QlikError: if a creation fails, or no creation has a response.
    """
    is_clean = True
    for attempt in range(_MOST_CREATIONS):
        try:
            created = create()
            note(is_clean)
            return created
        except QlikError as error:
            if not error.outcome_unknown:
                note(is_clean)
                raise
            note(False)
            is_clean = remove_lost() and is_clean
            note(is_clean)
            if attempt == _MOST_CREATIONS - 1:
                raise
    raise AssertionError("The last attempt returns or raises.")


class SecretKeeper:
    """The changes of a task to the secrets of one resource.

    :param rules: the rules of the kind for secrets.
    """

    def __init__(self, task: Task, kind: Kind, rules: SecretRules) -> None:
        self._task = task
        self._kind = kind
        self._rules = rules
        self._params = task.params
        self._client = task.client()
        self._now = utc_now()
        self._plan = SecretPlan()
        self._secret: Optional[str] = None
        self._hint: Optional[str] = None
        self._lost: List[Secret] = []
        self.changed = False
        self.unknown = False

    def check(self, plan: Plan) -> None:
        """Plan the changes to the secrets.

        :param plan: the plan for the resource.
        :raises InvalidInput: if an option is invalid, or if a new secret in the result could be shown.
        """
        self._rules.check(self._params)
        current = plan.current
        if current is not None and plan.predicted is not None and self._rules.is_given(self._params):
            # A list may not show the secrets that the previous task created.
            current = self._kind.read_again(self._client, current, {})
        self._plan = self._rules.plan(self._params, current, plan.predicted, self._now)
        self._plan = self._plan._replace(deleted=self._without_own(current, self._plan.deleted))
        if self._plan.is_first or self._plan.is_new:
            self._task.check_can_hide()

    def predict(self) -> None:
        """Record the planned changes as made, for check mode."""
        self.changed = self._plan.changed

    def carry_out(self, outcome: Outcome) -> None:
        """Create and delete secrets after the resource was created or changed.

        :raises QlikError: if this fails. The message says what is known of the new secret.
        """
        resource = outcome.resource
        if resource is None:
            return
        issued = self._client.issued_secrets.pop(resource["id"], None)
        if issued is not None:
            self._keep(issued)
        if outcome.error is not None:
            return
        if issued is not None:
            self._keep(issued, [secret for secret in self._rules.of(self._read(resource)) if secret.belongs_to(issued)])
        elif self._plan.is_first:
            # The response to the change was lost, and the secret with it.
            self._create(resource, [])
        elif self._plan.is_new:
            self._create(resource, self._plan.current)
        for secret in self._plan.deleted:
            self._delete(resource, secret)
            self.changed = True
        if self._plan.changed:
            outcome.resource = self._read(resource)

    def members(self, outcome: Outcome) -> Result:
        """Return the members of the result about secrets, predicted in check mode."""
        kept = self._rules.of(outcome.resource)
        if self._task.check_mode:
            gone = [secret.key for secret in self._plan.deleted]
            kept = [secret for secret in self._plan.current or kept if secret.key not in gone]
            newest = [] if self._plan.is_new else kept[:1]
        else:
            newest = [secret for secret in kept if secret.hint == self._hint] or kept[:1]
        replaced = [secret for secret in kept if secret.key not in [new.key for new in newest]]
        return {
            "secret": self._secret,
            "secret_hint": newest[0].hint if newest else self._hint,
            "replaced_secrets": [secret.to_user(self._now) for secret in replaced],
            "lost_secrets": [secret.to_user(self._now) for secret in self._lost],
        }

    def diff(self, label: str) -> List[Dict[str, Any]]:
        """Return the entries of the result's C(diff): one with the numbers of secrets, if the task changes secrets."""
        plan = self._plan
        if not plan.changed:
            return []
        before = len(plan.current)
        after = before + (plan.is_first or plan.is_new) - len(plan.deleted)
        header = "%s, secrets" % label
        sides = [{"secrets": number} for number in (before, after)]
        return [{"before_header": header, "after_header": header, "before": sides[0], "after": sides[1]}]

    def _without_own(self, current: Optional[Resource], secrets: Sequence[Secret]) -> List[Secret]:
        """Return the secrets without the one that the task authenticates with.

        :raises InvalidInput: if C(delete_secret) names that secret.
        """
        connection = connection_from(self._params, self._task.environ)
        own = connection.client_secret if current and connection.client_id == current["id"] else ""
        kept = [secret for secret in secrets if not (own and secret.belongs_to(own))]
        if len(kept) < len(secrets) and self._params["delete_secret"] is not None:
            raise InvalidInput(
                "Cannot delete %s because the task authenticates with it." % secrets[0],
                "Use another credential to delete it.",
                "delete_secret",
            )
        if len(kept) < len(secrets):
            text = "delete_replaced: %s is kept, because the task authenticates with it."
            self._task.warn(text % next(secret for secret in secrets if secret not in kept))
        return kept

    def _create(self, resource: Resource, known: Sequence[Secret]) -> None:
        """Create a secret.

        :param known: the secrets that existed before. All others were lost, and are deleted.
        """
        path, resource_id = self._kind.path(resource) + self._rules.below, resource["id"]
        keys = [secret.key for secret in known]

        def is_complete(created: Dict[str, Any]) -> bool:
            value = self._client.issued_secrets.get(resource_id, "")
            return isinstance(created.get("hint"), str) and is_sendable_credential(value)

        def note(is_known: bool) -> None:
            self.unknown = not is_known
            self.changed = self.changed or not is_known

        def remove_lost() -> bool:
            self._client.issued_secrets.pop(resource_id, None)
            return self._delete_unknown(resource, keys, MOST_READS)

        try:
            if self._plan.is_first:
                self._delete_unknown(resource, keys, 1)
            created = create_once(lambda: self._client.create(path, None, is_complete), remove_lost, note)
        except QlikError as error:
            if error.outcome_unknown or self.unknown:
                error.message += self._cleanup_report()
            raise
        self.changed = True
        self._keep(self._client.issued_secrets.pop(resource_id), [Secret(created)])
        if self._lost or self.unknown:
            self.unknown = False
            try:
                self._delete_unknown(resource, [*keys, Secret(created).key], 1)
            except QlikError as error:
                # An error here must not withhold the new secret.
                self._task.warn("The client may have a secret whose value is lost: %s" % error)

    def _keep(self, value: str, found: Sequence[Secret] = ()) -> None:
        self.changed = True
        self._secret = value
        self._hint = found[0].hint if len(found) == 1 else None

    def _delete_unknown(self, resource: Resource, known: Sequence[Any], reads: int) -> bool:
        """Delete the secrets whose keys are not C(known). Return whether there was one.

        :param reads: the maximum number of reads until there is one.
        """
        for reading in range(reads):
            if reading:
                self._client.transport.pause(reading - 1)
            lost = [secret for secret in self._rules.of(self._read(resource)) if secret.key not in known]
            for secret in lost:
                self._delete(resource, secret)
                self._lost.append(secret)
            if lost:
                return True
        return False

    def _delete(self, resource: Resource, secret: Secret) -> None:
        """Delete a secret. If the response was lost, read whether the secret is gone."""
        path = self._kind.path(resource) + self._rules.below
        try:
            self._client.delete(member(path, secret.hint))
        except NotFound:
            return
        except QlikError as error:
            if not error.outcome_unknown:
                raise
            try:
                left = [secret.key for secret in self._rules.of(self._read(resource))]
            except QlikError:
                left = [secret.key]
            if secret.key in left:
                self.changed = self.unknown = True
                raise

    def _read(self, resource: Resource) -> Resource:
        return self._kind.read_again(self._client, resource, {})

    def _cleanup_report(self) -> str:
        """Return the end of the message about a creation without a response."""
        if not self.unknown:
            hints = ", ".join(secret.hint for secret in self._lost)
            return " The secrets whose values were lost were deleted: %s." % hints
        return (
            " The client may have a secret whose value is lost, which `secret_max_age_days` would count as the newest."
            " Compare the hints of its secrets with yours, and delete it with `delete_secret`."
        )


def keep_secrets(task: Task, keeper: SecretKeeper, outcome: Outcome) -> None:
    """Create and delete secrets as the options require, and record this in the outcome. Check mode only predicts it."""
    if task.check_mode:
        keeper.predict()
    else:
        try:
            keeper.carry_out(outcome)
        except QlikError as error:
            outcome.error = error
        except Exception as error:
            outcome.error = UnhandledError(error)
    if keeper.changed and not outcome.changed:
        outcome.changed = True
        outcome.plan = replace(outcome.plan, action="updated")
    outcome.unknown = outcome.unknown or keeper.unknown
