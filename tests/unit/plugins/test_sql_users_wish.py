# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role sql_users ask for, and what becomes of generated passwords whenever a run ends."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.plugin_utils._sql_users_wish import read_store, read_wish, settled

NAMES = ["app", "batch", "reporting"]
GENERATE = {"cluster": "orders", "users": NAMES, "generate": True}


@pytest.fixture
def wish(tmp_path):
    """``wish(...)``: the wish with generated passwords; ``wish.write(found)`` does what the role does with the file."""

    def read(**said):
        return read_wish({**GENERATE, "directory": str(tmp_path), **said})

    read.file = tmp_path / "orders.json"
    read.write = lambda content: read.file.write_text(json.dumps(content))
    return read


def passwords(found):
    return {user["name"]: user.get("password") for user in found["users"]}


def updates(found):
    return {user["name"]: user.get("update_password") for user in found["users"]}


def outcome(action, *names):
    return [{"name": name, "action": action} for name in names]


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
    assert found["problem"] == "" and found["file"] == ""
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


def test_new_users_get_passwords_and_others_keep_theirs(wish):
    assert wish()["looks"]
    found = wish(existing=["batch"])
    assert found["fresh"] == found["pending"] == ["app", "reporting"]
    assert passwords(found)["batch"] is None and updates(found)["batch"] == "on_create"
    assert all(len(passwords(found)[name]) == 32 for name in ("app", "reporting"))
    assert passwords(wish(existing=["batch"], password_length="40"))["app"] != passwords(found)["app"]

    wish.write(found["stored"])
    again = wish(existing=["batch"])
    assert again["fresh"] == [] and passwords(again) == passwords(found)
    wish.write(wish(existing=["batch"], results=outcome("created", "app", "reporting"))["settled"])
    done = wish(existing=NAMES)
    assert done["pending"] == [] and updates(done) == dict.fromkeys(NAMES, "on_create")
    assert done["stored"] == done["settled"]


def test_a_rotation_by_name_is_done_once(wish):
    first = wish(rotate=True, rotation="one")
    assert first["fresh"] == NAMES and not first["looks"]
    wish.write(first["stored"])
    wish.write(wish(rotate=True, rotation="one", results=outcome("updated", "app", "batch"))["settled"])
    rest = wish(rotate=True, rotation="one")
    assert rest["finished"] == ["app", "batch"] and rest["pending"] == ["reporting"] and rest["fresh"] == []
    assert updates(rest) == {"app": "on_create", "batch": "on_create", "reporting": "always"}
    wish.write(wish(rotate=True, rotation="one", results=outcome("updated", "reporting"))["settled"])
    assert wish(rotate=True, rotation="one")["finished"] == NAMES
    # Another rotation, or one without a name, starts anew.
    assert wish(rotate=True, rotation="two")["fresh"] == wish(rotate=True)["fresh"] == NAMES


def test_what_is_pending_is_sent_again_whoever_asks(wish):
    wish.write({"passwords": {"app": "o" * 12}, "pending": {"app": "n" * 12}, "rotations": {}})
    for said in ({}, {"rotate": True}, {"rotate": True, "rotation": "later"}):
        found = wish(users="app", existing=["app"], **said)
        assert passwords(found) == {"app": "n" * 12} and updates(found) == {"app": "always"} and not found["fresh"]


def test_who_has_a_password_of_another_source_is_no_business_of_the_file(wish):
    found = wish(users="App", passwords={"APP": "given-password"}, rotate=True)
    assert passwords(found) == {"app": "given-password"} and found["stored"]["pending"] == {}


def test_a_password_left_in_the_environment_does_not_keep_a_new_one_from_being_made(wish, monkeypatch):
    monkeypatch.setenv("CRDB_APP_PASSWORD", "the-old-password")
    found = wish(users="app", rotate=True)
    assert found["fresh"] == ["app"] and passwords(found)["app"] != "the-old-password"


def test_who_is_deleted_is_forgotten(wish):
    wish.write({"passwords": {"app": "o" * 12}, "pending": {"app": "n" * 12}, "rotations": {"app": "one"}})
    found = wish(users=[{"name": "app", "state": "absent"}], results=outcome("deleted", "app"))
    assert found["settled"] == {"passwords": {}, "pending": {}, "rotations": {}}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["rotate", "one", "two", "create"]),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["set", "lost", "refused"])),
        st.integers(0, 4),
    ),
    max_size=8,
)


@given(STEPS)
def test_the_password_that_a_user_has_is_in_the_file_wherever_runs_end(tmp_path_factory, steps):
    """Runs that end after any step, requests that are refused or carried out without an answer: none loses a password."""
    directory = tmp_path_factory.mktemp("passwords")
    file = directory / "orders.json"
    server: dict[str, str] = {}
    for kind, fates, ends_after in steps:
        said = {**GENERATE, "directory": str(directory), "existing": list(server)}
        said |= {"rotate": kind != "create", "rotation": kind if kind in ("one", "two") else ""}
        file.write_text(json.dumps(read_wish(said)["stored"]))
        if ends_after == 0:
            continue
        found, results = read_wish(said), []
        assert found["problem"] == "" and found["fresh"] == []
        for user in found["users"][: ends_after if ends_after < 4 else None]:
            name, fate = user["name"], fates.get(user["name"], "set")
            there = name in server
            sends = not there or user["update_password"] == "always"
            if sends and fate != "refused":
                server[name] = user["password"]
            done = "updated" if there else "created"
            results.append({"name": name, "action": (done if fate == "set" else "failed") if sends else "unchanged"})
        if ends_after == 4:
            file.write_text(json.dumps(read_wish({**said, "results": results})["settled"]))
        kept = read_store(str(file))
        for name, password in server.items():
            assert password in (kept["passwords"].get(name), kept["pending"].get(name)), (name, kept)


def test_settling_changes_nothing_that_it_is_given():
    store = {"passwords": {}, "pending": {"app": "x"}, "rotations": {}}
    before = copy.deepcopy(store)
    assert settled(store, outcome("updated", "app"), "one")["passwords"] == {"app": "x"}
    assert settled(store, outcome("failed", "app"), "one") == settled(store, (), "") == before == store


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
    assert wish(file_name="prod_orders")["file"].endswith("/prod_orders.json")
