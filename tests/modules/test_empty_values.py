# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tables, surveys and YAML hand over: every option of every module with null, nothing, a blank and no text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import (
    connection_argument_spec,
    organization_argument_spec,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import NEVER_NULL, NEVER_SPLIT, mistakes_in
from local_tenant.client import LocalTenant
from modules.harness import MODULES, Json, Nulls, Run, assert_refused, flow_of, texts, without_trace
from modules.needed import NEEDED
from suites import long_unless

#: The empty text is a value of these, and takes away what is there.
VALUES = {"description", "link_label", "link_url", "text", "client_uri", "logo_uri", "jwks_uri"}
#: The description is what these find a resource by.
NAMED_BY_DESCRIPTION = {"qlik_api_key"}
#: Which of the values that tables and surveys hand over an option takes, by its type.
ACCEPTED: dict[str, list[Json]] = {
    "str": [" "],
    "list": [" ", []],
    "dict": [{}],
    "bool": [False],
    "int": [7],
    "float": [7, 1.1],
}
CONNECTION = connection_argument_spec()
OF_ORGANIZATIONS = {*organization_argument_spec(), "register_url"}


def is_value(module: str, name: str) -> bool:
    """Whether the empty text is a value of an option."""
    return name in VALUES and module not in NAMED_BY_DESCRIPTION


