# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the file and line of a value in the variables of a host, as far as Ansible's public interfaces tell them."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import ast
import inspect
import os
import re
from typing import Any, Iterator, List, Mapping, Optional, Tuple

from ansible.errors import AnsibleError
from ansible.utils.display import Display

_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\]")
#: How ansible-core before 2.19 begins the text about the origin of a value.
_ORIGIN = re.compile(r"The error appears to be in '(.+)': line (\d+), column \d+", re.DOTALL)
#: Since ansible-core 2.19, only a warning can show the origin. Before, this option did not exist.
_WARNINGS_HAVE_ORIGINS = "obj" in inspect.signature(Display.warning).parameters


def file_and_line(variables: Mapping[str, Any], path: str) -> Tuple[str, int]:
    """Return the file and line of the value at a path, or of the nearest value around it that has one.

    The result is an empty text and 0 if Ansible does not tell them: since ansible-core 2.19, it only shows them in a
    warning.

    :param variables: all variables of a host, not templated.
    :param path: a variable, and the path in it.
    """
    if _WARNINGS_HAVE_ORIGINS:
        return "", 0
    for value in _values_around(variables, path):
        found = _ORIGIN.search(str(AnsibleError("", obj=value)))
        if found:
            return _from_here(found[1]), int(found[2])
    return "", 0


def warn_with_origin(variables: Mapping[str, Any], path: str, text: str) -> None:
    """Show a warning with the file, the line, and the source of the value at a path, if Ansible can.

    :param variables: all variables of a host, not templated.
    :param path: a variable, and the path in it.
    """
    if not _WARNINGS_HAVE_ORIGINS:
        # The option obj would make older releases wait forever.
        return
    # A boolean or null has no origin.
    value = next(
        (value for value in _values_around(variables, path) if not isinstance(value, (bool, type(None)))), None
    )
    if value is not None:
        Display().warning(text, obj=value)


def _values_around(variables: Mapping[str, Any], path: str) -> Iterator[Any]:
    """Yield the value at a path, its key, then the value and the key around it, and so on.

    A path that does not exist ends at the last value that does, for example at a template.
    """
    steps = [path.partition(".")[0].partition("[")[0]]
    steps += [_step(*found.groups()) for found in _STEP.finditer(path[len(steps[0]) :])]
    found: List[Any] = []
    value: Any = variables
    for step in steps:
        if isinstance(value, Mapping):
            key = next((key for key in value if key == step), None)
            if key is None:
                break
            value = value[key]
            found += [key, value]
        elif isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value):
            value = value[step]
            found.append(value)
        else:
            break
    yield from reversed(found)


def _step(option: Optional[str], index: Optional[str], key: Optional[str]) -> Any:
    return option if option is not None else int(index) if index is not None else ast.literal_eval(str(key))


def _from_here(file: str) -> str:
    """Return the path of a file from the root of the repository in GitHub Actions, or from the working directory."""
    base = os.environ.get("GITHUB_WORKSPACE") or os.getcwd()
    relative = os.path.relpath(os.path.realpath(file), os.path.realpath(base))
    return file if relative.startswith(os.pardir) else relative
