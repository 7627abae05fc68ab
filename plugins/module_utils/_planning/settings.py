# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a resource: how an option is compared with what the tenant holds, sent, and shown."""

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
    """One setting that a task can make: a text, a number or a boolean.

    :param option: the option's name, and the name in a diff.
    :param spec: the argument spec of the option.
    :param api: the name in Qlik's API, unless it is that of the option in C(camelCase).
    :param path: where PATCH changes it, unless it is the name in the API after a slash; C(None) where PATCH cannot.
    :param missing: what a resource holds that does not show the setting; C(None) means "not known".
    :param applies_to: whether a resource has the setting at all; without it every resource has.
    :param changeable: whether the setting of an existing resource can be changed.
    :param because: why not, where it does not apply or cannot be changed.
    :param in_creation: whether POST can set it; what it cannot is patched after the creation.
    :param is_added: whether PATCH is real JSON Patch, which replaces only what is there.
    :param is_needed: whether a creation needs it.
    :param is_unique: whether no two resources of the kind can have the same.
    :param may_stay_different: whether a difference that cannot be changed is a warning instead of an error.
    :param may_be_empty: whether the empty text is a value, and not just a cell of a table that says nothing.
    :param deprecated: what to tell who uses it, where Qlik has deprecated it.
    """

    #: Whether a value that the tenant does not show is an error; otherwise it counts as different.
    must_be_visible = False
    #: The kinds of other resources that the setting can name.
    refers_to: Sequence[str] = ()
    #: Says whether what is not listed is taken away, where the setting is a list.
    purge_option: Optional[str] = None
    #: Options of which only one can be given.
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
        is_needed: bool = False,
        is_unique: bool = False,
        may_stay_different: bool = False,
        may_be_empty: bool = False,
        deprecated: str = "",
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
        self.is_needed = is_needed
        self.is_unique = is_unique
        self.may_stay_different = may_stay_different
        self.may_be_empty = may_be_empty
        self.deprecated = deprecated

    def argument_spec(self) -> Dict[str, Any]:
        """The options that describe this setting."""
        return {self.option: dict(self.spec)}

    def is_asked(self, desired: Params) -> bool:
        """Whether the task says anything of this setting; what is left out is left alone."""
        return desired.get(self.option) is not None

    def is_changeable(self, current: Resource) -> bool:
        """Whether PATCH can change the setting of this resource."""
        return self.path is not None and self.applies_to(current) and self._changeable(current)

    def empty_texts(self) -> List[str]:
        """The options of the setting for which an empty text is a value."""
        return [self.option] if self.may_be_empty else []

    def check(self, desired: Params) -> None:
        """Refuse what cannot be right on any tenant.

        :raises InvalidInput: saying what was wrong and what is allowed.
        """

    def warnings(self, desired: Params) -> List[str]:
        """What the user should know who asks for this."""
        return [self.deprecated] if self.deprecated and self.is_asked(desired) else []

    def references(self, desired: Params, current: Any = None) -> List[Reference]:
        """The other resources that the task names for this setting, beside those that are held already."""
        return []

    def current(self, resource: Resource) -> Any:
        """What the resource holds, in the form that C(target) gives; C(None) where that is not known."""
        value = resource.get(self.api)
        return self.missing if value is None else value

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        """What the resource is to hold.

        :param current: what it holds now, C(None) if it is to be created.
        :raises InvalidInput: when the resource cannot hold that.
        """
        return desired[self.option]

    def objection_to_change(
        self, desired: Params, resource: Resource, current: Any, target: Any
    ) -> Optional[InvalidInput]:
        """Why the setting of an existing resource stays as it is although it differs, if it does.

        :param current: what C(resource) holds.
        """
        if self.is_changeable(resource):
            return None
        shown = (self.shown(current), self.shown(target), self.because)
        return InvalidInput("It cannot be changed from %r to %r. %s" % shown, option=self.option)

    def refuse_blank(self, target: Any) -> None:
        """Refuse to write a text that has nothing but blanks.

        :raises InvalidInput: when C(target) is such a text.
        """
        if isinstance(target, str) and not target.strip() and not self.may_be_empty:
            raise InvalidInput("The text is blank.", option=self.option)

    def differs(self, current: Any, target: Any) -> bool:
        """Whether a write is needed."""
        return bool(self.comparable(current) != self.comparable(target))

    def only_adds(self, desired: Params) -> bool:
        """Whether the task lets the resource keep all that it holds beside what is listed."""
        return False

    def operations(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        """The operations of a PATCH that make C(target) out of C(current), whatever others write at the same time."""
        return self.replacement(desired, current, target)

    def replacement(self, desired: Params, current: Any, target: Any) -> List[Operation]:
        """The operations that do it on every tenant, where some may refuse C(operations)."""
        op = "add" if self.is_added and current is None else "replace"
        return [{"op": op, "path": self.path, "value": self.sent(target)}]

    def own_steps(self, path: str, current: Any, target: Any) -> List[Step]:
        """The requests that make C(target) out of C(current) beside the PATCH of the resource, where it takes some.

        :param path: that of the resource.
        """
        return []

    def is_complete(self, target: Any) -> bool:
        """Whether all that has to be sent is known already, such as the ids of resources that are yet to be created."""
        return True

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        """The part of a POST's body that makes C(target)."""
        return {self.api: self.sent(target)} if self.in_creation else {}

    def sent(self, target: Any) -> Any:
        """A value as the API takes it."""
        return target

    def predict(self, resource: Resource, target: Any) -> None:
        """Change C(resource) to what the tenant will show after the write."""
        resource[self.api] = target

    def shown(self, value: Any) -> Any:
        """A value as a diff shows it."""
        return value

    def comparable(self, value: Any) -> Any:
        """A value in the form in which equal ones are the same."""
        return value


class EmailAddress(Setting):
    """An e-mail address. Upper and lower case make no difference: the API's filters know none, and mail neither."""

    def comparable(self, value: Any) -> Any:
        return str(value or "").lower()


class TextSet(Setting):
    """A list of texts whose order does not matter, such as scopes; its values are sorted lists.

    :param purge_option: says whether what is not listed is taken away; without it it always is.
    :param same: gives a text the form in which texts that mean the same are equal.
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
            return None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UnexpectedResponse("The tenant shows %s that are no list of texts." % self.api)
        return sorted(set(texts))

    def only_adds(self, desired: Params) -> bool:
        return self.purge_option is not None and not desired.get(self.purge_option, True)

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> List[str]:
        asked = desired[self.option]
        # What the tenant holds already keeps the form that it has there.
        kept = {self._same(text): text for text in current or []}
        listed = {form: kept.get(form, text) for form, text in zip(map(self._same, asked), asked)}
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
    """A name as most of the API writes it: C(assigned_roles) as C(assignedRoles)."""
    return re.sub("_([a-z0-9])", lambda match: match.group(1).upper(), name)
