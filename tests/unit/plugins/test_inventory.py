# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin without a server: its documentation, names, variables, filters, and what is never a template."""

from __future__ import annotations

import importlib
import json
import os
import re
from pathlib import Path

import pytest
import yaml
from ansible.utils.unsafe_proxy import AnsibleUnsafe, wrap_var
from plugin_fakes import CLUSTER_ID, NEWEST, OTHER_ID, VERSIONS, cluster

from ansible_collections.crdb.cloud.plugins.inventory import clusters
from ansible_collections.crdb.cloud.plugins.module_utils._base import untrusted as _untrusted
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import ApiError, CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CONNECTION_OPTIONS, DEFAULT_URL
from ansible_collections.crdb.cloud.plugins.plugin_utils import _inventory, _options
from ansible_collections.crdb.cloud.plugins.plugin_utils._inventory import Filters, clean

PACKAGE = "ansible_collections.crdb.cloud.plugins"
DOCUMENTATION = yaml.safe_load(clusters.DOCUMENTATION)
FRAGMENT = yaml.safe_load(
    importlib.import_module(f"{PACKAGE}.doc_fragments.cloud_plugin").ModuleDocFragment.DOCUMENTATION
)
MODULES_FRAGMENT = yaml.safe_load(
    importlib.import_module(f"{PACKAGE}.doc_fragments.cloud").ModuleDocFragment.DOCUMENTATION
)


def all_options():
    """The options with those of the fragments below them, as ansible-core merges them."""
    found = {}
    for fragment in ("constructed", "inventory_cache"):
        holder = importlib.import_module(f"ansible.plugins.doc_fragments.{fragment}").ModuleDocFragment
        found.update(yaml.safe_load(holder.DOCUMENTATION)["options"])
    return {**found, **FRAGMENT["options"], **DOCUMENTATION["options"]}


def filters(**options):
    return Filters.of(options.get)


class Api:
    """Gives *rows*, or raises *error*."""

    def __init__(self, rows=(), error=None):
        self.rows_given, self.error, self.asked = list(rows), error, []

    def rows(self, path, key, query=None, *, shape=None):
        self.asked.append((path, key, query))
        if self.error:
            raise self.error
        return self.rows_given


def test_the_fragment_is_the_connection_of_the_client():
    options = FRAGMENT["options"]
    assert list(options) == list(CONNECTION_OPTIONS) == list(MODULES_FRAGMENT["options"])
    for name, entry in CONNECTION_OPTIONS.items():
        documented = options[name]
        assert [variable["name"] for variable in documented["env"]] == entry["fallback"][1], name
        for fact in ("type", "default", "choices"):
            assert documented.get(fact) == entry.get(fact) == MODULES_FRAGMENT["options"][name].get(fact), (name, fact)
        assert documented["description"]
    assert FRAGMENT["requirements"] == MODULES_FRAGMENT["requirements"]


def test_every_option_has_an_environment_variable():
    options = all_options()
    without = [name for name, entry in options.items() if not entry.get("env")]
    assert without == ["plugin"], "AWX can only give environment variables"
    # use_extra_vars is an option of ansible-core itself, under the name that it has there.
    names = [name for name in DOCUMENTATION["options"] if name not in ("plugin", "use_extra_vars")]
    assert [env["name"] for name in names for env in options[name]["env"]] == [
        f"CRDB_INVENTORY_{name.upper()}" for name in names
    ]


def test_the_documentation_fits_the_code():
    assert DOCUMENTATION["name"] == clusters.InventoryModule.NAME.rpartition(".")[2] == Path(clusters.__file__).stem
    assert DOCUMENTATION["options"]["plugin"]["choices"] == [clusters.InventoryModule.NAME]
    text = " ".join(DOCUMENTATION["description"]) + " ".join(DOCUMENTATION["options"]["nodes"]["description"])
    for name in (*_inventory.cluster_vars(cluster()), *_inventory.node_vars({}, "orders")):
        assert f"C({name})" in text, name
    assert set(DOCUMENTATION["options"]["plan"]["choices"]) == {*_inventory.NEW_PLANS, *_inventory.OLD_PLANS}
    for example in yaml.safe_load_all(clusters.EXAMPLES):
        assert example and set(example) <= set(all_options())


@pytest.mark.parametrize(
    ("name", "ours"),
    [("a.crdb.yml", True), ("a.crdb.yaml", True), (".crdb.yml", True), ("a.yml", False), ("crdb.yml", False)],
)
def test_only_our_files(tmp_path, name, ours):
    path = tmp_path / name
    path.write_text("")
    assert clusters.InventoryModule().verify_file(str(path)) is ours
    assert not clusters.InventoryModule().verify_file(str(tmp_path / "none.crdb.yml"))


