# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module fleet_report says of a result, a plan and variables: on the page, as JSON and as metrics."""

from __future__ import annotations

import html
import json
import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.in_process import run_alone

from ansible_collections.crdb.cloud.plugins.module_utils._fleet.plan_file import encoded
from ansible_collections.crdb.cloud.plugins.module_utils._report import page as _page
from ansible_collections.crdb.cloud.plugins.module_utils._report import source as _source
from ansible_collections.crdb.cloud.plugins.module_utils._report.style import STYLE

PLANTED = "planted-secret-7f3c"
COUNTS = {"create": 2, "change": 1, "delete": 1, "unchanged": 1, "unchanged_clusters": 0}
FIELDS = {"plan": "BASIC", "provider": "GCP", "regions": ["us-central1"], "labels": {"team": "orders"}}
FIELDS |= {"delete_protection": "ENABLED", "cockroach_version": "v25.4", "state": "CREATED"}
LIMITED = {"usage_limits": {"request_unit_limit": 1000, "storage_mib_limit": 10}}
ABOUT = {"api_version": "2024-09-16", "desired": {}}
VERSIONS = [
    {"version": "v25.2", "support_end": "2026-05-12T00:00:00Z"},
    {"version": "v25.4", "support_end": "2999-05-12T00:00:00Z"},
]
Result = dict[str, Any]


def cluster(name: str, action: str, before: Any, after: Any, **more: Any) -> Result:
    about = {"noun": "cluster", "name": name, "id": f"id-{name}", "cluster": name, "folder": "/shop"}
    return {**about, "action": action, "before": before, "after": after, "open_to_everybody": False, **more}


def thing(noun: str, name: str, place: str | None) -> Result:
    about = {"noun": noun, "name": name, "id": None, "cluster": place, "folder": None}
    return {**about, "action": "unchanged", "before": {"name": name}, "after": {"name": name}}


def step(called: str, action: str, summary: str, /, **changes: Any) -> Result:
    fields = {field: {"before": old, "after": new} for field, (old, new) in changes.items()}
    about = {"noun": "cluster", "name": called, "id": None, "cluster": called}
    return {**about, "action": action, "summary": summary, "changes": fields}


def planned() -> Result:
    """What a fleet of four clusters tells in check mode."""
    orders, new = {**FIELDS, **LIMITED}, {**FIELDS, "delete_protection": "DISABLED", "usage_limits": {}}
    old = {**FIELDS, "plan": "ADVANCED", "cockroach_version": "v25.2"}
    return {
        "changed": True,
        "counts": dict(COUNTS),
        "drift": True,
        "plan": [
            step("orders", "update", "update cluster 'orders'", labels=({"team": "a"}, {"team": "b", "env": "prod"})),
            step("carts", "create", "create cluster 'carts'", name=(None, "carts"), provider=(None, "GCP")),
            step("carts", "create", "create SQL user 'app' on cluster 'carts'", password=("(hidden)", "(hidden)")),
            step("past", "delete", "delete cluster 'past'"),
        ],
        "objects": [
            cluster("orders", "change", orders, orders),
            cluster("carts", "create", None, new, folder=None, open_to_everybody=None),
            cluster("past", "delete", {**new, "cockroach_version": "v25.2"}, None),
            cluster("ledger", "unchanged", old, old, folder="", open_to_everybody=True),
            thing("sql_user", "app", "orders"),
            thing("service_account", "ci", None),
        ],
        "results": [
            {"name": name, "id": f"id-{name}", "status": "ok", "changed": True, "done": [], "failed": [], "skipped": []}
            for name in ("orders", "carts", "past", "ledger")
        ],
        "marked_unlisted": [],
        "unlisted": [{"name": "playground", "id": "p", "parent_id": "root"}],
        "money": {
            "before": "25.00",
            "after": "50.00",
            "clusters": [{"name": "orders", "plan": "BASIC", "before": "25.00", "after": "50.00", "note": ""}],
            "unknown": ["carts", "ledger"],
        },
        "findings": [
            {
                "rule": "x",
                "severity": "error",
                "noun": "cluster",
                "name": "carts",
                "cluster": "carts",
                "msg": "no limit",
            }
        ],
    }


