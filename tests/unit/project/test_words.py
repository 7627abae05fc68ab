# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation, messages, and names use the terms of the project. The rules are in tests/words.txt."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTATION = [
    path
    for pattern in (
        "*.md",
        "galaxy.yml",
        "Makefile",
        "changelogs/fragments/*.yml",
        "docs/**/*.rst",
        "docs/**/*.svg",
        "meta/*.yml",
        "playbooks/*.yml",
        "plugins/**/*.yml",
        "roles/**/*.*",
        "tests/demo.py",
        "tests/demo.yml",
    )
    for path in sorted(ROOT.glob(pattern))
    if path.is_file()
]
CODE = sorted((ROOT / "plugins").rglob("*.py"))


def rules(section: str) -> dict[re.Pattern[str], str]:
    """Return the advice of a section of tests/words.txt by the pattern that it replaces."""
    lines = (ROOT / "tests" / "words.txt").read_text(encoding="utf-8").split(f"[{section}]\n")[1].split("\n[")[0]
    pairs = [line.split(" => ") for line in lines.splitlines() if line and not line.startswith("#")]
    # Lines of comments go on after a hash.
    return {re.compile(pattern.replace(" ", r"[\s#]+"), re.IGNORECASE): advice for pattern, advice in pairs}


SENTENCES, NAMES = rules("sentences"), rules("names")


def phrases_in(text: str, first_line: int = 1) -> list[str]:
    """Return each phrase to replace in a text, with its line and the advice."""
    return [
        f"{first_line + text.count(chr(10), 0, match.start())}: {' '.join(match[0].split())!r}. Use: {advice}."
        for pattern, advice in SENTENCES.items()
        for match in pattern.finditer(text)
    ]


def strings_in(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the strings of Python code that have more than one word, with their lines; in f-strings, {} is a value."""
    parts: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        yield node.lineno, text
        parts = (part for part in node.values if not isinstance(part, ast.Constant))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.lineno, node.value
    for part in parts:
        yield from strings_in(part)


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the names that Python code defines, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def messages_of(code: str) -> list[str]:
    """Return each phrase to replace in the strings of Python code."""
    return [found for line, text in strings_in(ast.parse(code)) for found in phrases_in(text, line)]


def report(found: dict[Path, list[str]]) -> str:
    lines = [f"{path.relative_to(ROOT)}:{text}" for path, texts in found.items() for text in texts]
    return "\n".join([*lines, f"{len(lines)} places. The terms are in CONTRIBUTING.md."]) if lines else ""


def test_documentation_uses_the_terms() -> None:
    assert len(DOCUMENTATION) > 50
    said = report({path: phrases_in(path.read_text(encoding="utf-8")) for path in DOCUMENTATION})
    assert not said, said


def test_messages_use_the_terms() -> None:
    said = report({path: messages_of(path.read_text(encoding="utf-8")) for path in CODE})
    assert not said, said


def test_names_use_the_terms() -> None:
    found = {
        path: [
            f"{line}: {name}. Use: {advice}."
            for line, name in names_in(ast.parse(path.read_text(encoding="utf-8")))
            for pattern, advice in NAMES.items()
            if pattern.search(name)
        ]
        for path in CODE
    }
    assert not report(found), report(found)


@pytest.mark.parametrize(
    "text",
    [
        "It was an answer.",
        "Only what is\n    described is compared.",
        "# A seed carries out what\n# is described.",
        "Interns: granted by hand",
    ],
)
def test_a_phrase_is_found(text: str) -> None:
    assert len(phrases_in(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The answers of a survey are extra variables.",
        "Proceed as described in the guide, in one place.",
        "A change made by hand stays in place.",
        "There is no list, and the owner answers for it.",
    ],
)
def test_other_words_are_no_false_alarm(text: str) -> None:
    assert phrases_in(text) == []


def test_messages_are_found_in_whole() -> None:
    code = 'raise ValueError(f"{name}: the field is "\n    "no text" + "and %s what " "there is")\nplace = "answer"\n'
    assert [found.split(":")[1] for found in messages_of(code)] == [" 'is no text'. Use", " 'what there is'. Use"]
