# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a resource: how an option is compared with what the tenant holds, sent, and shown."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional

from .._errors import InvalidInput, UnexpectedAnswer
from .roles import RoleCatalogue, RoleReference

Params = Mapping[str, Any]
Resource = Dict[str, Any]
Operation = Dict[str, Any]


class Setting:
    """One setting that a task can make: a text, a number or a boolean.

    :param option: the option's name, and the name in a diff.
    :param api: the name in Qlik's API.
    :param path: where PATCH changes it, or C(None) where it cannot be changed.
    :param spec: the argument spec of the option.
    :param missing: what a resource holds that does not show the setting; C(None) means "not known".
    :param applies_to: whether a resource has the setting at all; without it every resource has.
    :param changeable: whether the setting of an existing resource can be changed.
    :param because: why not, where it does not apply or cannot be changed.
    :param in_creation: whether POST can set it; what it cannot is patched after the creation.
    :param warns: whether a difference that cannot be changed is a warning instead of an error.
    :param may_be_empty: whether the empty text is a value, and not just a cell of a table that says nothing.
    :param deprecated: what to tell who uses it, where Qlik has deprecated it.
    """

    #: Whether a value that the tenant does not show is an error; otherwise it counts as different.
    must_be_visible = False

    def __init__(
        self,
        option: str,
        api: str,
        path: Optional[str],
        spec: Mapping[str, Any],
        missing: Any = None,
        applies_to: Callable[[Resource], bool] = lambda resource: True,
        changeable: Callable[[Resource], bool] = lambda resource: True,
        because: str = "",
        in_creation: bool = True,
        warns: bool = False,
        may_be_empty: bool = False,
        deprecated: str = "",
    ) -> None:
        self.option = option
        self.api = api
        self.path = path
        self.spec = spec
        self.missing = missing
        self.applies_to = applies_to
        self._changeable = changeable
        self.because = because
        self.in_creation = in_creation
        self.warns = warns
        self.may_be_empty = may_be_empty
        self.deprecated = deprecated

    def argument_spec(self) -> Dict[str, Any]:
        """The options that describe this setting."""
        return {self.option: dict(self.spec)}

    def is_asked(self, wanted: Params) -> bool:
        """Whether the task says anything of this setting; what is left out is left alone."""
        return wanted.get(self.option) is not None

    def is_changeable(self, held: Resource) -> bool:
        """Whether PATCH can change the setting of this resource."""
        return self.path is not None and self.applies_to(held) and self._changeable(held)

    def warnings(self, wanted: Params) -> List[str]:
        """What the user should know who asks for this."""
        return [self.deprecated] if self.deprecated and self.is_asked(wanted) else []

    def references(self, wanted: Params) -> List[RoleReference]:
        """The roles that the task names for this setting."""
        return []

    def held(self, resource: Resource) -> Any:
        """What the resource holds, in the form that C(target) gives; C(None) where that is not known."""
        value = resource.get(self.api)
        return self.missing if value is None else value

    def target(self, wanted: Params, held: Any, roles: RoleCatalogue) -> Any:
        """What the resource is to hold.

        :param held: what it holds now, C(None) if it is to be created.
        :raises InvalidInput: when the resource cannot hold that.
        """
        return wanted[self.option]

    def refuse_blank(self, target: Any) -> None:
        """Refuse to write a text that has nothing but blanks.

        :raises InvalidInput: when C(target) is such a text.
        """
        if isinstance(target, str) and not target.strip() and not self.may_be_empty:
            raise InvalidInput("%s is blank." % self.option)

    def differs(self, held: Any, target: Any) -> bool:
        """Whether a write is needed."""
        return bool(held != target)

    def only_adds(self, wanted: Params) -> bool:
        """Whether the task lets the resource keep all that it holds beside what is listed."""
        return False

    def operations(self, wanted: Params, held: Any, target: Any) -> List[Operation]:
        """The operations of a PATCH that make C(target) out of C(held), whatever others write at the same time."""
        return self.replacement(wanted, held, target)

    def replacement(self, wanted: Params, held: Any, target: Any) -> List[Operation]:
        """The operations that do it on every tenant, where some may refuse C(operations)."""
        return [{"op": "replace", "path": self.path, "value": target}]

    def payload(self, wanted: Params, target: Any) -> Dict[str, Any]:
        """The part of a POST's body that makes C(target)."""
        return {self.api: target} if self.in_creation else {}

    def put(self, resource: Resource, target: Any) -> None:
        """Change C(resource) to what the tenant will show after the write."""
        resource[self.api] = target

    def shown(self, value: Any) -> Any:
        """A value as a diff shows it."""
        return value


class EmailAddress(Setting):
    """An e-mail address. Upper and lower case make no difference: the API's filters know none, and mail neither."""

    def differs(self, held: Any, target: Any) -> bool:
        return same_address(held) != same_address(target)


def same_address(email: Any) -> str:
    """The form in which two e-mail addresses are the same text if they are the same address."""
    return str(email or "").lower()


class TextSet(Setting):
    """A list of texts whose order does not matter, such as scopes; its values are sorted lists.

    :param purge_option: says whether what is not listed is taken away.
    """

    must_be_visible = True

    def __init__(self, option: str, api: str, path: str, purge_option: str, **rules: Any) -> None:
        super().__init__(option, api, path, {"type": "list", "elements": "str"}, **rules)
        self.purge_option = purge_option

    def argument_spec(self) -> Dict[str, Any]:
        return dict(super().argument_spec(), **{self.purge_option: {"type": "bool", "default": True}})

    def held(self, resource: Resource) -> Any:
        texts = resource.get(self.api)
        if texts is None:
            return None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UnexpectedAnswer("The tenant shows %s that are no list of texts." % self.api)
        return sorted(set(texts))

    def only_adds(self, wanted: Params) -> bool:
        return not wanted.get(self.purge_option, True)

    def target(self, wanted: Params, held: Any, roles: RoleCatalogue) -> List[str]:
        kept = held or [] if self.only_adds(wanted) else []
        return sorted({*wanted[self.option], *kept})

    def refuse_blank(self, target: Any) -> None:
        for text in target:
            super().refuse_blank(text)

    def operations(self, wanted: Params, held: Any, target: Any) -> List[Operation]:
        if not self.only_adds(wanted) or held is None:
            return super().operations(wanted, held, target)
        return [{"op": "add", "path": "%s/-" % self.path, "value": text} for text in target if text not in held]
