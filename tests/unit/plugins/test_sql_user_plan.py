# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a SQL user."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from plugin_fakes import CLUSTER_ID, desired, scope

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.sql_user import SQL_USER

SECRET = "hunter2-and-more"


def wanted(name="app", password=SECRET, update_password="on_create"):
    return desired(SQL_USER, key(name), password=password, update_password=update_password)


def key(name):
    return SQL_USER.key_of({"name": name})


def create(name="app", **params):
    return SQL_USER.create(scope(), wanted(name, **params))


def update(name="app", **params):
    return SQL_USER.update(scope(), wanted(name, **params), {"name": name})


def test_creation():
    plan = create("App")
    (step,) = plan.steps
    assert (step.method, step.path) == ("POST", f"/clusters/{CLUSTER_ID}/sql-users")
    assert step.body == {"name": "app", "password": SECRET} and step.secrets == (SECRET,)
    assert plan.predicted == {"name": "app"} and step.doing == "create SQL user 'app' on cluster 'orders'"


def test_an_existing_user_is_left_alone():
    plan = update()
    assert plan.steps == [] and plan.before == plan.after == {"name": "app"}


def test_a_password_that_is_always_set():
    plan = update(update_password="always")
    (step,) = plan.steps
    assert (step.method, step.path) == ("PUT", f"/clusters/{CLUSTER_ID}/sql-users/app/password")
    assert step.body == {"password": SECRET} and step.secrets == (SECRET,)


@pytest.mark.parametrize("password", [None, ""])
def test_what_needs_a_password(password):
    with pytest.raises(OptionError, match="password is needed"):
        create(password=password)
    with pytest.raises(OptionError, match="needs the password"):
        update(password=password, update_password="always")
    assert update(password=password).steps == []


@pytest.mark.parametrize("plan", [create(), update(update_password="always"), update()])
def test_nothing_that_is_shown_holds_the_password(plan):
    assert SECRET not in str([plan.describe(), plan.before, plan.after, plan.predicted, plan.notes])
    for step in plan.describe():
        assert step["changes"]["password"] == {"before": "(hidden)", "after": "(hidden)"}


def test_adoption_sets_the_password_again():
    (step,) = SQL_USER.adopt(scope(), wanted(), {"name": "app"}).steps
    assert step.method == "PUT" and step.path.endswith("/app/password")


def test_deletion():
    (step,) = SQL_USER.delete(scope(), wanted("a/b"), {"name": "a/b"}).steps
    assert (step.method, step.path) == ("DELETE", f"/clusters/{CLUSTER_ID}/sql-users/a%2Fb")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=63))
def test_a_name_is_the_same_however_it_is_spelt(name):
    try:
        found = key(name)
    except OptionError:
        assume(False)
    assert key(found["name"]) == found, "the server's spelling has to be found again"
    assert SQL_USER.mark(found) == SQL_USER.mark_of({"name": name}) == SQL_USER.mark_of({"name": found["name"]})
    assert "/" not in SQL_USER.item(scope().ids, found).rsplit("/sql-users/", 1)[1]


@pytest.mark.parametrize("name", ["", " ", ".", "..", "x" * 64, "a\nb", "a\x00"])
def test_names_that_can_not_be(name):
    with pytest.raises(OptionError, match="name"):
        key(name)


def test_other_users_are_other_users():
    assert SQL_USER.mark(key("app")) != SQL_USER.mark_of({"name": "app2"})
    assert SQL_USER.mark(key("none")) != SQL_USER.mark_of({})
