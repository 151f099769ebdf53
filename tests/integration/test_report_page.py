# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of fleet_report in Chromium: what people do on it, how quick it is, and that nothing in it does anything by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.browser import Browser, chromium
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import run_alone
from integration.helpers.runner import Runner

CHROMIUM = chromium()
PASSWORD = "planted-report-password"
MOST_BYTES, MOST_SECONDS = 5_000_000, 2.0
HOSTILE = [
    "</script><script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "' onmouseover='window.hacked=1' autofocus onfocus='window.hacked=1",
    "<svg onload=window.hacked=1>",
    "<!--<script>",
    "{{ 7 * 7 }}",
    "\u202egnp.exe\u0000\u0007",
    "x" * 5000,
    "\U0001f468\u200d\U0001f680",
    "https://example.com/steal?<link rel=stylesheet href=https://example.com/x.css>",
]
SHOWN = "[...document.querySelectorAll('tbody.r')].filter(row => !row.hidden).map(row => row.querySelector('bdi').textContent)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(CHROMIUM, tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a small fleet."""
    return written(tmp_path_factory.mktemp("page"), fleet(8, 2))


def fleet(count: int, users: int) -> dict[str, Any]:
    """The result of a fleet, every other cluster of which is new with all that is in it; the first has failed."""
    told: dict[str, Any] = {"plan": [], "objects": [], "results": [], "unlisted": [{"name": "past", "id": "p"}]}
    for number in range(count):
        name, new = f"app-{number:04}", number % 2 == 0
        fields = {"name": name, "plan": "BASIC", "provider": "GCP", "regions": ["us-central1"], "state": "CREATED"}
        fields |= {"labels": {"team": f"team-{number % 3}"}, "delete_protection": ("ENABLED", "DISABLED")[number % 2]}
        about = {"cluster": name, "folder": f"/folder-{number % 4}"}
        action, step = ("create", "create") if new else ("change", "update")
        before = None if new else {**fields, "labels": {}}
        own = {
            "noun": "cluster",
            "name": name,
            "id": f"id-{number}",
            "action": action,
            "before": before,
            "after": fields,
        }
        told["objects"].append({**own, **about, "open_to_everybody": number == 3})
        changes = {field: {"before": (before or {}).get(field), "after": value} for field, value in fields.items()}
        summary = f"{step} cluster '{name}'"
        told["plan"].append({"cluster": name, "action": step, "summary": summary, "changes": changes})
        for user in range(users):
            told["objects"].append({**about, "noun": "sql_user", "name": f"user-{user}", "action": "create"})
            said = f"create SQL user 'user-{user}' on cluster '{name}'"
            hidden = {"before": "(hidden)", "after": "(hidden)"}
            told["plan"].append({"cluster": name, "action": "create", "summary": said, "changes": {"password": hidden}})
        wrong = [{"summary": summary, "msg": "the quota is used up"}] if not number else []
        told["results"].append({"name": name, "status": "failed" if wrong else "ok", "failed": wrong})
    return {**told, "counts": {"create": count, "change": count // 2, "delete": 0, "unchanged": 0}}


def written(directory: Path, result: dict[str, Any], **options: Any) -> Path:
    path = directory / "page.html"
    told = run_alone("fleet_report", {"result": result, "dest": str(path), **options})
    assert not told.get("failed"), told["msg"]
    return path


def choose(browser: Browser, control: str, value: str) -> list[str]:
    """The clusters that are shown after a control was set."""
    browser.run(
        f"{{const it = document.getElementById({json.dumps(control)}); it.value = {json.dumps(value)};"
        " for (const kind of ['input', 'change']) it.dispatchEvent(new Event(kind)); }"
    )
    return list(browser.run(SHOWN))


def test_search_filters_groups_and_order(browser: Browser, page: Path) -> None:
    browser.show(page)
    everything = browser.run(SHOWN)
    # Groups with failures first, and in a group what failed.
    assert everything[0] == "app-0000" and len(everything) == 9
    assert choose(browser, "search", "APP-0003") == ["app-0003"]
    assert choose(browser, "search", "quota used") == ["app-0000"], "the steps are searched as well"
    assert choose(browser, "search", "nowhere") == [] and browser.run("!document.getElementById('none').hidden")
    browser.run("document.getElementById('reset').click()")
    assert browser.run(SHOWN) == everything
    assert choose(browser, "action", "change") == ["app-0001", "app-0005", "app-0003", "app-0007"]
    assert choose(browser, "state", "unprotected") == ["app-0001", "app-0005", "app-0003", "app-0007"]
    assert choose(browser, "group", "/folder-3") == ["app-0003", "app-0007"]
    assert browser.run("document.getElementById('count').textContent") == "2 of 9 rows"
    browser.run("document.getElementById('reset').click()")
    by_label = browser.run(
        "[...document.getElementById('kind').options].find(each => each.text === 'Label team').value"
    )
    assert choose(browser, "kind", by_label)[:3] == ["app-0000", "app-0006", "app-0003"]
    heads = browser.run(
        "[...document.querySelectorAll('tbody.g')].filter(each => !each.hidden).map(each => [...each.querySelectorAll('bdi, span')]"
        ".map(part => part.textContent))"
    )
    assert heads[:3] == [["team-0", "3 rows, 1 failed"], ["team-1", "3 rows"], ["team-2", "2 rows"]]
    # A tile is a filter, too, and says so.
    browser.run("document.querySelector('[data-value=open_to_everybody]').click()")
    assert browser.run(SHOWN) == ["app-0003"]
    assert browser.run("document.querySelector('[data-value=open_to_everybody]').ariaPressed") == "true"
    browser.run("document.querySelector('[data-value=open_to_everybody]').click()")
    for direction, first in (("ascending", "app-0000"), ("descending", "app-0006")):
        browser.run("document.querySelector('th[data-by=name] button').click()")
        assert browser.run("document.querySelector('th[data-by=name]').ariaSort") == direction
        assert browser.run(SHOWN)[0] == first


def test_keyboard_theme_phone_and_paper(browser: Browser, page: Path) -> None:
    browser.show(page)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    browser.press("Tab")
    assert browser.run("document.activeElement.id") == "theme"
    ground = "getComputedStyle(document.body).backgroundColor"
    for preferred in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": preferred}])
        colours = [browser.run(ground)]
        for _number in range(3):
            browser.press("Enter", "\r")
            colours.append(browser.run(ground))
        # Automatic, light, dark, automatic.
        assert colours[0] == colours[3] == colours[1 if preferred == "light" else 2] and colours[1] != colours[2]
    folded = browser.run(
        "[...document.querySelectorAll('details:not([open])')].map((each, number) => { each.id = 'folded-' + number; }).length"
    )
    step = "document.querySelector('#folded-0 .steps li').checkVisibility({contentVisibilityAuto: true})"
    assert folded == 7 and browser.run(step) is False
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.drawn()
    assert browser.run(step) is True
    assert browser.run("getComputedStyle(document.getElementById('tools')).display") == "none"
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.drawn()
    assert browser.run(step) is False
    browser.run("document.querySelector('#folded-0 summary').focus()")
    assert browser.run("document.activeElement.tagName") == "SUMMARY"
    browser.press("Enter", "\r")
    browser.drawn()
    assert browser.run(step) is True
    # Whoever uses it without eyes finds parts, names and the state of things.
    assert browser.run("['header', 'main', 'footer'].every(name => document.querySelectorAll(name).length === 1)")
    assert browser.run("[...document.querySelectorAll('input, select')].every(each => each.labels.length === 1)")
    assert browser.run(
        "[...document.querySelectorAll('section')].every(each => document.getElementById(each.ariaLabelledByElements?.[0]?.id))"
    )


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    told = fleet(len(HOSTILE), 1)
    text = json.dumps(told)
    for number, name in enumerate(HOSTILE):
        for old in (f"app-{number:04}", f"/folder-{number}"):
            text = text.replace(old, json.dumps(name)[1:-1])
    told = json.loads(text)
    for entry, name in zip((each for each in told["objects"] if each["noun"] == "cluster"), HOSTILE, strict=True):
        entry["after"]["labels"] = dict.fromkeys(["team", *HOSTILE], name)
        entry["after"]["provider"] = entry["folder"] = name
    path = written(tmp_path, told, fleet=HOSTILE[0], organization=HOSTILE[1], group_by=f"label:{HOSTILE[2]}")
    browser.requests.clear()
    browser.complaints.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=360, height=800, deviceScaleFactor=1, mobile=True)
    browser.show(path)
    names = browser.run(SHOWN)
    for kind in browser.run("[...document.getElementById('kind').options].map(each => each.value)"):
        assert len(choose(browser, "kind", kind)) == len(names)
    browser.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert browser.run("document.documentElement.scrollWidth") <= 360
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[3], "{{ 7 * 7 }}", "\\u202egnp.exe\\x00\\x07"} <= set(names)
    assert browser.run("typeof window.hacked") == "undefined"
    assert browser.run("document.querySelectorAll('script').length + document.images.length") == 1
    # A script that somebody got in all the same is stopped by the policy.
    browser.run(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hacked = 1'}));"
        "document.body.insertAdjacentHTML('beforeend', '<img src=https://example.com/x onerror=window.hacked=1>')"
    )
    assert browser.run("typeof window.hacked") == "undefined"
    assert browser.run("fetch('https://example.com').then(() => 'sent', () => 'stopped')") == "stopped"
    sent = {url for url in browser.requests if not url.startswith("data:")}
    assert sent <= {path.as_uri(), "https://example.com/x", "https://example.com/"}
    assert all("Content Security Policy" in text for text in browser.complaints), browser.complaints


