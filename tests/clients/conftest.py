# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant for software that has to be installed first, which takes too long for the fast tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_tenant.client import LocalTenant


@pytest.fixture
def tenant() -> Iterator[LocalTenant]:
    with LocalTenant() as tenant:
        yield tenant
