# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch operations: what all dialects share, and how a list of them is applied.

No dialect is the whole of RFC 6902 (Qlik reference: PATCH of tenants, users, groups, group settings and roles). Each
service says which operations and paths it takes; this module checks the form and decides what a failure undoes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TypeVar

from .call import Call, Json
from .errors import Entry, Refusal, refuse

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation of a PATCH body."""

    op: str
    path: str
    value: Json


def operations(call: Call, optional: Mapping[str, frozenset[str]] | None = None) -> list[Operation]:
    """The operations in the body. Raises Refusal 400 unless it is an array of objects with op, path and value.

    :param optional: which of these fields an operation can leave out, by ``op``; a missing path is empty.
    """
    if not isinstance(call.body, list) or not call.body:
        raise refuse(400, "Invalid patch", "The body must be an array of operations.")
    return [_operation(call, index, item, optional or {}) for index, item in enumerate(call.body)]


def _operation(call: Call, index: int, item: Json, optional: Mapping[str, frozenset[str]]) -> Operation:
    pointer = f"/{index}"
    if not isinstance(item, dict):
        raise refuse(400, "Invalid patch", "An operation must be an object.", pointer=pointer)
    op = item.get("op")
    left_out = optional.get(op, frozenset()) if isinstance(op, str) else frozenset()
    item = {**dict.fromkeys(left_out), **({"path": ""} if "path" in left_out else {}), **item}
    for name in ("op", "path", "value"):
        if name not in item:
            raise refuse(400, "Invalid patch", f"An operation needs {name!r}.", pointer=f"{pointer}/{name}")
    for name in item.keys() - {"op", "path", "value"}:
        if call.guesses.unknown_body_field == "refuse":
            raise refuse(400, "Invalid patch", f"Unknown field {name!r}.", pointer=f"{pointer}/{name}")
    if not isinstance(item["op"], str) or not isinstance(item["path"], str):
        raise refuse(400, "Invalid patch", "op and path must be strings.", pointer=pointer)
    return Operation(item["op"], item["path"], item["value"])


def unsupported(operation: Operation) -> Refusal:
    """The refusal of an operation or path that the dialect does not have."""
    detail = f"Operation {operation.op!r} on {operation.path!r} is not supported."
    return refuse(400, "Invalid patch", detail, pointer=operation.path)


def apply_in_order(call: Call, value: T, apply: Callable[[T, Operation], T], store: Callable[[T], None]) -> None:
    """Apply all operations to ``value`` and store the result.

    A refused operation is raised again; nothing is stored then, unless the guess ``patch_atomic`` is off and there is
    something in front of it.
    """
    changed = value
    try:
        for operation in operations(call):
            changed = apply(changed, operation)
    except Refusal:
        if not call.guesses.patch_atomic and changed is not value:
            store(changed)
        raise
    store(changed)


def apply_what_can_be(
    call: Call, value: T, apply: Callable[[T, Operation], T], lesser: Callable[[Operation], bool]
) -> tuple[T, list[Entry]]:
    """Apply operations and gather the refusals of those that are ``lesser``; any other refusal is raised.

    When nothing at all succeeded the first refusal is raised too.
    """
    changed, failed, first = value, list[Entry](), None
    succeeded = 0
    for operation in operations(call):
        try:
            if operation.path in call.fail_paths:
                raise refuse(500, "Update failed", "This part could not be updated.", pointer=operation.path)
            changed = apply(changed, operation)
            succeeded += 1
        except Refusal as refusal:
            if operation.path not in call.fail_paths and not lesser(operation):
                raise
            failed.extend(refusal.entries)
            first = first or refusal
    if first is not None and not succeeded:
        raise first
    return changed, failed
