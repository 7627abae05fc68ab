# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a drift report, in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.exceptions import accept
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.formats import MOST_SHOWN, json_of, page_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.history import add_history
from ansible_collections.qlikops.cloud.plugins.plugin_utils._audit.report import audited, report_of, unaudited
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
    report = report_of(tenants, REPORTED, False)
    report["revision"] = {"commit": "0123456789abcdef" * 2 + "01234567", "uncommitted_changes": True}
    stood = {"kind": "different", "accepted": False, "since": BEFORE, "last_seen": BEFORE, "in_sync_at": None}
    gone = [{"area": "users", "object": text, "setting": text, **stood} for text in HOSTILE]
    still = {"area": "groups", "object": sorted(HOSTILE)[0], "setting": "description", **stood}
    add_history(report, {"generated_at": BEFORE, "tenants": {HOSTILE[1]: [*gone, still]}, "compared": {}})
    return report


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
    assert "secret" not in json_of(hostile_report()).decode()


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