def run(directory: Path, *, check: bool = False, **options: Any) -> Result:
    """The result of the module, whose files are in *directory*."""
    files = {
        "dest": directory / "page.html",
        "json_dest": directory / "page.json",
        "metrics_dest": directory / "page.prom",
    }
    given = {**{name: str(path) for name, path in files.items()}, **options}
    return run_alone("fleet_report", given, check=check)


def written(directory: Path) -> tuple[str, Result, str]:
    """The page without its style and script, the JSON, and the metrics."""
    text, metric = ((directory / f"page.{kind}").read_text() for kind in ("html", "prom"))
    text = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    return text, json.loads((directory / "page.json").read_text()), metric


def tile(text: str, label: str) -> str:
    """What the tile *label* says."""
    (found,) = re.findall(
        rf'</span>{label}</span>\s*(.*?)\s*</button>|<span class="lab">{label}</span>\s*(.*?)\s*</button>', text, re.S
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", "".join(found))).split())


def samples(text: str) -> dict[str, str]:
    """The values of metrics by name and their own label."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = re.fullmatch(r"crdb_cloud_fleet_(\w+)\{(.*)\} (\S+)", line).groups()
            own = re.findall(r'(?:action|when|risk|severity)="(\w+)"', labels)
            found[".".join([name, *own])] = value
    return found


# --- content -----------------------------------------------------------------------------------------------------------


def test_a_result_on_all_three(tmp_path: Path) -> None:
    result = run(tmp_path, result=planned(), versions=VERSIONS, budget=40.0, fleet="shop", organization="Acme")
    text, data, metric = written(tmp_path)
    assert result["changed"] is False and result["dest"] == str(tmp_path / "page.html")
    assert result["report"] == {name: data[name] for name in data if name != "rows"}
    assert (data["schema"], data["version"], data["fleet"], data["drift"]) == (
        "crdb.cloud.fleet_report",
        1,
        "shop",
        True,
    )
    assert data["counts"] == {**COUNTS, "failed": 0} and data["clusters"] == 4
    assert data["money"] == {
        "before": "25.00",
        "after": "50.00",
        "not_known": ["carts", "ledger"],
        "budget": "40.00",
        "over_budget": True,
    }
    # The cluster that is deleted is no risk any more.
    assert data["risks"] == {
        "without_limit": {"count": 1, "not_read": 0, "clusters": ["carts"]},
        "open_to_everybody": {"count": 1, "not_read": 1, "clusters": ["ledger"]},
        "unprotected": {"count": 1, "not_read": 0, "clusters": ["carts"]},
        "near_end_of_support": {"count": 1, "not_read": 0, "clusters": ["ledger"]},
        "not_listed": {"count": 1, "not_read": 0, "clusters": ["playground"]},
    }
    # What a rule refuses comes first, then what is deleted, created and changed, then the rest.
    assert [row["name"] for row in data["rows"]] == ["carts", "past", "orders", None, "ledger", "playground"]
    assert data["rows"][1]["risks"] == {} and text.count('<span class="badge change">Unprotected') == 1
    (change,) = data["rows"][2]["steps"]
    assert change["changes"] == [
        {"field": "labels.env", "before": None, "after": "prod"},
        {"field": "labels.team", "before": "a", "after": "b"},
    ]
    assert tile(text, "Create") == "2 objects" and tile(text, "Failed") == "0 clusters, or objects beside them"
    assert tile(text, "Open to everybody").startswith("\u2265 1 ") and tile(text, "Not listed").startswith("1 ")
    assert "$25.00" in text and "$10.00 too much" in text and "<bdi>/shop</bdi>" in text
    assert "<li>labels.team: <del>a</del> &rarr; <ins>b</ins>" in text
    found = samples(metric)
    assert found["planned_objects.create"] == "2" and found["failed"] == "0" and found["drift"] == "1"
    assert found["dollars_per_month.after"] == "50.00" and found["budget_dollars_per_month"] == "40.00"
    assert found["risky_clusters.unprotected"] == "1" and found["risk_unread_clusters.open_to_everybody"] == "1"
    assert found["findings.error"] == "1" and float(found["report_timestamp_seconds"]) > 1.7e9
    assert 'fleet="shop",organization="Acme"' in metric


def test_what_was_not_read_is_unknown(tmp_path: Path) -> None:
    run(tmp_path, result={"counts": {"create": 0}, "results": None})
    text, data, metric = written(tmp_path)
    assert data["counts"]["create"] == 0 and {data["counts"][name] for name in ("change", "failed", "unchanged")} == {
        None
    }
    assert {name: entry["count"] for name, entry in data["risks"].items()}["not_listed"] is None
    for label in ("Change", "Delete", "Unchanged", "Failed", "Not listed"):
        assert tile(text, label).startswith("unknown"), label
    assert text.count("unknown") >= 7
    names = set(samples(metric))
    assert names & {"planned_objects.create", "clusters"} == {"planned_objects.create", "clusters"}
    assert not [name for name in names if "dollars" in name or "failed" in name or "not_listed" in name]


@pytest.mark.parametrize("field", ["open_to_everybody", "delete_protection", "cockroach_version", "plan"])
def test_a_field_that_was_not_read_of_any_cluster(tmp_path: Path, field: str) -> None:
    told = planned()
    told["objects"] = [entry for entry in told["objects"] if entry["name"] == "orders"]
    told["results"], told["money"], told["plan"], told["findings"] = [], {}, [], []
    (told["objects"][0] if field == "open_to_everybody" else told["objects"][0]["after"]).pop(field)
    run(tmp_path, result=told, versions=VERSIONS)
    risk = {"delete_protection": "unprotected", "cockroach_version": "near_end_of_support", "plan": "without_limit"}
    unread = written(tmp_path)[1]["risks"][risk.get(field, field)]
    assert unread == {"count": None, "not_read": 1, "clusters": []}
    assert f'risky_clusters{{fleet="",organization="",risk="{risk.get(field, field)}"}}' not in written(tmp_path)[2]


def test_a_run_that_failed(tmp_path: Path) -> None:
    # As fleet returns it: only what went wrong, and no plan.
    told = planned()
    said = "Failed to update cluster 'orders': no more (HTTP 429)"
    told["results"] = [
        {
            "name": "orders",
            "status": "failed",
            "done": ["create SQL user 'app' on cluster 'orders'"],
            "failed": [{"summary": "update cluster 'orders'", "msg": said}],
            "skipped": ["delete SQL user 'old' on cluster 'orders'"],
            "open_to_everybody": None,
        },
        {
            "noun": "folder",
            "name": "/eu",
            "status": "failed",
            "failed": [{"summary": "create folder 'eu'", "msg": "no"}],
        },
    ]
    told["objects"][0]["before"] = {**FIELDS, **LIMITED, "delete_protection": "DISABLED"}
    for name in ("plan", "money"):
        del told[name]
    result = run(tmp_path, result={**told, "failed": True, "msg": "1 of 4 clusters failed"})
    text, data, metric = written(tmp_path)
    assert result["report"]["failed"] == ["orders", "/eu"] and data["counts"]["failed"] == 2
    assert [(row["name"], row["kind"]) for row in data["rows"] if row["failed"]] == [
        ("orders", "cluster"),
        (None, "organization"),
    ]
    row = next(row for row in data["rows"] if row["name"] == "orders")
    assert [(each["action"], each["outcome"]) for each in row["steps"]] == [
        ("create", None),
        ("change", "failed"),
        ("delete", "left_out"),
    ]
    # Whether the protection holds by now nobody knows; that there are limits is certain.
    assert row["risks"]["unprotected"] is None and row["risks"]["without_limit"] is False
    assert row["risks"]["open_to_everybody"] is None
    assert said in html.unescape(text)
    assert samples(metric)["failed"] == "2"
    # Of those that did not fail the objects tell the steps.
    (carts,) = [row for row in data["rows"] if row["name"] == "carts"]
    assert carts["steps"][0]["summary"] == "create cluster 'carts'"


def test_a_result_without_objects(tmp_path: Path) -> None:
    row = {"id": "1", "name": "orders", "plan": "BASIC", "cloud_provider": "GCP", "state": "CREATED", "labels": {}}
    row |= {"regions": [{"name": "us-central1"}], "config": {"serverless": {}}, "delete_protection": "ENABLED"}
    told = {"counts": {**COUNTS, "create": 0}, "plan": [], "clusters": [row], "results": []}
    run(tmp_path, result=told)
    data = written(tmp_path)[1]
    assert data["risks"]["without_limit"]["clusters"] == ["orders"] and data["risks"]["unprotected"]["count"] == 0
    assert data["risks"]["open_to_everybody"] == {"count": None, "not_read": 1, "clusters": []}
    assert data["rows"][0]["folder"] == "" and data["rows"][0]["action"] is None


def test_a_plan(tmp_path: Path) -> None:
    told = planned()
    del told["results"]
    told |= {"fleet": "shop", "organization": {"id": "org-1", "label": "acme", "name": None}}
    (tmp_path / "plan.json").write_bytes(encoded({**told, **ABOUT}, 1795946400))
    run(tmp_path, plan=str(tmp_path / "plan.json"))
    text, data, metric = written(tmp_path)
    assert data["source"] == {"kind": "plan", "path": str(tmp_path / "plan.json"), "time": "2026-11-29T10:00:00Z"}
    assert data["organization"] == {"id": "org-1", "name": "acme"} and data["counts"]["failed"] is None
    assert tile(text, "Failed").startswith("unknown") and "2026-11-29 10:00 UTC" in text
    assert 'organization="org-1"' in metric and samples(metric)["source_timestamp_seconds"] == "1795946400.0"


WANTED = """
name: shop
service_accounts:
  - name: ci
clusters:
  - name: orders
    provider: GCP
    regions: [us-central1]
    spend_limit: 5000
    folder: /shop
    delete_protection: ENABLED
    labels: !unsafe {team: "{{ lookup('pipe', 'touch PWNED') }}"}
    sql_users:
      - {name: app, password: "{{ vault_orders_app | default(omit) }}"}
      - {name: other, password: %s}
      - name: third
        password: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          6162
    allowlist: [{cidr: 0.0.0.0/0}]
    log_export: {auth_principal: %s}
  - name: big
    hardware: {num_virtual_cpus: 4}
    allowlist: [{cidr: 203.0.113.0/24}]
    purge_children: [allowlist]
  - name: small
  - name: free
    usage_limits: {}
"""


def test_variables(tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text(WANTED % (PLANTED, PLANTED))
    run(tmp_path, variables=str(tmp_path / "shop.yml"))
    text, data, metric = written(tmp_path)
    rows = {row["name"]: row for row in data["rows"]}
    assert rows["free"]["risks"]["without_limit"] is True
    assert data["fleet"] == "shop" and data["clusters"] == 4 and set(data["counts"].values()) == {None}
    assert rows["orders"]["objects"] == {"cluster": 1, "sql_user": 3, "allowlist_entry": 1, "log_export": 1}
    assert rows[None]["objects"] == {"service_account": 1}
    assert rows["orders"]["labels"] == {"team": "{{ lookup('pipe', 'touch PWNED') }}"}
    told = {name: rows[name]["risks"] for name in ("orders", "big", "small")}
    assert [risks["open_to_everybody"] for risks in told.values()] == [True, False, None]
    assert [risks["without_limit"] for risks in told.values()] == [False, False, None]
    assert [risks["unprotected"] for risks in told.values()] == [False, None, None]
    assert tile(text, "Create").startswith("unknown")
    assert (data["money"]["before"], data["money"]["after"]) == (None, "50.00")
    assert data["money"]["not_known"] == ["big", "small", "free"]
    assert not [each for each in (text, json.dumps(data), metric) if PLANTED in each or "vault_orders" in each]


def test_variables_of_a_directory(tmp_path: Path) -> None:
    for name in ("organization", "clusters/one", "clusters/two"):
        path = tmp_path / "export" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name: shop\nclusters: [{{name: {path.stem}}}]\nfolders: [{{name: {path.stem}}}]\n")
    run(tmp_path, variables=str(tmp_path / "export"))
    rows = {row["name"]: row for row in written(tmp_path)[1]["rows"]}
    assert set(rows) == {None, "organization", "one", "two"} and rows[None]["objects"] == {"folder": 3}
    (tmp_path / "empty").mkdir()
    assert "There is no YAML file in" in run(tmp_path, variables=str(tmp_path / "empty"))["msg"]


# --- secrets and hostile text ------------------------------------------------------------------------------------------


def test_no_secret_gets_into_any_file(tmp_path: Path) -> None:
    told = planned()
    told["plan"][0]["changes"] = {
        "password": {"before": None, "after": PLANTED},
        "sink": {"before": None, "after": {"api_key": PLANTED, "headers": {"x": PLANTED}}},
        "uri": {"before": None, "after": f"postgresql://app:{PLANTED}@db.example.com/defaultdb"},
    }
    told["results"][0] |= {"status": "failed", "failed": [{"summary": "x", "msg": f"password={PLANTED}"}]}
    told["findings"][0]["msg"] = f"https://ann:{PLANTED}@example.com"
    told["invocation"] = {"module_args": {"clusters": [{"sql_users": [{"name": "app", "password": PLANTED}]}]}}
    run(tmp_path, result=told)
    for kind in ("html", "json", "prom"):
        assert PLANTED not in (tmp_path / f"page.{kind}").read_text(), kind


NAMES = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 191 }}{% raw %}",
    "\u202egnp.exe",
    "a\x00\x1b[31m\n# TYPE x gauge\nx 1",
    "\ud800",
    "\U0001f600",
    "x" * 20_000,
    'quote " and \\ at the end \\',
]


class Parts(HTMLParser):
    """The tags of a page, and the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _value in attrs}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_text(tmp_path: Path, name: str) -> None:
    told = planned()
    told["objects"][0] |= {"name": name, "cluster": name, "folder": name}
    told["objects"][0]["after"] = {**FIELDS, "labels": {name: name}, "provider": name, "plan": name}
    told["plan"][0] |= {"cluster": name, "summary": name}
    told["plan"][0]["changes"] = {name: {"before": name, "after": {name: name}}}
    told["unlisted"][0]["name"] = name
    told["findings"][0] |= {"cluster": name, "msg": name}
    run(tmp_path, result=told, fleet=name, organization=name, group_by=f"label:{name}")
    text, data, metric = written(tmp_path)
    parts = Parts()
    parts.feed((tmp_path / "page.html").read_text())
    assert parts.tags.count("script") == 1 and "img" not in parts.tags and "1337" not in text
    assert not [name for name in parts.attributes if name.startswith("on")]
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", text) and len(text) < 200_000
    assert any(row["name"] == name for row in data["rows"])
    pattern = re.compile(
        r'crdb_cloud_fleet_\w+\{(\w+="([^"\\]|\\["\\n])*",?)+\} [\d.]+|# (HELP|TYPE) crdb_cloud_fleet_.*'
    )
    assert all(pattern.fullmatch(line) for line in metric.splitlines())