HOSTILE = {
    "{{ lookup('pipe', 'id') }}": "%7B%7B lookup%28'pipe', 'id') }}",
    "{% set x = 1 %}": "%7B% set x = 1 %}",
    "{# x #}": "%7B# x #}",
    "{": "%7B",
    "#jinja2: variable_start_string:'[['\n[[ x ]]": "%23jinja2: variable_start_string:'[['\n[[ x ]]",
    "  #JINJA2: x": "  %23JINJA2: x",
    "#": "%23",
    "['\\x7b\\x7b 1 }}']": "['%5Cx7b%5Cx7b 1 }}']",
    "lookup('pipe', 'id')": "lookup%28'pipe', 'id')",
    "%7B%7b": "%257B%257b",
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.items())
@pytest.mark.parametrize("executes", [True, False])
def test_what_may_be_executed_is_marked_and_made_inert(text, shown, executes, monkeypatch):
    monkeypatch.setattr(_inventory, "EXECUTES_TEXT", executes)
    for value in (text, wrap_var(text)):
        found = clean({"a": [value, (value,)], value: 1})
        wanted = shown if executes else text
        assert found == {"a": [wanted, [wanted]], wanted: 1}
        composed = _inventory.marked([value])
        assert composed == [text]
        for result in (*found["a"][1], found["a"][0], *composed):
            assert isinstance(result, AnsibleUnsafe) or _inventory.trust_as_template
            assert not trusted_by_core(result)


def test_keys_of_results_are_made_inert_where_core_executes_text(monkeypatch):
    value = {"a": [{"{{ x }}": {"\\x7b (ms) #1": "{{ y }}"}}, "{"], "b": ("{%",), 3: None}
    monkeypatch.setattr(_untrusted, "EXECUTES_TEXT", True)
    assert _untrusted.with_inert_keys(value) == {
        "a": [{"%7B%7B x }}": {"%5Cx7b (ms) #1": "{{ y }}"}}, "{"],
        "b": ["{%"],
        3: None,
    }
    monkeypatch.setattr(_untrusted, "EXECUTES_TEXT", False)
    assert _untrusted.with_inert_keys(value) is value


def trusted_by_core(value):
    """Whether ansible-core would execute it."""
    try:
        from ansible.template import is_trusted_as_template
    except ImportError:
        return not isinstance(value, AnsibleUnsafe)
    return is_trusted_as_template(value)


def test_all_else_stays_plain():
    found = clean({"text": wrap_var("plain"), "list": ["x", 1, None, True], "dict": {"k": "v"}, "empty": ""})
    assert found == {"text": "plain", "list": ["x", 1, None, True], "dict": {"k": "v"}, "empty": ""}
    assert trusted_by_core(found["text"]) and trusted_by_core(found["list"][0]) and trusted_by_core(found["dict"]["k"])
    assert found["list"][1].__class__ is int and found["list"][3] is True


@pytest.mark.parametrize("version", VERSIONS)
def test_variables_have_the_same_names_in_every_version(version):
    row = cluster(labels={"env": "prod"})
    if version < NEWEST:
        row = {name: value for name, value in row.items() if name not in ("labels", "parent_id", "sql_dns")}
    found = _inventory.cluster_vars(row)
    assert set(found) == set(_inventory.cluster_vars({}))
    assert found["id"] == CLUSTER_ID and found["provider"] == "GCP" and found["version"] == "v25.2.3"
    assert found["labels"] == ({"env": "prod"} if version >= NEWEST else {})


def test_variables_of_an_advanced_cluster():
    regions = [
        {"name": "us-west2", "node_count": 4, "sql_dns": "b", "primary": False},
        {"name": "us-east1", "node_count": 3, "sql_dns": "a", "primary": True},
    ]
    config = {"dedicated": {"num_virtual_cpus": 8, "storage_gib": 150}, "serverless": None}
    found = _inventory.cluster_vars(cluster(plan="ADVANCED", regions=regions, config=config, sql_dns=""))
    assert found["regions"] == ["us-east1", "us-west2"] and found["primary_region"] == "us-east1"
    assert found["node_count"] == 7 and found["region_nodes"] == {"us-east1": 3, "us-west2": 4}
    assert found["num_virtual_cpus"] == 8 and found["sql_dns"] == "b"
    assert found["spend_limit"] is None and found["usage_limits"] == {}


def test_names_of_hosts():
    warnings = []
    assert _inventory.host_names([cluster()], warnings.append) == {CLUSTER_ID: "orders"} and not warnings
    both = _inventory.host_names([cluster(), cluster(id=OTHER_ID)], warnings.append)
    assert both == {CLUSTER_ID: "orders-35c4abb2", OTHER_ID: "orders-11111111"}
    assert len(warnings) == 1 and "2 clusters named 'orders'" in warnings[0] and "orders-35c4abb2" in warnings[0]


