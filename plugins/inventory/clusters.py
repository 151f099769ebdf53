# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: clusters
short_description: The clusters of an organization as hosts
version_added: 1.0.0
description:
  - Makes one host of every cluster that the API key may see and the filters let through, in the group C(crdb_clusters).
  - The file must end in C(.crdb.yml) or C(.crdb.yaml).
  - The host is named as the cluster. Where several clusters have one name, the first part of the id is added to each, with a warning.
  - Reads one listing, page by page, whatever the filters. With O(nodes=true) one more request is sent for each Advanced cluster,
    with O(folders=true) one for all folders.
  - The variables of a host are, each after O(hostvars_prefix), C(id), C(name), C(plan), C(edition), C(provider), C(state), C(operation_status),
    C(upgrade_status), C(upgrade_type), C(version), C(regions) (names), C(primary_region), C(region_nodes) (nodes by region),
    C(node_count), C(sql_dns), C(labels) (one dictionary), C(parent_id), C(delete_protection), C(spend_limit) (cents),
    C(usage_limits), C(routing_id), C(machine_type), C(num_virtual_cpus), C(storage_gib), C(disk_iops), C(network_visibility),
    C(cidr_range), C(account_id), C(creator_id), C(created_at), C(updated_at) and C(deleted_at).
    A host has all of them; what O(api_version) or the plan does not know is V(null). With O(folders=true) there is C(folder), too.
