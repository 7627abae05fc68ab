# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Summarizes a drift report in a few lines, for logs and emails."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import counted, printable
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
    not_audited = _First("could not be audited")
    left_out = _First("")
    in_sync: List[_First] = []
    drifted: List[_First] = []
    not_available: Dict[str, List[str]] = {}
    unmatched: Dict[str, List[str]] = {}
    for tenant in report["tenants"]:
        not_audited.add(_not_audited(tenant, report))
        if tenant["status"] == "not_audited":
            left_out.add([printable(tenant["host"])])
        own = _First("")
        own.add(_differing(tenant, report))
        (in_sync if tenant["status"] == "in_sync" else drifted).append(own)
        _group(not_available, tenant["host"], _not_available(tenant))
        _group(unmatched, tenant["host"], _unmatched(tenant))
    shown = _evenly([own.count for own in drifted], MOST_LINES)
    shown += _evenly([own.count for own in in_sync], MOST_LINES - sum(shown))
    differing = [*drifted, *in_sync]
    lines = [headline(report), *not_audited.shown(), *_left_out(left_out)]
    lines += _by_tenants(not_available, "are not available")
    lines += [line for own, count in zip(differing, shown) for line in own.lines[:count]]
    left = sum(own.count for own in differing) - sum(shown)
    if left:
        on = sum(own.count > count for own, count in zip(differing, shown))
        where = "1 tenant" if on == 1 else "%d tenants" % on
        lines.append("... and %d more on %s in the report" % (left, where))
    lines += _by_tenants(unmatched, "match no difference")
    return [*lines, *totals(report)]


class _First:
    """The first lines of a type, and the number of all of them.

    :param what: what the lines say, for the line about those that are not shown.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self.lines: List[str] = []
        self.count = 0

    def add(self, lines: Iterable[str]) -> None:
        """Add lines at the end."""
        for line in lines:
            self.count += 1
            if len(self.lines) < MOST_LINES:
                self.lines.append(line)

    def shown(self) -> List[str]:
        """Return the first lines, and one about the others."""
        left = self.count - MOST_LINES
        return [*self.lines, "... and %d more %s" % (left, self._what)] if left > 0 else self.lines


def plans_in(report: Mapping[str, Any]) -> List[str]:
    """Return a line with the plan of each tenant that has a difference, including accepted ones, for approvers."""
    lines = _First("plans")
    lines.add(
        printable("%s: the plan is %s" % (tenant["host"], tenant["plan"]))
        for tenant in report["tenants"]
        if tenant["plan"] and (tenant["status"] != "in_sync" or any(area["accepted"] for area in tenant["areas"]))
    )
    return lines.shown()


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
        more = ", %s" % counted(unmanaged, "new unmanaged object") if unmanaged else ""
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


def _left_out(hosts: _First) -> Iterator[str]:
    """Yield a line that lists the hosts on which the audit did not run, if there are any."""
    if hosts.count:
        more = " and %d more" % (hosts.count - MOST_LINES) if hosts.count > MOST_LINES else ""
        names = ", ".join(hosts.lines) + more
        why = "The audit was skipped there, the play has not reached them, or a slice is missing."
        yield "Not audited: %s. %s" % (names, why)


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


def _unmatched(tenant: Mapping[str, Any]) -> Iterator[str]:
    """Yield a text for each exception that matches no difference."""
    for entry in tenant["unmatched_exceptions"]:
        place = _place(entry["area"], entry["object"], entry["setting"])
        yield "%s: accepted until %s, but nothing differs" % (place, entry["until"])


def _not_available(tenant: Mapping[str, Any]) -> Iterator[str]:
    """Yield a text for each area that is not available."""
    for area in tenant["areas"]:
        if area["status"] == "not_available" and not tenant["error"]:
            yield "%s: not available on the tenant, so not compared" % _KINDS[area["area"]].words


def _group(hosts: Dict[str, List[str]], host: str, texts: Iterable[str]) -> None:
    """Add a host to the hosts of each text."""
    for text in texts:
        hosts.setdefault(text, []).append(host)


def _by_tenants(hosts: Mapping[str, List[str]], what: str) -> List[str]:
    """Return a line for each of the first texts, with its host or the number of its hosts."""
    lines = _First(what)
    for text, which in hosts.items():
        whose = which[0] if len(which) == 1 else "%d tenants, such as %s" % (len(which), which[0])
        lines.add(["%s: %s" % (printable(whose), text)])
    return lines.shown()


def _place(area: str, name: str, setting: Optional[str]) -> str:
    return printable(": ".join(filter(None, [label_of(area, name), setting])))


def _noted(text: str, notes: List[str]) -> str:
    return with_notes(text, list(map(printable, notes)))


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
