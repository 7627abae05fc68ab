# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and validates the options of a task, and reports all mistakes at once, each with its option path."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from datetime import date
from typing import Any, Collection, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_bool, check_type_float, check_type_int
from ansible.module_utils.errors import UnsupportedError

from .._api.connection import TENANT_URL_MISSING, organization_argument_spec, secrets_in
from .._errors import InvalidDescription, QlikError, printable, with_heading
from .._planning.references import nearest

#: Options for which null is a mistake, with the reason. A lost value must not count as an omitted option.
NEVER_NULL = {
    "expected_plan": "null is not an approved plan. Omit the option to run without an approval.",
    "protect": "null protects no object. Omit the option, or set an empty list, to protect nothing.",
}
NEVER_NULL["prune_protect"] = NEVER_NULL["protect"]
#: Lists that must be lists: a name with a comma must not become two names.
NEVER_SPLIT = ("previous_names",)
#: The maximum number of mistakes in a message.
_MOST_MISTAKES = 50
_LONGEST_VALUE = 60
#: Options that are dates or times. An unquoted one is a date in YAML too, not a string.
_DATES = ("archive_date", "expiry", "since", "until")
_CHECKS = {
    "bool": (check_type_bool, "true or false"),
    "int": (check_type_int, "a whole number"),
    "float": (check_type_float, "a number"),
}

Spec = Mapping[str, Any]


class KeyMissing(str):
    """A mistake of an item without identifying options. It does not prevent the validation of everything else."""


class Options(NamedTuple):
    """The validated options of a task.

    :param params: values by option, with defaults; the unchanged values if they are invalid.
    :param secrets: the values that must not be shown.
    :param warnings: warnings for the user.
    :param refusal: why the task cannot start; empty if it can.
    """

    params: Dict[str, Any]
    secrets: Set[str]
    warnings: List[str]
    refusal: str = ""


def read_options(
    name: str,
    spec: Spec,
    rules: Spec,
    may_be_empty: Collection[str],
    given: Mapping[str, Any],
    environ: Mapping[str, str],
) -> Options:
    """Read the options of a task like C(AnsibleModule), with additional rules for values from tables and surveys.

    Null counts as omitted, except for the options in C(NEVER_NULL). Empty texts are refused unless they are values. A
    value of another type is refused where a text is required; Ansible would convert it to C(None), C(False), or C(7).

    :param name: the name of the module, for messages.
    :param spec: the argument spec.
    :param rules: the rules between options.
    :param may_be_empty: the options for which an empty text is a value.
    :param given: values by option, of JSON's types.
    :param environ: the environment variables for omitted options.
    """
    mistakes = mistakes_of(spec, may_be_empty, given)
    # Ansible would stop at an item without identifying options, and hide all other mistakes.
    relaxed = {option: _without_keys(rule) for option, rule in spec.items()}
    kept = _with_fallbacks(without_nulls(given, relaxed), relaxed, environ)
    for_ansible = {
        option: without_single_names({name: value for name, value in rule.items() if name != "fallback"})
        for option, rule in relaxed.items()
    }
    result = ArgumentSpecValidator(for_ansible, **without_single_names(rules)).validate(kept)
    params: Dict[str, Any] = result.validated_parameters
    refusal = ""
    if result.error_messages and mistakes:
        refusal = refusal_of(mistakes)
    elif result.error_messages and isinstance(result.errors[0], UnsupportedError):
        refusal = "Unsupported parameters for (%s) module: %s" % (name, result.error_messages[0])
    elif result.error_messages:
        refusal = explained(result.error_messages[0], params)
    elif decisive(mistakes):
        refusal = refusal_of(mistakes)
    return Options(params, secrets_of(spec, params), _aliases_beside_options(spec, given), refusal)


def explained(message: str, params: Mapping[str, Any]) -> str:
    """Return a message of Ansible about options, or the collection's own message if only C(tenant_url) is missing."""
    if message.startswith("missing required arguments: ") and "tenant_url" in message and not params.get("tenant_url"):
        return "%s Nothing was changed." % TENANT_URL_MISSING
    return message


