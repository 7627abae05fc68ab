# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of the seeding variables refuses what the seed refuses as form, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import mistakes_in
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import (
    EXPECTED_PLAN,
    KNOWN_VARIABLES,
    MAY_BE_EMPTY,
    SPECS,
)
from generate.files import SCHEMA
from generate.words import ROOT
from jsonschema import Draft7Validator
from seed_cases import CASES

Json = Any
SEED = SPECS["qlik_seed"]
DOCUMENT: dict[str, Json] = json.loads((ROOT / SCHEMA).read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(DOCUMENT)
#: What stands in the place of each value in turn.
OTHERS: tuple[Json, ...] = (None, True, 5, 1.5, "word", "", [], ["word"], [5], [None], [True], {}, {"word": 1}, [{}])


def is_refused_by_seed(variables: dict[str, Json]) -> bool:
    """Whether the seed refuses variables because of their form."""
    if read_description(variables, lambda value: value)[1]:
        return True
    # The module reports an item without a name.
    return any(mistakes_in(SEED, {name: value for name, value in variables.items() if value != ""}, MAY_BE_EMPTY))


def places_in(value: Json, path: tuple[Json, ...] = ()) -> Iterator[tuple[Json, ...]]:
    """The path of each value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places_in(item, (*path, key))


def parent_of(variables: Json, path: tuple[Json, ...]) -> Json:
    for key in path[:-1]:
        variables = variables[key]
    return variables


def rule_of(path: tuple[Json, ...]) -> Json:
    """The rule of the value at a path; of an element of a list that of the list, of other values none."""
    rule: Json = {"options": SEED}
    for key in path:
        if isinstance(key, str):
            rule = rule.get("options", {}).get(key, {"type": "list"})
    return rule


def is_converted(path: tuple[Json, ...], value: Json) -> bool:
    """Whether the seed reads a value as another type, as one of a survey, which an editor should mark."""
    rule = rule_of(path)
    if isinstance(value, str):
        # Of a variable, an empty string is none. Elsewhere a list of strings can be one string.
        is_list = rule["type"] == "list" and "options" not in rule and isinstance(path[-1], str)
        return is_list or (not value and len(path) == 1)
    return rule["type"] == "bool" and value in (0, 1)


def mutations(variables: dict[str, Json]) -> Iterator[tuple[str, tuple[Json, ...], Json, dict[str, Json]]]:
    """Each of the variables with a value replaced, left out, or with an option that does not exist."""
    for path in places_in(variables):
        for other in OTHERS:
            changed = copy.deepcopy(variables)
            parent_of(changed, path)[path[-1]] = copy.deepcopy(other)
            yield f"{path} = {other!r}", path, other, changed
        changed = copy.deepcopy(variables)
        del parent_of(changed, path)[path[-1]]
        yield f"{path} left out", path, None, changed
        changed = copy.deepcopy(variables)
        here = parent_of(changed, (*path, ""))
        if isinstance(here, dict) and "options" in rule_of(path):
            here["no_such_option"] = "x"
            yield f"{path} with more", path, None, changed


@pytest.mark.parametrize("case", [case for case in CASES if case != EXPECTED_PLAN])
def test_agrees_with_the_seed(case: str) -> None:
    variables = CASES[case].variables
    if any(is_converted(path, parent_of(variables, path)[path[-1]]) for path in places_in(variables)):
        return
    assert VALIDATOR.is_valid(variables) is not is_refused_by_seed(variables), variables
    for what, path, other, changed in mutations(variables):
        is_refused = is_refused_by_seed(changed)
        if is_refused or not is_converted(path, other):
            assert VALIDATOR.is_valid(changed) is not is_refused, what


@pytest.mark.parametrize("case", CASES)
def test_accepts_a_template_in_the_place_of_every_value(case: str) -> None:
    variables = CASES[case].variables
    if not VALIDATOR.is_valid(variables):
        return
    for path in places_in(variables):
        for template in ("{{ x }}", "  {{ x\n | default([]) }}\n", "{% if x %}a{% else %}\nb{% endif %}"):
            changed = copy.deepcopy(variables)
            parent_of(changed, path)[path[-1]] = template
            assert VALIDATOR.is_valid(changed), (path, template)


@pytest.mark.parametrize("value", ["a {{ x }}", "{{ x }} a", "a, b", "{x}", ""])
def test_refuses_another_string_in_the_place_of_a_list(value: str) -> None:
    for variables in (
        {"qlik_seed_spaces": value},
        {"qlik_seed_extra_groups": [{"name": "A", "assigned_roles": value}]},
    ):
        assert not VALIDATOR.is_valid(variables), variables


def test_the_approved_plan() -> None:
    plan = "sha256:" + "0" * 64
    accepted: list[Json] = [plan, "{{ plan }}", {"acme": plan, "beta": None}]
    assert all(VALIDATOR.is_valid({EXPECTED_PLAN: value}) for value in accepted)
    for value in (None, "", "sha256:0", plan + "0", 5, [plan], {"acme": "x"}):
        assert not VALIDATOR.is_valid({EXPECTED_PLAN: value}), value


def test_leaves_foreign_variables_alone() -> None:
    others: dict[str, Json] = {"my_list": [1], "qlik_tenant_url": None, "qlik_audit_report_dir": 5, "qlik_seeds": 1}
    assert VALIDATOR.is_valid(others)
    assert VALIDATOR.is_valid(None)
    # Such as the connection variable qlik_validate_certs, which has a prefix of the seed.
    assert VALIDATOR.is_valid(dict.fromkeys(KNOWN_VARIABLES, "{{ value }}"))
    for name in ("qlik_seed_spacs", "qlik_seed_", "qlik_validate_dir", "qlik_seed_spaces_"):
        assert not VALIDATOR.is_valid({**others, name: []}), name


def test_only_uses_what_editors_know() -> None:
    """They know draft 7, and ignore a newer keyword without saying so. Every object refuses unknown options itself."""
    Draft7Validator.check_schema(DOCUMENT)

    def check(schema: Json) -> None:
        for each in schema if isinstance(schema, list) else schema.values() if isinstance(schema, dict) else ():
            check(each)
        if isinstance(schema, dict) and "additionalProperties" in schema:
            assert "object" in schema["type"], schema
        if isinstance(schema, dict):
            assert not schema.keys() & {"unevaluatedProperties", "$defs", "dependentRequired", "prefixItems"}

    check(DOCUMENT)
    assert list(DOCUMENT["definitions"]) == ["template"]
    assert json.dumps(DOCUMENT).count(DOCUMENT["definitions"]["template"]["pattern"].replace("\\", "\\\\")) == 1
