# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every variable of the seeding role does what it says: the description that it makes, run by the module."""

from __future__ import annotations

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._seed.description import read_description
from local_tenant.client import LocalTenant
from modules.harness import Run
from seed_cases import CASES, NO_BUNDLE, changes, facts, filled_in, prepare

#: The role itself decides on this variable, and does not run the description.
OF_THE_ROLE = "qlik_seed_validate_only"


@pytest.mark.parametrize("case", [case for case in CASES if case != OF_THE_ROLE])
def test_changes_just_that(run: Run, tenant: LocalTenant, case: str) -> None:
    ids = prepare(tenant, case)
    before = facts(tenant.state())
    variables = {**NO_BUNDLE, **filled_in(CASES[case].variables, ids)}
    description, problems = read_description(variables, lambda value: value, "acme")
    message = "\n".join(problems)
    if not problems:
        result = run("qlik_configuration", places=description.places, **description.options)
        message = str(result.get("msg", ""))
    assert CASES[case].error in message
    assert bool(CASES[case].error) == bool(message), message
    assert changes(before, facts(tenant.state())) == filled_in(CASES[case].changes, ids)
