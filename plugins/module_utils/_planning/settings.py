# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a resource: how an option is compared with the current value, sent, and shown."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from .._errors import InvalidInput, UnexpectedResponse
from .references import Reference, Resource, Step
from .snapshot import Snapshot

Params = Mapping[str, Any]
Operation = Dict[str, Any]

TEXT = {"type": "str"}
BOOLEAN = {"type": "bool"}
LIST_OF_TEXTS = {"type": "list", "elements": "str"}


class Setting:
    """A setting of a resource: a text, a number, or a boolean.

    :param option: the name of the option, which diffs use as well.
    :param spec: the argument spec of the option.
    :param api: the name in Qlik's API; by default the name of the option in C(camelCase).
    :param path: the path for PATCH; by default the name in the API after a slash. C(None): PATCH cannot change it.
    :param missing: the value of a resource whose response omits the setting; C(None) means "not known".
    :param applies_to: returns whether a resource has the setting; by default every resource has it.
    :param changeable: returns whether the setting of an existing resource can be changed.
    :param because: the reason why the setting does not apply or cannot be changed, as a sentence.
    :param in_creation: whether POST can set it; otherwise a PATCH after the creation sets it.
    :param is_added: whether PATCH follows JSON Patch strictly, so that C(replace) requires an existing value.
    :param is_required: whether a new resource requires it.
    :param is_unique: whether its value must be unique among the resources of the kind.
    :param may_stay_different: whether a difference that cannot be changed is a warning instead of an error.
    :param longest: the maximum length of a text in characters; C(None) if it is not limited.
    :param may_be_empty: whether an empty text is a value; otherwise it means that the option is not set.
    :param deprecated: the warning for users of a setting that Qlik has deprecated.
    :param consent_option: the option that must be true to set this. An export never has such a setting.
    """

    #: Whether it is an error if the tenant does not show the value; otherwise the value counts as different.
    must_be_visible = False
    #: The kinds of resources that the setting can refer to.
    refers_to: Sequence[str] = ()
    #: The option that says whether to remove unlisted values, if the setting is a list.
    purge_option: Optional[str] = None
    #: Mutually exclusive options.
    exclusive_options: Sequence[str] = ()

    def __init__(
        self,
        option: str,
        spec: Mapping[str, Any],
        api: str = "",
        path: Optional[str] = "",
        missing: Any = None,
        applies_to: Callable[[Resource], bool] = lambda resource: True,
        changeable: Callable[[Resource], bool] = lambda resource: True,
        because: str = "",
        in_creation: bool = True,
        is_added: bool = False,
        is_required: bool = False,
        is_unique: bool = False,
        may_stay_different: bool = False,
        longest: Optional[int] = None,
        may_be_empty: bool = False,
        deprecated: str = "",
        consent_option: str = "",
    ) -> None:
        self.option = option
        self.spec = spec
        self.api = api or in_camel_case(option)
        self.path = "/" + self.api if path == "" else path
        self.missing = missing
        self.applies_to = applies_to
        self._changeable = changeable
        self.because = because
        self.in_creation = in_creation
        self.is_added = is_added
        self.is_required = is_required
        self.is_unique = is_unique
        self.may_stay_different = may_stay_different
        self.longest = longest
        self.may_be_empty = may_be_empty
        self.deprecated = deprecated
        self.consent_option = consent_option

    def argument_spec(self) -> Dict[str, Any]:
        """Return the argument spec of the options of this setting."""
        consent = {self.consent_option: dict(BOOLEAN, default=False)} if self.consent_option else {}
        return {self.option: dict(self.spec), **consent}

    def is_given(self, desired: Params) -> bool:
        """Return whether the description has this setting. Omitted settings stay unchanged."""
        return desired.get(self.option) is not None

    def is_changeable(self, current: Resource) -> bool:
        """Return whether PATCH can change the setting of this resource."""
        return self.path is not None and self.applies_to(current) and self._changeable(current)

    def empty_texts(self) -> List[str]:
        """Return the options of the setting for which an empty text is a value."""
        return [self.option] if self.may_be_empty else []

    def check(self, desired: Params) -> None:
        """Check the value without the tenant.

        :raises InvalidInput: if the value is invalid on every tenant.
        """
        length = len(desired.get(self.option) or "") if self.longest is not None else 0
        if self.longest is not None and length > self.longest:
            raise InvalidInput("Must have at most %d characters, not %d." % (self.longest, length), option=self.option)
        if self.consent_option and self.is_given(desired) and not desired.get(self.consent_option):
            raise InvalidInput(
                "Requires `%s: true`." % self.consent_option,
                "Set it only if you may give this consent, or omit %s." % self.option,
                self.option,
            )

    def warnings(self, desired: Params) -> List[str]:
        """Return the warnings for users who set this."""
        return [self.deprecated] if self.deprecated and self.is_given(desired) else []

    def references(self, desired: Params, current: Any = None) -> List[Reference]:
        """Return the resources that the desired value refers to, except those that the current value has."""
        return []

    def current(self, resource: Resource) -> Any:
        """Return the current value in the form of C(target); C(None) if it is not known."""
        value = resource.get(self.api)
        return self.missing if value is None else value

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        """Return the value that the resource will have.

        :param current: the current value; C(None) for a new resource.
        :raises InvalidInput: if the resource cannot have that value.
        """
        return desired[self.option]

    def objection_to_change(
        self, desired: Params, resource: Resource, current: Any, target: Any
    ) -> Optional[InvalidInput]:
        """Return why the setting of an existing resource cannot change, or C(None) if it can.

        :param current: the current value of the setting in C(resource).
        """
        if self.is_changeable(resource):
            return None
        shown = (self.shown(current), self.shown(target), self.because)
        return InvalidInput("Cannot be changed from %r to %r. %s" % shown, option=self.option)

    def refuse_blank(self, target: Any) -> None:
        """Check that a text to write is not empty.

        :raises InvalidInput: if C(target) is a text without any visible character.
        """
        if isinstance(target, str) and not target.strip() and not self.may_be_empty:
            raise InvalidInput("Must not be empty.", option=self.option)

    def differs(self, current: Any, target: Any) -> bool:
        """Return whether a write is needed."""
        return bool(self.comparable(current) != self.comparable(target))

    def only_adds(self, desired: Params) -> bool:
        """Return whether the description keeps the current values that it does not list."""
        return False

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        """Return the PATCH operations from C(current) to C(target) that keep concurrent changes of other clients."""
        return self.replacement(desired, current, target)

    def replacement(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        """Return the PATCH operations that every tenant accepts, for tenants that refuse C(operations)."""
        op = "add" if self.is_added and current is None else "replace"
        return [{"op": op, "path": self.path, "value": self.sent(target)}]

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        """Return the requests of the setting itself, for settings that the PATCH of the resource cannot change.

        :param path: the path of the resource.
        """
        return []

    def is_complete(self, target: Any) -> bool:
        """Return whether all values to send are known. The id of a resource is unknown until it is created."""
        return True

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        """Return the fields for the body of a POST that set C(target)."""
        return {self.api: self.sent(target)} if self.in_creation else {}

    def sent(self, target: Any) -> Any:
        """Return a value in the form of the API."""
        return target

    def predict(self, resource: Resource, target: Any) -> None:
        """Change C(resource) to the response that the tenant will return after the write."""
        resource[self.api] = target

    def shown(self, value: Any) -> Any:
        """Return a value in the form for diffs and messages."""
        return value

    def comparable(self, value: Any) -> Any:
        """Return a value in a form in which equivalent values are equal."""
        return value


class EmailAddress(Setting):
    """An email address, compared without case, like the API's filters do."""

    def comparable(self, value: Any) -> Any:
        return str(value or "").lower()


class TextSet(Setting):
    """A list of texts without order, such as scopes. Its values are sorted lists.

    :param purge_option: the option that says whether to remove unlisted texts; without it they are always removed.
    :param same: returns a text in a form in which equivalent texts are equal.
    """

    must_be_visible = True

    def __init__(
        self, option: str, purge_option: Optional[str] = None, same: Callable[[str], str] = str, **rules: Any
    ) -> None:
        super().__init__(option, LIST_OF_TEXTS, **rules)
        self.purge_option = purge_option
        self._same = same

    def argument_spec(self) -> Dict[str, Any]:
        if self.purge_option is None:
            return super().argument_spec()
        return dict(super().argument_spec(), **{self.purge_option: {"type": "bool", "default": True}})

    def current(self, resource: Resource) -> Any:
        texts = resource.get(self.api)
        if texts is None:
            return self.missing
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UnexpectedResponse("Unexpected response: %s is not a list of strings." % self.api)
        return sorted(set(texts))

    def only_adds(self, desired: Params) -> bool:
        return self.purge_option is not None and not desired.get(self.purge_option, True)

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[str]:
        texts = desired[self.option]
        # A current text keeps its spelling if an equivalent text is listed.
        kept = {self._same(text): text for text in current or []}
        listed = {form: kept.get(form, text) for form, text in zip(map(self._same, texts), texts)}
        return sorted({**kept, **listed}.values() if self.only_adds(desired) else listed.values())

    def comparable(self, value: Any) -> Any:
        return None if value is None else sorted(set(map(self._same, value)))

    def refuse_blank(self, target: Any) -> None:
        for text in target:
            super().refuse_blank(text)

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        if not self.only_adds(desired) or current is None:
            return super().operations(desired, current, target)
        return [{"op": "add", "path": "%s/-" % self.path, "value": text} for text in target if text not in current]


def in_camel_case(name: str) -> str:
    """Return a name in the API's usual form: C(assignedRoles) for C(assigned_roles)."""
    return re.sub("_([a-z0-9])", lambda match: match.group(1).upper(), name)
