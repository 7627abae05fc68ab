# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of nested values in request bodies. No refusal repeats a value, since any of them may be a secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from .call import Json
from .errors import Refusal, refuse

#: Raises Refusal 400 for a value that is not allowed at a place.
Check = Callable[[Json, str], None]


def bad(pointer: str, detail: str) -> Refusal:
    """The refusal of a value; not every service has pointers in its errors, so the detail names the place too."""
    return refuse(400, "Invalid value", f"{pointer}: {detail}", pointer=pointer)


def text(most: int | None = None, *, empty: bool = False) -> Check:
    """A string of at most ``most`` characters."""

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, str):
            raise bad(pointer, "Must be a string.")
        if not value and not empty:
            raise bad(pointer, "Must not be empty.")
        if most is not None and len(value) > most:
            raise bad(pointer, f"Must not be longer than {most} characters.")

    return check


def flag(value: Json, pointer: str) -> None:
    """A boolean."""
    if not isinstance(value, bool):
        raise bad(pointer, "Must be a boolean.")


def number(value: Json, pointer: str) -> None:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise bad(pointer, "Must be a number of at least 0.")


def anything(_value: Json, _pointer: str) -> None:
    """Any value."""


def choice(*allowed: str) -> Check:
    """One of some strings."""

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise bad(pointer, f"Must be one of {', '.join(allowed)}.")

    return check


def many(item: Check, *, least: int = 0, most: int | None = None) -> Check:
    """A list of values that pass ``item``."""

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, list):
            raise bad(pointer, "Must be a list.")
        if len(value) < least or (most is not None and len(value) > most):
            raise bad(pointer, f"Must have at least {least} entries{'' if most is None else f' and at most {most}'}.")
        for index, each in enumerate(value):
            item(each, f"{pointer}/{index}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, dict):
            raise bad(pointer, "Must be an object.")
        for name in value.keys() - known.keys():
            raise bad(f"{pointer}/{name}", "There is no such field.")
        for name in required:
            if name not in value:
                raise bad(f"{pointer}/{name}", "Is required.")
        for name, each in value.items():
            known[name](each, f"{pointer}/{name}")

    return check


def address(*schemes: str, most: int | None = None, bare: bool = False) -> Check:
    """A URI with a host, in one of ``schemes``; any scheme, with or without a host, if there are none.

    ``bare`` allows no path but ``/``, no query, and no fragment.
    """

    def check(value: Json, pointer: str) -> None:
        text(most)(value, pointer)
        try:
            parts = urlsplit(value)
            host = parts.hostname
        except ValueError:
            raise bad(pointer, "Must be a URI.") from None
        if not parts.scheme or any(map(str.isspace, value)) or (schemes and not host):
            raise bad(pointer, "Must be a URI with a scheme.")
        if schemes and parts.scheme not in schemes:
            raise bad(pointer, f"The scheme must be {' or '.join(schemes)}.")
        if bare and (parts.path not in ("", "/") or parts.query or parts.fragment):
            raise bad(pointer, "Must be an origin, without a path.")

    return check
