# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of a kind: the texts of its documentation that its table does not determine."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import connection_argument_spec
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.flows import flow_of_info

ROOT = Path(__file__).parents[2]

Words = dict[str, Any]
#: Returns the problem with a value, or an empty string.
Check = Callable[[Any], str]


class WordsError(ValueError):
    """Mistakes in a file of words: one line per mistake, with file, key, and what to do."""


def file_of(kind: Kind) -> str:
    """Return the path of the words of a kind, relative to the root of the project. The file is beside the table."""
    name = Path(str(sys.modules[type(kind).__module__].__file__)).with_suffix(".yml").name
    return f"plugins/module_utils/_kinds/{name}"


def words_of(kind: Kind, standard: Iterable[str]) -> Words:
    """Return the words of a kind, checked against its table.

    :param standard: options that have a default text, which the words need not describe.
    :raises WordsError: listing every mistake.
    """
    path = file_of(kind)
    if not (ROOT / path).exists():
        raise WordsError(f"{path}: the file does not exist. Create it with the words of the {kind.word}.")
    return checked((ROOT / path).read_bytes(), kind, standard)


class _Loader(yaml.SafeLoader):
    """A loader that refuses a key that occurs twice in a dictionary, instead of keeping the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _value in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} occurs twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def checked(content: str | bytes, kind: Kind, standard: Iterable[str]) -> Words:
    """Return the words in the content of a file, checked against the table of the kind.

    :param standard: options that have a default text, which the words need not describe.
    :raises WordsError: listing every mistake.
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        words = yaml.load(text, _Loader)
    except UnicodeDecodeError as error:
        raise WordsError(f"{file_of(kind)}: must be encoded in UTF-8: {error}.") from None
    except yaml.YAMLError as error:
        raise WordsError(f"{file_of(kind)}: not valid YAML: {_on_one_line(error)}") from None
    if not isinstance(words, dict):
        keys = ", ".join(key for key in _keys_of(kind) if not key.endswith("?"))
        raise WordsError(f"{file_of(kind)}: must be a dictionary with the keys {keys}.")
    if '"""' in text:
        raise WordsError(f'{file_of(kind)}: must not contain """, which ends the documentation of a module.')
    mistakes = [*_mistakes(words, _keys_of(kind), ""), *_mistakes_of_options(words, kind, set(standard))]
    mistakes = mistakes or _mistakes_of_first_example(words, kind)
    if mistakes:
        raise WordsError("\n".join(f"{file_of(kind)}: {mistake}" for mistake in mistakes))
    return words


def example_key(module: str, kinds: Iterable[Kind]) -> str:
    """Return the location of the examples of a module: a file of words and a key, or the file of the module."""
    for kind in kinds:
        names = {kind.noun: "examples", kind.plural: "bulk.examples", f"{kind.noun}_info": "info.examples"}
        key = names.get(module.removeprefix("qlik_"))
        is_generated = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8").count(file_of(kind))
        if key and is_generated:
            return f"{file_of(kind)}: {key}"
    return f"plugins/modules/{module}.py: EXAMPLES"


