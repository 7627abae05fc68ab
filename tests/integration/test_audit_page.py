# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a drift report, in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.assembly import report_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.exceptions import accept
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.files import write_reports
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.formats import json_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.pages import MOST_SHOWN, page_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import audited, unaudited
from benchmark.made import DRIFTED, host_name, made_tenant, make_parts, merge, with_growth
from browser import BrowserError, start
from selenium.webdriver.common.by import By

HOSTILE = [
    "<script>window.hacked = 1</script>",
    '"><img src="https://example.com/x.png" onerror="window.hacked = 1">',
    "' onmouseover='window.hacked = 1",
    "\u202egpj.exe\u200b\x07",
    "</title></style><svg onload=window.hacked=1>",
    "{{ 7 * 7 }} {% raw %}",
    "long" * 60,
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \U0001f600",
]
PHONE = 390
REPORTED = "2026-01-02T03:04:05Z"
BEFORE = "2025-12-26T03:04:05Z"

#: The smallest contrast of a text with what is behind it, by the formula of WCAG 2.
CONTRAST = """
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
let worst = [99, ""];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim();
  if (!text) continue;
  let element = walker.currentNode.parentElement;
  const color = light(parse(getComputedStyle(element).color));
  while (element && parse(getComputedStyle(element).backgroundColor)[3] === 0) element = element.parentElement;
  const back = element ? light(parse(getComputedStyle(element).backgroundColor)) : 1;
  const ratio = (Math.max(color, back) + 0.05) / (Math.min(color, back) + 0.05);
  if (ratio < worst[0]) worst = [ratio, text];
}
return worst;
"""


def compared(name: str, before: Any, after: Any, action: str) -> dict[str, Any]:
    return {"name": name, "provider_type": "idp", "action": action, "before": before, "after": after}


def exception(area: str, name: str, setting: str | None, text: str, until: str) -> dict[str, Any]:
    what = {"area": area, "object": name, "setting": setting, "values": [name, "x"] if setting else None}
    return {**what, "reason": text, "owner": text, "until": until}


def administrator(kind: str, name: str, **more: Any) -> dict[str, Any]:
    found = {"type": kind, "name": name, "display_name": None, "is_bot": False, "role": "TenantAdmin", "through": None}
    return {**found, "provider_type": None, **more}


def hostile_report() -> dict[str, Any]:
    """A report with every kind of row, with hostile texts wherever a text comes from somebody else."""
    groups = [
        compared(name, {"assigned_roles": [name, "both"]}, {"assigned_roles": ["both"], "description": name}, "updated")
        for name in HOSTILE
    ]
    groups += [
        compared(f"Missing {n}", None, {"name": f"Missing {n}", "assigned_roles": []}, "created") for n in range(250)
    ]
    groups.append(compared("Unwanted", {"name": "Unwanted"}, None, "deleted"))
    groups += [
        {
            **compared(f"Failed {name}", {"assigned_roles": [name]}, {"assigned_roles": ["misspelt"]}, "failed"),
            "error": {"message": name, "hint": name},
        }
        for name in HOSTILE
    ]
    role: dict[str, Any] = {
        "name": "R",
        "action": "updated",
        "before": {"full_access": True},
        "after": {"full_access": False},
    }
    result: dict[str, Any] = {
        "areas": {
            "tenant": {"action": "unchanged", "tenant": {"name": HOSTILE[0]}},
            "roles": {"roles": [role]},
            "groups": {"groups": groups},
        },
        "plan": {"fingerprint": "0" * 64},
        "problems": {"tenant": [{"place": HOSTILE[1], "object": None, "message": HOSTILE[2]}]},
        "unmanaged": {
            "roles": [{"name": name, "role": {"assigned_scopes": HOSTILE}} for name in HOSTILE],
            "groups": [
                {"name": f"Extra {n}", "administers": n == 249, "group": {"assigned_roles": [{"name": HOSTILE[0]}]}}
                for n in range(250)
            ],
            "spaces": [{"name": name, "space": {"members": [{"group": name, "roles": HOSTILE}]}} for name in HOSTILE],
        },
        "administrators": [
            administrator("everyone", "Everyone"),
            *(administrator("user", name, display_name=name, is_bot=True) for name in HOSTILE),
            administrator("group", HOSTILE[0]),
            *(administrator("user", name, through={"name": HOSTILE[0]}) for name in HOSTILE),
            administrator("group", "Nobody"),
        ],
        "remarks": {"spaces": HOSTILE},
    }
    result["problems"][""] = [{"place": "", "object": None, "message": HOSTILE[0]}]
    as_described = {"areas": {}, "plan": {"fingerprint": "0" * 64}}
    tenants = [
        audited(HOSTILE[1], "https://user:secret@acme.example/x?y", result, ["tenant", "roles", "groups"]),
        audited("as described", "acme.example", as_described, []),
        unaudited(HOSTILE[0], "", HOSTILE[4]),
        unaudited("later", "", "Not audited yet.", "not_audited"),
    ]
    day = REPORTED[:10]
    exceptions = [
        exception("groups", "Unwanted", None, HOSTILE[0], day),
        exception("groups", HOSTILE[0], "assigned_roles", HOSTILE[1], day),
        exception("groups", "Missing 0", None, HOSTILE[2], BEFORE[:10]),
        *(exception("users", text, None, text, day) for text in HOSTILE),
    ]
    accept(tenants[0], exceptions, day, False)
    revision = {"commit": "0123456789abcdef" * 2 + "01234567", "uncommitted_changes": True}
    stood = {"kind": "different", "accepted": False, "since": BEFORE, "last_seen": BEFORE, "in_sync_at": None}
    gone = [{"area": "users", "object": text, "setting": text, **stood} for text in HOSTILE]
    still = {"area": "groups", "object": sorted(HOSTILE)[0], "setting": "description", **stood}
    known = {"differences": [*gone, still], "compared": {}}
    previous = {"generated_at": BEFORE, "tenants": {HOSTILE[1]: known}}
    return report_of(sorted(tenants, key=lambda tenant: str(tenant["host"])), REPORTED, False, previous, revision)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        chrome = start(tmp_path_factory.mktemp("profile"))
    except BrowserError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the audit's page in a browser: {error}")
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("report") / "qlik-audit.html"
    path.write_bytes(page_of(hostile_report()))
    browser.get(path.as_uri())
    return browser


