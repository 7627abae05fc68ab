# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that are made from kinds, their words, and templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind, in_snake_case
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.collection import Collection
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.listed import Listed
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import POLICIES
from local_tenant.app import TENANT_ROUTES
from local_tenant.kinds import KINDS as LOCAL_KINDS
from local_tenant.kinds import SINGLETONS

from .schema import schema_of_seed
from .text import MARK, WIDTH, tidy, to_yaml
from .words import ROOT, Words, WordsError, file_of, info_options, words_of

TEMPLATES = Path(__file__).with_name("templates")
#: Folders with generated files, and the patterns of these files.
FOLDERS = {
    "plugins/action": "*.py",
    "plugins/doc_fragments": "*.py",
    "plugins/modules": "*.py",
    "meta": "*.yml",
    "roles": "*/*/*",
    "docs/docsite/rst": "*.rst",
}
#: The documentation fragments of options of the whole task, by option.
_TASK_FRAGMENTS = {
    "planned_roles": "task",
    "planned_groups": "task.planned_groups",
    "planned_users": "task.planned_users",
    "caller_address": "task.allowlist",
    "allow_lockout": "task.lockout",
}


class Described:
    """A kind with its words, as templates use it.

    :raises WordsError: listing every mistake in the words.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.file = file_of(kind)
        rendered = _ENVIRONMENT.get_template("standard.yml.j2").render(kind=kind, a_word=self.a_word)
        self.standard: Words = yaml.safe_load(rendered)
        self.words = words_of(kind, self.standard)

    @property
    def class_name(self) -> str:
        """The name of the class in Python."""
        return type(self.kind).__name__

    @property
    def python_module(self) -> str:
        """The name of the file in Python that has the class."""
        return Path(self.file).stem

    @property
    def readme_rows(self) -> list[dict[str, Any]]:
        """The modules in rows of a table, each with a text on what they manage."""
        area = self.words["area"]
        subject = self.words["short_description"].removeprefix("Manage ").replace(" of a Qlik Cloud tenant", "")
        subject = _in_a_sentence(area) if self.kind.is_singleton else subject
        if not self.kind.is_singleton and self.kind.words.lower() not in area.lower():
            subject += f": {_in_a_sentence(area)}"
        info = f"qlik_{self.kind.noun}_info"
        has_info = (ROOT / "plugins" / "modules" / f"{info}.py").exists() or info in self.modules
        one, *many = [name for name in self.modules if name != info]
        rows = [{"modules": [one, *([info] if has_info else [])], "text": subject}]
        return [*rows, *({"modules": [name], "text": f"many {self.kind.words} in one task"} for name in many)]

    @property
    def called(self) -> str:
        """The name of the area in prose."""
        return (
            self.kind.area.replace("_", " ")
            if self.kind.words == self.kind.plural.replace("_", " ")
            else self.kind.words
        )

    @property
    def a_word(self) -> str:
        """The word for one resource with its article, such as C(an IP policy)."""
        # No word for a kind begins with a spoken consonant that is written A, E, I or O, and "user" begins with one.
        return ("an " if self.kind.word[0] in "AEIOaeio" else "a ") + self.kind.word

    @property
    def result(self) -> str:
        """The word for the result of a module for a singleton: C(settings), C(tenant)."""
        return "settings" if self.kind.noun.endswith("settings") else self.kind.word

    @property
    def variable(self) -> str:
        """The variable of the seeding role."""
        return "qlik_seed_extra_groups" if self.kind.area == "groups" else f"qlik_seed_{self.kind.area}"

    @property
    def modules(self) -> list[str]:
        """The names of the generated modules."""
        bulk = [] if self.kind.is_singleton else [f"qlik_{self.kind.plural}"]
        return [f"qlik_{self.kind.noun}", *bulk, *([f"qlik_{self.kind.noun}_info"] if "info" in self.words else [])]

    def others(self, module: str) -> list[str]:
        """Return the related modules that the documentation of C(module) links to."""
        names = [*self.modules, *self.words["seealso"].get("modules", []), "qlik_configuration"]
        return [name for name in names if name != module]

    @property
    def fragments(self) -> list[str]:
        """The fragments with options of the whole task."""
        spec = self.kind.task_spec
        fragments = [fragment for option, fragment in _TASK_FRAGMENTS.items() if option in spec]
        # The fragment of the address documents allow_lockout too.
        return [name for name in fragments if not (name == "task.lockout" and "task.allowlist" in fragments)]

    @property
    def notes_of_pruning(self) -> list[str]:
        """Notes about pruning that belong to no single option."""
        return _as_list(self.words.get("prune", {}).get("notes", []))

    @property
    def is_disabled_by_pruning(self) -> bool:
        """Whether pruning can disable resources instead of deleting them."""
        return "action" in (self.kind.pruning.spec or {})

    @property
    def may_not_exist(self) -> bool:
        """Whether a singleton can be missing on a tenant."""
        return self.kind.absence.is_seen_at_creation

    @property
    def can_stay_different(self) -> bool:
        """Whether the kind has settings that can differ and cannot be changed."""
        return any(setting.may_stay_different for setting in self.kind.settings)

    @cached_property
    def options(self) -> dict[str, Any]:
        """The documented options of one resource."""
        kind, spec = self.kind, self.kind.argument_spec()
        names = [] if kind.is_singleton else [*kind.identity, "previous_names", "id", "state"]
        initial = references_in(spec.get("initial", {}).get("options", {}))
        initial = {f"initial.{option}": f"{link} of a new {kind.word}." for option, link in initial.items()}
        texts = {**initial, **self.standard, **self.words.get("options", {})}
        if kind.pruning.deletes_duplicates:
            name = kind.identity[0]
            texts[name] = [*_as_list(texts[name]), *texts["duplicates"]]
        return documented({option: spec[option] for option in [*names, *spec] if option in spec}, texts)

    @property
    def secret_options(self) -> dict[str, Any]:
        """The documented options of the module for one resource that are about its secrets."""
        rules = self.kind.secrets
        return documented(rules.spec, self.words["secrets"]) if rules is not None else {}

    @property
    def info_options(self) -> dict[str, Any]:
        """The documented options of the info module, without the connection."""
        if not isinstance(self.kind, Collection):
            return {}
        return documented(info_options(self.kind), {**self.standard["info"], **self.words["info"].get("options", {})})

    @property
    def item_sample(self) -> dict[str, Any]:
        """The sample of one item in the result of a bulk module."""
        sample = dict(self.words["sample"])
        if self.kind.secrets is not None:
            del sample[in_snake_case({self.kind.secrets.field: None}).popitem()[0]]
        named = {option: sample[option] for option in self.kind.identity}
        return {**named, "action": "created", "changed": True, self.kind.noun: sample}

    @property
    def identified_sample(self) -> dict[str, Any]:
        """The sample of the options that identify one resource in a result."""
        return {option: self.words["sample"][option] for option in (*self.kind.identity, "id")}

    @property
    def prune_options(self) -> dict[str, Any]:
        """The documented pruning options that are specific to this kind."""
        return documented(self.kind.pruning.spec or {}, self.words.get("prune", {}))


def references_in(spec: Mapping[str, Any], parent: str = "") -> dict[str, str]:
    """Return links to the options of an argument spec, by option, with suboptions as C(option.suboption)."""
    links: dict[str, str] = {}
    for option, rule in spec.items():
        inner = f"{parent}{option}[]." if rule.get("type") == "list" else f"{parent}{option}."
        links[option] = f"O({parent}{option})"
        links.update({f"{option}.{name}": link for name, link in references_in(rule.get("options", {}), inner).items()})
    return links


def documented(spec: Mapping[str, Any], texts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the options of an argument spec in the format of documentation, with descriptions and C(suboptions).

    :param texts: descriptions by option, with suboptions as C(option.suboption).
    """
    options = {}
    for option, rule in spec.items():
        kept = ("elements", "required", "choices", "default")
        entry = {key: rule[key] for key in kept if rule.get(key) is not None}
        entry = {"description": _as_list(texts[prefix + option]), "type": rule.get("type", "str"), **entry}
        if "options" in rule:
            entry["suboptions"] = documented(rule["options"], texts, f"{prefix}{option}.")
        options[option] = entry
    return options


