# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guard rails: rules that the objects of a plan have to keep as they will be after it. Data in, findings out; pure.

What a rule can't know is a finding, too: nothing passes because nobody has looked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, TypeAlias

from .._base.errors import OptionError, printable
from .._base.moments import SECOND, moment
from .._nouns.cluster_versions import UNSUPPORTED
from .._nouns.field import Field
from .._nouns.registry import NOUNS
from .entries import MISTAKES_NAMED

Row = Mapping[str, Any]
ERROR, WARNING = "error", "warning"
FLEET, CLUSTER = "fleet", "cluster"
DELETE, UNCHANGED, CREATE = "delete", "unchanged", "create"
DAY = 86400 * SECOND
BASIC = ("BASIC", "SERVERLESS")


class NotKnown(str):
    """What a rule says of an object where it can't tell: a warning, whatever the severity of the rule."""


@dataclass(frozen=True)
class World:
    """What rules judge: the *objects* and the *money* of a plan, the *versions* of the service by name (None where nobody has
    read them), and the time in nanoseconds. *fleet* is the name of the fleet.
    """

    objects: Sequence[Row]
    money: Row
    now: int
    versions: Mapping[str, Row] | None = None
    fleet: str | None = None
    clusters: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clusters.update({str(row["name"]): row for row in self.objects if row["noun"] == CLUSTER})

    def home(self, row: Row) -> Row:
        """The fields of the cluster that *row* is or is in; {} where it is in none."""
        cluster = self.clusters.get(str(row.get("cluster"))) or {}
        return cluster.get("after") or cluster.get("before") or {}

    def costs(self, rows: Iterable[Row]) -> list[tuple[Row, Row]]:
        """The clusters of *rows*, each with its entry of money."""
        by_name = {row["name"]: row for row in rows}
        return [(by_name[cost["name"]], cost) for cost in self.money["clusters"] if cost["name"] in by_name]


# What is wrong with which object, None for the plan as a whole.
Verdict: TypeAlias = "tuple[Row | None, str]"


@dataclass(frozen=True)
class Rule:
    """A built-in rule: its *text*, what finds fault with the objects of *nouns*, and the parameters that it takes and *needs*.

    *deleted* says that it judges what is deleted, too. *reads* is what has to be read for it beside the plan.
    """

    text: str
    judge: Callable[[Sequence[Row], Row, World], Iterator[Verdict]]
    nouns: tuple[str, ...] = (CLUSTER,)
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    deleted: bool = False
    reads: str = ""


# --- the rules ---------------------------------------------------------------------------------------------------


