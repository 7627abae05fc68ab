# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts a drift report to JSON, JUnit XML, and a file of plans."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
from itertools import chain
from typing import Any, Iterator, List, Mapping

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import visible

from .._junit import Case, Suite, xml_of
from .._variables import EXPECTED_PLAN
from .attribution import attributions, with_notes
from .exceptions import in_words, is_accepted, is_accepted_finding
from .settings import difference_in_words, differences, words_for

#: The maximum number of cases of each tenant in JUnit XML for many tenants.
MOST_CASES = 10
#: The keys that unmanaged objects lack, to format them like described objects.
_UNMANAGED = {"status": "unmanaged", "before": None, "after": None, "error": None}


def junit_of(report: Mapping[str, Any], most_tenants: int) -> Iterator[bytes]:
    """Yield the report as JUnit XML, with a suite for each tenant and a case for each object in the description.

    :param most_tenants: a report with more tenants has no cases for objects in sync, and only the first cases of each
        tenant. The last suite says so.
    """
    is_cut = len(report["tenants"]) > most_tenants

    def suites() -> Iterator[Suite]:
        for tenant in report["tenants"]:
            cases = list(_cases(tenant, report["count_unmanaged"]))
            yield tenant["host"], _first_problems(cases) if is_cut else cases
        if is_cut:
            yield "qlik-audit", [Case("report", "omitted cases", "skipped", omitted_in_words(most_tenants))]

    return xml_of("qlik-audit", report["generated_at"], suites())


def omitted_in_words(most_tenants: int) -> str:
    """Return what JUnit XML omits of a report with more tenants than C(qlik_audit_page_tenants)."""
    text = (
        "The report has more than %d tenants (qlik_audit_page_tenants). JUnit XML omits objects in sync, and all but"
        " the first %d problems of each tenant. The JSON report has all of them."
    )
    return text % (most_tenants, MOST_CASES)


def _first_problems(cases: List[Case]) -> Iterator[Case]:
    """Yield the first cases that are not in sync, and one about the others, or one for a tenant in sync."""
    problems = [case for case in cases if case.tag]
    yield from problems[:MOST_CASES] or [Case("tenant", "audit")]
    left = len(problems) - MOST_CASES
    if left > 0:
        yield Case("tenant", "omitted cases", "failure", "%d more. The JSON report has all of them." % left)


def json_of(report: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the report as JSON."""
    whole = json.dumps({**report, "tenants": []}, indent=2, ensure_ascii=False)
    # No string contains this, because quotation marks in strings are escaped.
    beginning, key, end = whole.partition('"tenants": []')
    separator = '"tenants": ['
    yield beginning.encode("utf-8", "replace")
    for tenant in report["tenants"]:
        text = json.dumps(tenant, indent=2, ensure_ascii=False).replace("\n", "\n    ")
        yield ("%s\n    %s" % (separator, text)).encode("utf-8", "replace")
        separator = ","
    closing = "\n  ]" if separator == "," else key
    yield ("%s%s\n" % (closing, end)).encode("utf-8", "replace")


def jsonl_of(report: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the report as lines of JSON: the report without its tenants, then a line for each tenant."""
    head = {name: value for name, value in report.items() if name != "tenants"}
    for line in chain([head], report["tenants"]):
        yield json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def plans_of(report: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield a JSON file of variables with the plans of all tenants. A seed with it applies exactly these plans."""
    plans = {tenant["host"]: tenant["plan"] for tenant in report["tenants"]}
    yield json.dumps({EXPECTED_PLAN: plans}, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _cases(tenant: Mapping[str, Any], count_unmanaged: bool) -> Iterator[Case]:
    """Yield a test case for each object, with its area. It passes for an object in sync."""
    if tenant["error"]:
        yield Case("tenant", "audit", "error", tenant["error"])
    for finding in tenant["findings"]:
        text = ": ".join([finding["object"], finding["message"]])
        notes = [in_words(entry) for entry in finding["accepted"]]
        tag = "skipped" if is_accepted_finding(finding) else "failure"
        yield Case(finding["area"], "%s: %s" % (finding["object"], finding["rule"]), tag, "\n".join([text, *notes]))
    for area in tenant["areas"]:
        if area["error"]:
            tag = "skipped" if area["status"] == "not_available" else "error"
            yield Case(area["area"], "audit", tag, area["error"])
        for item in area["objects"]:
            tag = {"in_sync": "", "accepted": "skipped", "failed": "error"}.get(item["status"], "failure")
            yield Case(area["area"], item["name"], tag, _explained(item) if tag else "")
        for item in area["unmanaged_objects"]:
            if is_accepted(item, None):
                yield Case(area["area"], item["name"], "skipped", _explained({**item, **_UNMANAGED}))
            elif count_unmanaged:
                yield Case(area["area"], item["name"], "failure", _of_unmanaged(item))


def _explained(item: Mapping[str, Any]) -> str:
    first, *more = (item["error"] or "").split("\n")
    lines = [": ".join(filter(None, [item["name"], item["status"], first])), *more]
    for name, before, after in differences(item):
        if item["before"] is None:
            lines.append("%s: should be %s" % (name, _plain(after)))
        elif item["after"] is None:
            lines.append("%s: is %s" % (name, _plain(before)))
        else:
            line = "%s: %s" % (name, difference_in_words(name, before, after, words_for(item, name)))
            lines.append(with_notes(line, attributions(item, name)))
    if item["before"] is None or item["after"] is None:
        lines += attributions(item, None)
    for entry in item["accepted"]:
        lines.append("%s: %s" % (entry["setting"] or item["name"], in_words(entry)))
    return "\n".join(map(visible, lines))


def _of_unmanaged(item: Mapping[str, Any]) -> str:
    """Return lines about an unmanaged object: its roles, members, and who changed it."""
    lines = ["%s is on the tenant, not in the description" % item["name"]]
    if item["administers"]:
        lines[0] += ", and can administer it"
    for option in ("roles", "scopes"):
        if item[option]:
            lines.append("%s: %s" % (option, ", ".join(item[option])))
    lines += ["%s: %s" % (member, ", ".join(roles)) for member, roles in (item["members"] or {}).items()]
    lines += attributions(item, None)
    return "\n".join(map(visible, lines))


def _plain(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return text or "nothing"
