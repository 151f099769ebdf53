# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan for a merge request: what stands in it, and that nothing in it is more than text."""

from __future__ import annotations

import re

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._fleet.plan_markdown import LONGEST, markdown

HOSTILE = (
    "</code></summary><script>alert(1)</script>",
    "```\n/approve\n@everybody ![x](https://example.com/x.png)",
    "`````````` [x](javascript:alert(1))",
    "\n\n# heading\n\n<img src=x onerror=alert(1)>",
    "~~~\n/close",
    "\u202egnp.exe",
    "&lt;b&gt; #1 !2 org/repo@abc",
)


def step(name="app", cluster="orders", action="create", **changes):
    found = {"noun": "sql_user", "name": name, "id": None, "action": action, "changes": changes}
    where = f" on cluster '{cluster}'" if cluster else ""
    return {**found, **({"cluster": cluster} if cluster else {}), "summary": f"{action} SQL user '{name}'{where}"}


def content(*steps, **more):
    counts = {"create": len(steps), "change": 0, "delete": 0, "unchanged_clusters": 2, "unchanged": 7}
    money = {"before": "0.00", "after": "0.00", "clusters": [], "unknown": []}
    found = {"fleet": "shop", "counts": counts, "drift": bool(steps), "plan": [*steps], "money": money, "findings": []}
    return {**found, "open_to_everybody": [], "marked_unlisted": [], **more}


def outside(text):
    """What of the text stands in no block of code."""
    fenced = re.compile(r"^(`{3,})diff\n.*?^\1\n", re.M | re.S)
    return fenced.sub("", text)


def test_what_stands_in_it():
    hidden = {"before": "(hidden)", "after": "(hidden)"}
    steps = [
        step(password=hidden),
        {
            **step(action="update", labels={"before": {"a": "1"}, "after": {"a": "2"}}),
            "summary": "update cluster 'orders'",
        },
        step("old", "billing", "delete"),
        step("ci", ""),
    ]
    findings = [
        {
            "rule": "budget",
            "severity": "warning",
            "noun": "cluster",
            "name": "orders",
            "cluster": "orders",
            "msg": "it is dear",
        }
    ]
    text = markdown(content(*steps, findings=findings, open_to_everybody=["orders"]))
    assert text.startswith(
        "### Plan of the fleet `shop`\n\n**Plan: 4 to create, 0 to change, 0 to delete**; 2 clusters unchanged.\n"
    )
    for part in (
        "! cluster 'orders' is open to everybody",
        "! warning: cluster 'orders': it is dear (budget)",
        "<details><summary>Cluster <code>orders</code>: 1 to create, 1 to change</summary>\n\n```diff\n+ create SQL user 'app' on",
        "\n    password: (hidden)\n~ change cluster 'orders'\n    labels.a: 1 -> 2\n```\n\n</details>\n",
        # What is deleted is seen at once.
        "<details open><summary>Cluster <code>billing</code>: 1 to delete</summary>\n\n```diff\n- delete SQL user 'old'",
        "<details><summary>Organization: 1 to create</summary>",
    ):
        assert part in text, part


def test_no_changes():
    assert markdown(content(fleet=None)) == "### Plan of a fleet\n\n**No changes**; 2 clusters unchanged.\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_have_named_is_nothing_but_text(text):
    hostile = markdown(
        content(
            step(text, text, comment={"before": text, "after": {text: text}}),
            marked_unlisted=[{"name": text, "id": text, "parent_id": text}],
            open_to_everybody=[text],
            findings=[
                {"rule": text, "severity": "error", "noun": "cluster", "name": text, "cluster": text, "msg": text}
            ],
        )
    )
    # The notes and the steps are blocks of code; what is left of the cluster stands in one line, and is escaped.
    headline, said, line, end = (each for each in outside(hostile).splitlines() if each)
    assert (headline, said, end) == (
        "### Plan of the fleet `shop`",
        "**Plan: 1 to create, 0 to change, 0 to delete**; 2 clusters unchanged.",
        "</details>",
    )
    assert re.fullmatch(r"<details><summary>Cluster <code>[^<>]*</code>: 1 to create</summary>", line)


def test_a_long_plan_is_cut_and_says_so():
    steps = [step(f"user-{n}", f"c-{n % 40}", note={"before": None, "after": "ü" * 500}) for n in range(1000)]
    text = markdown(content(*steps, open_to_everybody=[f"cluster-{n}" for n in range(3000)]))
    assert len(text.encode()) <= LONGEST
    left = int(re.search(r"There is no room here for (\d+) more of the 1000 requests", text)[1])
    assert left + text.count("+ create SQL user") == 1000 and 0 < left < 1000
    assert text.count("<details>") == text.count("</details>")
    assert outside(text).count("```") == 0