def below(options: Mapping[str, Any], parent: str, key: str = "suboptions") -> dict[str, Any]:
    """Return documented options as suboptions of another option: C(O(name)) becomes C(O(parent.name)).

    :param key: the name of the key for suboptions. It is C(options) in argument specs of roles.
    """
    moved = {}
    for name, option in options.items():
        entry = {part: value for part, value in option.items() if part != "suboptions"}
        entry["description"] = [text.replace("O(", f"O({parent}.") for text in option["description"]]
        if "suboptions" in option:
            entry[key] = below(option["suboptions"], parent, key)
        moved[name] = entry
    return moved


def generated_files() -> dict[str, str]:
    """Return the contents of all generated files, by path from the root of the project.

    :raises WordsError: listing every mistake in the words of all kinds.
    """
    kinds, mistakes = [], []
    for kind in AREAS:
        try:
            kinds.append(Described(kind))
        except WordsError as error:
            mistakes.append(str(error))
    if mistakes:
        raise WordsError("\n".join(mistakes))
    shared: dict[str, Any] = {"kinds": kinds, "apis": _apis(kinds), "endpoints": _endpoints(kinds)}
    shared["policies"] = list(POLICIES)
    files = {path: _rendered(template, **shared) for path, template in _WHOLE_FILES.items()}
    for described in kinds:
        fragment = f"plugins/doc_fragments/{described.python_module}.py"
        files[fragment] = _rendered("fragment.py.j2", source=described.file, described=described)
        for module in described.modules:
            template = "info" if module.endswith("_info") else "bulk"
            template = "single" if module == f"qlik_{described.kind.noun}" else template
            path = f"plugins/modules/{module}.py"
            files[path] = _rendered(f"{template}.py.j2", source=described.file, described=described, module=module)
    modules = [Path(path).stem for path in files if path.startswith("plugins/modules/")]
    modules = sorted({*modules, *_modules_by_hand(modules)})
    files["meta/runtime.yml"] = _rendered("runtime.yml.j2", modules=modules)
    for module in modules:
        files[f"plugins/action/{module}.py"] = _rendered("action.py.j2", module=module)
    specs: dict[str, Any] = {}
    for role in ROLES:
        path = f"roles/{role}/meta/argument_specs.yml"
        files[path] = _rendered(f"{role}.yml.j2", **(shared if role == "qlik_seed" else {}))
        specs[role] = yaml.safe_load(files[path])["argument_specs"]["main"]
        if role == "qlik_seed":
            files[SCHEMA] = schema_of_seed(specs[role]["options"])
        meta = {"role": role, "short_description": specs[role]["short_description"]}
        files[f"roles/{role}/meta/main.yml"] = _rendered("role_meta.yml.j2", **meta)
    for path, names in PARTS.items():
        made = {
            name: _ENVIRONMENT.get_template(f"{name}.md.j2").render(kinds=kinds, options=specs["qlik_seed"]["options"])
            for name in names
        }
        files[path] = with_parts(path, (ROOT / path).read_text(encoding="utf-8"), made)
    return files


