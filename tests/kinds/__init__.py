# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of the kinds, a file for each: what tests plant, ask for, and expect."""

from __future__ import annotations

import importlib
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.base import Kind
from generate.words import file_of

from .cases import Cases, Individual, Planted, Single, Standalone


def cases_of(kind: Kind) -> Cases:
    """Return the cases of a kind, from the file with the name of its table.

    :raises FileNotFoundError: if the file does not exist.
    :raises ValueError: if the cases and the settings of the kind are not the same.
    """
    name = Path(file_of(kind)).stem
    if not Path(__file__).with_name(f"{name}.py").exists():
        raise FileNotFoundError(
            f"tests/kinds/{name}.py: the file does not exist. Write the cases of the {kind.word} in it."
        )
    cases = importlib.import_module(f"kinds.{name}").CASES
    assert isinstance(cases, Single if kind.is_singleton else Cases)
    options = [setting.option for setting in kind.settings if setting.option not in cases.not_shown]
    missing = [option for option in options if option not in cases.settings]
    unknown = [option for option in cases.settings if option not in options]
    if missing:
        raise ValueError(f"tests/kinds/{name}.py: settings has no case for {', '.join(missing)}. Add a SettingCase.")
    if unknown:
        raise ValueError(
            f"tests/kinds/{name}.py: settings has a case for {', '.join(unknown)}, which is not a setting of the"
            f" {kind.word}. Remove it."
        )
    return cases


#: The cases of each kind, by area.
KINDS: dict[str, Cases] = {kind.area: cases_of(kind) for kind in AREAS}
#: Those of singletons.
SINGLE: dict[str, Single] = {area: cases for area, cases in KINDS.items() if isinstance(cases, Single)}
#: Those of kinds whose objects refer to no others.
STANDALONE: dict[str, Standalone] = {area: cases for area, cases in KINDS.items() if isinstance(cases, Standalone)}
#: Those of kinds whose objects have another key than a name.
INDIVIDUAL: dict[str, Individual] = {area: cases for area, cases in KINDS.items() if isinstance(cases, Individual)}
#: Both.
PLANTED: dict[str, Planted] = {area: cases for area, cases in KINDS.items() if isinstance(cases, Planted)}
