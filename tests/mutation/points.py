# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the code can be changed, and the changed code."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator, operator_names

#: Operators that need to be told which variables they are about, and one that changes nothing.
WITHOUT = ("variable-inserter", "variable-replacer", "VariableInserter", "VariableReplacer", "no-op", "NoOp")
#: Nodes of parso that hold annotations, which nothing evaluates.
ANNOTATIONS = ("annassign", "tfpdef")


class DeleteStatement(Operator):
    """Replaces a call whose result nobody uses, or a ``raise``, by ``pass``."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if node.type == "raise_stmt" or (node.type == "atom_expr" and node.parent.type == "simple_stmt"):
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: Any, index: int) -> Any:
        (statement, *_end) = parso.parse("pass").children
        statement.prefix = node.get_first_leaf().prefix
        return statement

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("f(x)\n", "pass\n"),)


@dataclass(frozen=True)
class Mutation:
    """One change of one file.

    :param file: its path, from the root of the project.
    :param line: the first line that changes.
    :param operator: what is done there, the ``occurrence``-th time that it can be done in the file.
    """

    file: str
    line: int
    column: int
    operator: str
    occurrence: int

    def code(self, root: Path) -> str:
        """The changed text of the file."""
        text: str | None = mutate_code(
            (root / self.file).read_text("utf-8"), operators()[self.operator], self.occurrence
        )
        assert text is not None, self
        return text

    def lines(self, root: Path) -> range:
        """The lines that say which tests are about the change: its own, or those of the function whose head it is in;
        none if it runs when the file is imported.
        """
        tree = ast.parse((root / self.file).read_text("utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        around = [node for node in functions if node.lineno <= self.line <= (node.end_lineno or 0)]
        if not around:
            return range(0)
        innermost = max(around, key=lambda node: node.lineno)
        is_in_head = self.line < innermost.body[0].lineno
        return (
            range(innermost.body[0].lineno, (innermost.end_lineno or 0) + 1)
            if is_in_head
            else range(self.line, self.line + 1)
        )


def operators() -> dict[str, Operator]:
    """All ways to change code, by name."""
    named = {name.split("/")[1]: name for name in operator_names()}
    return {
        **{short: get_operator(name)() for short, name in named.items() if not short.startswith(WITHOUT)},
        "DeleteStatement": DeleteStatement(),
    }


def is_annotation(node: Any) -> bool:
    """Whether the node is part of a type annotation, or all of a bare one."""
    while node.parent is not None:
        parent = node.parent
        if parent.type in ANNOTATIONS and parent.children[0] is not node:
            return "=" not in [getattr(child, "value", "") for child in parent.children] or node is parent.children[1]
        if parent.type == "funcdef" and parent.annotation is node:
            return True
        if parent.type == "param" and parent.annotation is node:
            return True
        node = parent
    return False


def mutations(root: Path, files: Iterable[str]) -> list[Mutation]:
    """Every change that can be made to the files."""
    found = []
    for file in files:
        nodes = list(ast_nodes(get_ast((root / file).read_text("utf-8"))))
        for name, operator in operators().items():
            occurrence = 0
            for node in nodes:
                for start, _end in operator.mutation_positions(node):
                    if not is_annotation(node):
                        found.append(Mutation(file, start[0], start[1], name, occurrence))
                    occurrence += 1
    return found


def sample(found: Mapping[str, Sequence[Mutation]], size: int, seed: int) -> list[Mutation]:
    """So many changes, from each stratum in proportion to its places; each place has the same chance, and one change.
    Their order is of chance too, so that any first part of them is a sample.

    :param found: the changes of each stratum.
    """
    places: dict[str, dict[tuple[str, int, int], list[Mutation]]] = {stratum: {} for stratum in found}
    for stratum, changes in found.items():
        for change in changes:
            places[stratum].setdefault((change.file, change.line, change.column), []).append(change)
    total = sum(map(len, places.values()))
    dice = random.Random(seed)
    chosen: list[Mutation] = []
    seen = 0
    for by_place in places.values():
        seen += len(by_place)
        for place in dice.sample(sorted(by_place), round(size * seen / total) - len(chosen)):
            chosen.append(dice.choice(by_place[place]))
    dice.shuffle(chosen)
    return chosen