def with_defaults(params: Mapping[str, Any], spec: Spec) -> Dict[str, Any]:
    """Return the options with defaults, like C(AnsibleModule). Null in items of lists counts as omitted too."""
    found = dict(params)
    for name, option in spec.items():
        value = found.get(name)
        if value is None:
            found[name] = option.get("default")
        elif "options" in option and isinstance(value, list):
            found[name] = [with_defaults(item, option["options"]) for item in value]
        elif "options" in option:
            found[name] = with_defaults(value, option["options"])
    return found


def mistakes_of(spec: Spec, may_be_empty: Collection[str], given: Mapping[str, Any]) -> List[str]:
    """Return a line for each mistake in the options of a module. Connection options are checked later."""
    described = {name: option for name, option in spec.items() if name not in _CONNECTION}
    return list(mistakes_in(described, given, may_be_empty))


def refusal_of(mistakes: Sequence[str]) -> str:
    """Return the message of a task with invalid options."""
    return with_certainty(InvalidDescription(with_heading(mistakes, _MOST_MISTAKES)), "Nothing was changed.")


def secrets_of(spec: Spec, params: Mapping[str, Any]) -> Set[str]:
    """Return the secret values of options, and the secrets in URLs."""
    secrets = {text for name in _ADDRESSES for text in secrets_in(str(params.get(name) or ""))}
    for name, option in spec.items():
        value = params.get(name)
        if option.get("no_log"):
            secrets.update(_texts_in(value))
        elif "options" in option:
            for item in value if isinstance(value, list) else [value]:
                secrets |= secrets_of(option["options"], item) if isinstance(item, dict) else set()
    return secrets


def without_unknown(spec: Spec, params: Mapping[str, Any]) -> Dict[str, Any]:
    """The options without those within them that the spec does not have: nobody knows whether they hold a secret."""
    found = dict(params)
    for name, option in spec.items():
        value, options = found.get(name), option.get("options")
        if options is None or value is None:
            continue
        known = {*options, *(alias for rules in options.values() for alias in rules.get("aliases", ()))}
        items = [
            without_unknown(options, {part: item[part] for part in item if part in known})
            if isinstance(item, dict)
            else item
            for item in (value if isinstance(value, list) else [value])
        ]
        found[name] = items if isinstance(value, list) else items[0]
    return found


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)
    elif value not in (None, "", True, False):
        yield str(value)


def _with_fallbacks(given: Dict[str, Any], spec: Spec, environ: Mapping[str, str]) -> Dict[str, Any]:
    """Return the options, with omitted ones from the environment. An empty environment variable counts as unset."""
    found = dict(given)
    for name, option in spec.items():
        _strategy, variables = option.get("fallback", (None, ()))
        values = [environ[variable] for variable in variables if environ.get(variable)]
        if values and not given.keys() & {name, *option.get("aliases", ())}:
            found[name] = values[0]
    return found


def without_aliases(given: Mapping[str, Any], spec: Spec) -> Dict[str, Any]:
    """Return the options under their own names instead of aliases, except where both are given.

    Otherwise Ansible would read the option from the environment, and warn that both are set.
    """
    names = {alias: name for name, option in spec.items() for alias in option.get("aliases", ()) if name not in given}
    return {names.get(name, name): value for name, value in given.items()}


def _aliases_beside_options(spec: Spec, given: Mapping[str, Any]) -> List[str]:
    return [
        "Both option %s and its alias %s are set." % (name, alias)
        for name, option in spec.items()
        for alias in option.get("aliases", ())
        if name in given and alias in given
    ]


def decisive(mistakes: Sequence[str]) -> List[str]:
    """Return all mistakes; none if they do not prevent further validation."""
    return [] if all(isinstance(line, KeyMissing) for line in mistakes) else list(mistakes)


def with_certainty(error: QlikError, certainty: str) -> str:
    """Return the text of an error and whether anything was changed, on a separate line if the error has several."""
    text = str(error)
    return ("%s\n%s" if "\n" in text else "%s %s") % (text, certainty)


