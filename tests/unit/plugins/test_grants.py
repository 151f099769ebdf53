# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning of privileges, held against a model of what the statements do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.grants import (
    Target,
    _privileges,
    _statements,
    _table_target,
)
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import merge_grants
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.sql import quoted
from ansible_collections.crdb.cloud.plugins.module_utils._http.session import Answer

Held = dict[str, dict[str, bool]]
KINDS = ("DELETE", "INSERT", "SELECT")
OBJECTS = ("db.public.a", "db.public.b")
TARGET = Target("TABLE", {name: quoted(*name.split(".")) for name in OBJECTS}, "SHOW")
STATEMENT = re.compile(
    r"(GRANT|REVOKE)( GRANT OPTION FOR)? ([A-Z, ]+?) ON TABLE (.+) (?:TO|FROM) \"app\"( WITH GRANT OPTION)?"
)


def carry_out(statements: list[str], found: Held) -> Held:
    """What the server does: ALL swallows the others, and loses its name when a part of it is taken away."""
    held = {name: dict(privileges) for name, privileges in found.items()}
    for statement in statements:
        match = STATEMENT.fullmatch(statement)
        assert match, statement
        verb, option_only, privileges, objects, option = match.groups()
        for name in objects.replace('"', "").split(", "):
            for privilege in privileges.split(", "):
                _one(held[name], privilege, verb == "GRANT", bool(option_only), bool(option))
    return held


def _one(held: dict[str, bool], privilege: str, grant: bool, option_only: bool, option: bool) -> None:
    if grant:
        if privilege == "ALL":
            before = held.get("ALL", False)
            held.clear()
            held["ALL"] = option or before
        elif "ALL" not in held:
            held[privilege] = option or held.get(privilege, False)
    elif option_only:
        if privilege in held:
            held[privilege] = False
    elif privilege == "ALL":
        held.clear()
    elif "ALL" in held:
        passes = held.pop("ALL")
        held.update({name: passes for name in KINDS if name != privilege})
    else:
        held.pop(privilege, None)


one = st.one_of(st.dictionaries(st.sampled_from(KINDS), st.booleans()), st.fixed_dictionaries({"ALL": st.booleans()}))
helds = st.fixed_dictionaries(dict.fromkeys(OBJECTS, one))
wishes = st.one_of(st.just(["ALL"]), st.sets(st.sampled_from(KINDS), min_size=1).map(sorted))


@given(helds, wishes, st.booleans(), st.sampled_from([None, True, False]))
def test_grants_lead_there_and_stay_there(found: Held, wanted: list[str], exclusive: bool, option: bool | None) -> None:
    if option and not exclusive and any(held.get("ALL") is False for held in found.values()) and wanted != ["ALL"]:
        return  # A part of ALL that can be passed on: the server shows ALL alone, so nobody can tell.
    params = {"state": "present", "exclusive": exclusive, "grant_option": option}
    statements, after = _statements(TARGET, "app", wanted, found, params)
    reached = carry_out(statements, found)
    assert reached == after
    assert _statements(TARGET, "app", wanted, reached, params) == ([], reached)
    for held in reached.values():
        assert all(name in held or "ALL" in held for name in wanted)
        if exclusive:
            assert set(held) == set(wanted)
        if option is not None and exclusive:
            assert set(held.values()) == {option}
    if not exclusive and option is not False:
        assert not any("REVOKE" in statement for statement in statements)


@given(helds, wishes)
def test_revokes_lead_there_and_stay_there(found: Held, wanted: list[str]) -> None:
    params = {"state": "absent"}
    statements, _after = _statements(TARGET, "app", wanted, found, params)
    reached = carry_out(statements, found)
    assert _statements(TARGET, "app", wanted, reached, params) == ([], reached)
    for name, held in reached.items():
        assert not set(held) & set(wanted)
        assert wanted != ["ALL"] or not held
        # Nothing else is lost.
        if wanted != ["ALL"] and "ALL" not in found[name]:
            assert held == {key: value for key, value in found[name].items() if key not in wanted}


def test_what_is_taken_away_goes_first() -> None:
    """One object has ALL and one nothing: a statement that serves both must not come before the revoke."""
    found: Held = {"db.public.a": {}, "db.public.b": {"ALL": False}}
    statements, after = _statements(TARGET, "app", ["SELECT"], found, {"state": "present", "exclusive": True})
    assert statements == [
        'REVOKE ALL ON TABLE "db"."public"."b" FROM "app"',
        'GRANT SELECT ON TABLE "db"."public"."a", "db"."public"."b" TO "app"',
    ]
    assert after == {name: {"SELECT": False} for name in OBJECTS}


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        (["select", " Insert "], ["INSERT", "SELECT"]),
        (["ALL PRIVILEGES", "SELECT"], ["ALL"]),
        (["SELECT", "select"], ["SELECT"]),
    ],
)
def test_privileges(given_: list[str], read: list[str]) -> None:
    assert _privileges(given_) == read


@pytest.mark.parametrize("given_", [[], [""], ["SELECT, INSERT"], ["SELECT ON x TO y; --"], ["1"]])
def test_no_privileges(given_: list[str]) -> None:
    with pytest.raises(OptionError):
        _privileges(given_)


class Run:
    """Shows these tables."""

    check_mode = False

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked: dict[str, Any] = {}
        self.api = self

    def call(self, _method: str, _path: str, **more: Any) -> Answer:
        self.asked = more["body"]
        rows = [{"table_name": name} for name in self.names]
        return Answer(200, {}, "", {"execution": {"txn_results": [{"rows": rows}]}}, True)


def test_tables() -> None:
    run = Run("b.c", "a")
    found = _table_target(run, "db", "s", ["*"])  # type: ignore[arg-type]
    assert dict(found.objects) == {"db.s.a": '"db"."s"."a"', "db.s.b.c": '"db"."s"."b.c"'}
    assert run.asked["statements"] == [{"sql": 'SHOW TABLES FROM "db"."s"'}]
    # The server stops at 10 kB if nobody says otherwise, which is a hundred tables.
    assert run.asked["max_result_size"] > 1_000_000
    found = _table_target(run, "db", "public", ["t", 's.t"x'])  # type: ignore[arg-type]
    assert found.show == 'SHOW GRANTS ON TABLE "db"."public"."t", "db"."s"."t""x"'


def test_grants_are_merged_by_user() -> None:
    rows = [
        {"user": "a", "privileges": ["X"]},
        {"user": "b"},
        {"user": "a", "privileges": ["Y", "X"]},
        {"privileges": ["Z"]},
    ]
    assert merge_grants(rows) == [
        {"user": "a", "privileges": ["X", "Y"]},
        {"user": "b", "privileges": []},
        {"user": "", "privileges": ["Z"]},
    ]
    assert merge_grants([]) == []
