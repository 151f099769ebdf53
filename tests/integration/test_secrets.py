# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted secrets are nowhere: the fixture searches the output at -vvvv, the log and every result of every run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import Runner
from integration.helpers.secrets import API_KEY, JWT, hits

pytestmark = pytest.mark.smoke

PASSWORDS = {
    "plain": "planted-plain-password",
    "quotes": "planted\"double'single`back",
    "unicode": "planted-пароль-ß-秘密",
    "percent": "planted %41%20%s 100%+plus&and=is",
    "backslash": "planted\\n\\u0041\\x",
    "spaces": "planted secret with blanks",
    "control": "planted\ttab\nline",
    "number": "90817263549",
}
DEBUG = {"name": "debug", "ansible.builtin.debug": {"var": "result"}}
WAYS = pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])


def user(name: str, password: str, **more: object) -> dict:
    """A task that sets a password, and one that prints what it returned."""
    args = {"cluster": "orders", "name": name, "password": "{{ passwords[" + repr(password) + "] }}", **more}
    return {"name": f"{name} {password}", "crdb.cloud.sql_user": args, "register": "result", "ignore_errors": True}


@pytest.mark.every_core
@WAYS
def test_odd_passwords_arrive_and_do_not_show(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    row = emulator.add_cluster("orders")
    short = {**PASSWORDS, "short": "abc"}
    # How a password gets to a plain module is the same for every request.
    put = short if direct else ()
    run = playbook(
        [
            *(task for name in short for task in (user(name, name), {**DEBUG, "name": f"debug {name}"})),
            *(user(name, name, update_password="always") | {"name": f"put {name}", "diff": True} for name in put),
        ],
        direct=direct,
        variables={"passwords": short},
        secrets=PASSWORDS.values(),
        diff=True,
    )
    assert all(outcome.changed for outcome in run.outcomes if not outcome.name.startswith("debug"))
    marks = emulator.state()["sql_user_fingerprints"][row["id"]]
    assert marks == {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in short.items()}


ECHOES = {
    "400": {
        "status": 400,
        "body": {"code": 3, "message": "bad request: {request_body}", "details": [{"is": "{request_body}"}]},
    },
    "401": {"status": 401, "body": {"code": 16, "message": f"unknown key {API_KEY}", "details": []}},
    "409": {"status": 409, "body": "conflict with {request_body}"},
    "500": {"status": 500, "body": {"code": 13, "message": "panic: {request_body}", "details": ["{request_body}"]}},
    "500 text": {"status": 500, "body": f"<pre>{{request_body}} {API_KEY}</pre>"},
    "redirect": {"status": 307, "headers": {"Location": f"https://x.example.com/{API_KEY}"}, "body": "{request_body}"},
    "bug": {"status": 200, "body": {"users": ["{request_body}", API_KEY], "nom": "{request_body}"}},
    "list": {"status": 200, "body": ["{request_body}", API_KEY]},
}
# What says nothing of what has become of the request.
LOST = ("bug", "list")


def test_an_echo_of_what_was_created_is_masked(playbook: Runner, emulator: Emulator) -> None:
    """The user is there, and the answer is the request and the key in another shape."""
    emulator.add_cluster("orders")
    for kind in LOST:
        emulator.fault("garbage", "POST", "/sql-users", body=json.dumps(ECHOES[kind]["body"]))
    tasks = [task for kind in LOST for task in ({**user(kind, "quotes"), "name": kind}, DEBUG)]
    run = playbook(
        tasks, variables={"passwords": PASSWORDS}, secrets=PASSWORDS.values(), warns=["it was found afterwards"] * 2
    )
    assert emulator.fired() == [1] * len(LOST)
    assert all(run[kind].changed for kind in LOST)


@pytest.mark.parametrize(
    ("method", "direct"),
    [("POST", True), ("PUT", True), ("PUT", False)],
    ids=["POST-direct", "PUT-direct", "PUT-plain"],
)
def test_an_echo_of_the_password_is_masked(playbook: Runner, emulator: Emulator, direct: bool, method: str) -> None:
    row = emulator.add_cluster("orders")
    if method == "PUT":
        emulator.add_users(row["id"], ["app"])
    tasks = []
    # A plain module costs a Python each, so there it is the most awkward one alone.
    passwords = ("quotes", "unicode", "percent", "backslash", "number") if direct else ("quotes",)
    # An answer that can't be used is looked after for half a minute where something may have been created.
    kinds = [kind for kind in ECHOES if method == "PUT" or kind not in LOST]
    for password in passwords:
        for kind in kinds:
            emulator.fault("status", method, "/sql-users", **ECHOES[kind])
        for kind in kinds:
            task = user("app", password, update_password="always", api_retries=0)
            tasks += [{**task, "name": f"{kind} {password}"}, DEBUG]
    run = playbook(tasks, direct=direct, variables={"passwords": PASSWORDS}, secrets=PASSWORDS.values(), diff=True)
    assert emulator.fired() == [1] * (len(passwords) * len(kinds))
    for outcome in run.outcomes:
        if outcome.name.split()[0] in ("400", "401", "409", "500", "redirect"):
            assert outcome.failed, outcome
            assert "\n" not in outcome.msg
            assert "********" in outcome.msg or outcome.name.split()[0] == "redirect"


def test_time_outs_show_no_password(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    # Its own emulator: the answer that nobody waits for would show up in a later test.
    emulator = launch()
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["app"])
    emulator.fault("delay", "PUT", "/password$", delay_ms=1500)
    emulator.fault("garbage", "PUT", "/password$", body=f"<pre>{{request_body}} {API_KEY}</pre>")
    emulator.fault("status", "PUT", "/password$", status=503, body="{request_body}")
    impatient = {"update_password": "always", "api_timeout": 0.4, "api_retries": 0}
    run = playbook_on(emulator)(
        [task for kind in ("quotes", "unicode", "percent") for task in (user("app", kind, **impatient), DEBUG)],
        variables={"passwords": PASSWORDS},
        secrets=PASSWORDS.values(),
    )
    for kind in ("quotes", "unicode", "percent"):
        run[f"app {kind}"].fails_with("Failed to set the password of SQL user 'app' on cluster 'orders'")


@WAYS
def test_a_password_that_breaks_the_validation(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    """The password stands where it does not belong, too; the message quotes the wrong value."""
    run = playbook(
        [
            user("app", "plain", state="{{ passwords.plain }}"),
            user("app", "quotes", wait_timeout="{{ passwords.quotes }}"),
            {
                "name": "key",
                "crdb.cloud.cluster_info": {"api_version": "{{ planted_key }}"},
                "ignore_errors": True,
            },
        ],
        direct=direct,
        variables={"passwords": PASSWORDS, "planted_key": API_KEY},
        secrets=PASSWORDS.values(),
    )
    run["app plain"].fails_with("state", "present, absent")
    run["app quotes"].fails_with("wait_timeout")
    run["key"].fails_with("api_version")
    assert emulator.requests() == []


@pytest.mark.every_core
@WAYS
def test_a_secret_in_an_option_that_does_not_exist(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    """A misspelt option is refused, and what it holds is not echoed: neither the key nor a password deep within."""
    lists = {"cluster": "orders", "users": [{"name": "app", "passwrd": "{{ passwords.plain }}"}]}
    deep = {
        "name": "shop",
        "clusters": [{"name": "orders", "sql_users": [{"name": "app", "pasword": "{{ passwords.percent }}"}]}],
    }
    run = playbook(
        [
            {
                "name": "top",
                "crdb.cloud.cluster_info": {"apikey": "{{ planted_key }}", "cluster": "orders"},
                "ignore_errors": True,
            },
            {"name": "list", "crdb.cloud.sql_users": lists, "ignore_errors": True},
            {"name": "fleet", "crdb.cloud.fleet": deep, "ignore_errors": True},
            {
                "name": "structure",
                "crdb.cloud.cluster_info": {"api": {"key": ["{{ passwords.quotes }}"]}},
                "ignore_errors": True,
            },
        ],
        direct=direct,
        variables={"passwords": PASSWORDS, "planted_key": API_KEY},
        secrets=PASSWORDS.values(),
    )
    run["top"].fails_with("apikey")
    run["list"].fails_with("passwrd")
    assert run["fleet"].failed and "pasword" in run["fleet"].msg
    run["structure"].fails_with("api")
    assert emulator.requests() == []


@WAYS
def test_a_token_instead_of_a_key(launch: Launch, playbook_on: Callable[[Emulator], Runner], direct: bool) -> None:
    emulator = launch("--jwt", JWT)
    emulator.fault("status", "GET", "/organization$", times=2, status=500, body=f"<pre>{JWT}</pre>")
    emulator.fault("status", "GET", "/organization$", status=400, body={"code": 3, "message": f"bad token {JWT}"})
    run = playbook_on(emulator)(
        [
            {"name": "clusters", "crdb.cloud.cluster_info": {}, "register": "result"},
            DEBUG,
            {"name": "500", "crdb.cloud.organization_info": {"api_retries": 1}, "ignore_errors": True},
            {"name": "400", "crdb.cloud.organization_info": {}, "ignore_errors": True},
            {
                "name": "option",
                "crdb.cloud.region_info": {"api_jwt": "{{ planted_jwt }}", "vanity_name": "acme", "username": "jane"},
            },
        ],
        direct=direct,
        variables={"planted_jwt": JWT},
        env={"COCKROACH_API_KEY": None, "COCKROACH_API_JWT": JWT, "COCKROACH_VANITY_NAME": "acme"},
    )
    assert run["clusters"]["clusters"] == []
    assert run["option"]["regions"]
    run["500"].fails_with("Failed to read the organization", "<pre>********</pre> (HTTP 500)")
    run["400"].fails_with("bad token ******** (HTTP 400, code 3)")


def test_the_search_finds_what_it_is_for() -> None:
    """Without this a search that never finds anything would go unnoticed."""
    for password in PASSWORDS.values():
        for shown in (password, repr(password), f'"{password}"', password[:5] + "\n" + password[5:]):
            assert hits([password], {"stdout": f"failed: {shown} was refused"}), (password, shown)
    assert hits([API_KEY], {"log": f"Authorization: Bearer {API_KEY}"})
    assert not hits([*PASSWORDS.values(), API_KEY], {"stdout": "failed: ******** was refused"})


def test_what_ansible_shows_of_results_would_be_found(playbook: Runner) -> None:
    """The negative control with a real run: a password that a task prints on purpose is found."""
    with pytest.raises(AssertionError, match="<<SECRET>>"):
        playbook(
            [{"name": "leak", "ansible.builtin.debug": {"msg": "{{ password }}"}}],
            variables={"password": PASSWORDS["quotes"]},
            secrets=[PASSWORDS["quotes"]],
        )