_ADDRESSES = ("tenant_url", "tenant_uri", "organization_url", "register_url")
_CONNECTION = frozenset([*organization_argument_spec(), "register_url"])


def mistakes_in(spec: Spec, given: Mapping[str, Any], may_be_empty: Collection[str] = ()) -> Iterator[str]:
    """Yield a line for each mistake in the values of options, which begins with the option path.

    :param spec: an argument spec.
    :param given: values by option. Unsupported options at the top level are left to Ansible.
    """
    yield from _forbidden_nulls("", spec, given)
    for name, option in spec.items():
        if given.get(name) is not None:
            yield from _of_value(name, option, given[name], name in may_be_empty, may_be_empty)


def _forbidden_nulls(prefix: str, spec: Spec, given: Mapping[str, Any]) -> Iterator[str]:
    for name, reason in NEVER_NULL.items():
        if name in spec and name in given and given[name] is None:
            yield "%s%s: %s" % (prefix, name, reason)


def _of_value(place: str, option: Spec, value: Any, can_be_empty: bool, may_be_empty: Collection[str]) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind == "raw" and place.rpartition(".")[2] in NEVER_NULL:
        # A list of texts, or one text with an item on each line.
        kind = "list"
    if "options" in option:
        yield from _of_parts(place, option, value, may_be_empty)
    elif kind == "list":
        if isinstance(value, dict) or (isinstance(value, str) and place.rpartition(".")[2] in NEVER_SPLIT):
            yield _not(place, value, "a list of strings")
            return
        # Ansible splits a text at its commas, and wraps any other value in a list.
        elements = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [value]
        for index, element in enumerate(elements):
            yield from _of_text_or_choice("%s[%d]" % (place, index), option, element, can_be_empty=False)
    elif kind == "dict":
        if not isinstance(value, dict):
            yield _not(place, value, "a dictionary")
    elif kind == "str" and not (isinstance(value, date) and place in _DATES):
        yield from _of_text_or_choice(place, option, value, can_be_empty)
    elif kind in _CHECKS:
        check, allowed = _CHECKS[kind]
        try:
            if isinstance(value, bool) and kind != "bool":
                raise TypeError
            check(value)
        except (TypeError, ValueError):
            yield _not(place, value, allowed)


def _of_parts(place: str, option: Spec, value: Any, may_be_empty: Collection[str]) -> Iterator[str]:
    """Yield the mistakes of an option with suboptions: one dictionary or a list of them."""
    if option["type"] == "dict":
        if isinstance(value, dict):
            yield from _of_options(place, option, value, may_be_empty)
        else:
            yield _not(place, value, "a dictionary")
    elif not isinstance(value, list):
        yield _not(place, value, "a list of dictionaries")
    else:
        for index, item in enumerate(value):
            item_place = "%s[%d]" % (place, index)
            if item is None or isinstance(item, dict):
                yield from _of_options(item_place, option, item or {}, may_be_empty)
            else:
                yield _not(item_place, item, "a dictionary")


def _of_options(place: str, option: Spec, values: Mapping[str, Any], may_be_empty: Collection[str]) -> Iterator[str]:
    spec = option["options"]
    for name in values:
        if name not in spec:
            path = "%s.%s" % (place, printable(str(name)))
            supported = ", ".join(sorted(spec))
            suggestion = nearest(str(name), spec)
            yield "%s: Not a supported option.%s Supported options: %s." % (path, suggestion, supported)
    yield from _forbidden_nulls(place + ".", spec, values)
    given = {name: value for name, value in values.items() if name in spec and value is not None}
    for name, value in given.items():
        yield from _of_value("%s.%s" % (place, name), spec[name], value, name in may_be_empty, may_be_empty)
    keys = [tuple(names) for names in option.get("required_one_of", ())]
    for names in [*((name,) for name, rule in spec.items() if rule.get("required") and (name,) not in keys), *keys]:
        if not given.keys() & set(names):
            line = "%s: %s is missing." % (place, " or ".join(names))
            yield KeyMissing(line) if names in keys and _is_naming(names) else line
    for names in option.get("required_together", ()):
        if 0 < len(given.keys() & set(names)) < len(names):
            yield "%s: %s must be set together." % (place, " and ".join(names))
    for names in option.get("mutually_exclusive", ()):
        if len(given.keys() & set(names)) > 1:
            yield "%s: only one of %s can be set." % (place, " and ".join(names))


