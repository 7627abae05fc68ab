# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Summarizes a drift report in a few lines, for logs and emails."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import printable
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.findings import POLICY_WORDS

from .attribution import with_notes
from .exceptions import in_words, is_accepted, is_accepted_finding
from .history import Notes
from .report import headline, is_compared
from .settings import Deviation, deviations

#: The maximum number of lines of each type. The report has all of them.
MOST_LINES = 10
_KINDS = {kind.area: kind for kind in AREAS}


def lines_of(report: Mapping[str, Any]) -> List[str]:
    """Return the summary of a report, in lines of printable characters.

    The lines have the result, the tenants that could not be audited, the hosts on which the audit did not run, and the
    first differences. These are a few of each tenant, not many of one. Tenants with drift come before tenants in sync.
    """
    not_audited = [line for tenant in report["tenants"] for line in _not_audited(tenant, report)]
    differing: List[List[str]] = []
    shown: List[int] = []
    for in_sync in (False, True):
        tenants = [tenant for tenant in report["tenants"] if (tenant["status"] == "in_sync") is in_sync]
        found = [list(_differing(tenant, report)) for tenant in tenants]
        shown += _evenly([len(lines) for lines in found], MOST_LINES - sum(shown))
        differing += found
    lines = [headline(report), *_first(not_audited, "could not be audited"), *_left_out(report)]
    lines += _first(list(_not_available(report)), "are not available")
    lines += [line for own, count in zip(differing, shown) for line in own[:count]]
    left = sum(map(len, differing)) - sum(shown)
    if left:
        on = sum(len(own) > count for own, count in zip(differing, shown))
        where = "1 tenant" if on == 1 else "%d tenants" % on
        lines.append("... and %d more on %s in the report" % (left, where))
    lines += _first(list(_unmatched(report)), "match no difference")
    return [*lines, *totals(report)]


def plans_in(report: Mapping[str, Any]) -> List[str]:
    """Return a line with the plan of each tenant that has a difference, including accepted ones, for approvers."""
    lines = [
        printable("%s: the plan is %s" % (tenant["host"], tenant["plan"]))
        for tenant in report["tenants"]
        if tenant["plan"] and (tenant["status"] != "in_sync" or any(area["accepted"] for area in tenant["areas"]))
    ]
    return _first(lines, "plans")


def totals(report: Mapping[str, Any]) -> List[str]:
    """Return sentences about the share that is in sync, and about what has changed since the previous report."""
    share = report["summary"]["share"]
    sentences = []
    parts = ["%s of %s" % (_percent(share[name]), name) for name in ("tenants", "objects") if share[name] is not None]
    if parts:
        sentences.append("In sync: %s." % " and ".join(parts))
    accepted = report["summary"]["objects"]["accepted"]
    if accepted:
        sentences.append("%s accepted." % ("1 object is" if accepted == 1 else "%d objects are" % accepted))
    changes = report["summary"]["changes"]
    if changes:
        when = report["previous_report"]["generated_at"].replace("T", " ").replace("Z", " UTC")
        unmanaged = changes["new_unmanaged"]
        more = ", %d new unmanaged object%s" % (unmanaged, "" if unmanaged == 1 else "s") if unmanaged else ""
        counts = "%d new, %d resolved%s" % (changes["new"], changes["resolved"], more)
        sentences.append("Since the report of %s: %s." % (when, counts))
    return sentences


def label_of(area: str, name: str) -> str:
    """Return the label of an object for a sentence."""
    if area not in _KINDS:
        return printable(name)
    kind = _KINDS[area]
    noun = kind.word
    return noun if kind.is_singleton else '%s "%s"' % (noun, printable(name))


def place_of(entry: Mapping[str, Any]) -> str:
    """Return the label of what an entry of the history is about: an object, an area, or the whole tenant."""
    if entry["object"] is not None:
        return label_of(entry["area"], entry["object"])
    return "the whole tenant" if entry["area"] is None else "the area %s" % entry["area"]


def _percent(share: float) -> str:
    return "%d %%" % share if share == int(share) else "%.1f %%" % share


