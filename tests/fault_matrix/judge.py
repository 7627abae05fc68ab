# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks under faults and judges them by the state of the tenant."""

from __future__ import annotations

import dataclasses
import faulthandler
import os
import random
import time
from collections import Counter
from multiprocessing import Queue
from typing import Any

from ansible_collections.qlikops.cloud.plugins.module_utils._api import transport
from kinds.cases import FaultCase
from local_tenant.client import OrganizationHandle, TenantHandle
from modules.harness import NOUNS, ORGANIZATION, Result, Run

from fault_matrix.cases import CASES, FATAL, FAULTS, TIMEOUT

Tally = Counter[str]
#: False reports: ended well, though the wish is not on the tenant; unchanged, though it was changed or nobody knows;
#: changed, though it was not; anything else in the result that is not so.
FALSE = ("lost", "denied", "claimed", "misreported")
#: What must never happen.
WRONG = (*FALSE, "duplicates", "leaked")
COLUMNS = ("injected", "runs", "survived", "failed", *WRONG)
#: Seconds after which a run is taken to be without an end: the matrix stops, and shows where it was.
LONGEST_RUN = 60
RATE = 0.2
LAG = 0.02
#: Faults that are thrown at a fifth of all requests: those that every task survives, and all.
MIXES = {
    "all that can be survived, 20% of the requests": [name for name in FAULTS if name not in FATAL],
    "all at once, 20% of the requests": list(FAULTS),
}
_tenant: TenantHandle
_organization: OrganizationHandle


@dataclasses.dataclass(frozen=True)
class Plan:
    """One task under one fault, first for real and then again.

    :param fault: its name, or one of MIXES for many faults at once, each in its share of RATE.
    :param skip: how many requests pass before a single fault.
    """

    case: str
    fault: str
    seed: int
    skip: int

    def rules(self) -> list[dict[str, Any]]:
        """The rules for the tenant's control API."""
        if self.fault in FAULTS:
            return [{"match": {"skip": self.skip, "count": 1}, "action": FAULTS[self.fault]}]
        actions = [FAULTS[name] for name in MIXES[self.fault]]
        share = RATE / len(actions)
        return [
            {"match": {"probability": share, "seed": 100 * self.seed + number}, "action": action}
            for number, action in enumerate(actions)
        ]


def run_plans(plans: list[Plan]) -> tuple[dict[tuple[str, str], Tally], list[str]]:
    """The tallies by fault and task, and a line for each run that went wrong."""
    tallies: dict[tuple[str, str], Tally] = {}
    complaints: list[str] = []
    for plan in plans:
        case = CASES[plan.case]
        tenant = _organization if case.module in ORGANIZATION else _tenant
        tenant.reset()
        # What a run wrote is in no list for a moment; not in every run, so that the others have no such excuse.
        lag = LAG if plan.seed % 4 == 1 else 0.0
        tenant.guess(lag_seconds=lag)
        case.prepare(tenant)
        credentials = {"api_key": tenant.api_key}
        if tenant is _organization:
            credentials = {}
        elif plan.seed % 2:
            credentials = {"client_id": tenant.client_id, "client_secret": tenant.client_secret}
        for again in (False, True):
            time.sleep(1.5 * lag)
            tenant.behave()
            tenant.misbehave(*plan.rules())
            tally = judged(tenant, case, credentials, again)
            tallies.setdefault((plan.fault, plan.case), Counter()).update(tally)
            if any(tally[column] for column in WRONG):
                wrong = {column: tally[column] for column in WRONG if tally[column]}
                complaints.append(f"{plan}, {'second' if again else 'first'} run: {wrong}")
            if not tally["survived"]:
                break
    return tallies, complaints


def prepare_process(tenants: Queue[tuple[TenantHandle, OrganizationHandle]]) -> None:
    """Give this process a tenant and an organization of its own, and let it not wait for long."""
    global _tenant, _organization
    _tenant, _organization = tenants.get()
    shorten_waits()


def shorten_waits() -> None:
    """Prepare this process for running modules without waiting for long; how long they wait is tested elsewhere."""
    for name in list(os.environ):
        if name.startswith("QLIK_"):
            del os.environ[name]
    transport.Transport.pause = lambda self, attempt, at_least=0.0: time.sleep(LAG)  # type: ignore[method-assign]
    transport._seconds = lambda retry_after: 0.0
    random.uniform = lambda a, b: a


def bounded(run: Run, module: str, **options: Any) -> Result:
    """The result of a run; this process ends with a traceback if it takes longer than LONGEST_RUN."""
    faulthandler.dump_traceback_later(LONGEST_RUN, exit=True)
    result = run(module, **options)
    faulthandler.cancel_dump_traceback_later()
    return result


def judged(tenant: TenantHandle, case: FaultCase, credentials: dict[str, Any], again: bool) -> Tally:
    """The tally of one run."""
    before = case.look(tenant.state())
    run = Run(tenant)
    result = bounded(run, case.module, timeout=TIMEOUT, **credentials, **case.options)
    after = case.look(tenant.state())
    expected = before if case.expected is None else case.expected
    done = not result.get("failed")
    tally = Counter(runs=1, injected=sum(rule["used"] for rule in tenant.faults()))
    tally["survived"] = int(done and after == expected)
    tally["failed"] = int(not done)
    secrets = [tenant.api_key, tenant.client_secret]
    if isinstance(tenant, OrganizationHandle):
        secrets += [tenant.license_key, *(register.client_secret for register in tenant.registers.values())]
    tally["leaked"] = sum(secret in run.output for secret in secrets)
    tally.update(false_reports(case, result, before, after, again))
    tally["duplicates"] = 0
    if isinstance(after, list):
        names = Counter(str(row[0] if isinstance(row, list) else row) for row in after)
        tally["duplicates"] = sum(count - 1 for count in names.values())
    return tally


def false_reports(case: FaultCase, result: Result, before: Any, after: Any, again: bool) -> Tally:
    """How many of the things that the result says are not so, by the columns of FALSE."""
    message = result["msg"] if result.get("failed") else ""
    moved, unknown = before != after, "may have been changed" in message
    tally: Tally = Counter(dict.fromkeys(FALSE, 0))
    tally["denied"] += int("Nothing was changed" in message and moved) or int(
        not result["changed"] and (moved or unknown)
    )
    tally["claimed"] += int(result["changed"] and not moved and not unknown)
    tally["misreported"] += int(bool(result.get("failed")) and not message)
    if not result.get("failed"):
        tally["lost"] += int(after != (before if case.expected is None else case.expected))
    if case.summary and "summary" in result:
        items = result[NOUNS[case.module]]
        tally["misreported"] += int(result["summary"] != {**Counter(dict.fromkeys(case.summary, 0)), **counted(items)})
        if not result.get("failed") and not again:
            tally["misreported"] += int(result["summary"] != case.summary)
        rows = [{row[0]: row for row in look} for look in (before, after, case.expected)]
        for item in items:
            was, now, desired = (look.get(item.get("name") or item.get("subject")) for look in rows)
            tally["denied"] += int(not item["changed"] and was != now)
            if item["action"] != "failed":
                tally["lost"] += int(now != desired)
                tally["claimed"] += int(item["changed"] and was == now)
            else:
                tally["claimed"] += int(item["changed"] and was == now and not unknown)
    return tally


def counted(items: list[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(item["action"] for item in items))
