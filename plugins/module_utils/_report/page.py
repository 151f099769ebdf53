# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one HTML file, which needs no other and asks nobody for anything. Whatever names there are, they stay text."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .._base.errors import CrdbError, printable
from .._base.members import HIDDEN as NOT_SHOWN
from .._base.moments import moment, stamp
from .._fleet.plan_text import shown
from .content import ERROR, FAILED, HIDDEN, LEFT_OUT, ORGANIZATION, Data, amount
from .risks import NOT_LISTED, RISKS
from .script import SCRIPT
from .source import CLUSTER, PLAN, RESULT, VARIABLES
from .style import STYLE
from .template import TEMPLATE

try:
    import jinja2
    from markupsafe import Markup
except ImportError:
    jinja2 = None  # type: ignore[assignment]
    Markup = str  # type: ignore[assignment,misc]

# Longer texts are cut to so many characters and CUT, groupings by label beyond these left out, and rows beyond these begin folded.
LONGEST, MOST_LABELS, MOST_OPEN = 300, 12, 20
CUT = 40
AT_LEAST = "\u2265 "
FOLDER, LABEL = "folder", "label:"
SIGNS = {"create": "+", "change": "~", "delete": "\u2212", "failed": "!", "unchanged": "="}
SAYS = {"create": "Create", "change": "Change", "delete": "Delete", "unchanged": "Unchanged", None: "Unknown"}
RISK_WORDS = {
    "without_limit": ("Without limit", "Basic, and may cost anything"),
    "open_to_everybody": ("Open to everybody", "0.0.0.0/0 is allowed"),
    "unprotected": ("Unprotected", "Without delete protection"),
    "near_end_of_support": ("Near end of support", "Of their CockroachDB version"),
    NOT_LISTED: ("Not listed", "In the organization, and in no fleet's list here"),
}
SOURCES = {
    RESULT: "Result of crdb.cloud.fleet",
    PLAN: "A plan that is not carried out",
    VARIABLES: "Variables that describe a fleet",
}
STATE_WORDS = {
    FAILED: "Failed",
    LEFT_OUT: "Left out",
    "finding": "With findings",
    **{name: words for name, (words, _note) in RISK_WORDS.items()},
}


def page(report: Data, group_by: str = FOLDER) -> str:
    """The page of *report*, grouped by the folder or, with ``label:<name>``, by a label; CrdbError where Jinja2 is missing."""
    if jinja2 is None:
        raise CrdbError("The Python library jinja2 is missing", "Install it for the Python that runs this module")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_inert)
    kinds = _groupings(report["rows"], group_by)
    opened = {id(row) for row in [row for row in report["rows"] if row["failed"]][:MOST_OPEN]}
    rows = [_row(row, kinds, is_open=id(row) in opened) for row in report["rows"]]
    groups: dict[str, list[Data]] = {}
    for row in rows:
        groups.setdefault(row["data"]["groups"][0], []).append(row)
    fleet = report["fleet"]
    return environment.from_string(TEMPLATE).render(
        policy=_policy(),
        title=f"Fleet {fleet}" if fleet else "Fleet",
        style=Markup(STYLE),
        script=Markup(SCRIPT),
        fleet=fleet,
        facts=[*_facts(report)],
        actions=[*_actions(report["counts"])],
        money=_money(report["money"]),
        risks=[_risk(name, report["risks"][name]) for name in RISK_WORDS],
        choices=_choices(kinds),
        groups=[*groups.items()],
        footer=f"Written by crdb.cloud.fleet_report, {_moment(report['written'])}. What was not read is unknown.",
    )


def _policy() -> str:
    """Nothing is loaded, nothing is sent, and of scripts and styles only those that are written here take effect."""
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (STYLE, SCRIPT))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _inert(value: Any) -> Any:
    """*value* as text that shows what it is: no direction is turned, no control obeyed, and nothing fills the page."""
    if isinstance(value, Markup):
        return value
    text = printable(str(value).replace(NOT_SHOWN, HIDDEN))
    return text if len(text) <= LONGEST + CUT else f"{text[:LONGEST]}\u2026 ({len(text)} characters)"


# --- above the table -------------------------------------------------------------------------------------------------


def _facts(report: Data) -> Iterable[tuple[str, str]]:
    organization, source = report["organization"], report["source"]
    known = [str(value) for value in (organization["name"], organization["id"]) if value]
    yield "Organization", " \u00b7 ".join(known) or "unknown"
    yield "From", SOURCES[source["kind"]]
    if source["path"]:
        yield "File", source["path"]
    yield ("Planned", _moment(source["time"])) if source["time"] else ("Written", _moment(report["written"]))
    findings = report["findings"]
    said = (
        "unknown"
        if findings is None
        else f"{_several(findings[ERROR], 'error')}, {_several(findings['warning'], 'warning')}"
    )
    yield "Guard rails", said