def _is_naming(names: Sequence[str]) -> bool:
    """Return whether the options of a C(required_one_of) rule identify a resource."""
    return len(names) == 1 or "id" in names


def without_single_names(rules: Spec) -> Dict[str, Any]:
    """Return rules without C(required_one_of) for a single option, which Ansible does not support."""
    required = rules.get("required_one_of", ())
    kept = [names for names in required if len(names) > 1]
    return dict(rules) if len(kept) == len(required) else {**rules, "required_one_of": kept}


def without_naming_rules(option: Spec) -> Spec:
    """Return the spec of a list option without the rules for identifying options, which have their own messages."""
    rules = option.get("required_one_of", ()) if option.get("type") == "list" else ()
    if not rules:
        return without_single_names(option)
    return without_single_names({**option, "required_one_of": [names for names in rules if not _is_naming(names)]})


def _without_keys(option: Spec) -> Spec:
    """Return the spec of a list option without the rules for identifying options, and without C(required) for them."""
    rules = option.get("required_one_of", ()) if option.get("type") == "list" else ()
    keys = {name for names in filter(_is_naming, rules) for name in names}
    if not keys:
        return option
    parts = {name: {**part, "required": False} if name in keys else part for name, part in option["options"].items()}
    return {**without_naming_rules(option), "options": parts}


def _of_text_or_choice(place: str, option: Spec, value: Any, can_be_empty: bool) -> Iterator[str]:
    if "choices" not in option:
        yield from mistakes_in_text(place, value, can_be_empty)
    elif value not in option["choices"]:
        allowed = ", ".join(option["choices"])
        yield _not(place, value, "one of %s" % allowed) + nearest(str(value), option["choices"])


def mistakes_in_text(place: str, value: Any, can_be_empty: bool = False) -> Iterator[str]:
    """Yield a line if a value is not a string, or is empty."""
    if not isinstance(value, str):
        hint = ""
        if isinstance(value, (bool, int, float)):
            hint = " Quote it: without quotes YAML reads `no`, `007`, `1.10`, and `12:30` as other types."
        elif isinstance(value, date):
            hint = " Quote it: without quotes YAML reads it as a date."
        yield "%s: Must be a string, not %s.%s" % (place, _described(value), hint)
    elif not value and not can_be_empty:
        yield "%s: Must not be empty." % place


def _not(place: str, value: Any, allowed: str) -> str:
    return "%s: %s is not %s." % (place, _described(value), allowed)


def _described(value: Any) -> str:
    """Return a value for a message, with its type if the type is not obvious."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "the boolean %s" % str(value).lower()
    if isinstance(value, (int, float)):
        return "the number %r" % value
    if isinstance(value, date):
        return "the date %s" % value.isoformat()
    shown = printable(repr(value))
    return shown if len(shown) <= _LONGEST_VALUE else shown[:_LONGEST_VALUE] + "…"


def without_nulls(given: Mapping[str, Any], spec: Spec) -> Dict[str, Any]:
    """Return the options without null values, including suboptions."""
    names = {alias: option for name, option in spec.items() for alias in [name, *option.get("aliases", ())]}
    kept: Dict[str, Any] = {}
    for name, value in given.items():
        options: Optional[Spec] = names.get(name, {}).get("options")
        if value is None and name in names:
            continue
        if options and isinstance(value, list):
            value = [without_nulls(item or {}, options) if _is_item(item) else item for item in value]
        elif options and isinstance(value, dict):
            value = without_nulls(value, options)
        elif options:
            # The mistake is known already, and Ansible would fail with a traceback.
            continue
        kept[name] = value
    return kept


def _is_item(value: Any) -> bool:
    return value is None or isinstance(value, dict)