def test_names_that_still_clash_get_the_whole_id():
    third = "22222222-2222-3333-4444-555555555555"
    rows = [cluster(), cluster(id=OTHER_ID), cluster(id=third, name="orders-35c4abb2")]
    names = _inventory.host_names(rows, lambda text: None)
    assert names == {CLUSTER_ID: f"orders-{CLUSTER_ID}", OTHER_ID: f"orders-{OTHER_ID}", third: "orders-35c4abb2"}


@pytest.mark.parametrize("name", ["{{ 1 }}", "a b", "../x", "", None, "a\nb", "-x"])
def test_a_name_that_no_cluster_has_names_no_host(name):
    warnings = []
    assert _inventory.host_names([cluster(name=name)], warnings.append) == {CLUSTER_ID: CLUSTER_ID}
    assert len(warnings) == 1
    with pytest.raises(CrdbError, match="can't be that of a host"):
        _inventory.node_host({"name": name or "{{"}, "orders")


@pytest.mark.parametrize(
    ("options", "matches"),
    [
        ({}, True),
        ({"state": ["CREATED"]}, True),
        ({"state": ["LOCKED"]}, False),
        ({"plan": ["STANDARD", "BASIC"]}, True),
        ({"provider": ["AWS"]}, False),
        ({"folder": ["root"]}, True),
        ({"folder": [OTHER_ID]}, False),
        ({"name_pattern": ["ord*", "x"]}, True),
        ({"name_pattern": ["ORD*"]}, False),
        ({"labels": {"env": "prod", "tier": 1, "on": True}}, True),
        ({"labels": {"env": ["dev", "prod"]}}, True),
        ({"labels": {"env": []}}, False),
        ({"labels": {"team": "x"}}, False),
        ({"labels": "env=prod, tier=1"}, True),
        ({"labels": '{"env": "dev"}'}, False),
        ({"state": [""], "name_pattern": [], "labels": " "}, True),
    ],
)
def test_filters(options, matches):
    row = cluster(labels={"env": "prod", "tier": "1", "on": "true"})
    assert filters(**options).match(row) is matches


def test_deleted_clusters_only_when_asked_for():
    gone = cluster(state="DELETED")
    assert not filters().match(gone) and filters().query() == {}
    wanted = filters(state=["DELETED"])
    assert wanted.match(gone) and wanted.query() == {"show_inactive": "true"}


def test_filters_that_a_version_does_not_have():
    for version, options in (
        ("2023-04-10", {"labels": {"a": "b"}}),
        ("2022-09-20", {"folder": ["root"]}),
        ("2023-04-10", {"plan": ["BASIC"]}),
        (NEWEST, {"plan": ["DEDICATED"]}),
    ):
        with pytest.raises(OptionError, match=version):
            filters(**options).check(version)
    filters(labels={"a": "b"}, folder=["root"], plan=["ADVANCED"]).check(NEWEST)
    filters(folder=["root"], plan=["DEDICATED"]).check("2023-04-10")


@pytest.mark.parametrize("labels", ["prod", "=x", "a=b,c", '{"a"', '["a"]', ["a"], 3])
def test_labels_that_are_none(labels):
    with pytest.raises(OptionError, match="labels must be a dictionary"):
        filters(labels=labels)


def test_the_mark_of_the_cache():
    settings = {"api_url": DEFAULT_URL, "api_version": NEWEST, "api_key": "CCDB1_planted", "api_timeout": 60.0}
    mark = _inventory.cache_mark(settings, filters())
    same = [({"api_timeout": 5.0}, {}), ({}, {"plan": ["BASIC"], "labels": {"a": "b"}, "name_pattern": ["x"]})]
    for change, options in same:
        assert _inventory.cache_mark({**settings, **change}, filters(**options)) == mark
    other = [{"api_url": "https://x"}, {"api_version": "2023-04-10"}, {"api_key": "CCDB1_other"}, {"username": "u"}]
    marks = {_inventory.cache_mark({**settings, **change}, filters()) for change in other}
    marks.add(_inventory.cache_mark(settings, filters(state=["DELETED"])))
    assert len(marks) == 5 and mark not in marks and "planted" not in mark


def test_reading_clusters():
    api = Api([cluster()])
    assert _inventory.read_clusters(api, filters()) == [cluster()]
    assert api.asked == [("/clusters", "clusters", {})]
    for row in ({}, {"id": "{{ 1 }}"}, {"id": f"{CLUSTER_ID}/x"}):
        with pytest.raises(CrdbError, match=r"Failed to list the clusters: .* without a proper id"):
            _inventory.read_clusters(Api([row]), filters())
    refused = ApiError("no", status=403, method="GET", path="/api/v1/clusters", code=7)
    with pytest.raises(ApiError, match="lacks a role for it: CLUSTER_DEVELOPER"):
        _inventory.read_clusters(Api(error=refused), filters())


