# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: loops, fleets beside other ways to do the same, growth, inventories."""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.measure import Bench, Row

PASSWORD = "a-password-of-the-benchmark"
LOOP = 100
GROWTH = (10, 100, 1000)
INVENTORY = 1000
# How many rows the emulator sends in one page.
PAGE = 100
HEADERS = {"Authorization": "Bearer {{ lookup('env', 'COCKROACH_API_KEY') }}", "Cc-Version": "2024-09-16"}
API = "{{ lookup('env', 'COCKROACH_SERVER') }}/api/v1"


def uri(path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    """A task of ansible.builtin.uri as people write it by hand, with retries for the rate limit."""
    arguments = {"url": f"{API}{path}", "method": method, "headers": HEADERS, "body_format": "json", **more}
    retried = {"until": "answer.status != 429", "retries": 20, "delay": 1}
    return {"ansible.builtin.uri": {**arguments, "status_code": [200, 429]}, "register": "answer", **retried}


def loop(bench: Bench, options: Namespace) -> Iterator[Row]:
    """A loop of 100 items that change nothing."""
    emulator = bench.emulator()
    try:
        names = [f"user{number}" for number in range(LOOP)]
        row = emulator.add_cluster("orders")
        emulator.add_users(row["id"], names)
        task = {"crdb.cloud.sql_user": {"cluster": "orders", "name": "{{ item }}", "password": PASSWORD}, "loop": names}
        at_least = 2  # one listing of clusters, one of users
        yield bench.run(f"loop of {LOOP}: sql_user", emulator, {"tasks": [task]}, bound=at_least)
        plain = {"tasks": [task], "vars": {"crdb_direct": False}}
        yield bench.run(f"loop of {LOOP}: sql_user, crdb_direct: false", emulator, plain, bound=at_least)
        by_hand = {**uri(f"/clusters/{row['id']}/sql-users"), "loop": names}
        yield bench.run(f"loop of {LOOP}: uri", emulator, {"tasks": [by_hand]}, bound=at_least)
        one = {
            "crdb.cloud.sql_users": {
                "cluster": "orders",
                "users": [{"name": name, "password": PASSWORD} for name in names],
            }
        }
        yield bench.run(f"{LOOP} users in one task: sql_users", emulator, {"tasks": [one]}, bound=at_least)
    finally:
        emulator.stop()


def wanted(clusters: int, users: int, label: str = "a", state: str = "present") -> list[dict[str, Any]]:
    """The entries of a fleet."""
    return [
        {
            "name": f"team-app-{number}",
            "provider": "GCP",
            "regions": ["us-central1"],
            "labels": {"revision": label},
            "sql_users": [{"name": f"user{user}", "password": PASSWORD, "state": state} for user in range(users)],
        }
        for number in range(clusters)
    ]


def stages(clusters: int, users: int) -> Iterator[tuple[str, list[dict[str, Any]], int, bool]]:
    """(what happens, entries, least number of requests, whether something is waited for) in the order of a fleet's life."""
    reads = math.ceil(clusters / PAGE) + clusters
    yield "create", wanted(clusters, users), reads + clusters * (1 + users), True
    yield "no change", wanted(clusters, users), reads, False
    yield "one label each", wanted(clusters, users, "b"), reads + clusters, False
    yield "users removed", wanted(clusters, users, "b", "absent"), reads + clusters * users, False


def fleet(bench: Bench, options: Namespace) -> Iterator[Row]:
    """A fleet's life: as one task, as plays per host, and with uri by hand."""
    size = f"{options.clusters} x {options.users}"
    for rate in options.rates:
        for way, make in (("fleet", _one_task), ("a host each, forks 10", _per_host), ("uri by hand", _by_hand)):
            emulator = bench.emulator(rate)
            try:
                for name, entries, bound, waits in stages(options.clusters, options.users):
                    play, hosts = make(entries)
                    if way == "uri by hand" and name != "create" and rate:
                        continue  # it takes longer than everything else together, and shows nothing new
                    yield bench.run(
                        f"{size} {name}: {way}",
                        emulator,
                        play,
                        rate=rate,
                        hosts=hosts,
                        forks=10,
                        bound=bound,
                        ticks=waits and way == "fleet",
                        variables={"entries": {entry["name"]: entry for entry in entries}},
                    )
            finally:
                emulator.stop()


def _one_task(entries: list[dict[str, Any]]) -> tuple[dict[str, Any], list[str] | None]:
    return {"tasks": [{"crdb.cloud.fleet": {"name": "bench", "clusters": "{{ entries.values() | list }}"}}]}, None


def _per_host(entries: list[dict[str, Any]]) -> tuple[dict[str, Any], list[str] | None]:
    cluster = {
        name: f"{{{{ entries[inventory_hostname].{name} }}}}" for name in ("name", "provider", "regions", "labels")
    }
    users = {"cluster": "{{ inventory_hostname }}", "users": "{{ entries[inventory_hostname].sql_users }}"}
    return {"tasks": [{"crdb.cloud.cluster": cluster}, {"crdb.cloud.sql_users": users}]}, [
        entry["name"] for entry in entries
    ]


def _by_hand(entries: list[dict[str, Any]]) -> tuple[dict[str, Any], list[str] | None]:
    """List, create what is missing, wait, then the users of each, as playbooks without this collection do it."""
    spec = {"serverless": {"regions": "{{ item.regions }}"}, "labels": "{{ item.labels }}"}
    mine = {"loop": "{{ entries.values() }}", "loop_control": {"label": "{{ item.name }}"}}
    names = "(listing.json.clusters | map(attribute='name'))"
    ids = "{{ (listing.json.clusters | items2dict(key_name='name', value_name='id'))[item.0.name] }}"
    user = f"/clusters/{ids}/sql-users"
    pairs = {
        "loop": "{{ entries.values() | subelements('sql_users') }}",
        "loop_control": {"label": "{{ item.1.name }}"},
    }
    known = "item.1.name in (users.results | selectattr('item.name', 'eq', item.0.name) | first).json.users | map(attribute='name')"
    settled = {**uri("/clusters?pagination.limit=500"), "register": "listing", "retries": 60, "delay": 2}
    settled["until"] = (
        "listing.status == 200 and listing.json.clusters | rejectattr('state', 'eq', 'CREATED') | length == 0"
    )
    labels = f"/clusters/{ids.replace('item.0.name', 'item.name')}"
    current = "(listing.json.clusters | selectattr('name', 'eq', item.name) | first).labels"
    return {
        "tasks": [
            {**uri("/clusters?pagination.limit=500"), "register": "listing", "until": "listing.status == 200"},
            {
                **uri("/clusters", "POST", body={"name": "{{ item.name }}", "provider": "GCP", "spec": spec}),
                **mine,
                "when": f"item.name not in {names}",
            },
            settled,
            {**uri(labels, "PATCH", body={"labels": "{{ item.labels }}"}), **mine, "when": f"{current} != item.labels"},
            {**uri(f"{labels}/sql-users"), **mine, "register": "users", "until": "users.status == 200"},
            {
                **uri(user, "POST", body={"name": "{{ item.1.name }}", "password": "{{ item.1.password }}"}),
                **pairs,
                "when": f"item.1.state == 'present' and not ({known})",
            },
            {
                **uri(f"{user}/{{{{ item.1.name }}}}", "DELETE"),
                **pairs,
                "when": f"item.1.state == 'absent' and {known}",
            },
        ]
    }, None


def growth(bench: Bench, options: Namespace) -> Iterator[Row]:
    """What a fleet without changes costs as it grows."""
    for clusters in GROWTH:
        emulator = bench.emulator()
        try:
            for name, entries, bound, waits in list(stages(clusters, 2))[:2]:
                variables = {"entries": {entry["name"]: entry for entry in entries}}
                play, hosts = _one_task(entries)
                yield bench.run(
                    f"{clusters} x 2 {name}: fleet",
                    emulator,
                    play,
                    hosts=hosts,
                    variables=variables,
                    bound=bound,
                    ticks=waits,
                )
        finally:
            emulator.stop()


def kinds(bench: Bench, options: Namespace) -> Iterator[Row]:
    """Clusters with 15 objects of six kinds each."""
    below = {
        "databases": [{"name": f"db{number}"} for number in range(3)],
        "sql_users": [{"name": f"user{number}", "password": PASSWORD} for number in range(4)],
        "allowlist": [{"cidr": f"203.0.113.{number}/32"} for number in range(5)],
        "backup_configuration": {"frequency_minutes": 30},
        "maintenance_window": {"day": "sunday", "start": "01:00", "duration": "6h"},
        "log_export": {"log_name": "crdb", "auth_principal": "project"},
    }
    machine = {"num_virtual_cpus": 4, "storage_gib": 150}
    place = {"provider": "GCP", "region_nodes": {"us-east1": 3}, "hardware": machine}
    entries = [{"name": f"team-app-{number}", **place, **below} for number in range(options.clusters)]
    reads = math.ceil(options.clusters / PAGE) + len(below) * options.clusters
    emulator = bench.emulator()
    try:
        # Beside the objects: whether the new allowlist is in force, and whether logs flow.
        made = options.clusters * (1 + 15 + 2)
        for name, bound in (("create", reads + made), ("no change", reads)):
            play, hosts = _one_task(entries)
            variables = {"entries": {entry["name"]: entry for entry in entries}}
            waits = name == "create"
            yield bench.run(
                f"{options.clusters} x 15 of 6 kinds, {name}: fleet",
                emulator,
                play,
                hosts=hosts,
                variables=variables,
                bound=bound,
                ticks=waits,
            )
    finally:
        emulator.stop()


def inventory(bench: Bench, options: Namespace) -> Iterator[Row]:
    """An inventory of 1,000 clusters, read and then from its cache."""
    emulator = bench.emulator(0.0, "--seed-clusters", str(INVENTORY))
    try:
        home = Path(bench.directory)
        source = home / "bench.crdb.yml"
        lines = (
            "plugin: crdb.cloud.clusters",
            "cache: true",
            "cache_plugin: ansible.builtin.jsonfile",
            f"cache_connection: {home / 'cache'}",
        )
        source.write_text("\n".join([*lines, "keyed_groups: [{key: crdb_plan}]"]) + "\n")
        command = ["ansible-inventory", "-i", str(source), "--list", "--export"]
        yield bench.run(f"inventory of {INVENTORY}", emulator, command=command, bound=math.ceil(INVENTORY / PAGE))
        yield bench.run(f"inventory of {INVENTORY}, from its cache", emulator, command=command)
    finally:
        emulator.stop()


SCENARIOS: dict[str, Callable[[Bench, Namespace], Iterator[Row]]] = {
    "loop": loop,
    "fleet": fleet,
    "growth": growth,
    "kinds": kinds,
    "inventory": inventory,
}