def emulate(page: Any, scheme: str = "light", width: int = 1200, media: str = "screen") -> None:
    scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme_feature]})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def texts(page: Any, selector: str) -> list[str]:
    return [element.get_attribute("textContent").strip() for element in page.find_elements(By.CSS_SELECTOR, selector)]


def test_nothing_is_fetched_and_nothing_runs(page: Any) -> None:
    events = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    # The browser loads pages of its own, such as that of a new tab.
    assert [one["request"]["url"] for one in sent if one["documentURL"] == page.current_url] == [page.current_url]
    # Those pages complain where there is no network.
    log = page.get_log("browser")
    assert [entry for entry in log if not entry["message"].startswith("chrome://")] == []
    assert page.execute_script("return window.hacked") is None
    assert (
        page.find_elements(By.CSS_SELECTOR, "script, img, svg, iframe, object, [onload], [onerror], [onmouseover]")
        == []
    )


def spelt_out(text: str) -> str:
    return text.replace("\u202e", "<U+202E>").replace("\u200b", "<U+200B>").replace("\x07", "<U+0007>")


def test_hostile_names_are_shown_as_they_are(page: Any) -> None:
    captions = texts(page, "table.compared.different caption")
    assert captions == ["R", *map(spelt_out, sorted(HOSTILE))]
    assert "user:secret" not in page.page_source
    assert "secret" not in b"".join(json_of(hostile_report())).decode()


