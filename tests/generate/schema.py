# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of the variables of the seeding role, for editors.

Editors know draft 7: they ignore newer keywords without a message. Every object is flat, because C(allOf) and
C(additionalProperties) together reject everything. Every value can be a template, which is a string. A keyword of
another type than that of the value has no effect, so that a value needs no alternatives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ansible_collections.qlikops.cloud.plugins.module_utils._planning.fingerprint import FORM
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import (
    EXPECTED_PLAN,
    KNOWN_VARIABLES,
    MAY_BE_EMPTY,
    NEVER_EMPTY,
    PREFIXES_OF_SEED,
    PROTECTIONS,
    SPECS,
)

from .text import MARK

Json = dict[str, Any]
_TEMPLATE: Json = {"$ref": "#/definitions/template"}
_TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "list": "array", "dict": "object"}


def schema_of_seed(documented: Mapping[str, Any]) -> str:
    """Return the schema as JSON.

    :param documented: the documented variables of the role, with their suboptions as C(options).
    """
    spec = SPECS["qlik_seed"]
    known = "|".join(sorted(name for name in KNOWN_VARIABLES if name.startswith(PREFIXES_OF_SEED)))
    unknown = "|".join(PREFIXES_OF_SEED)
    schema = {
        # The mark of a generated file is in its second line.
        "$comment": f"{MARK}the kinds of the collection, and tests/generate/schema.py.",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Variables of the role qlikops.cloud.qlik_seed",
        "type": ["object", "null"],
        "properties": {name: _variable(name, rule, documented[name]) for name, rule in spec.items()},
        "patternProperties": {f"^(?!(?:{known})$)(?:{unknown})": False},
        "definitions": {
            "template": {
                "description": "A template of Ansible. A string can have several lines.",
                # What editors show instead of the pattern.
                "patternErrorMessage": "Use the type of the option, or a string that is entirely a template.",
                "pattern": r"^\s*\{[{%][\s\S]*[%}]\}\s*$",
            }
        },
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _variable(name: str, rule: Json, documented: Json) -> Json:
    """Return the schema of a variable. An empty string counts as an omitted variable."""
    if name == EXPECTED_PLAN:
        alternatives = [_plan(), {"type": "object", "additionalProperties": {"anyOf": [_plan(), {"type": "null"}]}}]
        return {"description": _text_of(documented), "anyOf": alternatives}
    schema = _value(rule, documented, can_be_empty=rule["type"] == "str")
    if name in PROTECTIONS:
        schema["type"].remove("null")
    if name in NEVER_EMPTY:
        schema["minItems"] = 1
    return schema


def _plan() -> Json:
    return {"type": "string", "anyOf": [{"pattern": f"^{FORM.pattern}$"}, _TEMPLATE]}


def _value(rule: Json, documented: Json, can_be_empty: bool) -> Json:
    """Return the schema of a value, which can be null like an omitted one."""
    kind = rule.get("type", "str")
    schema: Json = {"description": _text_of(documented)}
    if "choices" in rule and kind == "str":
        return {**schema, **_choice([*rule["choices"], None])}
    schema["type"] = [_TYPES[kind], *(["string"] if kind != "str" else []), "null"]
    if kind == "str":
        return schema if can_be_empty else {**schema, "minLength": 1}
    schema["allOf"] = [_TEMPLATE]
    if kind == "list" and "options" in rule:
        schema["items"] = {"type": ["object", "string"], "allOf": [_TEMPLATE], **_object(rule, documented)}
    elif kind == "list":
        schema["items"] = _choice(rule["choices"]) if "choices" in rule else {"type": "string", "minLength": 1}
    elif "options" in rule:
        schema.update(_object(rule, documented))
    elif "default" in documented and isinstance(documented["default"], dict):
        schema.update(_lists_by_name())
    return schema


def _choice(choices: Sequence[Any]) -> Json:
    return {"anyOf": [{"enum": list(choices)}, {"type": "string", "allOf": [_TEMPLATE]}]}


def _lists_by_name() -> Json:
    """Return the schema of a dictionary with a list of strings for each name."""
    items = {"type": "string", "minLength": 1}
    texts = {"type": ["array", "string", "null"], "allOf": [_TEMPLATE], "items": items}
    return {"propertyNames": {"minLength": 1}, "additionalProperties": texts}


def _object(rule: Json, documented: Json) -> Json:
    """Return the keywords for a dictionary with the options of a rule, and for the rules between them."""
    options: Json = rule["options"]
    schema: Json = {
        "properties": {
            name: _value(option, documented["options"][name], name in MAY_BE_EMPTY) for name, option in options.items()
        },
        "additionalProperties": False,
    }
    required = [(name,) for name, option in options.items() if option.get("required")]
    required += [tuple(names) for names in rule.get("required_one_of", ()) if tuple(names) not in required]
    rules: list[Json] = [{"anyOf": [_given(name) for name in names]} for names in required]
    for names in rule.get("required_together", ()):
        given = [_given(name) for name in names]
        rules.append({"anyOf": [{"allOf": given}, {"not": {"anyOf": given}}]})
    for names in rule.get("mutually_exclusive", ()):
        rules += [{"not": {"allOf": [_given(one), _given(other)]}} for one, other in combinations(names, 2)]
    if rules:
        # For a string, which is a template, these rules do not apply.
        schema["if"], schema["then"] = {"type": "object"}, {"allOf": rules}
    return schema


def _given(option: str) -> Json:
    """Return the schema of a dictionary in which an option is set. Null counts as omitted."""
    return {"required": [option], "properties": {option: {"not": {"type": "null"}}}}


def _text_of(documented: Json) -> str:
    """Return the description of an option as plain text."""
    texts = documented["description"]
    text = " ".join([texts] if isinstance(texts, str) else texts)
    return re.sub(r"\b[A-Z]\((?:qlikops\.cloud\.)?([^)]*)\)", r"`\1`", text)
