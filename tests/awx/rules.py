# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24 asks of credential types and surveys. Each function gives the first reason to refuse, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Json = Any


def _is(kind: type) -> Callable[[Json], bool]:
    # A boolean is an integer in Python, and none for AWX.
    return lambda value: isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


FIELD: dict[str, Callable[[Json], bool]] = {
    "id": lambda value: bool(re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", value)) and value != "tower",
    "label": _is(str),
    # AWX fills in a type that is missing, and the next run of a set-up would see a difference.
    "type": lambda value: value in ("string", "boolean"),
    "help_text": _is(str),
    "secret": _is(bool),
    "multiline": _is(bool),
    "format": lambda value: value in ("ssh_private_key", "url"),
    "choices": lambda value: len(set(value)) == len(value) > 0 and all(map(_is(str), value)),
    "default": _is(str),
}
ONLY_FOR_STRINGS = {"secret", "multiline", "format", "choices"}

#: The type of a default for each type of question.
DEFAULTS: dict[str, type] = {"text": str, "textarea": str, "multiplechoice": str, "integer": int}
QUESTION: dict[str, Callable[[Json], bool]] = {
    "variable": _is(str),
    "type": lambda value: value in DEFAULTS,
    "question_name": _is(str),
    "question_description": _is(str),
    "required": _is(bool),
    "choices": lambda value: bool(value) and all(map(_is(str), value)),
    "min": _is(int),
    "max": _is(int),
    "default": lambda value: True,
}


def objection_to_credential_type(inputs: Json, injectors: Json) -> str | None:
    """Why AWX would not keep the inputs and injectors of a credential type."""
    fields = inputs["fields"]
    names = [field.get("id") for field in fields]
    required = inputs.get("required", [])
    if inputs.keys() - {"fields", "required"} or injectors.keys() - {"file", "env", "extra_vars"}:
        return "unknown parts of inputs or injectors"
    if len(set(names)) < len(names) or set(required) - set(names):
        return "IDs must be unique, and what is required must be among them"
    for field in fields:
        if not {"id", "label", "type"} <= field.keys() <= FIELD.keys():
            return f"{field} has not the keys of a field"
        if field["type"] != "string" and field.keys() & ONLY_FOR_STRINGS:
            return f"{field} has keys that only strings can have"
        for key in field:
            if not FIELD[key](field[key]):
                return f"{field['id']}: {key} cannot be {field[key]!r}"
    # AWX renders all templates with an example for each field, and with a file name where a file is injected.
    example: dict[str, Json] = dict.fromkeys(names, "EXAMPLE")
    if "file" in injectors:
        example["tower"] = {"filename": "EXAMPLE"}
    for key, template in [item for part in injectors.values() for item in part.items()]:
        if key.startswith("ANSIBLE_") or not template.isascii():
            return f"{key} cannot be injected"
        try:
            ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(example)
        except TemplateError as error:
            return f"{key}: {error}"
    return None


def objection_to_survey(survey: Json) -> str | None:
    """Why AWX would not keep a survey."""
    if survey.keys() != {"name", "description", "spec"} or not survey["spec"]:
        return "a survey has a name, a description and questions"
    variables = [question.get("variable") for question in survey["spec"]]
    if len(set(variables)) < len(variables):
        return "a variable is asked for twice"
    for question in survey["spec"]:
        if not {"variable", "type", "question_name", "required"} <= question.keys() <= QUESTION.keys():
            return f"{question} has not the keys of a question"
        for key in question:
            if not QUESTION[key](question[key]):
                return f"{question['variable']}: {key} cannot be {question[key]!r}"
        default = question.get("default")
        if default is not None and not _is(DEFAULTS[question["type"]])(default):
            return f"{question['variable']}: {default!r} has not the type of an answer"
        if "choices" in question and default not in question["choices"]:
            return f"{question['variable']}: {default!r} is no choice"
    return None
