# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds JUnit XML, with a suite for each host."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Iterable, NamedTuple, Tuple
from xml.etree import ElementTree

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import visible


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


def xml_of(name: str, generated_at: str, suites: Iterable[Tuple[str, Iterable[Case]]]) -> bytes:
    """Return JUnit XML.

    Invisible characters are spelled out: XML does not support all of them, and a tenant cannot fake lines with them.

    :param generated_at: the time in ISO 8601, in UTC.
    :param suites: the hosts with their cases.
    """
    root = ElementTree.Element("testsuites", name=name)
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for host, cases in suites:
        suite = ElementTree.SubElement(root, "testsuite", name=visible(host), timestamp=generated_at.rstrip("Z"))
        for case in cases:
            place = "%s.%s" % (host, case.place)
            element = ElementTree.SubElement(
                suite, "testcase", classname=visible(place), name=visible(case.name), time="0"
            )
            if case.tag:
                shown = "\n".join(map(visible, case.text.split("\n")))
                ElementTree.SubElement(element, case.tag, message=shown.partition("\n")[0]).text = shown
        counts = {
            "tests": len(suite),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        for count_name, count in counts.items():
            suite.set(count_name, str(count))
            totals[count_name] += count
    for count_name, count in totals.items():
        root.set(count_name, str(count))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