def _open(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        if row["open_to_everybody"] is None:
            yield row, NotKnown("whether everybody can reach it, since its allowlist could not be read")
        elif row["open_to_everybody"]:
            yield row, "it is open to everybody: its allowlist has 0.0.0.0/0"


def _wide(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        if row.get("networks") is None:
            yield row, NotKnown("which networks can reach it, since its allowlist could not be read")
        for network in row.get("networks") or ():
            if int(network.rpartition("/")[2]) < rule["min_mask"]:
                yield row, f"its allowlist has {network}, which is wider than /{rule['min_mask']}"


def _unprotected(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        if row["after"].get("delete_protection") != "ENABLED":
            yield row, "it has no delete protection"


def _labels(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        labels = row["after"].get("labels") or {}
        for name, allowed in rule["labels"].items():
            if name not in labels:
                yield row, f"it has no label '{name}'"
            elif allowed not in (None, []) and not _matches(labels[name], _list(allowed)):
                yield row, f"its label '{name}' is '{labels[name]}', and not {_either(_list(allowed))}"


def _regions(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        for region in row["after"].get("regions") or sorted(row["after"].get("region_nodes") or ()):
            if not _matches(region, rule["allowed"]):
                yield row, f"it is in {region}, and not only in {_either(rule['allowed'])}"


def _is(name: str) -> Callable[[Sequence[Row], Row, World], Iterator[Verdict]]:
    def judge(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
        for row in rows:
            value = row["after"].get(name)
            if value is None:
                yield row, NotKnown(f"its {name}, which the API does not tell")
            elif not _matches(value, rule["allowed"]):
                yield row, f"its {name} is {value}, and not {_either(rule['allowed'])}"

    return judge


def _budget(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    total = Decimal(0)
    for row, cost in world.costs(rows):
        each = rule.get("per_cluster")
        if cost["after"] is None:
            why = cost["note"].rpartition("after: ")[2]
            yield row, f"it has {why}" if cost["plan"] in BASIC else NotKnown(f"what it costs: {why}")
            continue
        total += Decimal(cost["after"])
        if each is not None and Decimal(cost["after"]) > _dollars(each):
            yield row, f"it may cost {cost['after']} US dollars a month, more than {_dollars(each)}"
    if rule.get("dollars") is not None and total > _dollars(rule["dollars"]):
        yield (
            None,
            f"the limits come to {total} US dollars a month, more than the budget of {_dollars(rule['dollars'])}",
        )


def _limitless(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row, cost in world.costs(rows):
        if cost["after"] is None and cost["plan"] in BASIC:
            yield row, f"it has {cost['note'].rpartition('after: ')[2]}"


def _support(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        version = row["after"].get("cockroach_version")
        if row["after"].get("plan") in BASIC or (row["action"] == CREATE and not version):
            continue  # The service chooses the version, and upgrades a Basic cluster by itself.
        offer = (world.versions or {}).get(version, {})
        end = moment(offer.get("support_end"))
        if offer.get("support_status") == UNSUPPORTED or (end is not None and end <= world.now):
            yield row, f"its version {version} is not supported any more"
        elif end is None:
            yield row, NotKnown(f"how long its version {version or ''} is supported, which the API does not tell")
        elif end < world.now + rule["days"] * DAY:
            left = (end - world.now) // DAY
            yield row, f"the support of its version {version} ends on {offer['support_end'][:10]}, in {left} days"


def _at_most(rows: Sequence[Row], rule: Row, what: str) -> Iterator[Verdict]:
    if len(rows) > rule["max"]:
        names = ", ".join(called(row) for row in rows[:5])
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        count = "1 object" if len(rows) == 1 else f"{len(rows)} objects"
        yield None, f"it {what} {count}, more than {rule['max']}: {names}{more}"


def _deletes(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    yield from _at_most([row for row in rows if row["action"] == DELETE], rule, "deletes")


def _changes(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    yield from _at_most([row for row in rows if row["action"] != UNCHANGED], rule, "creates, changes or deletes")


def _admins(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        if _matches(row["name"], rule.get("allowed") or ()):
            continue
        if row["action"] == CREATE:
            yield (
                row,
                "the Cloud API makes every SQL user an admin; create it in SQL, or allow it and take the role from it",
            )
        else:
            yield row, NotKnown("whether it is still the admin that the Cloud API makes of every SQL user")


def _public(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        visibility = row["after"].get("network_visibility")
        if "region_nodes" not in row["after"]:
            yield row, f"it has public addresses, as every cluster with the plan {row['after'].get('plan')}"
        elif visibility is None:
            yield row, NotKnown("whether it has public addresses, which the API does not tell")
        elif visibility != "PRIVATE":
            yield row, f"it has public addresses (network_visibility {visibility})"


def _names(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        if not re.fullmatch(rule["pattern"], row["name"]):
            yield row, f"its name does not match {rule['pattern']}"


def _roles(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        for grant in row["after"].get("roles") or ():
            if _matches(grant.get("role"), rule["roles"]):
                yield row, f"it has the role {grant['role']}"


def _ages(rows: Sequence[Row], rule: Row, world: World) -> Iterator[Verdict]:
    for row in rows:
        made = moment(row["after"].get("created_at"))
        if row["action"] == CREATE:
            continue
        if made is None:
            yield row, NotKnown("when it was made, which the API does not tell")
        elif world.now - made > rule["days"] * DAY:
            yield row, f"it is {(world.now - made) // DAY} days old, more than {rule['days']}"


NETWORKS, VERSIONS, FOLDERS = "networks", "versions", "folders"
RULES: dict[str, Rule] = {
    "no_open_allowlist": Rule("No cluster lets everybody in with C(0.0.0.0/0).", _open, reads=NETWORKS),
    "no_wide_networks": Rule(
        "No network of an allowlist is wider than O(rules[].min_mask).", _wide, needs=("min_mask",), reads=NETWORKS
    ),
    "private_only": Rule("Every cluster is an Advanced one without public addresses.", _public),
    "delete_protection": Rule("Every cluster has delete protection.", _unprotected),
    "required_labels": Rule("Every cluster has all O(rules[].labels).", _labels, needs=("labels",)),
    "allowed_regions": Rule("Clusters are in the regions O(rules[].allowed) alone.", _regions, needs=("allowed",)),
    "allowed_providers": Rule("Clusters are at the providers O(rules[].allowed).", _is("provider"), needs=("allowed",)),
    "allowed_plans": Rule("Clusters have one of the plans O(rules[].allowed).", _is("plan"), needs=("allowed",)),
    "budget": Rule(
        "What the limits of Basic clusters come to in a month is within O(rules[].dollars), that of each within O(rules[].per_cluster). "
        "A Basic cluster without a limit breaks it; what others cost is not known.",
        _budget,
        takes=("dollars", "per_cluster"),
    ),
    "limit_required": Rule("Every Basic cluster has a spend limit.", _limitless),
    "version_support": Rule(
        "The version of every Standard and Advanced cluster is supported for another O(rules[].days) days, as the service says.",
        _support,
        needs=("days",),
        reads=VERSIONS,
    ),
    "max_deletes": Rule(
        "At most O(rules[].max) objects are deleted.", _deletes, nouns=(), needs=("max",), deleted=True
    ),
    "max_changes": Rule(
        "At most O(rules[].max) objects are created, changed or deleted.",
        _changes,
        nouns=(),
        needs=("max",),
        deleted=True,
    ),
    "no_admin_sql_users": Rule(
        "No SQL user is created, but for those in O(rules[].allowed): the Cloud API makes each an admin.",
        _admins,
        nouns=("sql_user",),
        takes=("allowed",),
    ),
    "name_pattern": Rule(
        "The names of clusters, or of what O(rules[].when.nouns) says, match O(rules[].pattern) as a whole.",
        _names,
        needs=("pattern",),
    ),
    "no_roles": Rule(
        "Nobody who is listed has one of O(rules[].roles).", _roles, nouns=("role_grant",), needs=("roles",)
    ),
    "key_age": Rule(
        "No API key that is listed is older than O(rules[].days) days when the plan is done.",
        _ages,
        nouns=("api_key",),
        needs=("days",),
    ),
}


# --- options -----------------------------------------------------------------------------------------------------

patterns = partial(Field, type="list", elements="str")
WHEN = Field(
    "when",
    type="dict",
    text=(
        "The objects that the rule is for: those that all members fit. Words are patterns, in which V(*) is any text.",
        "What is in a cluster has the labels, the folder, the plan and the provider of the cluster.",
    ),
    options=(
        patterns("nouns", text="Kinds of objects, such as V(cluster) or V(sql_user)."),
        patterns("names", text="Names of objects."),
        patterns("clusters", text="Names of the clusters that objects are, or are in."),
        Field("labels", type="dict", text="Labels, each with a value or a list of values."),
        patterns("folders", text="Paths of folders, such as V(/platform). What is below them counts."),
        patterns("plans", text="Plans of clusters."),
        patterns("providers", text="Providers of clusters."),
        patterns("actions", text="What the plan does: V(create), V(change), V(delete), V(unchanged)."),
    ),
)
SEVERITY = Field(
    "severity",
    choices=(ERROR, WARNING),
    default=ERROR,
    text="Whether what breaks the rule refuses the plan, or is a warning.",
)
PARAMETERS = (
    patterns("allowed", text="What is allowed, as patterns."),
    Field("labels", type="dict", text="The labels, each with the values that are allowed, or nothing where all are."),
    Field("dollars", type="float", text="US dollars a month for all clusters together."),
    Field("per_cluster", type="float", text="US dollars a month for each cluster."),
    Field("days", type="int", text="Days."),
    Field("max", type="int", text="How many objects at most."),
    Field("min_mask", type="int", text="The shortest mask that is allowed, 0 to 32."),
    Field("pattern", text="A regular expression of Python."),
    patterns("roles", text="Roles, as patterns."),
)
RULES_OPTION = Field(
    "rules",
    type="list",
    elements="dict",
    text=(
        "Guard rails: rules that the listed objects have to keep as they are after the plan. What was found is in RV(findings).",
        "A rule with O(rules[].severity=error) that is broken refuses the plan before anything is changed, in check mode, too.",
        "What a rule can't tell is a warning. The allowlists, versions and folders that rules need are read.",
    ),
    options=(
        Field(
            "rule",
            required=True,
            choices=tuple(RULES),
            text=("The rule.", *(f"V({name}) - {rule.text}" for name, rule in RULES.items())),
        ),
        SEVERITY,
        WHEN,
        *PARAMETERS,
    ),
)


def checked_rules(rules: Iterable[Row] | None, *, where: str = "rules") -> list[Row]:
    """*rules* (entries of RULES_OPTION) without what is not set; OptionError where parameters are lacking or make no sense."""
    found: list[Row] = []
    for number, entry in enumerate(rules or ()):
        rule = {name: value for name, value in entry.items() if value is not None}
        if rule.get("rule"):
            _check(f"{where}[{number}]", rule)
        found.append(rule)
    return found


def _check(at: str, rule: Row) -> None:
    name, kind = rule["rule"], RULES[rule["rule"]]
    takes = (*kind.needs, *kind.takes)
    parameters = [option.name for option in PARAMETERS if option.name in rule]
    listed = " and ".join(takes) or "no parameters"
    for parameter in parameters:
        if parameter not in takes:
            raise OptionError(f"{at}: the rule {name} has no parameter {parameter}", f"It takes {listed}")
    if not set(kind.needs) <= set(parameters) or (kind.takes == ("dollars", "per_cluster") and not parameters):
        raise OptionError(f"{at}: the rule {name} needs {listed.replace('dollars and', 'dollars or')}")
    for parameter in ("dollars", "per_cluster", "days", "max", "min_mask"):
        if rule.get(parameter, 0) < 0 or (parameter == "min_mask" and rule.get(parameter, 0) > 32):
            raise OptionError(f"{at}.{parameter} can't be {rule[parameter]}")
    try:
        re.compile(rule.get("pattern", ""))
    except re.error as error:
        raise OptionError(f"{at}.pattern is no regular expression: {error}") from None


def reads(rules: Iterable[Row]) -> set[str]:
    """What has to be read for *rules*, beside what a plan knows: of NETWORKS, VERSIONS and FOLDERS."""
    found = {RULES[rule["rule"]].reads for rule in rules if rule.get("rule")}
    return {name for name in found if name} | {FOLDERS for rule in rules if (rule.get("when") or {}).get("folders")}


# --- judging -----------------------------------------------------------------------------------------------------

# Why an object breaks a rule that is none of the built-in ones; None where it keeps it.
Own = Callable[[int, Row, Row], "str | None"]


def judged(rules: Sequence[Row], world: World, own: Own | None = None) -> list[dict[str, Any]]:
    """The findings of checked_rules() by object: ``rule, severity, noun, name, cluster, msg``. *own* judges rules with ``that``."""
    found = []
    for number, rule in enumerate(rules):
        for row, text in _verdicts(number, rule, world, own):
            about = row or {"noun": FLEET, "name": world.fleet or "", "cluster": None}
            unknown = isinstance(text, NotKnown)
            found.append(
                {
                    "rule": rule.get("rule") or rule["name"],
                    "severity": WARNING if unknown else rule.get("severity", ERROR),
                    **{name: about[name] for name in ("noun", "name", "cluster")},
                    "msg": f"not known: {text}" if unknown else str(text),
                }
            )
    return by_object(found)


def by_object(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """*findings* in the order of what they are about: the plan as a whole first, each cluster before what is in it."""
    return sorted(findings, key=_place)


def _place(finding: Row) -> tuple[Any, ...]:
    return finding["cluster"] or "", finding["noun"] not in (FLEET, CLUSTER), finding["noun"], finding["name"]


def _verdicts(number: int, rule: Row, world: World, own: Own | None) -> Iterator[Verdict]:
    kind = RULES.get(rule.get("rule", ""))
    when = {name: value for name, value in (rule.get("when") or {}).items() if value is not None}
    if kind and kind.nouns:
        when.setdefault("nouns", kind.nouns)
    rows = []
    for row in world.objects:
        if row["after"] is None and not (kind.deleted if kind else DELETE in when.get("actions", ())):
            continue
        fits = _fits(row, when, world)
        if fits:
            rows.append(row)
        elif fits is None:
            yield row, NotKnown("in which folder it is, and so whether this rule is for it")
    if kind:
        yield from kind.judge(rows, rule, world)
        return
    for row in rows:
        text = own(number, rule, row) if own else None
        if text is not None:
            yield row, text


def _fits(row: Row, when: Row, world: World) -> bool | None:
    """Whether *row* is one of those that *when* means; None where its folder, which alone decides, is not known."""
    home = world.home(row)
    values = {
        "nouns": row["noun"],
        "names": row["name"],
        "clusters": row["cluster"],
        "plans": home.get("plan"),
        "providers": home.get("provider"),
        "actions": row["action"],
    }
    if any(name in when and not _matches(value, when[name]) for name, value in values.items()):
        return False
    labels = home.get("labels") or {}
    if any(not _matches(labels.get(name), _list(allowed)) for name, allowed in (when.get("labels") or {}).items()):
        return False
    if "folders" not in when:
        return True
    if row["folder"] is None:
        return None if row["cluster"] else False
    below = [f"{path.rstrip('/')}/*" for path in when["folders"]]
    return _matches(row["folder"], [*when["folders"], *below])


def _matches(value: Any, patterns: Iterable[Any]) -> bool:
    return value is not None and any(fnmatchcase(str(value), str(pattern)) for pattern in patterns)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


def _either(values: Sequence[Any]) -> str:
    return " or ".join(map(str, values))


def _dollars(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


# --- for people --------------------------------------------------------------------------------------------------


def called(row: Row) -> str:
    """An object or finding as a person names it."""
    where = f" of cluster '{row['cluster']}'" if row["cluster"] and row["noun"] != CLUSTER else ""
    name = f" '{row['name']}'" if row["name"] and f"'{row['name']}'" not in where else ""
    words = NOUNS[row["noun"]].words if row["noun"] in NOUNS else row["noun"]
    return f"{words}{name}{where}"


def told(finding: Row) -> str:
    """A finding in one line."""
    return printable(f"{called(finding)}: {finding['msg']} ({finding['rule']})")


def refusal(findings: Sequence[Row]) -> str:
    """Why a plan with these *findings* is not carried out; "" where none of them is an error."""
    errors = [told(finding) for finding in findings if finding["severity"] == ERROR]
    more = f"; and {len(errors) - MISTAKES_NAMED} more, see findings" if len(errors) > MISTAKES_NAMED else ""
    return (
        f"The plan breaks its rules, and nothing was changed: {'; '.join(errors[:MISTAKES_NAMED])}{more}"
        if errors
        else ""
    )


def lines(findings: Iterable[Row]) -> list[str]:
    """The *findings* for a plan's text, a line each."""
    return [f"{finding['severity']}: {told(finding)}" for finding in findings]
