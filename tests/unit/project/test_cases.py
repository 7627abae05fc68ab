# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing in the cases of a kind is named with its file."""

from __future__ import annotations

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.csp_origin import CspOrigin
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.settings import TEXT, Setting
from kinds import cases_of


class Elsewhere(CspOrigin):
    """A kind whose table is here, so that its cases would be in C(tests/kinds/test_cases.py)."""


def test_a_setting_without_a_case_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CspOrigin, "settings", (*CspOrigin.settings, Setting("purpose", TEXT)))
    with pytest.raises(ValueError, match="tests/kinds/csp_origin.py: settings has no case for purpose. Add a Set"):
        cases_of(CspOrigin())


def test_a_case_without_a_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CspOrigin, "settings", CspOrigin.settings[:1])
    with pytest.raises(ValueError, match="settings has a case for origin, description, directives, which is not"):
        cases_of(CspOrigin())


def test_a_kind_without_cases_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="tests/kinds/test_cases.py: the file does not exist. Write the cases"):
        cases_of(Elsewhere())