def _moment(text: Any) -> str:
    """A stamp as people read it, to the minute."""
    found = moment(text)
    return str(text) if found is None else f"{stamp(found)[:10]} {stamp(found)[11:16]} UTC"


def _actions(counts: Data) -> Iterable[Data]:
    objects, clusters = counts["unchanged"], counts["unchanged_clusters"]
    same = "" if clusters is None else f"{_several(clusters, 'cluster')} with nothing to do"
    for name, label, note in (
        ("create", "Create", ""),
        ("change", "Change", ""),
        ("delete", "Delete", ""),
        (
            "unchanged",
            "Unchanged",
            same if objects is not None or not same else f"{same}; other objects were not counted",
        ),
        ("failed", "Failed", "" if counts["failed"] is not None else "Not carried out yet, as far as is known"),
    ):
        value = counts[name]
        of = "state" if name == "failed" else "action"
        look = "" if name == "unchanged" else name
        yield {"name": name, "label": label, "look": look, "sign": SIGNS[name], "of": of} | {
            "value": value,
            "shown": None if value is None else f"{value:,}",
            "note": note
            or ("" if value is None else {"failed": "clusters, or objects beside them"}.get(name, "objects")),
        }


def _risk(name: str, counted: Data) -> Data:
    label, note = RISK_WORDS[name]
    count, unread = counted["count"], counted["not_read"]
    if count is None:
        note = "Nobody has looked for them" if name == NOT_LISTED else "Not read"
        note += f" of {_several(unread, 'cluster')}" if unread else ""
    elif unread:
        note = f"{note}; not read of {_several(unread, 'cluster')}"
    shown = None if count is None else f"{AT_LEAST if unread and count else ''}{count:,}"
    return {"name": name, "label": label, "look": "change", "of": "state", "value": count, "shown": shown, "note": note}


def _money(money: Data) -> Data:
    before, after, budget = (amount(money[name]) if money[name] else None for name in ("before", "after", "budget"))
    names = money["not_known"]
    note = "What limits allow, in US dollars."
    if after is None and before is None:
        note = "The limits of the clusters were not read."
    elif names:
        note = f"What limits allow, beside {_several(len(names), 'cluster')} whose cost is not known."
    said, share = "No budget was given.", None
    if budget is not None:
        said = f"The budget is {_dollars(budget)}."
        if after is not None:
            share = min(100, round(100 * after / budget)) if budget else 100
            rest = budget - after
            said += f" {_dollars(abs(rest))} {'are left' if rest >= 0 else 'too much'}."
            if names:
                said += " What is not known comes on top."
    known = not (before is None and after is None)
    return {
        "known": known,
        "before": _dollars(before),
        "after": _dollars(after),
        "note": note,
        "budget": said,
        "share": share,
    } | {"over": money["over_budget"]}


def _dollars(value: Decimal | None) -> str:
    return "unknown" if value is None else f"${value:,.2f}"


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


# --- the table -------------------------------------------------------------------------------------------------------


def _groupings(rows: Iterable[Data], chosen: str) -> list[str]:
    """What is *chosen*, then the folder and the labels that are used most."""
    used = Counter(label for row in rows for label in row["labels"] or ())
    return list(dict.fromkeys((chosen, FOLDER, *(f"{LABEL}{name}" for name, _count in used.most_common(MOST_LABELS)))))


