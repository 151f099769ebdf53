# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the role cluster: every way to write them, and what comes of them. And the result, from every kind of cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja_names
import pytest

from ansible_collections.crdb.cloud.plugins.filter.cluster_result import FilterModule as ResultFilter
from ansible_collections.crdb.cloud.plugins.filter.cluster_wish import FilterModule as WishFilter
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.modules.cluster import MODULE
from ansible_collections.crdb.cloud.plugins.plugin_utils._survey import as_dict, as_list, password_variable

ROLE = Path(__file__).resolve().parents[3] / "roles" / "cluster"
read_wish = WishFilter().filters()["cluster_wish"]
result_of = ResultFilter().filters()["cluster_result"]


@pytest.fixture(autouse=True)
def _no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CRDB_APP_PASSWORD", "CRDB_CLUSTER_API_USERNAME"):
        monkeypatch.delenv(name, raising=False)


def wish(**said: Any) -> dict[str, Any]:
    found: dict[str, Any] = read_wish({"name": "orders", **said})
    return found


class Looked(dict[str, Any]):
    """A dictionary that knows who has been looked at, as ansible-core templates what somebody looks at."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.at: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.at.append(key)
        return super().get(key, default)


def test_one_option_is_read_without_the_rest() -> None:
    said = Looked(
        name="orders", regions="us-east1, us-west1", labels="env=prod", spend_limit="0", plan="", wait="perhaps"
    )
    for option, value in {"regions": ["us-east1", "us-west1"], "labels": {"env": "prod"}, "spend_limit": 0}.items():
        said.at.clear()
        assert read_wish(said, option)["options"] == {option: value}
        assert said.at == [option]
    assert read_wish(said, "plan")["options"] == {}
    assert "spend_limit" in read_wish({"spend_limit": "much"}, "spend_limit")["problem"]


def test_the_role_hands_on_every_option_of_the_module() -> None:
    """A new option of the module cluster needs a variable, which is read and given to the module."""
    options = {option.name for option in MODULE.options} - {"state"}
    said = set(jinja_names.load(ROLE / "vars" / "main.yml")["cluster__said"])
    (task,) = (task for task in jinja_names.load(ROLE / "tasks" / "main.yml") if "crdb.cloud.cluster" in task)
    assert options <= said
    assert set(task["crdb.cloud.cluster"]) == options | {"wait", "wait_timeout"}
    variables = {f"cluster_{name}" for name in said}
    assert variables <= set(jinja_names.load(ROLE / "defaults" / "main.yml"))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, []),
        ("", []),
        (" \n ", []),
        ([], []),
        ("one", ["one"]),
        ("one, two", ["one", "two"]),
        ("one\r\ntwo\n\n three,", ["one", "two", "three"]),
        ('["one", {"two": 2}]', ["one", {"two": 2}]),
        ('{"one": 1}', [{"one": 1}]),
        (["one", "", None, "two"], ["one", "two"]),
        ({"one": 1}, [{"one": 1}]),
        (7, [7]),
    ],
)
def test_lists(value: Any, found: list[Any]) -> None:
    assert as_list("it", value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, {}),
        ("", {}),
        ("{}", {}),
        ("a=1", {"a": "1"}),
        ("a=1, b = two words\nc==", {"a": "1", "b": "two words", "c": "="}),
        ('{"a": 1}', {"a": 1}),
        ({"a": 1}, {"a": 1}),
    ],
)
def test_dictionaries(value: Any, found: dict[str, Any]) -> None:
    assert as_dict("it", value) == found


@pytest.mark.parametrize("value", ["a", "=1", "a=1,b", "[1]", ["a"], 7, '{"a": '])
def test_no_dictionary(value: Any) -> None:
    with pytest.raises(OptionError, match=r"^it (must be a dictionary|looks like JSON)"):
        as_dict("it", value)


def test_broken_json_is_not_shown() -> None:
    with pytest.raises(OptionError) as caught:
        as_list("it", '[{"password": "planted"')
    assert "planted" not in str(caught.value)


def test_nothing_said_is_nothing_wanted() -> None:
    defaults = jinja_names.load(ROLE / "defaults" / "main.yml")
    found = wish(**{name.removeprefix("cluster_"): value for name, value in defaults.items() if name != "cluster_name"})
    assert found["problem"] == "" and found["options"] == {} and found["users"] == found["grants"] == []
    assert found["wait"] and not found["sql_users_purge"] and not found["allowlist_purge"]


def test_options_have_the_types_of_the_module() -> None:
    found = wish(
        regions="b, a",
        usage_limits="storage_mib_limit=1024",
        hardware={"num_virtual_cpus": "4"},
        labels="{}",
        spend_limit="",
        with_empty_ip_allowlist="no",
    )
    assert found["options"] == {
        "regions": ["b", "a"],
        "usage_limits": {"storage_mib_limit": 1024},
        "hardware": {"num_virtual_cpus": 4},
        "labels": {},
    }


@pytest.mark.parametrize(
    ("said", "closed"),
    [
        ({"regions": "a", "allowlist": "10.0.0.0/8"}, True),
        ({"regions": "a", "allowlist": "10.0.0.0/8", "with_empty_ip_allowlist": "false"}, None),
        ({"regions": "a"}, None),
        ({"allowlist": "10.0.0.0/8"}, None),
        ({"with_empty_ip_allowlist": "true"}, True),
    ],
)
def test_a_cluster_with_an_allowlist_starts_closed(said: dict[str, Any], closed: bool | None) -> None:
    assert wish(**said)["options"].get("with_empty_ip_allowlist") is closed


def test_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [{"name": "App", "password": "own"}, {"name": "b"}, {"name": "c", "state": "absent"}, "d"]
    found = wish(sql_users=users, sql_passwords='{"app": "table", "B": "table"}')
    assert [user.get("password") for user in found["users"]] == ["own", "table", None, None]
    assert found["present"] == ["app", "b", "d"] and found["lacking"] == ["d"]
    assert all(text in found["needs"] for text in ("'d'", "password", "cluster_sql_passwords", "CRDB_D_PASSWORD"))
    monkeypatch.setenv("CRDB_APP_PASSWORD", "environment")
    assert wish(sql_users="app")["users"][0]["password"] == "environment"
    assert wish(sql_users="app", sql_passwords={"app": ""})["users"][0]["password"] == "environment"
    assert password_variable("app-ro.x") == "CRDB_APP_RO_X_PASSWORD"


def test_secrets_are_not_quoted() -> None:
    bad = {"name": "app", "password": "planted-secret", "state": "planted-secret"}
    problem = wish(sql_users=[bad])["problem"]
    assert problem and "planted-secret" not in problem


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        ("CONNECT ON shop TO app", {"privileges": ["CONNECT"], "database": "shop"}),
        (
            "grant select, insert on shop.* to App;",
            {"privileges": ["select", "insert"], "database": "shop", "tables": ["*"]},
        ),
        ("ALL ON shop.orders TO app", {"privileges": ["ALL"], "database": "shop", "tables": ["orders"]}),
        (
            "ALL ON shop.s.orders TO app",
            {"privileges": ["ALL"], "database": "shop", "schema": "s", "tables": ["orders"]},
        ),
    ],
)
def test_grants(text: str, grant: dict[str, Any]) -> None:
    found = wish(grants=text, cluster_api_url="http://127.0.0.1:1")
    assert found["problem"] == ""
    assert found["grants"] == [{"user": "app", "exclusive": False, "state": "present", **grant}]
    assert found["reduced"] == ["app"]


def test_who_is_granted_admin_keeps_it() -> None:
    grants = [{"user": "app", "roles": ["admin"]}, {"user": "b", "roles": ["readers"]}]
    assert wish(grants=grants, cluster_api_url="http://127.0.0.1:1")["reduced"] == ["b"]


def test_the_result_of_nothing_has_all_keys() -> None:
    full = result_of(
        {"id": "1", "regions": [{"name": "a", "sql_dns": "host"}], "config": {}}, users=["app"], user="app"
    )
    assert set(result_of(None)) == set(full)
    assert full["connection_string"] == "postgresql://app@host:26257/defaultdb?sslmode=verify-full"
    assert result_of({"plan": "ADVANCED", "name": "x", "sql_dns": "host"})["connection_string"].endswith("x-ca.crt")
    assert result_of({"sql_dns": "no host"})["connection_string"] == ""


def test_the_result_is_no_template() -> None:
    hostile = {"sql_dns": "{{ a }}", "name": "#jinja2:x", "labels": {"{% a %}": ["{# a #}", " #jinja2: {{ x"]}}
    text = repr(result_of(hostile, users=["{{ a }}"]))
    assert text.count("{") == 3 and "#jinja2" not in text, "only its own dictionaries"


def test_what_people_misread_is_said_with_the_name_of_the_variable() -> None:
    found = wish(spend_limit=10.5, cockroach_version=25.1, plan="serverless", hardware={"storage": 5})
    assert found["problem"].split("; ") == [
        "cluster_plan can't be 'serverless', write BASIC",
        "cluster_spend_limit must be whole US cents, got 10.5: write 1050 for 10.50 dollars",
        "cluster_hardware: unknown option storage, there are disk_iops, machine_type, num_virtual_cpus, storage_gib",
        "cluster_cockroach_version must be quoted, as in 'v25.2': 25.1 is a number to YAML, to which 25.1 and 25.10 are the same",
    ]