def _not_audited(tenant: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for the tenant, each area, and each object that could not be compared or would be rejected."""
    if tenant["status"] == "not_audited":
        return
    notes = Notes(tenant, report)
    if tenant["error"]:
        what = "a seed would be rejected" if is_compared(tenant["areas"]) else "could not be audited"
        text = printable("%s: %s: %s" % (tenant["host"], what, tenant["error"]))
        yield _noted(text, notes.since((None, None, None)))
    for area in tenant["areas"]:
        if area["error"] and area["status"] != "not_available":
            what = "could not be compared" if area["status"] == "failed" else "would be rejected by a seed"
            place = area["area"].replace("_", " ")
            text = printable("%s: %s %s: %s" % (tenant["host"], place, what, area["error"]))
            yield _noted(text, notes.since((area["area"], None, None)))
    for deviation in deviations(tenant):
        if deviation.kind == "failed":
            yield _line(tenant, deviation, notes)


def _left_out(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line that lists the hosts on which the audit did not run, if there are any."""
    hosts = [printable(tenant["host"]) for tenant in report["tenants"] if tenant["status"] == "not_audited"]
    if hosts:
        more = " and %d more" % (len(hosts) - MOST_LINES) if len(hosts) > MOST_LINES else ""
        names = ", ".join(hosts[:MOST_LINES]) + more
        yield "Not audited: %s. The audit was skipped there, or the play has not reached them." % names


def _differing(tenant: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each difference that is not accepted. Objects that can administer the tenant come first."""
    if tenant["status"] == "drift" and tenant["error"]:
        yield printable("%s: %s" % (tenant["host"], tenant["error"]))
    yield from (_finding_line(tenant, finding) for finding in tenant["findings"] if not is_accepted_finding(finding))
    notes = Notes(tenant, report)
    found = [
        deviation
        for deviation in deviations(tenant)
        if deviation.kind != "failed"
        and (deviation.kind != "unmanaged" or report["count_unmanaged"] or deviation.item.get("administers"))
        and not is_accepted(deviation.item, deviation.setting)
    ]
    for deviation in sorted(found, key=lambda deviation: not deviation.item.get("administers")):
        yield _line(tenant, deviation, notes)


def _line(tenant: Mapping[str, Any], deviation: Deviation, notes: Notes) -> str:
    area, item, _kind, setting, words = deviation
    text = printable("%s: %s: %s" % (tenant["host"], _place(area, item["name"], setting), words))
    unchangeable = ["cannot be changed"] if setting in item.get("unchangeable", ()) else []
    return _noted(text, [*unchangeable, *notes.on(area, item, setting)])


def _finding_line(tenant: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    word = POLICY_WORDS[finding["area"]]
    # The object of a policy that could not be checked is the area.
    place = word + "s" if finding["object"] == finding["area"] else "%s %s" % (word, finding["object"])
    notes = [in_words(entry) for entry in finding["accepted"]]
    return _noted(printable("%s: %s: %s" % (tenant["host"], place, finding["message"])), notes)


def _unmatched(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each exception that matches no difference. Tenants with the same exception share a line."""
    hosts: Dict[str, List[str]] = {}
    for tenant in report["tenants"]:
        for entry in tenant["unmatched_exceptions"]:
            place = _place(entry["area"], entry["object"], entry["setting"])
            what = "%s: accepted until %s, but nothing differs" % (place, entry["until"])
            hosts.setdefault(what, []).append(tenant["host"])
    return _by_tenants(hosts)


def _not_available(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each area that is not available. Tenants without the same area share a line."""
    hosts: Dict[str, List[str]] = {}
    for tenant in report["tenants"]:
        for area in tenant["areas"]:
            if area["status"] == "not_available" and not tenant["error"]:
                what = "%s: not available on the tenant, so not compared" % _KINDS[area["area"]].words
                hosts.setdefault(what, []).append(tenant["host"])
    return _by_tenants(hosts)


def _by_tenants(hosts: Mapping[str, List[str]]) -> Iterator[str]:
    """Yield a line for each text, with its host or the number of its hosts."""
    for what, which in hosts.items():
        whose = which[0] if len(which) == 1 else "%d tenants, such as %s" % (len(which), which[0])
        yield "%s: %s" % (printable(whose), what)


def _place(area: str, name: str, setting: Optional[str]) -> str:
    return printable(": ".join(filter(None, [label_of(area, name), setting])))


def _noted(text: str, notes: List[str]) -> str:
    return with_notes(text, list(map(printable, notes)))


def _first(lines: List[str], what: str) -> List[str]:
    left = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], "... and %d more %s" % (left, what)] if left > 0 else lines


def _evenly(counts: Sequence[int], most: int) -> List[int]:
    """Return how many lines of each tenant to show, so that a long list leaves room for the short ones."""
    taken = [0] * len(counts)
    while most:
        left = [place for place, count in enumerate(counts) if taken[place] < count][:most]
        if not left:
            break
        for place in left:
            taken[place] += 1
        most -= len(left)
    return taken
