# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From clusters of the API to hosts: which ones, under which names, with which variables. No Ansible objects but strings."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var

try:
    from ansible.template import trust_as_template
except ImportError:
    # Before ansible-core 2.19 every string is a template unless it is wrapped.
    trust_as_template = None

from ..module_utils._base.errors import ApiError, CrdbError, OptionError, explained
from ..module_utils._base.untrusted import EXECUTES_TEXT, MARKERS_AND_CALLS, inert
from ..module_utils._cloud_api.client import USUAL, CloudApi, first_version_with
from ..module_utils._edge.reads import NODE
from ..module_utils._nouns import cluster_rules as rules
from ..module_utils._nouns import cluster_state as state
from ..module_utils._nouns.cluster import CLUSTER
from ..module_utils._nouns.cluster_versions import OFFER
from ..module_utils._nouns.declared import READERS, UUID
from ..module_utils._nouns.folder import FOLDER, ROOT, checked_path, path_of
from ._options import plain, structured

GROUP = "crdb_clusters"
NODES_GROUP = "crdb_nodes"
FOLDER_GROUP = "folder"
INACTIVE = frozenset({state.DELETED, state.CREATION_FAILED})
NEW_PLANS = ("BASIC", "STANDARD", "ADVANCED")
OLD_PLANS = ("SERVERLESS", "DEDICATED", "CUSTOM")
HOST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
# Text without any of the characters that something is begun with; nearly all of it, and quicker to see than what is begun.
LETTERS = re.compile(r"[^{\\#%(]*")
PREFIX = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*)?")


def trusted(value: Any) -> Any:
    """*value* as something that a person wrote, so its strings may be templates and expressions."""
    if trust_as_template is None:
        return value
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, Mapping):
        return {key: trusted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return value


def clean(value: Any) -> Any:
    """*value* as the API has it, as data: nothing in it is ever executed, and nearly all of it stays plain.

    Text that could do something is marked unsafe. Before ansible-core 2.19, whose marks are lost on the way through hostvars, it is
    made inert, too.
    """
    return _clean(value, _inert_text if EXECUTES_TEXT else _marked_text)


def clean_variables(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """clean() for each of *values*, under names of our own that get *prefix*."""
    named = zip(_with_prefix(prefix, tuple(values)), values.values(), strict=True)
    if EXECUTES_TEXT:
        harmless = LETTERS.fullmatch
        return {
            name: value if value is None or (value.__class__ is str and harmless(value)) else _clean(value, _inert_text)
            for name, value in named
        }
    return {
        name: value if value is None else _marked_text(value) if value.__class__ is str else _clean(value, _marked_text)
        for name, value in named
    }


# Every host has the same variables, but for those of nodes.
@lru_cache(maxsize=8)
def _with_prefix(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}{name}" for name in names)


def marked(value: Any) -> Any:
    """*value* as a person's expression has made it of data: what could do something is marked unsafe, and stays as it is."""
    return _clean(value, _marked_text)


def _clean(value: Any, text: Callable[[str], Any]) -> Any:
    # Most values are exactly what JSON gives; what templates give derives from that, and is plain data in the end.
    kind = value.__class__
    if kind is str:
        return text(value)
    if value is None or kind is bool or kind is int:
        return value
    if isinstance(value, str):
        return text("".join(value))
    if kind is dict or isinstance(value, Mapping):
        return {_key(key): _clean(item, text) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item, text) for item in value]
    return value


# Plans, states, regions and the like are the same for thousands of clusters.
@lru_cache(maxsize=4096)
def _marked_text(text: str) -> Any:
    if MARKERS_AND_CALLS.search(text):
        return wrap_var(text)
    # Untrusted text would be exported as a dictionary by ansible-core 2.19 and newer.
    return trust_as_template(text) if trust_as_template else text


def _inert_text(text: str) -> Any:
    return text if LETTERS.fullmatch(text) or not MARKERS_AND_CALLS.search(text) else wrap_var(inert(text))


def _key(key: Any) -> Any:
    if not isinstance(key, str):
        return key
    text = key if key.__class__ is str else "".join(key)
    return _inert_key(text) if EXECUTES_TEXT else text


@lru_cache(maxsize=4096)
def _inert_key(text: str) -> str:
    return inert(text)


@dataclass(frozen=True)
class Filters:
    """What a cluster must be to become a host; what is empty lets everything through."""

    state: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
    name_pattern: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, get_option: Callable[[str], Any]) -> Filters:
        lists = {name: tuple(_texts(get_option(name))) for name in ("state", "plan", "provider", "folder")}
        lists["folder"] = tuple(checked_path(text) if text.startswith("/") else text for text in lists["folder"])
        return cls(
            **lists, name_pattern=tuple(_texts(get_option("name_pattern"))), labels=_labels(get_option("labels"))
        )

    def check(self, version: str) -> None:
        """Refuse what *version* of the API does not have: such a filter would silently find nothing."""
        for option, since in (("labels", USUAL), ("folder", "2023-04-10")):
            if getattr(self, option) and version < since:
                raise OptionError(
                    f"Clusters have no {option} in api_version {version}", f"{first_version_with(since)} has it"
                )
        plans = NEW_PLANS if version >= USUAL else OLD_PLANS
        for plan in self.plan:
            if plan not in plans:
                raise OptionError(
                    f"The plan {plan} does not exist in api_version {version}", f"Its plans are {', '.join(plans)}"
                )

    def query(self) -> dict[str, str]:
        """What has to be asked of the API; it has no other filters."""
        return {"show_inactive": "true"} if INACTIVE & set(self.state) else {}

    @property
    def folder_paths(self) -> tuple[str, ...]:
        """The folders that are given by path: which ids these are has to be read."""
        return tuple(folder for folder in self.folder if folder.startswith("/"))

    def match(self, row: Mapping[str, Any], folders: Mapping[str, str] | None = None) -> bool:
        """Whether the cluster *row* becomes a host; *folders* are the paths of folders by id, where they were read."""
        if not self.state and state.is_gone(row):
            return False
        for allowed, value in (
            (self.state, row.get("state")),
            (self.plan, row.get("plan")),
            (self.provider, row.get("cloud_provider")),
        ):
            if allowed and value not in allowed:
                return False
        parent = row.get("parent_id") or ROOT
        if self.folder and not {parent, (folders or {}).get(parent)} & {*self.folder}:
            return False
        name = str(row.get("name"))
        if self.name_pattern and not any(fnmatchcase(name, pattern) for pattern in self.name_pattern):
            return False
        labels = row.get("labels") or {}
        return all(key in labels and labels[key] in values for key, values in self.labels.items())


