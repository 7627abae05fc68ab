# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task as they were given, before Ansible turns them into the types of the argument spec."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Collection, Dict, Iterator, Mapping

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import check_type_bool, check_type_float, check_type_int

from .._api.connection import connection_argument_spec, secrets_in
from .._errors import InvalidInput

#: So many problems are named.
_MOST_PROBLEMS = 10
_CHECKS = {
    "bool": (check_type_bool, "true or false"),
    "int": (check_type_int, "a whole number"),
    "float": (check_type_float, "a number"),
}

Spec = Mapping[str, Any]


class Module(AnsibleModule):
    """C(AnsibleModule) with one rule for what tables and surveys hand over, that names the place of what is wrong.

    An option that is null is left out. A text that is empty is refused where it says nothing, and so is what is no text
    where a text is due: Ansible itself would make the texts C(None), C(False) or C(7) of them.

    :param may_be_empty: the options for which an empty text is a value.
    """

    params: Dict[str, Any]

    def __init__(self, argument_spec: Spec, may_be_empty: Collection[str] = (), **rules: Any) -> None:
        self._may_be_empty = may_be_empty
        self._is_checked = False
        super().__init__(argument_spec, **rules)
        self._is_checked = True

    def _load_params(self) -> None:
        super()._load_params()
        #: The options as they were given.
        self.given = self.params
        described = {name: option for name, option in self.argument_spec.items() if name not in _CONNECTION}
        self.problems = list(_problems(self.given, described, self._may_be_empty, ""))
        self.params = _without_nulls(self.given, self.argument_spec)

    def fail_json(self, msg: str, **result: Any) -> None:
        """End the task as failed. What Ansible refuses is said with its place."""
        # AnsibleModule repeats all options, also those that are refused afterwards.
        for option in ("tenant_url", "tenant_uri"):
            self.no_log_values.update(secrets_in(str(self.params.get(option) or "")))
        if self.problems and not self._is_checked:
            msg = str(self._error())
        super().fail_json(msg, **result)

    def refuse_problems(self) -> None:
        """Fail for what Ansible would have let through.

        :raises InvalidInput: with the place of each value that is refused.
        """
        if self.problems:
            raise self._error()

    def _error(self) -> InvalidInput:
        more = len(self.problems) - _MOST_PROBLEMS
        named = self.problems[:_MOST_PROBLEMS] + (["There are %d more such problems." % more] if more > 0 else [])
        return InvalidInput(" ".join(named), "Null is the same as an option that is left out.")


_CONNECTION = frozenset(connection_argument_spec())


def _without_nulls(given: Mapping[str, Any], spec: Spec) -> Dict[str, Any]:
    names = {alias: option for name, option in spec.items() for alias in [name, *option.get("aliases", ())]}
    kept = {name: value for name, value in given.items() if value is not None or name not in names}
    for name, value in kept.items():
        options = names.get(name, {}).get("options")
        if options and isinstance(value, list):
            kept[name] = [_without_nulls(item or {}, options) if _is_item(item) else item for item in value]
    return kept


def _is_item(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _problems(given: Mapping[str, Any], spec: Spec, may_be_empty: Collection[str], prefix: str) -> Iterator[str]:
    for name, option in spec.items():
        value, place, kind = given.get(name), prefix + name, option.get("type", "str")
        if value is None:
            continue
        if "options" in option:
            yield from _problems_of_items(value, option, may_be_empty, place)
        elif kind == "list":
            # Ansible cuts a text at its commas, and takes everything else for a list of one.
            elements = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [value]
            for position, element in enumerate(elements):
                yield from _problems_of_text(element, "%s[%d]" % (place, position), may_be_empty=False)
        elif kind == "str" and "choices" in option:
            if value not in option["choices"]:
                yield "%s must be one of: %s, and is %s." % (place, ", ".join(option["choices"]), _described(value))
        elif kind == "str":
            yield from _problems_of_text(value, place, name in may_be_empty)
        elif kind in _CHECKS:
            check, allowed = _CHECKS[kind]
            try:
                check(value)
            except (TypeError, ValueError):
                yield "%s must be %s, and is %s." % (place, allowed, _described(value))


def _problems_of_items(value: Any, option: Spec, may_be_empty: Collection[str], place: str) -> Iterator[str]:
    for position, item in enumerate(value if isinstance(value, list) else []):
        if not _is_item(item):
            continue
        item, item_place = item or {}, "%s[%d]" % (place, position)
        given = {name for name, part in item.items() if part is not None}
        for names in option.get("required_one_of", ()):
            if not given.intersection(names):
                yield "%s: one of the following is required: %s." % (item_place, ", ".join(names))
        for names in option.get("mutually_exclusive", ()):
            if len(given.intersection(names)) > 1:
                yield "%s: parameters are mutually exclusive: %s." % (item_place, ", ".join(names))
        yield from _problems(item, option["options"], may_be_empty, item_place + ".")


def _problems_of_text(value: Any, place: str, may_be_empty: bool) -> Iterator[str]:
    if not isinstance(value, str):
        yield "%s is %s, and no text. YAML reads no, 007, 1.10 and 12:30 otherwise unless they stand in quotes." % (
            place,
            _described(value),
        )
    elif not value and not may_be_empty:
        yield "%s is empty." % place


def _described(value: Any) -> str:
    """A value with the word for its type."""
    if isinstance(value, bool):
        return "the boolean %s" % str(value).lower()
    for kind, word in ((int, "the number %r"), (float, "the number %r"), (list, "a list"), (dict, "a dictionary")):
        if isinstance(value, kind):
            return word % value if "%" in word else word
    return "null" if value is None else repr(value)
