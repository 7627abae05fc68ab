# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The formats of a report of many tenants, and reading them again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.assembly import report_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.files import omissions, own_paths, write_reports
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.formats import (
    MOST_CASES,
    json_of,
    jsonl_of,
    junit_of,
    omitted_in_words,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.pages import overview_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.previous import read_previous
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import audited, unaudited
from benchmark.made import DESCRIBED, made_tenant

NOW = "2026-11-29T03:00:00Z"
#: A name that JSON and a decoder of UTF-8 escape or split.
ODD = 'a "tenants": [] \n\u6f22\U0001f600'


def report(size: int = 3) -> Any:
    tenants = [made_tenant(number, has_drifted=number == 0) for number in range(size)]
    return report_of([*tenants, unaudited(ODD, "", "no answer")], NOW, False)


def test_json_is_what_json_would_write_at_once() -> None:
    for size in (0, 2):
        found = report(size)
        whole = {**found, "tenants": list(found["tenants"])}
        assert b"".join(json_of(found)).decode() == json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    empty = report_of([], NOW, False)
    assert json.loads(b"".join(json_of(empty))) == {**empty, "tenants": []}


def test_jsonl_has_a_line_for_each_tenant() -> None:
    found = report()
    head, *tenants = map(json.loads, b"".join(jsonl_of(found)).decode().split("\n")[:-1])
    assert head == {name: value for name, value in found.items() if name != "tenants"}
    assert tenants == list(found["tenants"])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1024**2])
@pytest.mark.parametrize("writer", [json_of, jsonl_of])
def test_a_report_is_read_again_in_parts_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: Any, size: int
) -> None:
    monkeypatch.setattr(f"{read_previous.__module__}._PART", size)
    path = tmp_path / "report"
    path.write_bytes(b"".join(writer(report(1))))
    tenants: dict[str, Any] = {}
    previous = read_previous("v", str(path), tenants)
    assert previous == {"generated_at": NOW, "tenants": tenants}
    assert list(tenants) == ["customer-00000", ODD]
    made, odd = tenants["customer-00000"], tenants[ODD]
    assert made["compared"]["groups"] == "2026-11-29T02:00:00Z"
    assert [(entry["object"], entry["setting"]) for entry in made["differences"]][0] == ("Group 00", "assigned_roles")
    assert [entry["kind"] for entry in odd["differences"]] == ["failed"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda lines: lines[:-1], "has 3 of its 4 tenants"),
        (lambda lines: [*lines, lines[-1]], "has 5 of its 4 tenants"),
        (lambda lines: lines[:1], "has 0 of its 4 tenants"),
        (lambda lines: lines[1:], "is not a JSON report of this collection"),
    ],
)
def test_a_report_in_lines_that_lacks_some_is_refused(tmp_path: Path, change: Any, problem: str) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"".join(change(b"".join(jsonl_of(report())).splitlines(keepends=True))))
    with pytest.raises(AnsibleActionFail) as caught:
        read_previous("v", str(path), {})
    assert caught.value.message == f"v: {path} {problem}. Nothing was audited."


def test_nothing_follows_a_report_that_is_one_object(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"".join(json_of(report())) + b"".join(jsonl_of(report())))
    with pytest.raises(AnsibleActionFail, match="is not a JSON report of this collection"):
        read_previous("v", str(path), {})


def cases(found: Any, most: int) -> dict[str, list[tuple[str, str]]]:
    """The name and tag of each case of JUnit XML, by suite."""
    root = ElementTree.fromstring(b"".join(junit_of(found, most)))
    assert int(root.get("tests") or 0) == len(list(root.iter("testcase")))
    return {
        suite.get("name") or "": [
            (case.get("name") or "", "".join(child.tag for child in case)) for case in suite.iter("testcase")
        ]
        for suite in root
    }


def test_junit_of_many_tenants_omits_what_is_in_sync_and_says_so() -> None:
    found = report()
    whole = cases(found, 4)
    assert len(whole["customer-00000"]) == DESCRIBED
    assert omissions(found, ["junit"], 4) == []
    cut = cases(found, 3)
    assert cut == {
        "customer-00000": [("Group 00", "failure")],
        "customer-00001": [("audit", "")],
        "customer-00002": [("audit", "")],
        list(whole)[-1]: [("audit", "error")],
        "qlik-audit": [("omitted cases", "skipped")],
    }
    omitted = omitted_in_words(3)
    assert omitted.startswith("The report has more than 3 tenants (qlik_audit_page_tenants). ")
    assert omitted in b"".join(junit_of(found, 3)).decode()
    assert omissions(found, ["junit"], 3) == [f"qlik-audit.xml: {omitted}"]
    assert omissions(found, ["html"], 3) == []


def test_junit_of_many_tenants_has_the_first_problems_of_each() -> None:
    groups: list[dict[str, Any]] = [
        {"name": f"G{number:02}", "provider_type": "idp", "action": "created", "before": None, "after": {}}
        for number in range(MOST_CASES + 2)
    ]
    result = {"areas": {"groups": {"groups": groups}}, "plan": {"fingerprint": "0"}}
    found = report_of([audited("a", "u", result, ["groups"])], NOW, False)
    listed = cases(found, 0)["a"]
    assert listed == [(f"G{number:02}", "failure") for number in range(MOST_CASES)] + [("omitted cases", "failure")]
    assert b"2 more. The JSON report has all of them." in b"".join(junit_of(found, 0))


@pytest.mark.parametrize(("count", "words"), [(1, "1 finding"), (2, "2 findings")])
def test_the_overview_counts_findings(count: int, words: str) -> None:
    findings = [{"area": "api_keys", "object": f"k{number}", "rule": "r", "message": "m"} for number in range(count)]
    tenant = audited("a", "u", {"areas": {}, "findings": findings, "plan": {"fingerprint": "0"}}, [])
    page = b"".join(overview_of(report_of([tenant], NOW, False), "details")).decode()
    assert re.findall(r"\d+ findings?\b", page) == [words]


def test_the_paths_of_a_report_include_its_details(tmp_path: Path) -> None:
    formats = ["html", "json", "jsonl", "junit", "plans", "prometheus"]
    write_reports(str(tmp_path), report(), formats, None, 2)
    assert set(own_paths(str(tmp_path))) == set(map(str, tmp_path.iterdir()))
    assert len(own_paths(str(tmp_path / "none"))) == len(formats)


def test_a_report_that_cannot_be_written_leaves_the_previous_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_reports(str(tmp_path), report(), ["html", "json"], None, 2)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def failing(*_arguments: Any) -> Iterator[tuple[str, bytes]]:
        yield "0.html", b""
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"{write_reports.__module__}.details_of", failing)
    with pytest.raises(OSError, match="No space left"):
        write_reports(str(tmp_path), report(), ["html"], None, 2)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert all(not path.name.startswith(".") for path in tmp_path.iterdir())
