# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said in two places is the same in both."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._api.transport import REPEAT_AFTER
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import SPECS
from generate.words import file_of
from modules.harness import flow_of

ROOT = Path(__file__).parents[3]
#: Those that talk to a tenant. The others are parts of roles, which run on the controller and have nothing to run here.
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if "def main" in path.read_text())
SEED = ROOT / "roles" / "qlik_seed"
#: The playbooks that have an entry of their own.
PLAYBOOKS = ("qlik_onboard", "qlik_on_change")
#: What a user finds among the modules that is part of a role, or of one of these playbooks.
ENTRIES = sorted({path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")} - {*MODULES})
ROLES = sorted((ROOT / "roles").iterdir())


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def documented() -> dict[str, Any]:
    """What ansible-doc says of each module, with all fragments."""
    names = [f"qlikops.cloud.{module}" for module in MODULES]
    command = [str(Path(sys.executable).parent / "ansible-doc"), "--json", "--type", "module", *names]
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
        "LC_ALL": "C.UTF-8",
        "HOME": "/tmp",
    }
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return {name.rpartition(".")[2]: entry for name, entry in json.loads(output).items()}


def bare(options: dict[str, Any], *more: str) -> dict[str, Any]:
    """Options without their descriptions, which may differ, and without what says nothing.

    :param more: what to keep beside what argument specs of modules and roles have in common.
    """
    kept = ("type", "elements", "choices", "default", "required", *more)
    result = {}
    for name, option in options.items():
        result[name] = {key: option[key] for key in kept if option.get(key) not in (None, False)}
        nested = option.get("options") or option.get("suboptions")
        if nested:
            result[name]["options"] = bare(nested, *more)
    return result


def test_version() -> None:
    assert load(ROOT / "galaxy.yml")["version"] == VERSION


def test_each_role_has_one_entry() -> None:
    assert sorted(SPECS) == ENTRIES


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_of_a_role_says_that_it_belongs_to_it(entry: str) -> None:
    module = importlib.import_module(f"ansible_collections.qlikops.cloud.plugins.modules.{entry}")
    description = yaml.safe_load(module.DOCUMENTATION)["description"][0]
    playbook = f"playbook C(qlikops.cloud.{entry.removeprefix('qlik_')})"
    owner = playbook if entry in PLAYBOOKS else f"role P(qlikops.cloud.{entry}#role)"
    assert description.startswith(f"Belongs to the {owner} and is not meant to be called by itself.")
    assert {"module", "short_description", "version_added"} <= yaml.safe_load(module.DOCUMENTATION).keys()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_supports(documented: dict[str, Any], module: str) -> None:
    doc = documented[module]["doc"]
    assert {"action_group", "check_mode", "diff_mode", "idempotent"} <= set(doc["attributes"])
    assert doc["version_added"]
    assert doc["seealso"]
    assert documented[module]["examples"].strip()
    assert yaml.safe_load(json.dumps(documented[module]["return"]))


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_documented_as_it_is(documented: dict[str, Any], module: str) -> None:
    assert as_documented(dict(flow_of(module).spec)) == bare(documented[module]["doc"]["options"], "aliases")


def as_documented(spec: dict[str, Any]) -> dict[str, Any]:
    """An argument spec in the form that C(bare) gives to its documentation."""
    options = bare(spec, "aliases")
    for option in options.values():
        option.setdefault("type", "str")
        if "options" in option:
            option["options"] = as_documented(option["options"])
    return options


@pytest.mark.parametrize("module", MODULES)
def test_modules_about_the_same_see_each_other(documented: dict[str, Any], module: str) -> None:
    def subject(name: str) -> str:
        return name.removesuffix("_info").removesuffix("s")

    linked = {entry.get("module", "").rpartition(".")[2] for entry in documented[module]["doc"]["seealso"]}
    assert {name for name in MODULES if subject(name) == subject(module)} - linked == {module}


@pytest.mark.parametrize("role", sorted(path.name for path in (ROOT / "roles").iterdir()))
def test_every_role_says_its_first_version(role: str) -> None:
    for spec in load(ROOT / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"].values():
        assert spec["version_added"]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_variables_of_a_role_are_checked_by_the_role(role: Path) -> None:
    """What Ansible checks itself is refused with all that the argument spec has, and without the place."""
    options = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    assert options.keys() == SPECS[role.name].keys()
    assert {option["type"] for option in options.values()} == {"raw"}
    assert not any("required" in option for option in options.values())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_defaults_of_the_role_are_those_of_its_argument_spec(role: Path) -> None:
    options = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = load(role / "defaults" / "main.yml")
    values = {name: defaults.get(f"__{name}", value) for name, value in defaults.items() if not name.startswith("__")}
    assert {name: option["default"] for name, option in options.items() if "default" in option} == values


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_no_default_is_merged_into_the_value_of_a_user(role: Path) -> None:
    """Ansible merges dictionaries with hash_behaviour=merge; what has a template for its default is replaced."""
    defaults = load(role / "defaults" / "main.yml")
    assert [name for name, value in defaults.items() if isinstance(value, dict) and value and name[:2] != "__"] == []
    assert all(value == "{{ __%s }}" % name for name, value in defaults.items() if f"__{name}" in defaults)


def test_lists_of_the_description_have_no_default() -> None:
    """An empty list says that there is nothing of an area, so that it is another thing than to say nothing."""
    lists = {f"qlik_seed_{kind.area}" for kind in AREAS if not kind.is_singleton}
    assert lists & load(ROOT / "roles" / "qlik_seed" / "defaults" / "main.yml").keys() == set()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_readme_of_the_role_names_every_variable(role: Path) -> None:
    options = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    text = (role / "README.md").read_text(encoding="utf-8")
    assert [name for name in options if f"`{name}`" not in text] == []


def test_the_readme_names_every_module() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [module for module in MODULES if f"`{module}`" not in text] == []


def test_layers_of_module_utils_import_downwards_only() -> None:
    """The order of the table in the architecture guide, which has every file."""
    page = (ROOT / "docs" / "docsite" / "rst" / "guide_architecture.rst").read_text(encoding="utf-8")
    rows = [
        re.findall(r"``(_[\w/<>]+)``", row) for row in re.findall(r"^   \* - (.*\n(?: {7}.*\n)*)", page, re.MULTILINE)
    ]
    level = {name: -number for number, row in enumerate(rows) for name in row}
    level.update(dict.fromkeys((f"_kinds/{Path(file_of(kind)).stem}" for kind in AREAS), level.pop("_kinds/<kind>")))
    utils = ROOT / "plugins" / "module_utils"
    paths = {path.relative_to(utils).with_suffix("").as_posix(): path for path in utils.rglob("*.py")}
    assert level.keys() == paths.keys()
    for name, path in paths.items():
        for imported in imports_of(path, utils):
            assert level[imported] < level[name], f"{name} imports {imported}"
            folders = {name.partition("/")[0], imported.partition("/")[0]}
            assert folders != {"_planning", "_api"}, f"{name} imports {imported}"


@pytest.mark.parametrize("kind", AREAS, ids=lambda kind: kind.area)
def test_a_kind_has_few_members(kind: Kind) -> None:
    """What few kinds need has a place of its own."""
    classes = [each for each in type(kind).__mro__ if issubclass(each, Kind)]
    methods = {name for each in classes for name in vars(each) if not name.startswith("__") or name == "__init__"}
    attributes = {name for each in classes for name in inspect.get_annotations(each)}
    assert len(methods | attributes | vars(kind).keys()) <= 60


def test_files_of_tasks_and_kinds_are_short() -> None:
    utils = ROOT / "plugins" / "module_utils"
    files = [path for folder in ("_tasks", "_kinds") for path in (utils / folder).glob("*.py")]
    assert [path.name for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []


def test_tasks_and_kinds_do_not_ask_whether_a_kind_is_a_singleton() -> None:
    """Each kind knows what it is."""
    files = (path for folder in ("_tasks", "_kinds") for path in (ROOT / "plugins/module_utils" / folder).glob("*.py"))
    assert [path.name for path in files if ".is_singleton" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_action_of_its_own(module: str) -> None:
    """One for several would share their defaults, and one that is named in another way is loaded anew for each task."""
    action = importlib.import_module(f"ansible_collections.qlikops.cloud.plugins.action.{module}")
    assert action.ActionModule.flow is flow_of(module)
    assert "plugin_routing" not in load(ROOT / "meta" / "runtime.yml")


@pytest.mark.parametrize("module", MODULES)
def test_modules_import_by_absolute_names(module: str) -> None:
    """The strategies of mitogen recognize a module by such imports, and run no file with relative ones."""
    path = ROOT / "plugins" / "modules" / f"{module}.py"
    imports = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in imports if node.level] == []
    assert any(str(node.module).startswith("ansible_collections.qlikops.cloud.") for node in imports)


def imports_of(path: Path, utils: Path) -> list[str]:
    """The files below C(utils) that a file imports."""
    imports = re.findall(r"^\s*from (\.+)([\w.]+) import", path.read_text(encoding="utf-8"), re.MULTILINE)
    folders = [path.parents[len(dots) - 1] / target.replace(".", "/") for dots, target in imports]
    return [folder.relative_to(utils).as_posix() for folder in folders]


def test_what_is_repeated_is_documented() -> None:
    """The table of the guide about faults is the table of the code."""
    page = (ROOT / "docs" / "docsite" / "rst" / "guide_faults.rst").read_text(encoding="utf-8")
    rule = next(line for line in page.splitlines() if line.startswith("=") and line.count(" ") == 3)
    columns = [(match.start(), match.end()) for match in re.finditer("=+", rule)]
    for fault, repeated in REPEAT_AFTER.items():
        (line,) = (line for line in page.splitlines() if line.startswith(fault + " "))
        name, _example, safe, unsafe = (line[start:end].strip() for start, end in columns)
        assert name == fault
        assert (safe == "repeated") is repeated["safe"]
        assert (unsafe == "repeated") is repeated["unsafe"]
