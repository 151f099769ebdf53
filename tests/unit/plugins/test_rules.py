# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on plans: whom they are for, what they can't know, what is wrong with rules themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from plugin_fakes import FakeApi, FakeRun, advanced, cluster, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._base.moments import moment
from ansible_collections.crdb.cloud.plugins.module_utils._fleet import rules
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.fleet import ensure_fleet
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.objects import fields_of
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.rules import RULES, RULES_OPTION, World
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import mistakes
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.role_grant import ROLE_GRANT
from ansible_collections.crdb.cloud.plugins.modules.fleet import MODULE as FLEET

SETTINGS = {"name": "shop", "purge": False, "purge_confirm": [], "report_unlisted": False, "parallel": 2}
NOW = moment("2026-01-01T00:00:00Z")
COSTS = {"before": "0.00", "after": "0.00", "clusters": [], "unknown": []}


def thing(noun="cluster", name="orders", action="change", folder="/shop/prod", home="orders", **fields):
    found = {"noun": noun, "name": name, "id": None, "cluster": home, "folder": folder, "action": action}
    after = None if action == "delete" else {"plan": "BASIC", "provider": "GCP", "labels": {"env": "prod"}, **fields}
    beside = {"open_to_everybody": False, "networks": []} if noun == "cluster" else {}
    return {**found, "before": {}, "after": after, **beside}


def found(rule, *objects, versions=None, **parameters):
    world = World(objects, COSTS, NOW, versions, "shop")
    return rules.judged(rules.checked_rules([{"rule": rule, **parameters}]), world)


def broken(rule, *objects, **parameters):
    return [(row["severity"], row["name"], row["msg"]) for row in found(rule, *objects, **parameters)]


@pytest.mark.parametrize(
    ("when", "names"),
    [
        ({}, ["orders", "app"]),
        ({"nouns": ["sql_*"]}, ["app"]),
        ({"names": ["or*", "x"]}, ["orders"]),
        ({"clusters": ["orders"]}, ["orders", "app"]),
        ({"clusters": ["stock"]}, []),
        ({"labels": {"env": ["dev", "prod"]}}, ["orders", "app"]),
        ({"labels": {"team": "*"}}, []),
        ({"folders": ["/shop"]}, ["orders", "app"]),
        ({"folders": ["/shop/pro"]}, []),
        ({"plans": ["BASIC"], "providers": ["GCP"]}, ["orders", "app"]),
        ({"plans": ["ADVANCED"]}, []),
        ({"actions": ["create"]}, ["app"]),
    ],
)
def test_whom_a_rule_is_for(when, names):
    objects = [thing(), thing("sql_user", "app", "create"), thing("service_account", "ci", folder=None, home=None)]
    when = {"nouns": ["cluster", "sql_user"], **when}
    assert [name for _severity, name, _msg in broken("name_pattern", *objects, pattern="x", when=when)] == names


def test_a_rule_for_folders_says_of_what_folder_it_does_not_know():
    (finding,) = found("delete_protection", thing(folder=None), when={"folders": ["/shop"]})
    assert (finding["severity"], finding["msg"]) == (
        "warning",
        "not known: in which folder it is, and so whether this rule is for it",
    )


OFFERS = {
    "v25.4": {"support_end": "2026-02-01T00:00:00Z", "support_status": "SUPPORTED"},
    "v24.1": {"support_end": None, "support_status": "UNSUPPORTED"},
    "v24.2": {"support_end": "2025-12-31T00:00:00Z", "support_status": "SUPPORTED"},
}


@pytest.mark.parametrize(
    ("fields", "days", "severity", "message"),
    [
        ({"cockroach_version": "v25.4"}, 31, None, None),
        (
            {"cockroach_version": "v25.4"},
            32,
            "error",
            "the support of its version v25.4 ends on 2026-02-01, in 31 days",
        ),
        ({"cockroach_version": "v24.1"}, 0, "error", "its version v24.1 is not supported any more"),
        ({"cockroach_version": "v24.2"}, 0, "error", "its version v24.2 is not supported any more"),
        ({"cockroach_version": "v23.1"}, 0, "warning", "not known: how long its version v23.1 is supported, which"),
        ({}, 0, "warning", "not known: how long its version  is"),
        ({"cockroach_version": "v24.1", "plan": "BASIC"}, 0, None, None),
    ],
)
def test_the_end_of_support_is_what_the_service_says(fields, days, severity, message):
    told = broken("version_support", thing(**{"plan": "STANDARD", **fields}), versions=OFFERS, days=days)
    assert [row[0] for row in told] == ([severity] if severity else [])
    assert all(row[2].startswith(message) for row in told)
    if severity == "error":
        (unread,) = broken("version_support", thing(**{"plan": "STANDARD", **fields}), days=days)
        assert unread[0] == "warning"


