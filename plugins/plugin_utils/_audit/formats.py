# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts a drift report to JSON, JUnit XML, an HTML page, and a file of plans."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import os
from typing import Any, Dict, Iterable, List, Mapping, Tuple
from xml.etree import ElementTree

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import visible
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from .._variables import EXPECTED_PLAN
from .attribution import attributions, with_notes
from .console import label_of, place_of, totals
from .exceptions import exceptions_in, in_words, is_accepted, is_accepted_finding
from .history import Notes, new_in, new_unmanaged_in
from .report import AREAS, OBJECTS, headline
from .settings import deviations, difference_in_words, differences, differing_settings, words_for

#: The maximum number of objects of each list on the page. The JSON report has all of them.
MOST_SHOWN = 100
_TEMPLATES = os.path.join(os.path.dirname(__file__), "..", "..", "..", "roles", "qlik_audit", "templates")
#: The keys that unmanaged objects lack, to format them like described objects.
_UNMANAGED = {"status": "unmanaged", "before": None, "after": None, "error": None}


def junit_of(report: Mapping[str, Any]) -> bytes:
    """Return the report as JUnit XML, with a suite for each tenant and a case for each object in the description.

    Invisible characters are spelled out: XML does not support all of them, and a tenant cannot fake lines with them.
    """
    root = ElementTree.Element("testsuites", name="qlik-audit")
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for tenant in report["tenants"]:
        suite = ElementTree.SubElement(
            root, "testsuite", name=visible(tenant["host"]), timestamp=report["generated_at"].rstrip("Z")
        )
        for area, name, tag, text in _cases(tenant, report["count_unmanaged"]):
            place = "%s.%s" % (tenant["host"], area)
            case = ElementTree.SubElement(suite, "testcase", classname=visible(place), name=visible(name), time="0")
            if tag:
                shown = _visible(text)
                ElementTree.SubElement(case, tag, message=shown.partition("\n")[0]).text = shown
        counts = {
            "tests": len(suite),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        for name, count in counts.items():
            suite.set(name, str(count))
            totals[name] += count
    for name, count in totals.items():
        root.set(name, str(count))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def json_of(report: Mapping[str, Any]) -> bytes:
    """Return the report as JSON."""
    return json.dumps(report, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def plans_of(report: Mapping[str, Any]) -> bytes:
    """Return a JSON file of variables with the plans of all tenants. A seed with it applies exactly these plans."""
    plans = {tenant["host"]: tenant["plan"] for tenant in report["tenants"]}
    return json.dumps({EXPECTED_PLAN: plans}, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def page_of(report: Mapping[str, Any]) -> bytes:
    """Return the report as an HTML page without external files."""
    templates = Environment(
        autoescape=True,
        finalize=_visible,
        loader=FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template("qlik-audit.html.j2").render(
        report=report,
        headline=headline(report),
        areas=AREAS,
        columns=_columns(report),
        kinds=OBJECTS,
        most=MOST_SHOWN,
        differences=differences,
        totals=totals(report),
        notes={tenant["host"]: Notes(tenant, report) for tenant in report["tenants"]},
        changes=_changes(report),
        exceptions=_exceptions(report),
        differing_settings=differing_settings,
        words_for=words_for,
        exception_in_words=in_words,
    )
    return page.encode("utf-8", "replace")


def _columns(report: Mapping[str, Any]) -> List[str]:
    """Return the areas that any tenant has in its description or with unmanaged objects, or all if there are none."""
    areas = [area for tenant in report["tenants"] for area in tenant["areas"]]
    told = {area["area"] for area in areas if area["status"] != "not_described" or area["unmanaged_objects"]}
    return [area for area in AREAS if area in told or not told]


def _changes(report: Mapping[str, Any]) -> Dict[str, List[Tuple[str, str, str, str]]]:
    """Return the new, new unmanaged, and resolved differences, each as host, object, setting, and description."""
    rows: Dict[str, List[Tuple[str, str, str, str]]] = {"new": [], "new_unmanaged": [], "resolved": []}
    for tenant in report["tenants"]:
        words = {(found.area, found.item["name"], found.setting): found.words for found in deviations(tenant)}
        for kind, entries in (("new", new_in(tenant, report)), ("new_unmanaged", new_unmanaged_in(tenant, report))):
            for entry in entries:
                what = words.get((entry["area"], entry["object"], entry["setting"]), "could not be audited")
                rows[kind].append((tenant["host"], place_of(entry), entry["setting"] or "", what))
        for entry in tenant["resolved"]:
            what = "%s since %s" % (entry["kind"], entry["since"][:10])
            rows["resolved"].append((tenant["host"], place_of(entry), entry["setting"] or "", what))
    return rows


def _exceptions(report: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return all exceptions, each with its host, object, and whether it matches. Those that match come first."""
    found = [
        {**entry, "host": tenant["host"], "place": label_of(entry["area"], entry["object"]), "matched": matched}
        for tenant in report["tenants"]
        for matched, entries in ((True, exceptions_in(tenant)), (False, tenant["unmatched_exceptions"]))
        for entry in entries
    ]
    return sorted(found, key=lambda entry: not entry["matched"])


def _visible(value: Any) -> Any:
    """Return a string with its invisible characters spelled out, except line breaks. Other values are unchanged."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "\n".join(map(visible, value.split("\n")))


def _cases(tenant: Mapping[str, Any], count_unmanaged: bool) -> Iterable[Tuple[str, str, str, str]]:
    """Yield the area, name, tag, and text of each test case. The tag is empty for an object in sync."""
    if tenant["error"]:
        yield "tenant", "audit", "error", tenant["error"]
    for finding in tenant["findings"]:
        text = ": ".join([finding["object"], finding["message"]])
        notes = [in_words(entry) for entry in finding["accepted"]]
        tag = "skipped" if is_accepted_finding(finding) else "failure"
        yield finding["area"], "%s: %s" % (finding["object"], finding["rule"]), tag, "\n".join([text, *notes])
    for area in tenant["areas"]:
        if area["error"]:
            tag = "skipped" if area["status"] == "not_available" else "error"
            yield area["area"], "audit", tag, area["error"]
        for item in area["objects"]:
            tag = {"in_sync": "", "accepted": "skipped", "failed": "error"}.get(item["status"], "failure")
            yield area["area"], item["name"], tag, _explained(item) if tag else ""
        for item in area["unmanaged_objects"]:
            if is_accepted(item, None):
                yield area["area"], item["name"], "skipped", _explained({**item, **_UNMANAGED})
            elif count_unmanaged:
                yield area["area"], item["name"], "failure", _of_unmanaged(item)


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
