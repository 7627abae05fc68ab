# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters in the grammar of RFC 7644 section 3.4.2.2, as far as Qlik documents them (Qlik reference: filtering).

A filter is parsed once into nodes, checked against what the service documents, and compiled into a predicate.
Comparisons ignore case. Values are JSON strings; single quotes are accepted too, since Qlik's tutorials use them.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar, cast

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

MAX_DEPTH = 20
MAX_IDS = 100

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: _term (_AND _term)*
_term: comparison | parenthesis | negation
negation: _NOT "(" disjunction ")"
parenthesis: "(" disjunction ")"
comparison: ATTRIBUTE OPERATOR (DOUBLE | SINGLE | BOOLEAN)

ATTRIBUTE: /[A-Za-z][A-Za-z0-9_.]*/
OPERATOR.2: /[ \t]+[A-Za-z]+[ \t]+/
_NOT.3: /not(?=[ \t]*\()/i
_AND.2: /[ \t]+and[ \t]+/i
_OR.2: /[ \t]+or[ \t]+/i
DOUBLE: /"(?:[^"\\\x00-\x1f]|\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4}))*"/
SINGLE: /'(?:[^'\\\x00-\x1f]|\\(?:['"\\\/bfnrt]|u[0-9a-fA-F]{4}))*'/
BOOLEAN: /true|false/
SPACE: /[ \t]+/
%ignore SPACE
"""

T = TypeVar("T")
Getter = Callable[[T], Iterable[str]]


class FilterError(ValueError):
    """The filter is refused; the text says why."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """``attribute operator "value"``; the value of a boolean can stand without quotes."""

    attribute: str
    operator: str
    value: str
    is_bare: bool = False

    depth = 0


@dataclasses.dataclass(frozen=True)
class Logic:
    """Operands joined by ``and`` or by ``or``."""

    operator: str
    operands: tuple[Node, ...]
    depth: int


@dataclasses.dataclass(frozen=True)
class Parenthesis:
    """A filter in parentheses, kept because a rule of the users' filter depends on them."""

    inner: Node
    depth: int


@dataclasses.dataclass(frozen=True)
class Negation:
    """``not (inner)``."""

    inner: Node
    depth: int


Node = Comparison | Logic | Parenthesis | Negation


@dataclasses.dataclass(frozen=True)
class Attribute(Generic[T]):
    """How to read an attribute from an item, and the operators documented for it."""

    read: Getter[T]
    operators: frozenset[str] = frozenset({"eq"})
    is_boolean: bool = False


@dataclasses.dataclass(frozen=True)
class Schema(Generic[T]):
    """What a service can be asked for.

    ``grouped_status`` switches on the users' rule about status conditions, ``negatable`` says whether it knows ``not``.
    """

    attributes: Mapping[str, Attribute[T]]
    grouped_status: bool = False
    negatable: bool = False

    def attribute(self, name: str) -> Attribute[T]:
        """The attribute called ``name`` in any case. Raises FilterError."""
        known = _folded_names(tuple(self.attributes)).get(name.lower())
        if known is None:
            raise FilterError(f"attribute {name!r} cannot be filtered on")
        return self.attributes[known]


@functools.lru_cache(maxsize=16)
def _folded_names(names: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in names}


def fold(text: str) -> str:
    """The form in which two texts are compared."""
    return text.casefold()


class _Builder(Transformer[Token, Node]):
    def comparison(self, children: list[Token]) -> Comparison:
        attribute, operator, value = children
        is_bare = value.type == "BOOLEAN"
        text = str(value) if is_bare else _unquoted(value)
        return Comparison(str(attribute), operator.strip().lower(), text, is_bare)

    def parenthesis(self, children: list[Node]) -> Parenthesis:
        (inner,) = children
        if inner.depth >= MAX_DEPTH:
            raise FilterError("the filter is too complex")
        return Parenthesis(inner, inner.depth + 1)

    def negation(self, children: list[Node]) -> Negation:
        return Negation(self.parenthesis(children).inner, children[0].depth + 1)

    def conjunction(self, children: list[Node]) -> Logic:
        return Logic("and", tuple(children), max(child.depth for child in children))

    def disjunction(self, children: list[Node]) -> Logic:
        return Logic("or", tuple(children), max(child.depth for child in children))


def _unquoted(token: Token) -> str:
    text = str(token)
    if token.type == "SINGLE":
        pairs = text[1:-1].replace("\\\\", "\0").replace("\\'", "'").replace('\\"', '"').replace('"', '\\"')
        text = '"' + pairs.replace("\0", "\\\\") + '"'
    value = cast(str, json.loads(text))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise FilterError("half a surrogate pair in a value") from None
    return value


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Builder())


@functools.lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """The nodes of ``text``. Raises FilterError when it breaks the grammar or nests too deeply."""
    try:
        return cast(Node, _PARSER.parse(text))
    except LarkError as error:
        cause = error.__context__
        raise FilterError(str(cause) if isinstance(cause, FilterError) else "the filter cannot be parsed") from None


def comparisons(node: Node) -> list[Comparison]:
    """All comparisons of a filter, from left to right."""
    if isinstance(node, Comparison):
        return [node]
    if isinstance(node, (Parenthesis, Negation)):
        return comparisons(node.inner)
    return [found for operand in node.operands for found in comparisons(operand)]


def render(node: Node) -> str:
    """The filter as the service repeats it in links: always with double quotes."""
    if isinstance(node, Comparison):
        value = node.value if node.is_bare else json.dumps(node.value, ensure_ascii=False)
        return f"{node.attribute} {node.operator} {value}"
    if isinstance(node, Parenthesis):
        return f"({render(node.inner)})"
    if isinstance(node, Negation):
        return f"not ({render(node.inner)})"
    return f" {node.operator} ".join(render(operand) for operand in node.operands)


def check(
    node: Node, schema: Schema[T], *, max_conditions: int, max_ids: int | None = None, bare_status: bool = False
) -> None:
    """Refuse what the service does not document, with FilterError; ``bare_status`` relaxes the status rule."""
    found = comparisons(node)
    if len(found) > max_conditions:
        raise FilterError("the filter is too complex")
    if max_ids is not None and sum(item.attribute.lower() == "id" for item in found) > max_ids:
        raise FilterError(f"more than {max_ids} ids in the filter")
    for item in found:
        if item.operator not in schema.attribute(item.attribute).operators:
            raise FilterError(f"operator {item.operator!r} is not supported for {item.attribute!r}")
        if item.is_bare and not schema.attribute(item.attribute).is_boolean:
            raise FilterError(f"the value of {item.attribute!r} stands in quotes")
    if not schema.negatable and _negates(node):
        raise FilterError("'not' is not supported")
    if schema.grouped_status:
        _check_status_group(node, bare_status)


def _negates(node: Node) -> bool:
    if isinstance(node, Logic):
        return any(map(_negates, node.operands))
    return isinstance(node, Negation) or (isinstance(node, Parenthesis) and _negates(node.inner))


def _check_status_group(node: Node, bare_status: bool) -> None:
    problem = FilterError("status conditions must be one group in parentheses, joined with 'and' to the rest")
    if len(_kinds(node)) == 1:
        split = isinstance(node, Logic) and (
            node.operator != "or" or not all(isinstance(operand, Comparison) for operand in node.operands)
        )
        if split and True in _kinds(node):
            raise problem
        return
    if not isinstance(node, Logic) or node.operator != "and":
        raise problem
    status = [operand for operand in node.operands if True in _kinds(operand)]
    alone = isinstance(status[0], Parenthesis) or bare_status
    if len(status) != 1 or len(_kinds(status[0])) != 1 or not alone:
        raise problem


def _kinds(node: Node) -> set[bool]:
    return {item.attribute.lower() == "status" for item in comparisons(node)}


def matcher(node: Node, schema: Schema[T]) -> Callable[[T], bool]:
    """A predicate for a filter that was checked."""
    if isinstance(node, Parenthesis):
        return matcher(node.inner, schema)
    if isinstance(node, Negation):
        inner = matcher(node.inner, schema)
        return lambda item: not inner(item)
    if isinstance(node, Comparison):
        return _comparison_matcher(node, schema)
    shared = _shared_equals(node) if node.operator == "or" else None
    if shared is not None:
        return _membership(schema.attribute(shared[0]).read, shared[1])
    parts = [matcher(operand, schema) for operand in node.operands]
    if node.operator == "and":
        return lambda item: all(part(item) for part in parts)
    return lambda item: any(part(item) for part in parts)


def _comparison_matcher(node: Comparison, schema: Schema[T]) -> Callable[[T], bool]:
    read, desired = schema.attribute(node.attribute).read, fold(node.value)
    if node.operator == "co":
        return lambda item: any(desired in fold(value) for value in read(item))
    if node.operator == "ne":
        return lambda item: all(fold(value) != desired for value in read(item))
    return _membership(read, frozenset({desired}))


def _membership(read: Getter[T], desired: frozenset[str]) -> Callable[[T], bool]:
    return lambda item: any(fold(value) in desired for value in read(item))


def _shared_equals(node: Logic) -> tuple[str, frozenset[str]] | None:
    """Attribute and values when all operands are ``eq`` on the same attribute: one look-up instead of many."""
    values = []
    attribute = ""
    for operand in node.operands:
        if not isinstance(operand, Comparison) or operand.operator != "eq":
            return None
        if attribute not in ("", operand.attribute):
            return None
        attribute = operand.attribute
        values.append(fold(operand.value))
    return attribute, frozenset(values)


def candidates(node: Node, find: Callable[[str, str], Iterable[str] | None]) -> set[str] | None:
    """Ids that may match, or None for all. ``find`` gives the ids for an indexed attribute and a folded value."""
    if isinstance(node, Parenthesis):
        return candidates(node.inner, find)
    if isinstance(node, Negation):
        return None
    if isinstance(node, Comparison):
        ids = find(node.attribute, fold(node.value)) if node.operator == "eq" else None
        return None if ids is None else set(ids)
    parts = [candidates(operand, find) for operand in node.operands]
    known = [part for part in parts if part is not None]
    if node.operator == "and":
        return min(known, key=len) if known else None
    return set().union(*known) if len(known) == len(parts) else None