def test_what_is_not_known_is_a_warning_and_never_passes():
    unknown = {**thing(), "open_to_everybody": None, "networks": None}
    for rule, parameters in (
        *(("no_open_allowlist", {}), ("no_wide_networks", {"min_mask": 8})),
        ("allowed_plans", {"allowed": ["BASIC"]}),
    ):
        ((severity, _name, message),) = broken(rule, {**unknown, "after": {}}, **parameters)
        assert severity == "warning" and message.startswith("not known: ")
    ((severity, _name, message),) = broken("private_only", thing(region_nodes={"x": 3}))
    assert severity == "warning"
    user = thing("sql_user", "app", "unchanged")
    assert [row[0] for row in broken("no_admin_sql_users", user)] == ["warning"]
    assert broken("no_admin_sql_users", user, allowed=["a*"]) == []


def test_keys_and_roles_of_the_organization():
    key = thing("api_key", "ci/deploy", "unchanged", None, None, created_at="2025-09-01T00:00:00Z")
    assert broken("key_age", key, days=122) == []
    assert broken("key_age", key, days=121) == [("error", "ci/deploy", "it is 122 days old, more than 121")]
    assert broken("key_age", {**key, "action": "create"}, days=1) == []
    assert broken("key_age", {**key, "after": {}}, days=1)[0][0] == "warning"
    grant = thing("role_grant", "service account 'ci'", "change", None, None)
    grant["after"] = {"roles": [{"role": "ORG_ADMIN"}, {"role": "CLUSTER_ADMIN", "cluster": "x"}]}
    assert [row[2] for row in broken("no_roles", grant, roles=["ORG_*"])] == ["it has the role ORG_ADMIN"]


def test_roles_have_one_form_as_they_are_and_as_they_will_be():
    raw = {"user_id": "x", "roles": [{"name": "ORG_ADMIN", "resource": {"type": "ORGANIZATION"}}]}
    assert fields_of(ROLE_GRANT, raw)["roles"] == [{"role": "ORG_ADMIN"}]
    assert fields_of(ROLE_GRANT, {"user_id": "x", "roles": [{"role": "ORG_ADMIN"}]})["roles"] == [{"role": "ORG_ADMIN"}]


def test_what_is_deleted_keeps_no_rule_but_those_on_deletions():
    gone = thing(action="delete")
    assert broken("delete_protection", gone) == []
    assert broken("max_deletes", gone, max=1) == []
    assert broken("max_deletes", gone, max=0) == [
        ("error", "shop", "it deletes 1 object, more than 0: cluster 'orders'")
    ]
    assert broken("max_deletes", gone, max=0, severity="warning")[0][0] == "warning"
    assert broken("max_deletes", gone, max=0, when={"labels": {"env": "dev"}}) == []


def test_a_budget_adds_up_the_clusters_that_it_is_for():
    def cost(name, after, plan="BASIC", note=""):
        return {"name": name, "plan": plan, "before": "0.00", "after": after, "note": note}

    clusters = [
        cost("a", "60.10"),
        cost("b", "40.00"),
        cost("c", None, note="after: no spend limit"),
        cost("d", "9.00"),
    ]
    clusters.append(cost("e", None, "STANDARD", "it costs what its size costs"))
    objects = [thing(name=name, home=name, plan="STANDARD" if name == "e" else "BASIC") for name in "abce"]

    def told(**parameters):
        world = World([*objects, thing(name="d", home="d", action="delete")], {"clusters": clusters}, NOW, None, "shop")
        found = rules.judged(rules.checked_rules([{"rule": "budget", **parameters}]), world)
        return [(row["noun"], row["severity"], row["msg"]) for row in found]

    unlimited = ("cluster", "error", "it has no spend limit")
    unknown = ("cluster", "warning", "not known: what it costs: it costs what its size costs")
    whole = "the limits come to 100.10 US dollars a month, more than the budget of 100.09"
    assert told(dollars=100.1) == [unlimited, unknown]
    assert told(dollars=100.09) == [("fleet", "error", whole), unlimited, unknown]
    assert told(per_cluster=60, when={"plans": ["BASIC"]}) == [
        ("cluster", "error", "it may cost 60.10 US dollars a month, more than 60.00"),
        unlimited,
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            {"rule": "budget", "max": 3},
            "rules[0]: the rule budget has no parameter max. It takes dollars and per_cluster",
        ),
        ({"rule": "budget"}, "rules[0]: the rule budget needs dollars or per_cluster"),
        ({"rule": "allowed_plans"}, "rules[0]: the rule allowed_plans needs allowed"),
        ({"rule": "limit_required", "days": 1}, "rules[0]: the rule limit_required has no parameter days. It takes no"),
        ({"rule": "name_pattern", "pattern": "("}, "rules[0].pattern is no regular expression: "),
        ({"rule": "no_wide_networks", "min_mask": 33}, "rules[0].min_mask can't be 33"),
        ({"rule": "max_deletes", "max": -1}, "rules[0].max can't be -1"),
    ],
)
def test_rules_that_make_no_sense(rule, message):
    unset = dict.fromkeys(option.name for option in RULES_OPTION.options)
    with pytest.raises(OptionError) as refused:
        rules.checked_rules([{**unset, **rule}])
    assert str(refused.value).startswith(message)


