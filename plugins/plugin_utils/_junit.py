# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds JUnit XML, with a suite for each host."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Dict, Iterable, Iterator, NamedTuple, Tuple
from xml.etree import ElementTree

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import visible

from ._output import visible_text


class Case(NamedTuple):
    """A test case.

    :param place: what the case belongs to on its host, such as an area.
    :param tag: C(failure), C(error), or C(skipped); empty for a case that passes.
    :param text: the reason, which can have several lines.
    """

    place: str
    name: str
    tag: str = ""
    text: str = ""


#: A host with its cases.
Suite = Tuple[str, Iterable[Case]]


def xml_of(name: str, generated_at: str, suites: Iterable[Suite]) -> Iterator[bytes]:
    """Yield JUnit XML. Only the text of the suites is kept in memory, not their elements.

    Invisible characters are spelled out: XML does not support all of them, and a tenant cannot fake lines with them.

    :param generated_at: the time in ISO 8601, in UTC.
    """
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    texts = [_suite(host, generated_at.rstrip("Z"), cases, totals) for host, cases in suites]
    root = ElementTree.Element("testsuites", {"name": name, **{key: str(count) for key, count in totals.items()}})
    text = bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True, short_empty_elements=False))
    beginning, end, _nothing = text.rpartition(b"</testsuites>")
    yield beginning
    yield from texts
    yield end + b"\n"


def _suite(host: str, timestamp: str, cases: Iterable[Case], totals: Dict[str, int]) -> bytes:
    """Return a suite, and add its counts to the totals."""
    suite = ElementTree.Element("testsuite", name=visible(host), timestamp=timestamp)
    for case in cases:
        place = "%s.%s" % (host, case.place)
        element = ElementTree.SubElement(suite, "testcase", classname=visible(place), name=visible(case.name), time="0")
        if case.tag:
            shown = visible_text(case.text)
            ElementTree.SubElement(element, case.tag, message=shown.partition("\n")[0]).text = shown
    counts = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for name, count in counts.items():
        suite.set(name, str(count))
        totals[name] += count
    return bytes(ElementTree.tostring(suite, encoding="utf-8"))