def _texts(value: Any) -> list[str]:
    return [text for text in (str(item).strip() for item in plain(value) or []) if text]


def _labels(value: Any) -> dict[str, tuple[str, ...]]:
    value = plain(value)
    if isinstance(value, str) and value.strip() and not value.lstrip().startswith("{"):
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if not all(sign and key.strip() for key, sign, _text in pairs):
            raise OptionError("labels must be a dictionary, JSON of one, or text such as env=prod,team=payments")
        value = {key.strip(): text.strip() for key, _sign, text in pairs}
    found = structured("labels", value, dict, lambda parsed: parsed)
    return {
        str(key): tuple(rules.label_value(item) for item in (wanted if isinstance(wanted, list) else [wanted]))
        for key, wanted in found.items()
    }


def check_prefix(prefix: str) -> str:
    if not PREFIX.fullmatch(prefix):
        raise OptionError(
            f"hostvars_prefix must be the start of a variable name (letters, digits and _), got '{prefix}'"
        )
    return prefix


def cache_mark(settings: Mapping[str, Any], filters: Filters) -> str:
    """What tells two answers of the API apart, as a hash: neither the key nor anything that leads to it is in there."""
    names = ("api_url", "api_version", "api_key", "api_jwt", "vanity_name", "username", "expected_organization")
    asked = [[settings.get(name) for name in names], filters.query()]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]


def read_clusters(api: CloudApi, filters: Filters) -> list[dict[str, Any]]:
    """All clusters over all pages, as the API returns them."""
    try:
        rows = api.rows(CLUSTER.collection({}), CLUSTER.rows, filters.query(), shape=CLUSTER.shape)
    except CrdbError as error:
        raise explained(error, "list the clusters", READERS) from None
    if not all(UUID.fullmatch(str(row.get("id"))) for row in rows):
        raise CrdbError("The answer of the API holds a cluster without a proper id").during("list the clusters")
    return rows