options:
  plugin:
    description: Marks the file as one for this plugin.
    type: str
    required: true
    choices: [crdb.cloud.clusters]
  state:
    description:
      - Only clusters in one of these states. By default all but those that are deleted or failed to be created.
      - The API is asked for deleted and failed clusters only where V(DELETED) or V(CREATION_FAILED) is in the list.
    type: list
    elements: str
    choices: [CREATING, CREATED, CREATION_FAILED, DELETED, LOCKED]
    env:
      - name: CRDB_INVENTORY_STATE
  plan:
    description:
      - Only clusters of one of these plans.
      - V(SERVERLESS), V(DEDICATED) and V(CUSTOM) are the plans of O(api_version) before V(2024-09-16), the others those since.
    type: list
    elements: str
    choices: [BASIC, STANDARD, ADVANCED, SERVERLESS, DEDICATED, CUSTOM]
    env:
      - name: CRDB_INVENTORY_PLAN
  provider:
    description: Only clusters at one of these cloud providers.
    type: list
    elements: str
    choices: [GCP, AWS, AZURE]
    env:
      - name: CRDB_INVENTORY_PROVIDER
  folder:
    description:
      - Only clusters directly in one of these folders, given by id or by path such as V(/platform/prod). V(root) stands for clusters in
        no folder.
      - A path costs one more request, for all folders. Where no folder has it there is a warning.
    type: list
    elements: str
    env:
      - name: CRDB_INVENTORY_FOLDER
  folders:
    description:
      - Whether the hosts get the variable C(folder), too, the path of the folder that the cluster is in, such as V(/platform/prod), and
        V(root) where it is in none. It is V(null) where the key may not see the folder.
      - Costs one more request, for all folders. The variable is there as well where O(folder_groups) or O(folder) need that request.
    type: bool
    default: false
    env:
      - name: CRDB_INVENTORY_FOLDERS
  folder_groups:
    description:
      - Whether to make a group of each folder that has hosts in it, with those of the folders in it as children. C(/platform/prod) is the
        group C(folder_platform_prod) in the group C(folder_platform).
      - What a group can't be called becomes C(_). Where that makes one name of two, each gets a part of a hash of its path.
      - Costs one more request, for all folders.
    type: bool
    default: false
    env:
      - name: CRDB_INVENTORY_FOLDER_GROUPS
  version_support:
    description:
      - Whether the hosts get the variable C(version_support_end), too, the time at which the support of their CockroachDB version ends. It is
        V(null) where the service does not list the version.
      - Costs one more request, for all versions. Needs O(api_version=2024-09-16) or newer.
    type: bool
    default: false
    env:
      - name: CRDB_INVENTORY_VERSION_SUPPORT
  labels:
    description:
      - Only clusters that have all of these labels. A value can be a list, of which the label must be one.
      - A dictionary, or as text V(env=prod,team=payments) or JSON.
    type: raw
    env:
      - name: CRDB_INVENTORY_LABELS
  name_pattern:
    description: Only clusters whose name matches one of these patterns, in which V(*), V(?) and V([...]) stand for what they do in a shell.
    type: list
    elements: str
    env:
      - name: CRDB_INVENTORY_NAME_PATTERN
  nodes:
    description:
      - Whether to make a host of every node of Advanced clusters, too, in the group C(crdb_nodes).
      - Such a host is named C(cluster.node). It has the variables of its cluster and C(cluster_host), C(node_name), C(node_region) and
        C(node_status). It is not in the group C(crdb_clusters).
      - Costs one request for each Advanced cluster that the filters let through.
    type: bool
    default: false
    env:
      - name: CRDB_INVENTORY_NODES
  local:
    description:
      - Whether the hosts get C(ansible_connection=local) and the Python of C(ansible-playbook) as C(ansible_python_interpreter).
      - There is nothing to log in to on a cluster; tasks for it speak to the API from where Ansible runs.
    type: bool
    default: true
    env:
      - name: CRDB_INVENTORY_LOCAL
  hostvars_prefix:
    description: What the names of all variables begin with. The names of the groups do not depend on it.
    type: str
    default: crdb_
    env:
      - name: CRDB_INVENTORY_HOSTVARS_PREFIX
  strict:
    description: Whether an expression in O(compose), O(groups) or O(keyed_groups) that fails is an error. Otherwise it is skipped.
    type: bool
    default: false
    env:
      - name: CRDB_INVENTORY_STRICT
  compose:
    description:
      - Variables to make of Jinja2 expressions, a dictionary. In an environment variable it is JSON.
      - A result with a brace in it is data and never a template, since it may come from a label.
    type: raw
    default: {}
    env:
      - name: CRDB_INVENTORY_COMPOSE
  groups:
    description: Groups to add hosts to, each with a Jinja2 condition, a dictionary. In an environment variable it is JSON.
    type: raw
    default: {}
    env:
      - name: CRDB_INVENTORY_GROUPS
  keyed_groups:
    description:
      - Groups to make of the values of variables, a list of dictionaries with C(key) and, if need be, C(prefix), C(separator),
        C(parent_group), C(default_value) and C(trailing_separator), as in P(ansible.builtin.constructed#inventory).
      - In an environment variable it is JSON.
    type: raw
    default: []
    env:
      - name: CRDB_INVENTORY_KEYED_GROUPS
  leading_separator:
    description: Whether a group of O(keyed_groups) without a prefix gets the separator before its name.
    type: bool
    default: true
    env:
      - name: CRDB_INVENTORY_LEADING_SEPARATOR
  use_extra_vars:
    description: Whether O(compose), O(groups) and O(keyed_groups) see the extra variables of the command line, too.
    type: bool
    default: false
    ini:
      - section: inventory_plugins
        key: use_extra_vars
    env:
      - name: ANSIBLE_INVENTORY_USE_EXTRA_VARS
notes:
  - O(api_key), O(api_jwt), O(vanity_name), O(username) and O(api_url) may be templates, and vaulted values.
  - Names, labels and all else that comes from the API is never executed as a template. Text with a brace, a parenthesis or a backslash in it
    is exported by C(ansible-inventory) as C(__ansible_unsafe), all other text as it is.
  - On ansible-core before 2.19 these characters are percent codes in the variables, such as C(%7B) for a brace.
  - The cache holds what the API answered, and no key. It is kept apart by address, key, O(api_version) and what was asked of the API,
    so filters and groups can be changed without a new request. C(meta=refresh_inventory) and C(--flush-cache) read anew.
  - An option that does not exist is an error.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - ansible.builtin.inventory_cache
  - crdb.cloud.cloud_plugin
"""

EXAMPLES = r"""
---
# production.crdb.yml: the key comes from the environment variable COCKROACH_API_KEY
plugin: crdb.cloud.clusters
labels:
  env: prod
keyed_groups:
  - key: crdb_plan | lower
    prefix: plan
  - key: crdb_regions
    prefix: region
  - key: crdb_labels
    prefix: label
groups:
  unprotected: crdb_delete_protection != "ENABLED"

# Another file: a vaulted key, some plans and names, and a cache of ten minutes
#
# plugin: crdb.cloud.clusters
# api_key: "{{ lookup('ansible.builtin.unvault', '/etc/crdb/key.vault') | trim }}"
# state: [CREATED]
# plan: [STANDARD, ADVANCED]
# name_pattern: ["orders-*", "ledger-*"]
# strict: true
# compose:
#   connection_host: crdb_sql_dns ~ ":26257"
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: ~/.cache/crdb-inventory
# cache_timeout: 600

# Another file: hosts for the nodes of Advanced clusters, too
#
# plugin: crdb.cloud.clusters
# plan: [ADVANCED]
# nodes: true
# keyed_groups:
#   - key: crdb_node_region | default("")
#     prefix: nodes
"""

from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.release import __version__ as ansible_version

from ..module_utils._base.errors import CrdbError, OptionError, printable
from ..module_utils._cloud_api.client import CloudApi
from ..module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ..module_utils._nouns import cluster_state as state
from ..plugin_utils import _inventory as inventory_data
from ..plugin_utils._inventory import Filters, clean_variables, marked, trusted
from ..plugin_utils._options import connection, one_line, plain, structured, without_empty_variables

SUFFIXES = (".crdb.yml", ".crdb.yaml")
# What is read where it is asked for: the paths of folders, and the ends of support by version.
NOTHING_MORE: dict[str, Any] = {"folders": None, "versions": None}
INTERPRETER = "{{ ansible_playbook_python }}"


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    NAME = "crdb.cloud.clusters"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(SUFFIXES)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._secrets: list[Any] = []
        try:
            if REQUESTS_IMPORT_ERROR:
                raise CrdbError(missing_required_lib("requests"))
            self._read_options(path)
            self._populate(self._data(path, cache))
        except CrdbError as error:
            problem = str(error)
        except AnsibleError as error:
            # Only its own sentence: what newer ansible-core adds shows lines of the file, which may hold a key.
            problem = getattr(error, "message", None) or str(error)
        except Exception as error:  # pylint: disable=broad-exception-caught
            problem = f"Bug in crdb.cloud: {type(error).__name__}: {error}. Please report it"
        else:
            return
        # Outside of the block, so that no traceback of what lies below is shown with it.
        raise AnsibleParserError(one_line(problem, self._secrets))

    def _read_options(self, path: str) -> None:
        with without_empty_variables():
            config = self._read_config_data(path)
        self._secrets = [plain(config.get(name)) for name in ("api_key", "api_jwt")]
        unknown = sorted(str(name) for name in config if name not in self._options)
        if unknown:
            known = ", ".join(sorted(name for name in self._options if not name.startswith("_")))
            raise OptionError(f"There is no option {', '.join(unknown)}", f"The options are {known}")
        self.templar.available_variables = self._vars
        self._settings = connection(self.get_option, self.templar.template)
        self._secrets = [self._settings["api_key"], self._settings["api_jwt"]]
        self._filters = Filters.of(self.get_option)
        self._filters.check(self._settings["api_version"])
        if self.get_option("version_support"):
            inventory_data.check_support_is_told(self._settings["api_version"])
        self._reads_folders = bool(
            self.get_option("folders") or self.get_option("folder_groups") or self._filters.folder_paths
        )
        self._prefix = inventory_data.check_prefix(plain(self.get_option("hostvars_prefix")))
        self._compositions = structured("compose", self.get_option("compose"), dict, trusted)
        self._conditions = structured("groups", self.get_option("groups"), dict, trusted)
        self._keyed = structured("keyed_groups", self.get_option("keyed_groups"), list, trusted)
        self._strict = self.get_option("strict")
        local = {"ansible_connection": "local", "ansible_python_interpreter": INTERPRETER}
        self._local = trusted(local) if self.get_option("local") else {}

    def _data(self, path: str, cache: bool) -> dict[str, Any]:
        """What the API says, raw: the matching clusters, and the nodes by cluster where they are wanted."""
        api = CloudApi(self._settings, read_only=True, agent=f"ansible/{ansible_version}")
        uses_cache = self.get_option("cache")
        key = f"{self.get_cache_key(path)}_{inventory_data.cache_mark(self._settings, self._filters)}"
        stored = self._stored(key) if uses_cache and cache else None
        if not stored:
            api.confirm_organization()
        found = stored or {"clusters": inventory_data.read_clusters(api, self._filters), "nodes": {}, **NOTHING_MORE}
        more = {name: found[name] for name in NOTHING_MORE}
        if more["folders"] is None and self._reads_folders:
            more["folders"] = inventory_data.read_folders(api)
        if more["versions"] is None and self.get_option("version_support"):
            more["versions"] = inventory_data.read_versions(api)
        folders = more["folders"]
        for path in self._filters.folder_paths:
            if path not in (folders or {}).values():
                self.display.warning(printable(f"There is no folder '{path}', or the key can't see it"))
        rows = [row for row in found["clusters"] if self._filters.match(row, folders)]
        rows.sort(key=lambda row: (str(row.get("name")), row["id"]))
        nodes = dict(found["nodes"])
        if self.get_option("nodes"):
            for row in rows:
                if inventory_data.has_nodes(row) and row["id"] not in nodes:
                    nodes[row["id"]] = inventory_data.read_nodes(api, row)
        kept = {"clusters": found["clusters"], "nodes": nodes, **more}
        if uses_cache and kept != stored:
            self._cache[key] = kept
        wanted = {"folders": self._reads_folders, "versions": self.get_option("version_support")}
        return {"clusters": rows, "nodes": nodes, **{name: value for name, value in more.items() if wanted[name]}}

    def _stored(self, key: str) -> dict[str, Any] | None:
        try:
            stored = self._cache[key]
        except KeyError:
            # There is nothing, or it is too old.
            return None
        good = isinstance(stored, dict) and isinstance(stored.get("clusters"), list)
        good = good and isinstance(stored.get("nodes"), dict)
        good = good and all(isinstance(stored.get(name), (dict, type(None))) for name in NOTHING_MORE)
        return {**NOTHING_MORE, **stored} if good else None

    def _populate(self, data: dict[str, Any]) -> None:
        with_nodes = self.get_option("nodes")
        self.inventory.add_group(inventory_data.GROUP)
        if with_nodes:
            self.inventory.add_group(inventory_data.NODES_GROUP)
        names = inventory_data.host_names(data["clusters"], self.display.warning)
        groups = self._folder_groups(data)
        for row in data["clusters"]:
            host, variables = names[row["id"]], inventory_data.cluster_vars(row)
            if "folders" in data:
                variables["folder"] = inventory_data.folder_of(row, data["folders"])
            if "versions" in data:
                variables["version_support_end"] = data["versions"].get(state.major(row.get("cockroach_version")))
            self._add(host, inventory_data.GROUP, variables)
            if variables.get("folder") in groups:
                self.inventory.add_child(groups[variables["folder"]], host)
            for node in data["nodes"].get(row["id"], []) if with_nodes else []:
                name = inventory_data.node_host(node, host)
                self._add(name, inventory_data.NODES_GROUP, {**variables, **inventory_data.node_vars(node, host)})

    def _folder_groups(self, data: dict[str, Any]) -> dict[str, str]:
        """Add the groups of the folders that clusters are in, and return their names by path."""
        if not self.get_option("folder_groups"):
            return {}
        used = {inventory_data.folder_of(row, data["folders"]) for row in data["clusters"]}
        groups = inventory_data.folder_groups(path for path in used if path and path.startswith("/"))
        for name, outer in groups.values():
            self.inventory.add_group(name)
            if outer:
                self.inventory.add_child(outer, name)
        return {path: name for path, (name, _outer) in groups.items()}

    def _add(self, name: str, group: str, values: dict[str, Any]) -> None:
        self.inventory.add_host(name, group=group)
        host = self.inventory.get_host(name)
        variables = clean_variables(values, self._prefix)
        variables.update(self._local)
        known = host.vars.keys() & variables.keys()
        for key in known:
            host.set_variable(key, variables[key])
        # As that does, without a look at each name: they are our own, after a prefix that was checked.
        host.vars.update({key: variables[key] for key in variables.keys() - known} if known else variables)
        if self._compositions:
            self._compose_variables(host, variables)
        if self._conditions:
            self._add_host_to_composed_groups(self._conditions, variables, name, strict=self._strict)
        if self._keyed:
            self._add_host_to_keyed_groups(self._keyed, variables, name, strict=self._strict)

    def _compose_variables(self, host: Any, variables: dict[str, Any]) -> None:
        before = {name: host.vars.get(name) for name in self._compositions}
        self._set_composite_vars(self._compositions, variables, host.name, strict=self._strict)
        for name, value in before.items():
            # What an expression has made of data is data. What another inventory source has said stays as it is.
            if name in host.vars and host.vars[name] is not value:
                host.vars[name] = marked(host.vars[name])