def test_a_thousand_clusters(browser: Browser, tmp_path: Path) -> None:
    path = written(tmp_path, fleet(1000, 10))
    assert path.stat().st_size < MOST_BYTES
    browser.requests.clear()
    browser.complaints.clear()

    def seconds() -> float:
        before = browser.busy()
        browser.show(path)
        return browser.busy() - before

    # On a machine that does nothing else it takes as long as a processor works for it; where much else is done, that takes longer, too.
    assert any(seconds() < MOST_SECONDS for _try in range(4))
    assert browser.run("document.querySelectorAll('.steps > li').length") == 11_000
    assert choose(browser, "search", "app-0999") == ["app-0999"]
    assert {url for url in browser.requests if not url.startswith("data:")} == {
        path.as_uri()
    } and not browser.complaints


@pytest.mark.smoke
def test_what_a_fleet_tells_is_what_the_page_says(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders-prod")
    orders = {"name": "orders-prod", "labels": {"team": "orders"}, "allowlist": [{"cidr": "203.0.113.0/24"}]}
    new = {"name": "carts-prod", "provider": "GCP", "regions": ["us-central1"], "spend_limit": 2500}
    new["sql_users"] = [{"name": "app", "password": PASSWORD}]
    wanted = {"name": "shop", "clusters": [{**orders, "purge_children": ["allowlist"]}, new]}
    planned = {**wanted, "plan_out": str(tmp_path / "plan.json"), "report_objects": True}
    files = {
        name: str(tmp_path / f"report{end}")
        for name, end in (("dest", ".html"), ("json_dest", ".json"), ("metrics_dest", ".prom"))
    }
    run = playbook(
        [
            {"crdb.cloud.fleet": planned, "check_mode": True, "register": "planned"},
            {"name": "result", "crdb.cloud.fleet_report": {"result": "{{ planned }}", **files}},
            {"name": "plan", "crdb.cloud.fleet_report": {"plan": planned["plan_out"], **files}, "check_mode": True},
            {
                "name": "plain",
                "crdb.cloud.fleet_report": {"result": "{{ planned }}", **files},
                "vars": {"crdb_direct": False},
            },
        ],
        secrets=[PASSWORD],
    )
    reports = [run[name]["report"] for name in ("result", "plan", "plain")]
    for report in reports:
        assert {name: report["counts"][name] for name in ("create", "change", "delete")} == {
            "create": 3,
            "change": 1,
            "delete": 1,
        }
        assert report["drift"] is True and report["money"]["after"] == "25.00"
        assert sorted(report["risks"]["unprotected"]["clusters"]) == ["carts-prod", "orders-prod"]
    assert not any(run[name].changed for name in ("result", "plan", "plain"))
    assert [report["counts"]["failed"] for report in reports] == [0, None, 0]
    for path in files.values():
        assert PASSWORD not in Path(path).read_text()