def options_of(module: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The list that holds an option, the option, and its spec."""
    for name, option in flow_of(module).spec.items():
        if name not in OF_ORGANIZATIONS:
            yield "", name, option
        for inner, inner_option in option.get("options", {}).items():
            yield name, inner, inner_option


ALL: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    ".".join(filter(None, (module, outer, name))): (module, outer, name, option)
    for module in NEEDED
    for outer, name, option in options_of(module)
}


def shape(case: str) -> tuple[Json, ...]:
    """What decides what becomes of a value of an option: its place and its spec, whatever its name."""
    module, outer, name, option = ALL[case]
    is_in_list = isinstance(NEEDED[module].get(outer), list)
    rules = [option.get("type", "str"), option.get("elements"), option.get("required", False)]
    return (bool(outer), is_in_list, *rules, "choices" in option, "options" in option, is_value(module, name))


#: The first option of each shape.
OF_EACH_SHAPE = set({shape(case): case for case in reversed(ALL)}.values())


def given(module: str, outer: str, name: str, value: Json) -> tuple[dict[str, Json], str]:
    """The options of a task with this one in it, and its place."""
    needed = NEEDED[module]
    if not outer:
        return {**needed, name: value}, name
    items = needed.get(outer, {})
    if outer == "initial":
        # An option cannot be in both places.
        needed = {option: others for option, others in needed.items() if option != name}
    if isinstance(items, dict):
        return {**needed, outer: {**items, name: value}}, f"{outer}.{name}"
    first, second = items
    return {**needed, outer: [first, {**second, name: value}]}, f"{outer}[1].{name}"


def test_every_module_is_here() -> None:
    assert NEEDED.keys() == set(MODULES)


@pytest.mark.parametrize("value", [None, "", " ", [], {}, False, 7, 1.1], ids=repr)
def test_every_option_decides_on_a_value(value: Json) -> None:
    """Without a tenant: which values are refused, by the type of an option."""
    specs = {module: flow_of(module) for module in MODULES}
    for case, (module, outer, name, option) in ALL.items():
        # What protects from a prune is a list, or a text.
        kind = option.get("type", "str").replace("raw", "list")
        if kind == "path":
            # Ansible itself decides on paths, which the other tests ask about.
            continue
        accepted = [*ACCEPTED[kind], *([""] if is_value(module, name) else [])]
        if "choices" in option or "options" in option or name in NEVER_SPLIT:
            accepted = [each for each in accepted if each != " "]
        options, place = given(module, outer, name, value)
        mistakes = list(mistakes_in(specs[module].spec, options, specs[module].may_be_empty))
        if value is None and name in NEVER_NULL:
            accepted = []
        elif value is None:
            accepted = [None]
        # A boolean equals a number.
        if repr(value) in map(repr, accepted):
            # What it needs and does not have is another mistake, and says so.
            assert [line for line in mistakes if line.startswith(place) and "missing" not in line] == [], case
        else:
            assert [line for line in mistakes if line.startswith(place)], case


@pytest.mark.parametrize("case", long_unless(OF_EACH_SHAPE, ALL))
def test_null_is_left_out(run: Run, tenant: LocalTenant, case: str) -> None:
    module, outer, name, option = ALL[case]
    options, place = given(module, outer, name, None)
    if name in NEVER_NULL:
        assert f"{place}: {NEVER_NULL[name]}" in assert_refused(Nulls(tenant), module, options)["msg"]
        return
    without: dict[str, Json] = {key: value for key, value in options.items() if value is not None}
    if outer:
        items = without[outer]
        is_list = isinstance(items, list)
        kept = {key: item for key, item in (items[1] if is_list else items).items() if item is not None}
        without[outer] = [items[0], kept] if is_list else kept
    for check in (True, False):
        null = Nulls(tenant)(module, check=check, **options)
        tenant.reset()
        left_out = run(module, check=check, **without)
        tenant.reset()
        assert "Unexpected error in the collection" not in str(null)
        assert null.get("msg") == left_out.get("msg")
        assert null["changed"] == left_out["changed"] if "changed" in left_out else True
        assert null.get("diff") == left_out.get("diff")


@pytest.mark.parametrize("case", long_unless(OF_EACH_SHAPE, ALL))
def test_an_empty_text_is_refused(run: Run, tenant: LocalTenant, case: str) -> None:
    module, outer, name, option = ALL[case]
    options, place = given(module, outer, name, "")
    if is_value(module, name):
        predicted = run(module, check=True, **options)
        real = run(module, **options)
        assert "failed" not in predicted, predicted
        assert predicted["diff"] == real["diff"]
        return
    result = assert_refused(run, module, options)
    assert place in result["msg"] or "options" in option


@pytest.mark.parametrize("value", [" ", "\t\n"], ids=["blank", "white space"])
@pytest.mark.parametrize("case", long_unless(OF_EACH_SHAPE, ALL))
def test_a_blank_is_never_written(run: Run, tenant: LocalTenant, case: str, value: str) -> None:
    """But what the tenant has of such a name can be found by it."""
    module, outer, name, option = ALL[case]
    options, place = given(module, outer, name, value)
    results = [run(module, check=check, **options) for check in (True, False)]
    assert "Unexpected error in the collection" not in str(results)
    assert len({(without_trace(str(result.get("msg"))), result.get("changed", False)) for result in results}) == 1
    if not is_value(module, name):
        assert json.dumps(value) not in json.dumps(tenant.state())


@pytest.mark.parametrize("value", [[], {}, False, 7, 1.1], ids=str)
@pytest.mark.parametrize("case", long_unless(OF_EACH_SHAPE, ALL))
def test_what_is_no_text_is_no_text(run: Run, tenant: LocalTenant, case: str, value: Json) -> None:
    """A list that is empty is a value, and so are the numbers and booleans that an option is for."""
    module, outer, name, option = ALL[case]
    options, place = given(module, outer, name, value)
    kind = option.get("type", "str")
    fits = {"list": [], "bool": False, "int": 7, "float": 7}.get(kind)
    if fits == value and fits.__class__ is value.__class__:
        predicted = run(module, check=True, **options)
        real = run(module, **options)
        assert "Unexpected error in the collection" not in str(real)
        assert predicted.get("msg") == real.get("msg")
        assert real.get("failed") or predicted.get("diff") == real.get("diff")
    elif kind in ("str", "list") and "options" not in option:
        assert place in assert_refused(run, module, options)["msg"]
    else:
        result = run(module, check=True, **options)
        assert "Unexpected error in the collection" not in str(result)


@pytest.mark.parametrize("value", [None, "", " ", [], "\x00"], ids=str)
@pytest.mark.parametrize("name", CONNECTION)
def test_options_of_the_connection(run: Run, tenant: LocalTenant, name: str, value: Json) -> None:
    """Left out, or refused by name."""
    for module in ("qlik_group", "qlik_groups", "qlik_role_info"):
        options = {**NEEDED[module], "tenant_url": tenant.url, "api_key": tenant.api_key, name: value}
        results = [Nulls(tenant)(module, check=check, **options) for check in (True, False)]
        for result in results:
            assert "Unexpected error in the collection" not in str(result)
            assert "Traceback" not in str(result)
        assert len({without_trace(str(result.get("msg"))) for result in results}) == 1
        if value is None and name not in ("tenant_url", "api_key"):
            assert "failed" not in results[0], results[0]


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("qlik_groups", {"groups": [{"name": "A"}, {"name": None}]}, ["groups[1]: name or id is missing."]),
        ("qlik_groups", {"groups": [{"name": "A"}, None]}, ["groups[1]: name or id is missing."]),
        ("qlik_users", {"users": [{"subject": None}]}, ["users[0]: subject or id is missing."]),
        (
            "qlik_users",
            {"users": [{"subject": "a", "state": ""}]},
            ["users[0].state: '' is not one of present, absent."],
        ),
        (
            "qlik_groups",
            {"groups": [{"name": "A", "purge_roles": ""}]},
            ["groups[0].purge_roles: '' is not true or false."],
        ),
        (
            "qlik_groups",
            {"groups": [{"name": "A", "assigned_roles": [None]}]},
            ["groups[0].assigned_roles[0]: Must be a string, not null."],
        ),
        (
            "qlik_groups",
            {"groups": [{"name": 7}, {"name": False}]},
            [
                "groups[0].name: Must be a string, not the number 7.",
                "[1].name: Must be a string, not the boolean false.",
            ],
        ),
        (
            "qlik_groups",
            {"groups": [{"name": "A", "assigned_roles": [], "assigned_role_ids": []}]},
            ["groups[0]: only one of assigned_roles and assigned_role_ids can be set."],
        ),
        (
            "qlik_users",
            {"users": [{"subject": ""}] * 52},
            ["users[49].subject: Must not be empty.", "There are 52 problems:", "2 more problems are not shown."],
        ),
        ("qlik_group", {"name": "A", "assigned_roles": "Steward,"}, ["assigned_roles[1]: Must not be empty."]),
    ],
)
def test_places(run: Run, module: str, options: dict[str, Json], words: list[str]) -> None:
    assert_refused(run, module, options, *words)


@pytest.mark.parametrize("value", [False, 7, 1.1, "text", ["x"]], ids=str)
@pytest.mark.parametrize(
    ("module", "outer"),
    [(module, name) for module, outer, name, option in ALL.values() if "options" in option and not outer],
)
def test_what_is_no_dictionary_has_its_place(run: Run, module: str, outer: str, value: Json) -> None:
    assert f"{outer}: " in assert_refused(run, module, {**NEEDED[module], outer: value})["msg"].replace("[0]: ", ": ")
    if isinstance(NEEDED[module].get(outer), list):
        message = assert_refused(run, module, {**NEEDED[module], outer: [value]})["msg"]
        assert f"{outer}[0]: " in message


def test_null_beside_what_it_excludes(run: Run, tenant: LocalTenant) -> None:
    groups: list[Json] = [
        {"name": "A", "id": None, "assigned_roles": None, "assigned_role_ids": [], "purge_roles": None}
    ]
    result = run("qlik_groups", groups=groups)
    assert "failed" not in result, result
    assert texts(result) == []