def read_nodes(api: CloudApi, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nodes of a cluster; none while it is being created."""
    try:
        return api.rows(f"{CLUSTER.item({}, row)}/nodes", "nodes", shape=NODE)
    except CrdbError as error:
        if isinstance(error, ApiError) and error.status == 404:
            return []
        raise explained(error, f"list the nodes of cluster '{row.get('name')}'", READERS) from None


def read_folders(api: CloudApi) -> dict[str, str]:
    """The path of each folder that the key may see, by id; OptionError where the version of the API has none."""
    if api.version < FOLDER.since:
        raise OptionError(
            f"There are no folders in api_version {api.version}", f"{first_version_with(FOLDER.since)} has them"
        )
    try:
        rows = api.rows(FOLDER.collection({}), FOLDER.rows, shape=FOLDER.shape)
    except CrdbError as error:
        raise explained(error, "list the folders", FOLDER.readers) from None
    return {row["resource_id"]: path_of(row) for row in rows}


def check_support_is_told(version: str) -> None:
    if version < USUAL:
        raise OptionError(
            f"The ends of support are not told in api_version {version}", f"{first_version_with(USUAL)} tells them"
        )


def read_versions(api: CloudApi) -> dict[str, str | None]:
    """The end of support of each version that the service lists, such as v25.2."""
    try:
        rows = api.rows("/cluster-versions", "versions", shape=OFFER)
    except CrdbError as error:
        raise explained(error, "list the cluster versions", READERS) from None
    return {state.major(row["version"]): row.get("support_end") for row in rows}


def folder_of(row: Mapping[str, Any], folders: Mapping[str, str]) -> str | None:
    """The path of the folder that the cluster *row* is in, ``root`` for none; None where the key may not see the folder."""
    parent = row.get("parent_id") or ROOT
    return ROOT if parent == ROOT else folders.get(parent)


def folder_groups(paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """For each of *paths* and what lies above it the name of its group, and that of the group around it ("" for none), outer ones first.

    Names are of letters, digits and _ alone, whatever the folders are called. Where two would be the same, each gets a part of a hash.
    """
    steps = [path.split("/") for path in paths]
    whole = sorted({"/".join(names[:count]) for names in steps for count in range(2, len(names) + 1)})
    names = {path: FOLDER_GROUP + re.sub(r"[^A-Za-z0-9_]", "_", path) for path in whole}
    counts = Counter(names.values())
    for path, name in names.items():
        if counts[name] > 1:
            names[path] = f"{name}_{hashlib.sha256(path.encode()).hexdigest()[:8]}"
    return {path: (name, names.get(path.rpartition("/")[0], "")) for path, name in names.items()}


def has_nodes(row: Mapping[str, Any]) -> bool:
    return state.is_advanced(row) and row.get("state") not in INACTIVE


def host_names(rows: list[dict[str, Any]], warn: Callable[[str], None]) -> dict[str, str]:
    """The name of the host of each cluster, by id. Clusters of one name get a part of their id, and a warning."""
    names = {}
    for row in rows:
        name = str(row.get("name") or "")
        # A server that is not what it should be must not name hosts with templates or paths.
        names[row["id"]] = name if HOST_NAME.fullmatch(name) else row["id"]
        if names[row["id"]] != name:
            warn(f"The name of the cluster {row['id']} can't be that of a host, so its id is taken instead")
    for name, count in sorted(Counter(names.values()).items()):
        if count == 1:
            continue
        ids = [cluster_id for cluster_id, known in names.items() if known == name]
        taken = set(names.values())
        short = {cluster_id: f"{name}-{cluster_id[:8]}" for cluster_id in ids}
        if len(set(short.values())) < count or taken & set(short.values()):
            short = {cluster_id: f"{name}-{cluster_id}" for cluster_id in ids}
        names.update(short)
        hosts = ", ".join(sorted(short.values()))
        warn(f"There are {count} clusters named '{name}', so their ids are added to the names of their hosts: {hosts}")
    return names


def cluster_vars(row: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a host, without the prefix: always the same names, null where an API version has no such field."""
    config = row.get("config") or {}
    serverless, dedicated = config.get("serverless") or {}, state.machines(row)
    regions = [region for region in row.get("regions") or [] if isinstance(region, Mapping)]
    names = state.region_names(row)
    primary = [region.get("name") for region in regions if region.get("primary")] or (names if len(names) == 1 else [])
    counts = {str(region.get("name")): region.get("node_count") or 0 for region in regions}
    return {
        "id": row.get("id"),
        "name": row.get("name"),
        "plan": row.get("plan"),
        "edition": row.get("edition"),
        "provider": row.get("cloud_provider"),
        "state": row.get("state"),
        "operation_status": row.get("operation_status"),
        "upgrade_status": row.get("upgrade_status"),
        "upgrade_type": serverless.get("upgrade_type"),
        "version": row.get("cockroach_version"),
        "regions": names,
        "primary_region": primary[0] if primary else None,
        "region_nodes": counts,
        "node_count": sum(counts.values()),
        "sql_dns": row.get("sql_dns") or next((region.get("sql_dns") for region in regions), None),
        "labels": row.get("labels") or {},
        "parent_id": row.get("parent_id"),
        "delete_protection": row.get("delete_protection"),
        "spend_limit": serverless.get("spend_limit"),
        "usage_limits": state.limits(row),
        "routing_id": serverless.get("routing_id"),
        "machine_type": dedicated.get("machine_type"),
        "num_virtual_cpus": dedicated.get("num_virtual_cpus"),
        "storage_gib": dedicated.get("storage_gib"),
        "disk_iops": dedicated.get("disk_iops"),
        "network_visibility": row.get("network_visibility"),
        "cidr_range": row.get("cidr_range"),
        "account_id": row.get("account_id"),
        "creator_id": row.get("creator_id"),
        "created_at": row.get("created_at"),
        "updated_at": row.get("updated_at"),
        "deleted_at": row.get("deleted_at"),
    }


def node_vars(node: Mapping[str, Any], cluster_host: str) -> dict[str, Any]:
    """What a host of a node has beside the variables of its cluster, without the prefix."""
    return {
        "cluster_host": cluster_host,
        "node_name": node.get("name"),
        "node_region": node.get("region_name"),
        "node_status": node.get("status"),
    }


def node_host(node: Mapping[str, Any], cluster_host: str) -> str:
    name = str(node.get("name"))
    if not HOST_NAME.fullmatch(name):
        raise CrdbError(f"The answer of the API holds a node of {cluster_host} whose name can't be that of a host")
    return f"{cluster_host}.{name}"
