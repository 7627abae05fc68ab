# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated files are what would be generated, and mistakes in words are named with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from generate.files import MARK, PARTS, Described, generated_files, leftovers, with_parts
from generate.text import WIDTH, tidy
from generate.words import ROOT, WordsError, checked, example_key, file_of, words_of

KINDS = {kind.noun: kind for kind in AREAS}
AGAIN = (
    "Do not edit it: change the table or the words of the kind, or the template, and run make generate. The second line"
    " of the file, or the name in the comment before a generated part, says which."
)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generated_files()


def test_every_generated_file_is_what_would_be_generated(files: dict[str, str]) -> None:
    different = [
        f"{path} differs from what make generate writes. {AGAIN}"
        for path, text in files.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text
    ]
    assert not different, "\n".join(different)


def test_no_file_says_that_it_is_generated_and_is_not(files: dict[str, str]) -> None:
    left = [f"{path} is no longer generated. Run make generate to remove it." for path in leftovers(files)]
    assert not left, "\n".join(left)


def test_generated_files_say_so_in_their_second_line(files: dict[str, str]) -> None:
    assert [path for path, text in files.items() if MARK not in text.splitlines()[1] and path not in PARTS] == []


def test_a_file_of_a_kind_that_is_gone_is_left_over(files: dict[str, str]) -> None:
    gone = {path: text for path, text in files.items() if "csp_origin" not in path}
    assert set(leftovers(gone)) >= files.keys() - gone.keys()


@pytest.mark.parametrize("text", ["Text", "<!-- generated: table -->\nText\n", "<!-- end -->\n"])
def test_a_part_without_its_comments_is_named(text: str) -> None:
    with pytest.raises(
        WordsError, match="README.md: the lines <!-- generated: table --> and <!-- end --> are missing. A"
    ):
        with_parts("README.md", text, {"table": "| a |\n"})


def mistakes(noun: str, *changes: tuple[str, str]) -> str:
    """What is said of the words of a kind after texts in them were replaced, each by another one."""
    kind = KINDS[noun]
    text = (ROOT / file_of(kind)).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(WordsError) as caught:
        checked(text, kind, Described(kind).standard)
    return str(caught.value)


@pytest.mark.parametrize(
    ("noun", "old", "new", "message"),
    [
        ("role", "short_description:", "short_descripton:", "short_descripton is an unknown key. Use one of short"),
        ("role", "short_description:", "short_descripton:", "short_description is missing. Add it."),
        (
            "role",
            "  name: Roles",
            "  title: Roles",
            "seealso.title is an unknown key. Use one of name, link, modules.",
        ),
        ("role", "  assigned_scopes: ", "  assigned_scops: ", "options.assigned_scops is not an option of the role. U"),
        ("role", "  assigned_scopes: ", "  assigned_scops: ", "options.assigned_scopes is missing. Describe the opt"),
        ("space", "  members.user: ", "  members.users: ", "options.members.user is missing. Describe the option."),
        ("role", "area: Custom roles", "area: ''", "area must be a non-empty string."),
        ("role", "area: Custom roles", "area: 7", "area must be a non-empty string."),
        (
            "role",
            "    - V(present) creates",
            "    - 7\n    - V(present) creates",
            "options.state must be a non-empty string or a list",
        ),
        ("role", "  name: The name of", "  name: Name: the name of", "not valid YAML: mapping values are not allowed"),
        ("role", "  - name: Create", "  - name: [", "examples is not valid YAML: while parsing"),
        ("role", "    - name: Manage", "    - name: [", "bulk.examples is not valid YAML: while parsing"),
        ("role", "  - name: Create a", "  name: Create a", "examples is not valid YAML"),
        ("role", "sample:\n", "sample: []\nother:\n", "sample must be a non-empty dictionary."),
        ("group", "\n  provider_type: idp\n", "\n", "sample.provider_type is missing. Add it."),
        (
            "role",
            "    qlikops.cloud.qlik_role:",
            "    debug:",
            "examples must begin with a task of qlikops.cloud.qlik_role.",
        ),
        (
            "role",
            "bulk:\n",
            "prune:\n  types: x\nbulk:\n",
            "prune is an unknown key. Remove it: a role is",
        ),
        ("space", "  types: The types", "  type: The types", "prune.types is missing. Describe the option."),
        ("group", "    system_groups: Read", "    groups: Read", "info.options.system_groups is missing."),
        ("tenant", "info:\n", "bulk: {}\ninfo:\n", "bulk is an unknown key."),
        ("csp_origin", "info: {}", "info:", "info must be a dictionary."),
        ("csp_origin", "info: {}", "info: {options: {x: y}}", "info.options.x is not an option of the info module. U"),
        ("csp_origin", "info: {}", "info: {}\nprune: {x: y}", "prune.x is not an option of pruning. Use one of notes."),
        ("csp_origin", "info: {}", "info: {}\narea: x", "not valid YAML: the key area occurs twice in"),
        ("role", "  name: The name", "  name: x\n  name: The name", "not valid YAML: the key name occurs twice in"),
        (
            "role",
            "short_description: Manage",
            "short_description: Make",
            "short_description must be a string that star",
        ),
        (
            "role",
            "sample:\n",
            "sample:\n  made: 2026-01-01\n",
            "sample must have only JSON types: Object of type date is",
        ),
        ("role", "area:", "version_added: 1.1\narea:", "version_added must be a version such as 1.1.0."),
        ("role", "sample:\n", "contains: {x: y}\nsample:\n", "contains must be a non-empty dictionary of dictionaries"),
        ("role", "sample:\n", "return: {x: {}}\nsample:\n", "return must be a non-empty dictionary of dictionaries"),
        ("role", "Custom roles", '\'Custom """ roles\'', 'must not contain """'),
    ],
)
def test_a_mistake_in_words_is_named(noun: str, old: str, new: str, message: str) -> None:
    assert f"{file_of(KINDS[noun])}: {message}" in mistakes(noun, (old, new))


