# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role cluster ask for, read and checked before the first request."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Mapping
from typing import Any

from ..module_utils._base.errors import OptionError
from ..module_utils._edge.module import Module
from ..module_utils._nouns.allowlist_entry import ALLOWLIST_ENTRY
from ..module_utils._nouns.cluster import CLUSTER
from ..module_utils._nouns.options import mistakes
from ._direct import MODULES
from ._options import plain
from ._survey import as_dict, as_list, checked, is_unset, needs_password
from ._users import read_users

PREFIX = "cluster_"
VARIABLES = "The variables of the cluster"
WAIT_TIMEOUT = 7200.0
# SELECT, INSERT ON shop.* TO app
GRANT = re.compile(r"(?:grant\s+)?(?P<privileges>\S.*?)\s+on\s+(?P<target>\S+)\s+to\s+(?P<user>\S+?);?", re.I)
USERNAME_VARIABLE = "CRDB_CLUSTER_API_USERNAME"
SWITCHES = ("wait", "allowlist_purge", "sql_users_purge")


def read_wish(said: Mapping[str, Any], option: str = "") -> dict[str, Any]:
    """What is wanted, from the variables of the role without their prefix; ``problem`` says why it can't be had, or is empty.

    Always the same keys, so that nothing is ever undefined. With an *option* of the module cluster no other variable is looked at: newer
    ansible-core has them templated one by one, as somebody looks.
    """
    names = [option] if option else list(said)
    said = {str(name): plain(said.get(name)) for name in names}
    wish: dict[str, Any] = {
        "problem": "",
        "name": "",
        "options": {},
        "allowlist": [],
        "networks": [],
        "users": [],
        "present": [],
        "lacking": [],
        "needs": "",
        "grants": [],
        "reduced": [],
        "protected": [],
        "wait_timeout": WAIT_TIMEOUT,
        **dict.fromkeys(SWITCHES, False),
    }
    try:
        if option:
            wish["options"] = _options(said, wish)
        else:
            _read(said, wish)
    except OptionError as error:
        return {**wish, "problem": str(error)}
    return wish


def _read(said: Mapping[str, Any], wish: dict[str, Any]) -> None:
    wish.update(_settings(said))
    wish["name"] = _name(said)
    wish["allowlist"], wish["networks"] = _allowlist(said)
    wish["options"] = _options(said, wish)
    _users(said, wish)
    _grants(said, wish)


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is no option of the cluster, and one value."""
    spec: dict[str, dict[str, Any]] = {
        f"{PREFIX}{name}": {"type": "bool", "default": name == "wait"} for name in SWITCHES
    }
    spec[f"{PREFIX}wait_timeout"] = {"type": "float", "default": WAIT_TIMEOUT}
    spec[f"{PREFIX}update_password"] = _own_options("sql_user")["update_password"]
    given = {name: said.get(name.removeprefix(PREFIX)) for name in spec}
    return {name.removeprefix(PREFIX): value for name, value in checked(VARIABLES, given, spec).items()}


def _name(said: Mapping[str, Any]) -> str:
    name = str(said.get("name") or "").strip()
    if not name and is_unset(said.get("id")):
        raise OptionError(
            "cluster_name must say which cluster is meant where the host is localhost",
            "Elsewhere it is the name of the host",
        )
    return name


def _options(said: Mapping[str, Any], wish: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the module cluster."""
    spec = {name: entry for name, entry in _own_options("cluster").items() if name not in ("name", "state")}
    values: dict[str, Any] = {}
    for name, entry in spec.items():
        value = said.get(name)
        # An empty list is the default of regions, which can't be cleared.
        if is_unset(value) or value == []:
            continue
        if entry["type"] == "list":
            value = as_list(f"{PREFIX}{name}", value)
        elif entry["type"] == "dict":
            value = as_dict(f"{PREFIX}{name}", value)
        values[name] = value
    empty_allowlist = "with_empty_ip_allowlist"
    if empty_allowlist not in values and "regions" in values and wish["allowlist"]:
        # Whoever lists networks does not mean the whole world, which the service would let in.
        values[empty_allowlist] = True
    wrong = list(mistakes(_module("cluster").options, values, at=PREFIX))
    if wrong:
        raise OptionError("; ".join(wrong))
    named = {f"{PREFIX}{name}": value for name, value in values.items()}
    found = checked(VARIABLES, named, {f"{PREFIX}{name}": entry for name, entry in spec.items()})
    options = {name.removeprefix(PREFIX): _without_nothing(value) for name, value in found.items()}
    if not options.get(empty_allowlist):
        options.pop(empty_allowlist, None)
    for one, other in CLUSTER.rules["mutually_exclusive"]:
        if one in options and other in options:
            raise OptionError(f"{PREFIX}{one} and {PREFIX}{other} exclude each other", "Set one of them")
    return options


