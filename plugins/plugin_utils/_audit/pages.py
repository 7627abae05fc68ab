# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts a drift report to one HTML page, or for many tenants to an overview and a page for each tenant."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Tuple

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import counted
from jinja2 import Environment, FileSystemLoader

from .._output import visible_text
from .console import label_of, place_of, totals
from .exceptions import exceptions_in, in_words, is_accepted_finding
from .history import Notes, new_in, new_unmanaged_in
from .report import AREAS, OBJECTS, headline
from .settings import deviations, differences, differing_settings, words_for

#: The maximum number of objects of each list on the page. The JSON report has all of them.
MOST_SHOWN = 100
#: The style sheet of the pages of single tenants.
_STYLE = "style.css"
#: The order of tenants, those that require attention first.
_ORDER = ("failed", "not_audited", "drift", "in_sync")
#: The maximum number of characters of a cell about a tenant in the overview.
_LONGEST_CELL = 200
_TEMPLATES = os.path.join(os.path.dirname(__file__), "..", "..", "..", "roles", "qlik_audit", "templates")


def page_of(report: Mapping[str, Any]) -> bytes:
    """Return the report as an HTML page without external files."""
    tenants = sorted(enumerate(report["tenants"]), key=lambda item: _ORDER.index(item[1]["status"]))
    page = _templates(report).get_template("qlik-audit.html.j2")
    shown = page.render(tenants=tenants, columns=_columns(report), back="#summary", **_meeting(report))
    return shown.encode("utf-8", "replace")


def overview_of(report: Mapping[str, Any], details: str) -> Iterator[bytes]:
    """Yield the page with a row for each tenant.

    :param details: the folder of the pages of C(details_of), beside this page, in characters that need no quotes.
    """
    count_unmanaged = report["count_unmanaged"]
    rows = [_row(number, tenant, count_unmanaged) for number, tenant in enumerate(report["tenants"])]
    rows.sort(key=lambda row: _ORDER.index(row.status))
    page = (
        _templates(report)
        .get_template("qlik-audit-overview.html.j2")
        .generate(rows=rows, details=details, **_meeting(report))
    )
    for part in page:
        yield part.encode("utf-8", "replace")


def details_of(report: Mapping[str, Any], overview: str) -> Iterator[Tuple[str, bytes]]:
    """Yield the name and content of each file about a single tenant, and of their style sheet.

    :param overview: the name of the overview in the folder above.
    """
    templates = _templates(report)
    yield _STYLE, templates.get_template("qlik-audit.css").render().encode("utf-8")
    page = templates.get_template("qlik-audit-details.html.j2")
    for number, tenant in enumerate(report["tenants"]):
        if tenant["areas"]:
            shown = page.render(
                number=number,
                tenant=tenant,
                headline=tenant["name"] or tenant["host"],
                style=_STYLE,
                back="../%s#summary" % overview,
            )
            yield "%d.html" % number, shown.encode("utf-8", "replace")


def _templates(report: Mapping[str, Any]) -> Environment:
    """Return the templates, with what all of them use."""
    templates = Environment(
        autoescape=True,
        finalize=visible_text,
        loader=FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        report=report,
        headline=headline(report),
        areas=AREAS,
        kinds=OBJECTS,
        order=_ORDER,
        most=MOST_SHOWN,
        differences=differences,
        notes=lambda tenant: Notes(tenant, report),
        differing_settings=differing_settings,
        words_for=words_for,
        exception_in_words=in_words,
    )
    return templates


class _Row(NamedTuple):
    """A tenant in the overview.

    :param also: further names of the tenant.
    :param where: the areas that differ, or why the tenant could not be audited.
    """

    number: int
    host: str
    also: str
    status: str
    has_details: bool
    differences: int
    unmanaged: int
    where: str


def _row(number: int, tenant: Mapping[str, Any], count_unmanaged: bool) -> _Row:
    kinds = (*OBJECTS, "unmanaged") if count_unmanaged else OBJECTS
    found = []
    findings = sum(not is_accepted_finding(finding) for finding in tenant["findings"])
    differing = findings
    if tenant["error"]:
        found.append(tenant["error"])
    if findings:
        found.append(counted(findings, "finding"))
    for area in tenant["areas"]:
        counts = [(area[kind], kind) for kind in kinds if area[kind]]
        differing += sum(count for count, _kind in counts)
        words = ", ".join("%d %s" % count for count in counts) or (area["status"] == "failed" and area["error"])
        if words:
            found.append("%s: %s" % (area["area"].replace("_", " "), words))
    where = "; ".join(found)
    names = (tenant["name"], tenant["address"])
    return _Row(
        number=number,
        host=tenant["host"],
        also=" · ".join(dict.fromkeys(name for name in names if name and name != tenant["host"])),
        status=tenant["status"],
        has_details=bool(tenant["areas"]),
        differences=differing,
        unmanaged=sum(area["unmanaged"] for area in tenant["areas"]),
        where=where if len(where) <= _LONGEST_CELL else where[:_LONGEST_CELL] + "…",
    )


class _Rows:
    """The first rows of a table, and the number of all of them."""

    def __init__(self) -> None:
        self.first: List[Any] = []
        self.count = 0

    def append(self, row: Any) -> None:
        """Add a row at the end."""
        self.count += 1
        if len(self.first) < MOST_SHOWN:
            self.first.append(row)


def _columns(report: Mapping[str, Any]) -> List[str]:
    """Return the areas that any tenant has in its description or with unmanaged objects, or all if there are none."""
    areas = (area for tenant in report["tenants"] for area in tenant["areas"])
    told = {area["area"] for area in areas if area["status"] != "not_described" or area["unmanaged_objects"]}
    return [area for area in AREAS if area in told or not told]


def _meeting(report: Mapping[str, Any]) -> Dict[str, Any]:
    """Return what is said about all tenants together: the totals, what has changed, and the exceptions."""
    changes = {kind: _Rows() for kind in ("new", "new_unmanaged", "resolved")}
    matched, unmatched = _Rows(), _Rows()
    for tenant in report["tenants"]:
        _add_changes(changes, tenant, report)
        for rows, entries in ((matched, exceptions_in(tenant)), (unmatched, tenant["unmatched_exceptions"])):
            for entry in entries:
                place = label_of(entry["area"], entry["object"])
                rows.append({**entry, "host": tenant["host"], "place": place, "matched": rows is matched})
    # Those that match come first.
    for entry in unmatched.first:
        matched.append(entry)
    matched.count += unmatched.count - len(unmatched.first)
    return {"totals": totals(report), "changes": changes, "exceptions": matched}


def _add_changes(changes: Mapping[str, _Rows], tenant: Mapping[str, Any], report: Mapping[str, Any]) -> None:
    """Add the new, new unmanaged, and resolved differences, each as host, object, setting, and description."""
    if not report["previous_report"]:
        return
    words = {(found.area, found.item["name"], found.setting): found.words for found in deviations(tenant)}
    for kind, entries in (("new", new_in(tenant, report)), ("new_unmanaged", new_unmanaged_in(tenant, report))):
        for entry in entries:
            what = words.get((entry["area"], entry["object"], entry["setting"]), "could not be audited")
            changes[kind].append((tenant["host"], place_of(entry), entry["setting"] or "", what))
    for entry in tenant["resolved"]:
        what = "%s since %s" % (entry["kind"], entry["since"][:10])
        changes["resolved"].append((tenant["host"], place_of(entry), entry["setting"] or "", what))
