# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tables, surveys and YAML hand over: every option of every module with null, nothing, a blank and no text."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import connection_argument_spec
from local_tenant.client import LocalTenant
from modules.harness import PACKAGE, Json, Result, Run, assert_refused, texts, without_trace

#: The options that each module needs.
NEEDED: dict[str, dict[str, Json]] = {
    "qlik_group": {"name": "Finance", "provider_type": "custom"},
    "qlik_groups": {"groups": [{"name": "Marketing"}, {"name": "Finance", "provider_type": "custom"}]},
    "qlik_user": {"subject": "bob"},
    "qlik_users": {"users": [{"subject": "eve"}, {"subject": "bob"}]},
    "qlik_role": {"name": "Keys"},
    "qlik_group_settings": {},
    "qlik_tenant": {},
    "qlik_group_info": {},
    "qlik_user_info": {},
    "qlik_role_info": {},
    "qlik_tenant_info": {},
}
#: The empty text is a value of these, and takes away what is there.
VALUES = {"description"}
CONNECTION = connection_argument_spec()


class Captured(Exception):
    """The argument spec of a module."""


def spec_of(module: str) -> dict[str, Any]:
    """The argument spec of a module, as it hands it to Ansible."""

    def capture(self: AnsibleModule, argument_spec: dict[str, Any], **rules: Any) -> None:
        raise Captured(argument_spec)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(AnsibleModule, "__init__", capture)
        try:
            importlib.import_module(f"{PACKAGE}.{module}").main()
        except Captured as captured:
            return dict(captured.args[0])
    raise AssertionError(f"{module} has no argument spec")