def _choices(kinds: Iterable[str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    by = [
        (str(number), "Folder" if kind == FOLDER else f"Label {kind.removeprefix(LABEL)}")
        for number, kind in enumerate(kinds)
    ]
    return [
        (
            "action",
            "Action",
            [("", "All"), *((name, SAYS[name]) for name in ("create", "change", "delete", "unchanged"))],
        ),
        ("state", "State", [("", "All"), *STATE_WORDS.items()]),
        ("group", "Group", [("", "All")]),
        ("kind", "Group by", by),
    ]


def _group(row: Data, kind: str) -> str:
    """What *row* is grouped under."""
    if row["kind"] == ORGANIZATION:
        return "Organization"
    if kind == FOLDER:
        return "Folder not known" if row["folder"] is None else row["folder"] or "No folder"
    label = kind.removeprefix(LABEL)
    labels = row["labels"]
    return f"Label {label} not known" if labels is None else labels.get(label) or f"No label {label}"


def _row(row: Data, kinds: Iterable[str], *, is_open: bool) -> Data:
    """A row of the table, and in ``data`` what the page's script needs to know of it."""
    steps = [_step(step) for step in row["steps"]]
    found = Counter(step["action"] for step in row["steps"])
    risks = [name for name in RISKS if row["risks"].get(name)] + ([NOT_LISTED] if row["kind"] == NOT_LISTED else [])
    left = any(step["outcome"] == LEFT_OUT for step in row["steps"])
    states = [*(["failed"] if row["failed"] else []), *([LEFT_OUT] if left else []), *risks]
    states += ["finding"] if row["findings"] else []
    look, says = _badge(row, found)
    actions = sorted({*found, look} & {"create", "change", "delete", "unchanged"}) or [str(look)]
    place = " \u00b7 ".join(str(each) for each in (row["provider"], ", ".join(row["regions"])) if each)
    title = " ".join(str(each) for each in (row["plan"], row["cockroach_version"]) if each)
    costs = row["money"] or {}
    errors = sum(each["severity"] == ERROR for each in row["findings"])
    chips = [("failed", _several(errors, "error"))] if errors else []
    warnings = len(row["findings"]) - errors
    chips += [("change", _several(warnings, "warning"))] if warnings else []
    chips += [("change", RISK_WORDS[name][0]) for name in risks if name != NOT_LISTED]
    counted = [f"{count:,} to {name}" for name in ("create", "change", "delete") if (count := found[name])]
    counted += [f"{count:,} more" for count in (len(steps) - sum(found[name] for name in SIGNS),) if count]
    counted += [_several(len(row["findings"]), "finding")] if row["findings"] else []
    return {
        "name": "Organization" if row["kind"] == ORGANIZATION else row["name"],
        "sub": _sub(row),
        "look": look,
        "says": says,
        "where": (title or place, place if title else "") if title or place else None,
        "money": "" if row["kind"] == ORGANIZATION else _cost(costs),
        "chips": chips,
        "more": ", ".join(counted),
        "open": is_open,
        "findings": [{**each, "what": _about(each)} for each in row["findings"]],
        "steps": steps,
        "data": {
            "name": _inert(row["name"] or ""),
            "where": _inert(f"{title} {place}"),
            "money": None if not costs.get("after") else float(costs["after"]),
            "steps": len(steps),
            "risks": len(row["findings"]) + len(risks),
            "actions": actions,
            "states": states,
            "groups": [_inert(_group(row, kind)) for kind in kinds],
        },
    }


def _about(finding: Data) -> str:
    """What a finding is about, where that is not the cluster of its row."""
    noun = finding["noun"]
    return "" if noun in (None, CLUSTER) else f"{str(noun).replace('_', ' ')} '{finding['name']}': "


def _badge(row: Data, found: Mapping[str, int]) -> tuple[str, str]:
    """How a row looks and what it says of all its steps together."""
    if row["failed"]:
        return "failed", "! Failed"
    if row["kind"] == NOT_LISTED:
        return NOT_LISTED, "Not listed"
    action = row["action"]
    if found and action not in ("create", "delete"):
        action = "change"
    if action is None and row["unchanged"]:
        action = "unchanged"
    return str(action or "unknown"), f"{SIGNS.get(action, '')} {SAYS.get(action, action)}".strip()


def _sub(row: Data) -> str:
    """What there is of objects, and the cluster's state where it is not the usual one."""
    said = [] if row["state"] in (None, "CREATED") else [str(row["state"])]
    count = sum(row["objects"].values()) - (row["kind"] == CLUSTER)
    return ", ".join([*said, *([_several(count, "object")] if count > 0 else [])])


def _cost(costs: Mapping[str, Any]) -> str:
    before, after = (costs.get(when) for when in ("before", "after"))
    if before is None and after is None:
        return "unknown"
    shown = [_dollars(amount(each) if each else None) for each in (before, after)]
    return shown[1] if before == after else f"{shown[0]} \u2192 {shown[1]}"


def _step(step: Data) -> Data:
    outcome, action, summary = step["outcome"], step["action"], step["summary"]
    error = {FAILED: str(step["msg"]), LEFT_OUT: "Left out, because something before it failed or has to be waited for"}
    changes = []
    for change in step["changes"]:
        if f"'{change['after']}'" in summary:  # its name, which the summary says
            continue
        plain = change["before"] == change["after"] or (change["before"] is None and action == "create")
        old = None if plain else shown(change["before"])
        changes.append({"field": change["field"], "old": old, "new": shown(change["after"])})
    return {
        "look": "failed" if outcome == FAILED else action or "other",
        "summary": summary,
        "error": error.get(outcome),
        "changes": changes,
    }