def test_the_policy_lets_nothing_in(tmp_path: Path) -> None:
    run(tmp_path, result=planned())
    text = (tmp_path / "page.html").read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    policy = html.unescape(policy)
    assert (
        policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy and "http" not in policy
    )
    assert not re.search(r"https?://|\sstyle=|@import|url\(|\ssrc=", text)


# --- how it looks ------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * each for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [0, 1], ids=["light", "dark"])
def test_all_text_has_enough_contrast(dark: int) -> None:
    colours = {name: pair.split(",")[dark] for name, pair in re.findall(r"--([\w-]+):light-dark\(([^)]*)\)", STYLE)}
    pairs = [(name, on) for name in ("ink", "soft", "failed", "create", "change", "delete") for on in ("bg", "card")]
    pairs += [(name, f"{name}-b") for name in ("create", "change", "delete", "failed")] + [("soft", "calm-b")]
    for name, on in pairs:
        light, low = sorted((luminance(colours[name]), luminance(colours[on])), reverse=True)
        assert (light + 0.05) / (low + 0.05) >= 4.5, (name, on)


# --- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [False, True])
def test_modes(tmp_path: Path, check: bool) -> None:
    old = os.umask(0o077)
    try:
        run(tmp_path, result=planned(), check=check)
        modes = {kind: stat.S_IMODE((tmp_path / f"page.{kind}").stat().st_mode) for kind in ("html", "json", "prom")}
        assert modes == {"html": 0o600, "json": 0o600, "prom": 0o644}
        (tmp_path / "page.html").chmod(0o640)
        run(tmp_path, result=planned(), check=check)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "page.json", "page.prom"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept")
    (tmp_path / "page.html").symlink_to(tmp_path / "other")
    run(tmp_path, result=planned())
    assert (tmp_path / "other").read_text() == "kept" and not (tmp_path / "page.html").is_symlink()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"result": {"msg": "All items completed"}},
            r"result: this is not the registered result of crdb.cloud.fleet.*'All items",
        ),
        ({"result": {}}, "result: this is not the registered result"),
        ({"plan": "{here}/none.json"}, "plan: There is no file '/"),
        ({"plan": "{here}/text"}, "plan: '.*text' is not JSON, so it is no plan. Name a file that plan_out"),
        ({"plan": "{here}/other.json"}, "plan: '.*other.json' was changed after it had been written"),
        ({"variables": "{here}/none.yml"}, "variables: There is no file '/"),
        ({"plan": "{here}"}, "'.*' is not a regular file"),
        ({"variables": "{here}/text"}, "variables: '.*text' is not YAML in line 2"),
        ({"variables": "{here}/list"}, "variables: '.*list' does not hold the options of crdb.cloud.fleet"),
        ({"variables": "{here}/vault"}, "variables: '.*vault' is encrypted. Keep only its secrets in a vault"),
        ({"result": "planned", "dest": "{here}/no/page.html"}, "dest: There is no directory '.*/no'. Make it first"),
        ({"result": "planned", "json_dest": "{here}"}, "json_dest: Failed to replace '.*': Is a directory"),
        ({"result": "planned", "json_dest": "{here}/page.html"}, "json_dest and dest are the same file"),
        ({"plan": "{here}/plan.json", "dest": "{here}/plan.json"}, "dest and plan are the same file"),
        ({"result": "planned", "group_by": "team"}, "group_by can't be 'team'. Write folder, or label:<name>"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path: Path, options: Result, words: str) -> None:
    (tmp_path / "text").write_text("a: [\n]]")
    (tmp_path / "list").write_text("[1]")
    (tmp_path / "vault").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    plan = encoded({**planned(), **ABOUT}, 0)
    (tmp_path / "plan.json").write_bytes(plan)
    (tmp_path / "other.json").write_bytes(plan.replace(b"orders", b"borders"))
    given = {name: value.format(here=tmp_path) if isinstance(value, str) else value for name, value in options.items()}
    if given.get("result") == "planned":
        given["result"] = planned()
    result = run(tmp_path, **given)
    assert result["failed"] and "exception" not in result and re.search(words, result["msg"]), result["msg"]
    assert (tmp_path / "plan.json").read_bytes() == plan


@pytest.mark.parametrize(("module", "name", "library"), [(_page, "jinja2", "jinja2"), (_source, "yaml", "PyYAML")])
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, library: str
) -> None:
    (tmp_path / "shop.yml").write_text("clusters: []")
    monkeypatch.setattr(module, name, None)
    result = run(tmp_path, variables=str(tmp_path / "shop.yml"))
    assert f"The Python library {library} is missing. Install it" in result["msg"]