def _apis(kinds: Sequence[Described]) -> list[str]:
    """Return links to the pages of Qlik's APIs that modules of kinds call."""
    pages = {described.words["seealso"]["link"]: described.words["seealso"]["name"] for described in kinds}
    return [f"`{_in_a_sentence(name)} <{link}>`__" for link, name in pages.items()]


def _endpoints(kinds: Sequence[Described]) -> dict[str, str]:
    """Return all endpoints of a tenant, and which modules call them as far as that follows from a kind.

    A kind of which all objects are listed needs the endpoints of its collection and of one object to read and write
    objects, and no others. A singleton needs all of its endpoints.
    """
    found = {f"{method} {path}": "" for path, methods in TENANT_ROUTES.by_template.items() for method in methods}
    areas = {each.kind.area: each for each in kinds if each.kind.is_singleton or isinstance(each.kind, Listed)}
    routes_of = {**{kind.name: kind.routes for kind in LOCAL_KINDS}, **{kind.name: kind.routes for kind in SINGLETONS}}
    for area in areas.keys() & routes_of.keys():
        described, path = areas[area], routes_of[area][0].template
        for route in routes_of[area]:
            is_reading, has_all = route.method == "GET", described.kind.is_singleton or route.template == path
            if has_all or route.template == f"{path}/{{id}}":
                names = [name for name in described.modules if is_reading or not name.endswith("_info")]
                names += ["qlik_configuration", *(["qlik_configuration_info"] if is_reading and has_all else [])]
                names = sorted(name.removeprefix("qlik_") for name in names)
                found[f"{route.method} {route.template}"] = " ".join(names)
    return found


def with_parts(path: str, text: str, parts: Mapping[str, str]) -> str:
    """Return the text of a file that is written by hand but for parts of it.

    :param parts: the generated parts by name, which the comments around them have.
    :raises WordsError: if the comments around a part are missing.
    """
    for part, made in parts.items():
        before, begin, rest = text.partition(f"<!-- generated: {part} -->\n")
        _old, end, after = rest.partition("<!-- end -->\n")
        if not end:
            raise WordsError(
                f"{path}: the lines <!-- generated: {part} --> and <!-- end --> are missing. "
                f"Add them where the part from tests/generate/templates/{part}.md.j2 belongs."
            )
        text = f"{before}{begin}{made}{end}{after}"
    return text


def leftovers(files: Mapping[str, str]) -> list[str]:
    """Return the paths of files that are marked as generated and are not in C(files)."""
    found = [path for folder, pattern in FOLDERS.items() for path in (ROOT / folder).glob(pattern) if path.is_file()]
    marked = [path for path in found if MARK in "".join(path.read_text(encoding="utf-8").splitlines()[1:2])]
    return sorted({path.relative_to(ROOT).as_posix() for path in marked} - files.keys())