def option_names(spec: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the names of all options of an argument spec, with suboptions as C(option.suboption)."""
    names: list[str] = []
    for option, rule in spec.items():
        names += [prefix + option, *option_names(rule.get("options", {}), f"{prefix}{option}.")]
    return names


def info_options(kind: Collection) -> Mapping[str, Any]:
    """Return the argument spec of the info module of a collection, without the connection."""
    connection = connection_argument_spec()
    return {option: rule for option, rule in flow_of_info(kind).spec.items() if option not in connection}


def _check_text(value: Any) -> str:
    return "" if isinstance(value, str) and value.strip() else "must be a non-empty string."


def _check_texts(value: Any) -> str:
    is_valid = isinstance(value, list) and bool(value) and not any(map(_check_text, value))
    return "" if is_valid or not _check_text(value) else "must be a non-empty string or a list of non-empty strings."


def _check_dictionary(value: Any) -> str:
    return "" if isinstance(value, dict) and value else "must be a non-empty dictionary."


def _check_subject(value: Any) -> str:
    return "" if isinstance(value, str) and value.startswith("Manage ") else "must be a string that starts with Manage."


def _check_version(value: Any) -> str:
    is_valid = isinstance(value, str) and re.fullmatch(r"\d+\.\d+\.\d+", value)
    return "" if is_valid else "must be a version such as 1.1.0."


def _check_sample(value: Any) -> str:
    try:
        json.dumps(value)
    except TypeError as error:
        return f"must have only JSON types: {error}. Quote dates and times."
    return _check_dictionary(value)


def _check_values(value: Any) -> str:
    """Check the documentation of return values."""
    is_valid = isinstance(value, dict) and bool(value)
    is_valid = is_valid and all(isinstance(entry, dict) and "description" in entry for entry in value.values())
    return "" if is_valid else "must be a non-empty dictionary of dictionaries with a description."


def _check_names(value: Any) -> str:
    return "" if isinstance(value, list) and not any(map(_check_text, value)) else "must be a list of names."


def _check_examples(value: Any) -> str:
    if _check_text(value):
        return _check_text(value)
    try:
        tasks = yaml.safe_load(value)
    except yaml.YAMLError as error:
        return f"not valid YAML: {_on_one_line(error)}"
    is_valid = isinstance(tasks, list) and bool(tasks) and all(isinstance(task, dict) for task in tasks)
    return "" if is_valid else "must be a list of tasks."


def _on_one_line(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())


#: The check of each key. A dictionary has keys of its own, and a key that ends with C(?) is optional.
Keys = Mapping[str, Any]
_KEYS: Keys = {
    "short_description": _check_subject,
    "version_added?": _check_version,
    "description": _check_texts,
    "area": _check_text,
    "seealso": {"name": _check_text, "link": _check_text, "modules?": _check_names},
    "options?": None,
    "prune?": None,
    "secrets?": None,
    "sample": _check_sample,
    "returns?": _check_texts,
    "contains?": _check_values,
    "return?": _check_values,
    "examples": _check_examples,
}


def _keys_of(kind: Kind) -> Keys:
    """Return the keys that the words of a kind can have."""
    info = {
        "called?": _check_text,
        "description?": _check_texts,
        "options?": None,
        "examples?": _check_examples,
    }
    if kind.is_singleton:
        info = {"description?": _check_texts, "examples": _check_examples}
        return {**_KEYS, "info?": info}
    return {**_KEYS, "bulk": {"description?": _check_texts, "examples": _check_examples}, "info?": info}


def _mistakes(words: Mapping[Any, Any], keys: Keys, prefix: str) -> list[str]:
    known = {key.rstrip("?"): rule for key, rule in keys.items()}
    mistakes = [f"{prefix}{key} is an unknown key. Use one of {', '.join(known)}." for key in words if key not in known]
    for key, rule in keys.items():
        name, value = prefix + key.rstrip("?"), words.get(key.rstrip("?"))
        if key.rstrip("?") not in words:
            mistakes += [] if key.endswith("?") else [f"{name} is missing. Add it."]
        elif isinstance(rule, Mapping):
            mistakes += (
                _mistakes(value, rule, f"{name}.") if isinstance(value, dict) else [f"{name} must be a dictionary."]
            )
        elif rule is not None and rule(value):
            mistakes.append(f"{name} {rule(value)}" if rule(value).startswith("must") else f"{name} is {rule(value)}")
    return mistakes


def _mistakes_of_first_example(words: Words, kind: Kind) -> list[str]:
    """Return the mistakes in the first example and in the sample, which is the result of that example."""
    module = f"qlikops.cloud.qlik_{kind.noun}"
    first = yaml.safe_load(words["examples"])[0]
    identity = [] if kind.is_singleton else kind.identity
    mistakes = [f"sample.{option} is missing. Add it." for option in identity if option not in words["sample"]]
    return mistakes if module in first else [*mistakes, f"examples must begin with a task of {module}."]


def _mistakes_of_options(words: Words, kind: Kind, standard: set[str]) -> list[str]:
    # The suboptions of "initial" have the texts of the options.
    options = [option for option in option_names(kind.argument_spec()) if not option.startswith("initial.")]
    described = {"options": (options, standard)}
    if kind.pruning.spec is not None:
        described["prune"] = (list(kind.pruning.spec), set())
    if kind.secrets is not None:
        described["secrets"] = (list(kind.secrets.spec), set())
    info = words.get("info")
    if isinstance(info, dict) and isinstance(kind, Collection):
        described["info.options"] = (option_names(info_options(kind)), {"id", kind.key_option})
        words = {**words, "info.options": info.get("options")}
    owners = {"options": f"of the {kind.word}", "prune": "of pruning", "info.options": "of the info module"}
    mistakes = []
    for key, (options, optional) in described.items():
        texts = words.get(key) or {}
        if not isinstance(texts, dict):
            mistakes.append(f"{key} must be a dictionary of texts by option.")
            continue
        more = ["notes"] if key == "prune" else []
        mistakes += [
            f"{key}.{option} is not an option {owners[key]}. Use one of {', '.join([*options, *more])}."
            for option in texts
            if option not in [*options, *more]
        ]
        mistakes += [
            f"{key}.{option} is missing. Describe the option."
            for option in options
            if option not in texts and option not in optional
        ]
        mistakes += [f"{key}.{option} {_check_texts(text)}" for option, text in texts.items() if _check_texts(text)]
    if kind.secrets is None and "secrets" in words:
        mistakes.append(f"secrets is an unknown key. Remove it: a {kind.word} has no secrets.")
    if kind.pruning.spec is None and "prune" in words:
        mistakes.append(f"prune is an unknown key. Remove it: a {kind.word} is never pruned.")
    return mistakes