def test_a_misspelt_rule_or_parameter_is_one_sentence_with_what_was_meant():
    given = [{"rule": "no_open_alowlist", "severety": "error", "when": {"label": {}}}]
    assert list(mistakes([RULES_OPTION], {"rules": given})) == [
        "rules[0].rule can't be 'no_open_alowlist', write no_open_allowlist",
        "rules[0]: unknown option severety, did you mean severity",
        "rules[0].when: unknown option label, did you mean labels",
    ]


def test_a_message_names_everything_up_to_a_bound():
    one = {"rule": "x", "severity": "error", "noun": "cluster", "name": "a\x1b", "cluster": "a\x1b", "msg": "bad"}
    text = rules.refusal([{**one, "severity": "warning"}, *[one] * 102])
    assert text.count("cluster 'a\\x1b': bad (x)") == 100 and text.endswith("; and 2 more, see findings")
    assert rules.refusal([{**one, "severity": "warning"}]) == ""


def test_every_rule_says_what_it_takes():
    names = {option.name for option in RULES_OPTION.options}
    assert all({*rule.takes, *rule.needs} <= names and rule.text for rule in RULES.values())


# --- in a fleet --------------------------------------------------------------------------------------------------


def judged(api, *names, **options):
    run = FakeRun(api, {**SETTINGS, "clusters": [{"name": name} for name in names], **options}, check_mode=True)
    return ensure_fleet(run), run


def test_allowlists_and_versions_are_read_where_a_rule_needs_them():
    api = FakeApi(cluster(), advanced(id="x", name="stock"))
    result, _run = judged(api, "orders", "stock")
    assert result["findings"] == [] and not any("allowlist" in path or "versions" in path for _m, path, _b in api.log)
    api.entries["x"] = [{"cidr_ip": "0.0.0.0", "cidr_mask": 0, "sql": True, "ui": False, "name": ""}]
    wanted = [{"rule": "no_open_allowlist"}, {"rule": "version_support", "days": 1, "severity": "warning"}]
    result, run = judged(api, "orders", "stock", rules=wanted)
    assert [(row["rule"], row["name"], row["severity"]) for row in result["findings"]] == [
        ("no_open_allowlist", "stock", "error"),
        ("version_support", "stock", "warning"),
    ]
    assert len(run.warnings) == 1
    assert {path.rpartition("/")[2] for _m, path, _b in api.log} >= {"allowlist", "cluster-versions"}


def test_an_allowlist_that_can_not_be_read_is_not_known():
    api = FakeApi(cluster())
    api.faults.append(("GET", "allowlist", refusal(403)))
    result, run = judged(api, "orders", rules=[{"rule": "no_open_allowlist"}])
    (finding,) = result["findings"]
    assert finding["severity"] == "warning" and not result.get("failed")
    assert run.warnings[-1].startswith("cluster 'orders': not known: whether everybody can reach it")


def test_many_warnings_are_counted():
    api = FakeApi(*(cluster(id=f"{number}", name=f"orders-{number}") for number in range(30)))
    result, run = judged(
        api, *(f"orders-{n}" for n in range(30)), rules=[{"rule": "limit_required", "severity": "warning"}]
    )
    assert len(result["findings"]) == 30
    assert run.warnings[-1] == "The rules have 10 more warnings, see findings"


# --- in the role -------------------------------------------------------------------------------------------------


def test_the_role_hands_over_every_option_of_a_fleet():
    role = Path(__file__).resolve().parents[3] / "roles" / "guardrails"
    known = yaml.safe_load((role / "vars" / "main.yml").read_text())
    plan = yaml.safe_load((role / "tasks" / "plan.yml").read_text())[-1]
    handed = {name for name, value in plan["crdb.cloud.fleet"].items() if f"guardrails_fleet.{name} " in str(value)}
    assert {*known["guardrails_passed"], "rules"} == handed
    assert {*FLEET.argument_spec()} <= {*known["guardrails_passed"], *known["guardrails_left_out"]}
    assert plan["check_mode"] is True