def test_structure(page: Any) -> None:
    assert page.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert page.title.startswith("Qlik Cloud audit: Of 4 tenants")
    for landmark in ("header", "main", "footer", "h1"):
        assert len(page.find_elements(By.TAG_NAME, landmark)) == 1
    levels = [int(heading.tag_name[1]) for heading in page.find_elements(By.CSS_SELECTOR, "h1, h2, h3, h4, h5, h6")]
    assert all(below - above <= 1 for above, below in zip(levels, levels[1:], strict=False))
    assert page.find_elements(By.CSS_SELECTOR, "th:not([scope])") == []
    assert page.find_elements(By.CSS_SELECTOR, "table:not(:has(caption))") == []
    ids = page.execute_script("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    targets = page.execute_script("return [...document.querySelectorAll('a')].map((e) => e.getAttribute('href'))")
    assert targets
    assert {target[1:] for target in targets} <= set(ids)
    labels = page.execute_script(
        "return [...document.querySelectorAll('[aria-labelledby]')].map((e) => e.getAttribute('aria-labelledby'))"
    )
    assert set(labels) <= set(ids)


def test_summary_says_in_words_what_its_colors_say(page: Any) -> None:
    rows = page.find_elements(By.CSS_SELECTOR, "table.summary tbody tr")
    assert len(rows) == 4
    cells = {cell.get_attribute("data-area"): cell.text for cell in rows[0].find_elements(By.TAG_NAME, "td")}
    assert {area: cell.split("\n") for area, cell in cells.items() if cell != "– not in the description"} == {
        "Tenant settings": ["! failed"],
        "Custom roles": ["≠ 1 different", f"{len(HOSTILE)} unmanaged"],
        "Groups": [
            f"! {len(HOSTILE)} failed",
            "≠ 250 missing",
            f"≠ {len(HOSTILE)} different",
            "250 unmanaged",
            "1 can administer",
            "1 accepted",
        ],
        "Spaces": ["– not in the description", f"{len(HOSTILE)} unmanaged"],
    }
    # Areas that no tenant describes have no column.
    assert len(cells) == 4
    assert texts(page, ".summary thead th")[1:] == list(cells)
    assert all(cells)


def rows(page: Any, section: str, table: int = 0) -> list[list[str]]:
    """The texts of the cells of a table."""
    found = page.find_elements(By.CSS_SELECTOR, f"section[aria-labelledby={section}] table")[table]
    return [
        [cell.get_attribute("textContent") for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
        for row in found.find_elements(By.CSS_SELECTOR, "tbody tr")
    ]


@pytest.mark.long
def test_what_is_for_the_weekly_meeting(page: Any) -> None:
    (totals,) = texts(page, "p.totals")
    assert totals.startswith("In sync: 25 % of tenants and 0.3 % of objects. 1 object is accepted. Since the report ")
    assert "revision 0123456789ab, with uncommitted changes." in texts(page, "header .meta")[0]
    assert texts(page, "#changes") == ["Since the report of 2025-12-26 03:04:05 UTC"]
    shown = spelt_out(HOSTILE[1])
    assert rows(page, "changes")[:2] == [
        [shown, "the area tenant", "all settings", "could not be audited"],
        [shown, 'role "R"', "full_access", "is true, should be false"],
    ]
    assert len(rows(page, "changes")) == MOST_SHOWN
    assert rows(page, "changes", 1)[0][3] == "unmanaged: on the tenant, not in the description"
    assert [row[2] for row in rows(page, "changes", 2)] == [spelt_out(text) for text in HOSTILE]
    exceptions = rows(page, "exceptions")
    assert exceptions[0] == [
        shown,
        f'group "{HOSTILE[0]}"',
        f"assigned_roles: {HOSTILE[0]}, x",
        HOSTILE[1],
        HOSTILE[1],
        "2026-01-02",
    ]
    assert [row[5] for row in exceptions[1:3]] == ["2025-12-26 ≠ expired", "2026-01-02"]
    assert {row[5] for row in exceptions[3:]} == {"2026-01-02No difference matches."}
    assert [row[3] for row in exceptions[3:]] == [spelt_out(text) for text in HOSTILE]

    assert texts(page, "table.compared.accepted caption .note") == [
        "new",
        f"accepted until 2026-01-02: {HOSTILE[0]}, {HOSTILE[0]}",
    ]
    notes = texts(page, "table.compared.different th .note")
    assert "since 2025-12-26" in notes
    assert f"accepted until 2026-01-02 for {HOSTILE[0]}, x: {HOSTILE[1]}, {HOSTILE[1]}" in notes
    assert "accepted until 2025-12-26: expired" in texts(page, "table.compared.missing caption .note")


def test_before_and_after_side_by_side(page: Any) -> None:
    table = page.find_elements(By.CSS_SELECTOR, "table.compared.different")[0]
    assert [cell.text for cell in table.find_elements(By.TAG_NAME, "td")] == ["true", "false"]
    assert texts(page, "table.compared.different .before .only strong")[0] == sorted(HOSTILE)[0]


def test_unexpected_and_missing_elements_are_said_in_words(page: Any) -> None:
    table = page.find_elements(By.CSS_SELECTOR, "table.compared.different")[1]
    assert [text.split() for text in texts(table, ".only")] == [
        ["+", *sorted(HOSTILE)[0].split(), "unexpected"],
    ]
    (legend,) = (text for text in texts(page, "footer p") if text.startswith("An unexpected element"))
    assert "A missing element" in legend
    # Nothing was done to what only one side has, and of what is described wrongly nobody knows who is right.
    assert page.find_elements(By.CSS_SELECTOR, ".missing .only, .unwanted .only") == []
    assert set(texts(page, ".failed .how")) == {"not in the description", "not on the tenant"}


def test_what_is_wrong_stands_at_its_object(page: Any) -> None:
    errors = texts(page, ".tenant p.error")
    assert len([text for text in errors if text.startswith("Failed ")]) == len(HOSTILE)
    assert len([text for text in errors if text.startswith("A seed would be rejected.")]) == 1


def test_who_can_administer_the_tenant(page: Any) -> None:
    block = page.find_elements(By.CSS_SELECTOR, ".administrators")[0]
    assert len(texts(block, "li")) == 2 * len(HOSTILE) + 2
    assert len(texts(block, "li.member")) == len(HOSTILE)
    assert texts(block, "p.error") == ["Everyone: the group of all users has the role TenantAdmin."]
    assert [" ".join(text.split()) for text in texts(block, "li")][-1] == "Group Nobody · no known members"


def test_unmanaged_objects_say_what_they_mean(page: Any) -> None:
    entries = [" ".join(text.split()) for text in texts(page, ".listing li")]
    administering = [text for text in entries if "can administer the tenant" in text]
    assert len(administering) == 1
    assert administering[0].startswith("Extra 249 ")
    assert entries.index(administering[0]) < entries.index(next(text for text in entries if text.startswith("Extra 0")))


def test_long_lists_are_cut_with_a_count(page: Any) -> None:
    assert len(page.find_elements(By.CSS_SELECTOR, "table.compared.missing")) == MOST_SHOWN
    note = f"Only the first {MOST_SHOWN} of 250 are shown. The JSON report has all of them."
    assert texts(page, "p.note").count(note) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_contrast(page: Any, scheme: str, media: str) -> None:
    emulate(page, scheme, media=media)
    ratio, text = page.execute_script(CONTRAST)
    assert ratio >= 4.5, text


@pytest.mark.parametrize("width", [320, PHONE, 768, 1200])
def test_nothing_is_wider_than_the_screen(page: Any, width: int) -> None:
    emulate(page, width=width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_light_and_dark_differ(page: Any) -> None:
    backgrounds = []
    for scheme in ("light", "dark"):
        emulate(page, scheme)
        backgrounds.append(page.execute_script("return getComputedStyle(document.body).backgroundColor"))
    assert len(set(backgrounds)) == 2


def open_page(browser: Any, folder: Path) -> Any:
    """Open the page of a report from its folder, without a server."""
    emulate(browser)
    browser.get((folder / "qlik-audit.html").as_uri())
    return browser


def shown_hosts(page: Any) -> list[str]:
    """The hosts of the rows that are shown, in their order."""
    script = """return [...document.querySelectorAll(".overview tbody tr:not([hidden])")]
      .map((row) => row.querySelector("th > *").textContent)"""
    return list(page.execute_script(script))


def search(page: Any, text: str) -> list[str]:
    field = page.find_element(By.CSS_SELECTOR, "input[type=search]")
    field.clear()
    field.send_keys(text)
    return shown_hosts(page)


def follow(page: Any, selector: str) -> None:
    """Follow the first link that matches, without scrolling to it first."""
    page.execute_script("arguments[0].click()", page.find_element(By.CSS_SELECTOR, selector))


def check_details(page: Any, number: int) -> None:
    """Search a tenant that has drifted, open its details from the overview, and go back."""
    overview = page.current_url
    assert search(page, host_name(number).upper()) == [host_name(number)]
    follow(page, ".overview tbody tr:not([hidden]) a")
    assert host_name(number) in texts(page, ".tenant h2")[0]
    assert texts(page, ".compared .only strong") == ["DataAdmin", "Steward"]
    assert page.execute_script("return getComputedStyle(document.querySelector('.tenant')).borderTopStyle") == "solid"
    follow(page, ".up a")
    assert page.current_url == f"{overview}#summary"


@pytest.fixture(scope="module")
def overview(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report with more tenants than a page can have."""
    folder = tmp_path_factory.mktemp("many")
    tenants = [made_tenant(number, has_drifted=number % DRIFTED == 0) for number in range(45)]
    tenants.append(unaudited("down", "down.example", "It cannot be reached.\nReally."))
    tenants.append(unaudited("later", "", "Not audited yet.", "not_audited"))
    write_reports(str(folder), report_of(tenants, REPORTED, False), ["html"], None, 40)
    return folder


def test_many_tenants_have_an_overview_with_details_beside_it(browser: Any, overview: Path) -> None:
    """Those that have drifted come first, without a script too."""
    page = open_page(browser, overview)
    assert shown_hosts(page)[:6] == ["down", "later", *map(host_name, (0, 20, 40)), host_name(1)]
    details = overview / "qlik-audit-20260102T030405Z"
    assert sorted(path.name for path in details.iterdir()) == sorted(["style.css", *(f"{n}.html" for n in range(45))])
    assert {path.stat().st_mode & 0o777 for path in details.iterdir()} == {0o600}
    assert details.stat().st_mode & 0o777 == 0o700
    cells = page.find_elements(By.CSS_SELECTOR, ".overview tbody tr")[2].find_elements(By.CSS_SELECTOR, "th, td")
    assert [cell.text for cell in cells] == [
        f"{host_name(0)}\nCustomer 0 · {host_name(0)}.eu.qlikcloud.com",
        "drifted",
        "1",
        "20",
        "groups: 1 different",
    ]
    check_details(page, 20)


def test_the_overview_can_be_searched_filtered_and_sorted(browser: Any, overview: Path) -> None:
    page = open_page(browser, overview)
    count = page.find_element(By.CSS_SELECTOR, "output")
    assert count.text == "47 of 47 tenants"
    found = [host_name(number) for number in (40, 4, 41, 42, 43, 44)]
    assert search(page, "eu.qlikcloud 0004") == found
    assert count.text == "6 of 47 tenants"
    assert search(page, "nobody") == []
    search(page, "customer")
    page.find_element(By.CSS_SELECTOR, "option[value=drift]").click()
    assert shown_hosts(page) == [host_name(number) for number in (0, 20, 40)]
    page.find_element(By.CSS_SELECTOR, "option[value='']").click()
    tenant, _status, differences, *_others = page.find_elements(By.CSS_SELECTOR, ".overview thead button")
    heading = page.find_element(By.CSS_SELECTOR, ".overview thead th")
    tenant.click()
    assert shown_hosts(page) == [host_name(number) for number in range(45)]
    tenant.click()
    assert shown_hosts(page)[0] == host_name(44)
    assert heading.get_attribute("aria-sort") == "descending"
    differences.click()
    differences.click()
    assert shown_hosts(page)[:3] == [host_name(number) for number in (0, 20, 40)]
    assert heading.get_attribute("aria-sort") is None


def test_the_overview_of_hostile_texts(browser: Any, tmp_path: Path) -> None:
    """Nothing of them is run, and a small report replaces the overview and its details."""
    write_reports(str(tmp_path), hostile_report(), ["html"], 0o644, 3)
    (details,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert (details.stat().st_mode & 0o777, (details / "style.css").stat().st_mode & 0o777) == (0o755, 0o644)
    page = open_page(browser, tmp_path)
    assert set(shown_hosts(page)) == {*map(spelt_out, HOSTILE[:2]), "as described", "later"}
    assert texts(page, "#changes") == ["Since the report of 2025-12-26 03:04:05 UTC"]
    follow(page, ".overview tbody a")
    assert page.execute_script("return window.hacked") is None
    assert page.find_elements(By.CSS_SELECTOR, "script, img, svg, [onload], [onerror], [onmouseover]") == []
    link = tmp_path / "qlik-audit-20250102T030405Z"
    link.symlink_to(tmp_path)
    write_reports(str(tmp_path), hostile_report(), ["html"], None, 4)
    assert {path.name for path in tmp_path.iterdir()} == {"qlik-audit.html", link.name}
    assert open_page(browser, tmp_path).find_elements(By.CSS_SELECTOR, ".overview") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_and_width_of_the_overview(browser: Any, overview: Path, scheme: str) -> None:
    page = open_page(browser, overview)
    emulate(page, scheme)
    ratio, text = page.execute_script(CONTRAST)
    assert ratio >= 4.5, text
    for width in (320, PHONE, 768):
        emulate(page, scheme, width)
        assert page.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.long
def test_ten_thousand_tenants(browser: Any, tmp_path: Path) -> None:
    """Their parts become a report in bounded memory and linear time, and its page opens."""
    rows = []
    for size in (1000, 10000):
        make_parts(tmp_path / str(size) / "parts", size)
        rows.append(merge(tmp_path / str(size), size))
    assert with_growth(rows)[1]["growth"] <= 1.5
    assert rows[1]["largest_mb"] <= 1024
    folder = tmp_path / "10000" / "reports"
    assert (folder / "qlik-audit.html").stat().st_size <= 2 * 1000**2
    page = open_page(browser, folder)
    assert shown_hosts(page)[:2] == [host_name(0), host_name(DRIFTED)]
    check_details(page, 9980)