def _allowlist(said: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The entries, and how the API writes their networks."""
    variable = f"{PREFIX}allowlist"
    spec = {name: entry for name, entry in _own_options("allowlist_entry").items() if name != "cluster"}
    entries, networks = [], {}
    for item in as_list(variable, said.get("allowlist")):
        if not isinstance(item, Mapping):
            cidr, _blank, name = str(item).partition(" ")
            item = {"cidr": cidr, "name": name.strip()}
        entry = checked(
            f"{variable}, '{item.get('cidr', '')}'", item, {**spec, "cidr": {"type": "str", "required": True}}
        )
        try:
            key = ALLOWLIST_ENTRY.key_of(entry)
        except OptionError as error:
            raise OptionError(f"{variable}: {error}") from None
        network = f"{key['cidr_ip']}/{key['cidr_mask']}"
        if network in networks:
            raise OptionError(f"{variable} has the network {network} twice")
        networks[network] = True
        entries.append(entry)
    return entries, list(networks)


def _users(said: Mapping[str, Any], wish: dict[str, Any]) -> None:
    variable, table = f"{PREFIX}sql_users", f"{PREFIX}sql_passwords"
    wish["users"] = read_users(variable, said.get("sql_users"), table, said.get("sql_passwords"))
    wish["protected"] = [str(name) for name in as_list(f"{variable}_protected", said.get("sql_users_protected"))]
    rotated: list[str] = []
    for user in wish["users"]:
        user.setdefault("update_password", wish["update_password"])
        if user["state"] == "present":
            wish["present"].append(user["name"])
            if not user.get("password"):
                (rotated if user["update_password"] == "always" else wish["lacking"]).append(user["name"])
    if rotated:
        raise OptionError(needs_password(rotated, "rotated", variable, table))
    if wish["lacking"]:
        wish["needs"] = needs_password(wish["lacking"], "created", variable, table)


def _grants(said: Mapping[str, Any], wish: dict[str, Any]) -> None:
    """The grants, and the users that they reduce: who gets something named is no admin any more."""
    variable = f"{PREFIX}grants"
    spec = _own_options("cluster_api_grant")
    admins = set()
    for number, item in enumerate(as_list(variable, said.get("grants"), r"[;\n]"), 1):
        grant = item if isinstance(item, Mapping) else _read_grant(variable, str(item))
        entry = checked(f"{variable}, entry {number}", grant, spec, _module("cluster_api_grant").rules)
        entry["user"] = entry["user"].lower()
        wish["grants"].append(entry)
        if "admin" in entry.get("roles", ()) and entry["state"] == "present":
            admins.add(entry["user"])
    users = dict.fromkeys(grant["user"] for grant in wish["grants"])
    wish["reduced"] = [user for user in users if user not in admins]
    if not users:
        return
    if is_unset(said.get("cluster_api_url")):
        raise OptionError(
            f"{variable} needs the Cluster API of the running cluster",
            "Set cluster_cluster_api_url to the address of its DB Console, or leave cluster_grants out",
        )
    login = said.get("cluster_api_username") or os.environ.get(USERNAME_VARIABLE) or ""
    if str(login).lower() in wish["reduced"]:
        raise OptionError(
            f"{variable} would take the role admin from '{login}', who gives the grants",
            "Take this user out of it, or log in as another one with cluster_cluster_api_username",
        )


def _read_grant(variable: str, text: str) -> dict[str, Any]:
    match = GRANT.fullmatch(text)
    parts = match["target"].split(".") if match else []
    if match is None or len(parts) > 3:
        raise OptionError(f"{variable}: '{text}' can't be read", "Write it as SELECT, INSERT ON shop.* TO app")
    grant: dict[str, Any] = {
        "user": match["user"],
        "privileges": [part.strip() for part in match["privileges"].split(",")],
        "database": parts[0],
    }
    if len(parts) > 1:
        grant["tables"] = [parts[-1]]
    if len(parts) > 2:
        grant["schema"] = parts[1]
    return grant


def _module(name: str) -> Module:
    found: Module = importlib.import_module(f"{MODULES}.{name}").MODULE
    return found


def _own_options(module: str) -> dict[str, dict[str, Any]]:
    """What a module takes beside its connection and its waiting."""
    names = [option.name for option in _module(module).options]
    return {name: entry for name, entry in _module(module).argument_spec().items() if name in names}


def _without_nothing(value: Any) -> Any:
    """A dictionary without the members that the argument specification filled with nothing."""
    return {name: item for name, item in value.items() if item is not None} if isinstance(value, dict) else value