def test_all_mistakes_are_named_at_once() -> None:
    said = mistakes("role", ("area:", "aria:"), ("  - name: Create", "  - name: ["))
    assert len(said.splitlines()) == 3


def test_words_are_a_dictionary() -> None:
    keys = "short_description, description, area, seealso, sample, examples, bulk."
    with pytest.raises(WordsError, match=f"role.yml: must be a dictionary with the keys {keys}"):
        checked("- x", KINDS["role"], ())


def test_modules_have_the_version_in_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / file_of(KINDS["role"])
    text = path.read_text(encoding="utf-8").replace("area:", "version_added: 1.1.0\narea:", 1)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: text.encode() if self == path else read(self))
    made = generated_files()
    for module in ("qlik_role", "qlik_roles", "qlik_role_info"):
        assert "\nversion_added: 1.1.0\n" in made[f"plugins/modules/{module}.py"]


def test_words_are_encoded_in_utf_8() -> None:
    with pytest.raises(WordsError, match="role.yml: must be encoded in UTF-8: "):
        checked("area: R\N{LATIN SMALL LETTER O WITH DIAERESIS}les".encode("latin-1"), KINDS["role"], ())


def test_a_kind_without_words_is_named() -> None:
    class Wordless(Kind):
        """A kind whose table is here, so that its words would be beside this file."""

        noun = plural = "wordless"
        is_singleton = True
        settings = ()

    with pytest.raises(
        WordsError, match="test_generated.yml: the file does not exist. Create it with the words of the wordless"
    ):
        words_of(Wordless(), ())


@pytest.mark.parametrize(
    ("module", "place"),
    [
        ("qlik_role", "plugins/module_utils/_kinds/role.yml: examples"),
        ("qlik_roles", "plugins/module_utils/_kinds/role.yml: bulk.examples"),
        ("qlik_role_info", "plugins/module_utils/_kinds/role.yml: info.examples"),
        ("qlik_space_info", "plugins/modules/qlik_space_info.py: EXAMPLES"),
        ("qlik_space_member", "plugins/modules/qlik_space_member.py: EXAMPLES"),
    ],
)
def test_where_an_example_is_written(module: str, place: str) -> None:
    assert example_key(module, AREAS) == place


@pytest.mark.parametrize(
    "value",
    [
        {"a": ["x" * 200, "word " * 40 + "end", "key: " + "word " * 40 + "end"]},
        {"a": [{"b": [1, None, True, "true", "", "2026-01-01", " x", "a #b", "*"]}, [], {}]},
        [["nested"], {"a": {"b": "c"}}],
    ],
)
def test_tidy_yaml_means_the_same(value: object) -> None:
    text = tidy(yaml.safe_dump(value))
    assert yaml.safe_load(text) == value
    assert [line for line in text.splitlines() if len(line) > WIDTH and " " in line.strip("- ")] == []
