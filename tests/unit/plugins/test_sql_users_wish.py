# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role sql_users ask for."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.plugin_utils._sql_users_wish import read_wish

NAMES = ["app", "batch", "reporting"]
GENERATE = {"cluster": "orders", "users": NAMES, "generate": True}


@pytest.fixture
def wish(tmp_path):
    """``wish(...)``: the wish with generated passwords, which are kept in ``wish.file``."""

    def read(**said):
        return read_wish({**GENERATE, "directory": str(tmp_path), **said})

    read.file = tmp_path / "orders.json"
    return read


def passwords(found):
    return {user["name"]: user.get("password") for user in found["users"]}


def updates(found):
    return {user["name"]: user.get("update_password") for user in found["users"]}


def test_users_as_people_write_them(monkeypatch):
    monkeypatch.setenv("CRDB_APP_PASSWORD", "from-the-environment")
    monkeypatch.setenv("CRDB_JOB_2_PASSWORD", "of-the-job")
    found = read_wish(
        {
            "cluster": "orders",
            "users": ["App", "job-2", {"name": "own", "password": "own-password"}, {"name": "gone", "state": "absent"}],
            "passwords": '{"own": "not-this", "gone": ""}',
        }
    )
    assert found["problem"] == "" and found["generated"] == {}
    assert passwords(found) == {
        "app": "from-the-environment",
        "job-2": "of-the-job",
        "own": "own-password",
        "gone": None,
    }
    assert updates(found) == dict.fromkeys(["app", "job-2", "own", "gone"])
    assert [user["state"] for user in found["users"]] == ["present", "present", "present", "absent"]
    assert not found["looks"]


def test_rotation_with_given_passwords():
    said = {"cluster": "orders", "users": ["app", {"name": "kept", "update_password": "on_create"}], "rotate": "yes"}
    found = read_wish({**said, "passwords": {"app": "new-app-password", "kept": "x" * 12}})
    assert updates(found) == {"app": "always", "kept": "on_create"}
    assert "The SQL users 'app', 'kept' need a password to be rotated" in read_wish(said)["problem"]


@pytest.mark.parametrize("missing", ["fail", "skip"])
def test_who_is_missing(missing):
    said = {"cluster": "orders", "users": NAMES, "missing": missing, "passwords": dict.fromkeys(NAMES, "x" * 12)}
    assert read_wish(said)["looks"] and read_wish(said)["problem"] == ""
    found = read_wish({**said, "existing": ["APP"]})
    assert found["missing_users"] == ["batch", "reporting"]
    if missing == "skip":
        assert list(passwords(found)) == ["app"]
    else:
        assert "There are no SQL users 'batch', 'reporting' on cluster 'orders'" in found["problem"]


def test_no_secret_in_what_is_refused():
    for users in (
        [{"name": "app", "password": "planted-password", "state": "planted-password"}],
        [{"name": "app", "password": "planted-password", "update_password": "planted-password"}],
        '[{"name": "app", "password": "planted-password"',
    ):
        said = read_wish({"cluster": "orders", "users": users})["problem"]
        assert said and "planted" not in said
    said = read_wish({"cluster": "orders", "users": "app", "passwords": "planted-password"})["problem"]
    assert said == "sql_users_passwords must be a dictionary of passwords by SQL user, or JSON of one"


def test_what_is_made_up_is_the_modules_work(wish):
    """The role says where and how; no password and nothing of the file is in what the filter returns."""
    wish.file.write_text('{"passwords": {"app": "planted-password"}, "pending": {"batch": "planted-pending"}}')
    found = wish(password_length="40", rotation="one")
    assert found["generated"] == {"file": str(wish.file), "length": 40, "rotation": ""}
    assert passwords(found) == updates(found) == dict.fromkeys(NAMES) and not found["looks"]
    assert "planted" not in str(found)
    found = wish(rotate=True, rotation=" one ")
    assert found["generated"]["rotation"] == "one" and updates(found) == dict.fromkeys(NAMES, "always")
    assert wish(generate=False)["generated"] == {}


def test_who_has_a_password_of_another_source(wish):
    found = wish(users="App", passwords={"APP": "given-password"}, rotate=True)
    assert passwords(found) == {"app": "given-password"}


def test_a_password_left_in_the_environment_does_not_keep_a_new_one_from_being_made(wish, monkeypatch):
    monkeypatch.setenv("CRDB_APP_PASSWORD", "the-old-password")
    assert passwords(wish(users="app", rotate=True)) == {"app": None}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"passwords": []}', "$ANSIBLE_VAULT;1.1;AES256\n00"])
def test_a_file_that_holds_something_else(wish, text):
    wish.file.write_text(text)
    assert str(wish.file) in wish()["problem"]


def test_a_file_that_cannot_be_read(wish):
    wish.file.mkdir()
    assert "can't be read: Is a directory" in wish()["problem"]


@pytest.mark.parametrize("name", ["../orders", ".orders", "a/b", "a b"])
def test_where_passwords_are_kept(wish, name):
    assert "sql_users_file_name" in wish(file_name=name)["problem"]
    assert wish(file_name="prod_orders")["generated"]["file"].endswith("/prod_orders.json")