def test_reading_nodes():
    api = Api([{"name": "n1"}])
    assert _inventory.read_nodes(api, cluster()) == [{"name": "n1"}]
    assert api.asked == [(f"/clusters/{CLUSTER_ID}/nodes", "nodes", None)]
    absent = ApiError("not found", status=404, method="GET", path="/")
    assert _inventory.read_nodes(Api(error=absent), cluster()) == []
    with pytest.raises(ApiError, match="Failed to list the nodes of cluster 'orders'"):
        _inventory.read_nodes(Api(error=ApiError("no", status=500, method="GET", path="/")), cluster())
    assert _inventory.has_nodes(cluster(plan="ADVANCED")) and _inventory.has_nodes(cluster(plan="DEDICATED"))
    assert not _inventory.has_nodes(cluster()) and not _inventory.has_nodes(cluster(plan="ADVANCED", state="DELETED"))


@pytest.mark.parametrize(("prefix", "good"), [("crdb_", True), ("", True), ("db", True), ("1x", False), ("a-", False)])
def test_prefixes(prefix, good):
    if good:
        assert _inventory.check_prefix(prefix) == prefix
    else:
        with pytest.raises(OptionError, match="hostvars_prefix"):
            _inventory.check_prefix(prefix)


def test_connection_templates_free_text_only():
    given = {name: entry.get("default") for name, entry in CONNECTION_OPTIONS.items()}
    given.update(api_key="{{ key }}", ca_path="/etc/{{ x }}.pem")
    found = _options.connection(given.get, lambda text: text.replace("{{ key }}", "planted"))
    assert found == {**given, "api_key": "planted"} and found["api_key"].__class__ is str


def test_structured_options():
    def same(value):
        return value

    assert _options.structured("groups", '{"a": "b"}', dict, same) == {"a": "b"}
    assert _options.structured("keyed_groups", json.dumps([{"key": "x"}]), list, same) == [{"key": "x"}]
    assert _options.structured("groups", " ", dict, same) == _options.structured("groups", None, dict, same) == {}
    for value, got in (("nonsense", "no JSON"), ([1], "got list"), ("[1]", "got list"), (3, "got int")):
        with pytest.raises(OptionError, match=f"groups must be a dictionary.*{got}"):
            _options.structured("groups", value, dict, same)


def test_empty_variables_count_as_unset(monkeypatch):
    monkeypatch.setenv("CRDB_API_RETRIES", "")
    monkeypatch.setenv("COCKROACH_API_KEY", "planted")
    with _options.without_empty_variables():
        assert "CRDB_API_RETRIES" not in os.environ and os.environ["COCKROACH_API_KEY"] == "planted"
    assert os.environ["CRDB_API_RETRIES"] == ""


def test_errors_are_one_line_without_keys():
    text = _options.one_line("a\n  b planted-secret CCDB1_abc_DEF", ["planted-secret", None])
    assert text == "a b ******** ********"


def test_folders_of_hosts():
    in_folder, elsewhere = cluster(parent_id=OTHER_ID), cluster(parent_id="somewhere")
    paths = {OTHER_ID: "/platform/prod"}
    assert _inventory.folder_of(in_folder, paths) == "/platform/prod"
    assert (
        _inventory.folder_of(elsewhere, paths) is None and _inventory.folder_of(cluster(parent_id=""), paths) == "root"
    )
    by_path = filters(folder=["/platform/prod/"])
    assert by_path.folder_paths == ("/platform/prod",) and filters(folder=[OTHER_ID, "root"]).folder_paths == ()
    assert by_path.match(in_folder, paths) and not by_path.match(elsewhere, paths) and not by_path.match(in_folder)
    with pytest.raises(OptionError, match="is not the path of a folder"):
        filters(folder=["//"])


def test_groups_of_folders():
    assert _inventory.folder_groups(["/platform/prod", "/web"]) == {
        "/platform": ("folder_platform", ""),
        "/platform/prod": ("folder_platform_prod", "folder_platform"),
        "/web": ("folder_web", ""),
    }
    # Two names that groups can't tell apart, and one that would be put where it does not belong.
    found = _inventory.folder_groups(["/a/b", "/a_b", "/a b"])
    names = [name for name, _outer in found.values()]
    assert len({*names}) == 4 and all(name.startswith("folder_a_b_") for name in names if name != "folder_a")
    assert [outer for _name, outer in found.values() if outer] == ["folder_a"]


def test_names_of_folders_make_no_bad_groups():
    hostile = ["/{{ 7 * 7 }}", "/all", "/é\n", "/../..", "//", "/a:b[1]"]
    for name, outer in _inventory.folder_groups(hostile).values():
        assert re.fullmatch(r"folder_\w*", name, re.ASCII) and (not outer or outer.startswith("folder"))