def options_of(module: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The list that holds an option, the option, and its spec."""
    for name, option in spec_of(module).items():
        if name not in CONNECTION:
            yield "", name, option
        for inner, inner_option in option.get("options", {}).items():
            yield name, inner, inner_option


ALL = [(module, *option) for module in NEEDED for option in options_of(module)]
IDS = [".".join(filter(None, case[:3])) for case in ALL]


def given(module: str, outer: str, name: str, value: Json) -> tuple[dict[str, Json], str]:
    """The options of a task with this one in it, and its place."""
    needed = NEEDED[module]
    if not outer:
        return {**needed, name: value}, name
    first, second = needed[outer]
    return {**needed, outer: [first, {**second, name: value}]}, f"{outer}[1].{name}"


def test_every_module_is_here() -> None:
    modules = {path.stem for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("qlik_*.py")}
    # Actions on the controller, which talk to no tenant.
    assert NEEDED.keys() == modules - {"qlik_audit_report", "qlik_export_file"}


class Nulls(Run):
    """Runs modules and hands null over as null."""

    def __call__(self, module: str, *, check: bool = False, diff: bool = True, **options: Json) -> Result:
        null = [name for name, value in options.items() if value is None]
        with pytest.MonkeyPatch.context() as patched:
            # The harness leaves out what is None; a null is put in where the module reads what it was given.
            load = AnsibleModule._load_params

            def with_nulls(module: AnsibleModule) -> None:
                load(module)
                module.params = {**module.params, **dict.fromkeys(null)}

            patched.setattr(AnsibleModule, "_load_params", with_nulls)
            return super().__call__(module, check=check, diff=diff, **options)


@pytest.mark.parametrize(("module", "outer", "name", "option"), ALL, ids=IDS)
def test_null_is_left_out(
    run: Run, tenant: LocalTenant, module: str, outer: str, name: str, option: dict[str, Any]
) -> None:
    options, place = given(module, outer, name, None)
    without: dict[str, Json] = {key: value for key, value in options.items() if value is not None}
    if outer:
        without[outer] = [without[outer][0], {k: v for k, v in without[outer][1].items() if v is not None}]
    for check in (True, False):
        null = Nulls(tenant)(module, check=check, **options)
        tenant.reset()
        left_out = run(module, check=check, **without)
        tenant.reset()
        assert "not handle" not in str(null)
        assert null.get("msg") == left_out.get("msg")
        assert null["changed"] == left_out["changed"] if "changed" in left_out else True
        assert null.get("diff") == left_out.get("diff")


@pytest.mark.parametrize(("module", "outer", "name", "option"), ALL, ids=IDS)
def test_an_empty_text_is_refused(
    run: Run, tenant: LocalTenant, module: str, outer: str, name: str, option: dict[str, Any]
) -> None:
    options, place = given(module, outer, name, "")
    if name in VALUES:
        predicted = run(module, check=True, **options)
        real = run(module, **options)
        assert "failed" not in predicted, predicted
        assert predicted["diff"] == real["diff"]
        return
    result = assert_refused(run, module, options)
    assert place in result["msg"] or "options" in option


@pytest.mark.parametrize("value", [" ", "\t\n"], ids=["blank", "white space"])
@pytest.mark.parametrize(("module", "outer", "name", "option"), ALL, ids=IDS)
def test_a_blank_is_never_written(
    run: Run, tenant: LocalTenant, module: str, outer: str, name: str, option: dict[str, Any], value: str
) -> None:
    """But what the tenant has of such a name can be found by it."""
    options, place = given(module, outer, name, value)
    results = [run(module, check=check, **options) for check in (True, False)]
    assert "not handle" not in str(results)
    assert len({(without_trace(str(result.get("msg"))), result.get("changed", False)) for result in results}) == 1
    if name not in VALUES:
        assert json.dumps(value) not in json.dumps(tenant.state())


@pytest.mark.parametrize("value", [[], {}, False, 7, 1.1], ids=str)
@pytest.mark.parametrize(("module", "outer", "name", "option"), ALL, ids=IDS)
def test_what_is_no_text_is_no_text(
    run: Run, tenant: LocalTenant, module: str, outer: str, name: str, option: dict[str, Any], value: Json
) -> None:
    """A list that is empty is a value, and so are the numbers and booleans that an option is for."""
    options, place = given(module, outer, name, value)
    kind = option.get("type", "str")
    fits = {"list": [], "bool": False, "int": 7, "float": 7}.get(kind)
    if fits == value and fits.__class__ is value.__class__:
        predicted = run(module, check=True, **options)
        real = run(module, **options)
        assert "not handle" not in str(real)
        assert predicted.get("msg") == real.get("msg")
        assert predicted.get("diff") == real.get("diff")
    elif kind in ("str", "list") and "options" not in option:
        assert place in assert_refused(run, module, options)["msg"]
    else:
        result = run(module, check=True, **options)
        assert "not handle" not in str(result)


@pytest.mark.parametrize("value", [None, "", " ", [], "\x00"], ids=str)
@pytest.mark.parametrize("name", CONNECTION)
def test_options_of_the_connection(run: Run, tenant: LocalTenant, name: str, value: Json) -> None:
    """Left out, or refused by name."""
    for module in ("qlik_group", "qlik_groups", "qlik_role_info"):
        options = {**NEEDED[module], "tenant_url": tenant.url, "api_key": tenant.api_key, name: value}
        results = [Nulls(tenant)(module, check=check, **options) for check in (True, False)]
        for result in results:
            assert "not handle" not in str(result)
            assert "Traceback" not in str(result)
        assert len({without_trace(str(result.get("msg"))) for result in results}) == 1
        if value is None and name not in ("tenant_url", "api_key"):
            assert "failed" not in results[0], results[0]


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("qlik_groups", {"groups": [{"name": "A"}, {"name": None}]}, ["groups[1]: one of the following is required"]),
        ("qlik_groups", {"groups": [{"name": "A"}, None]}, ["groups[1]: one of the following is required"]),
        ("qlik_users", {"users": [{"subject": None}]}, ["users[0]: one of the following is required: subject, id"]),
        ("qlik_users", {"users": [{"subject": "a", "state": ""}]}, ["users[0].state must be one of: present, absent"]),
        (
            "qlik_groups",
            {"groups": [{"name": "A", "purge_roles": ""}]},
            ["groups[0].purge_roles must be true or false"],
        ),
        ("qlik_groups", {"groups": [{"name": "A", "assigned_roles": [None]}]}, ["groups[0].assigned_roles[0] is null"]),
        ("qlik_groups", {"groups": [{"name": 7}, {"name": False}]}, ["groups[0].name is the number 7", "[1].name"]),
        (
            "qlik_groups",
            {"groups": [{"name": "A", "assigned_roles": [], "assigned_role_ids": []}]},
            ["groups[0]: parameters are mutually exclusive: assigned_roles, assigned_role_ids"],
        ),
        ("qlik_users", {"users": [{"subject": ""}] * 12}, ["users[9].subject is empty", "2 more such problems"]),
        ("qlik_group", {"name": "A", "assigned_roles": "Steward,"}, ["assigned_roles[1] is empty"]),
    ],
)
def test_places(run: Run, module: str, options: dict[str, Json], words: list[str]) -> None:
    assert_refused(run, module, options, *words)


def test_null_beside_what_it_excludes(run: Run, tenant: LocalTenant) -> None:
    groups: list[Json] = [
        {"name": "A", "id": None, "assigned_roles": None, "assigned_role_ids": [], "purge_roles": None}
    ]
    result = run("qlik_groups", groups=groups)
    assert "failed" not in result, result
    assert texts(result) == []