def _modules_by_hand(generated: Sequence[str]) -> list[str]:
    """Return the handwritten modules that have a flow."""
    paths = (ROOT / "plugins" / "modules").glob("*.py")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in paths if path.stem not in generated}
    return [name for name, text in texts.items() if "\nFLOW = " in text and MARK not in text]


def _rendered(template: str, source: str = "", **values: Any) -> str:
    mark = f"{MARK}{source or f'tests/generate/templates/{template}'}: change that and run make generate."
    if "kinds" in values:
        mark = f"{MARK}plugins/module_utils/_kinds and tests/generate/templates: change those and run it."
    return _ENVIRONMENT.get_template(template).render(mark=mark, **values)


def _as_list(texts: Any) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _in_prose(words: Iterable[str]) -> str:
    """Return several words as a list in a sentence, with a serial comma."""
    *first, last = words
    return f"{', '.join(first)}{',' if len(first) > 1 else ''} and {last}"


def _role_spec(document: str, role: str) -> str:
    """Return the argument specs of a role as YAML.

    All variables have the type C(raw), because the role checks them itself. Their defaults are those of the role, in
    C(__variable) or C(variable).

    :param document: YAML with everything except authors, types, and defaults. A variable is a text, a list of texts, or
        a dictionary with C(description) and C(options).
    """
    spec = yaml.safe_load(document)
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    variables = {}
    for name, value in spec.pop("options").items():
        entry = value if isinstance(value, dict) else {"description": value}
        default = {"default": defaults.get(f"__{name}", defaults[name])} if name in defaults else {}
        options = {option: _with_list(rule) for option, rule in entry.get("options", {}).items()}
        nested = {"options": options} if options else {}
        variables[name] = {"description": _as_list(entry["description"]), "type": "raw", **default, **nested}
    return to_yaml({"argument_specs": {"main": {**spec, "author": ["qlikops contributors"], "options": variables}}})


def _with_list(option: Mapping[str, Any]) -> dict[str, Any]:
    return {**option, "description": _as_list(option["description"])}


def _module_links(names: str) -> str:
    """Return links in reStructuredText to modules, one below the other."""
    links = [f":ansplugin:`qlikops.cloud.qlik_{name}#module`" for name in names.split()]
    return ",\n       ".join(links) or "none"


def _in_code(text: str) -> str:
    return f"`{text}`"


def _in_markdown(text: str) -> str:
    """Return a text of documentation with its markup as Markdown has it."""
    return re.sub(r"\b[OVCM]\((?:qlikops\.cloud\.)?([^)]*)\)", r"`\1`", text)


def _default_in_code(option: Mapping[str, Any]) -> str:
    """Return the default of a variable, or how much there is of a long one."""
    if "default" not in option:
        return ""
    value = option["default"]
    if isinstance(value, dict) and value:
        return f"{len(value)} entries"
    return _in_code(json.dumps(value).replace('"', "") if isinstance(value, list) else json.dumps(value))


def _in_a_sentence(text: str) -> str:
    """Return a text that begins a sentence as it is within one: C(IP policies) keeps its capitals."""
    return text if text[1].isupper() else text[0].lower() + text[1:]


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]


def _to_yaml(value: Any, indent: int = 0) -> str:
    """Return YAML whose lines, except the first, are indented by C(indent) spaces."""
    lines = to_yaml(value, WIDTH - indent).splitlines()
    return ("\n" + " " * indent).join(lines)


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"sort_keys": False}
_ENVIRONMENT.filters.update(
    as_list=_as_list,
    below=below,
    capitalized=_capitalized,
    default_in_code=_default_in_code,
    in_code=_in_code,
    in_markdown=_in_markdown,
    in_prose=_in_prose,
    module_links=_module_links,
    marked=lambda word: f"V({word})",
    role_spec=_role_spec,
    tidy=tidy,
    to_yaml=_to_yaml,
)
#: Roles, whose argument specs have templates of the same names.
ROLES = ("qlik_audit", "qlik_awx", "qlik_export", "qlik_seed")
#: The JSON Schema of the variables of the seeding role.
SCHEMA = "roles/qlik_seed/files/qlik-seed.schema.json"
#: The generated parts of files that are written by hand, by path. Each part has its own template.
PARTS = {
    "README.md": ["readme_modules"],
    "roles/qlik_seed/README.md": ["readme_variables", "readme_result"],
}
#: The templates of files that cover all kinds, by path.
_WHOLE_FILES = {
    "docs/docsite/rst/guide_endpoints.rst": "guide_endpoints.rst.j2",
    "roles/qlik_audit/files/qlik-audit.schema.json": "qlik-audit.schema.json.j2",
    "plugins/modules/qlik_configuration.py": "qlik_configuration.py.j2",
}
