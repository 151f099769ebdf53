# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookups: what they promise, what they return, and what they cost."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from ansible.errors import AnsibleError, AnsibleLookupError
from hypothesis import given
from hypothesis import strategies as st
from plugin_fakes import CLUSTER_ID, NEWEST, OTHER_ID, VERSIONS, Clock, FakeApi, advanced, cluster, refusal
from tiny_server import TinyServer, reply

from ansible_collections.crdb.cloud.plugins.doc_fragments.cloud_plugin import ModuleDocFragment
from ansible_collections.crdb.cloud.plugins.module_utils._base.env import env_fallback
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import ApiError, CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CONNECTION_OPTIONS, CloudApi
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Session
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import connection
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.listings import Listings
from ansible_collections.crdb.cloud.plugins.plugin_utils import _lookup

ROOT = Path(__file__).parents[3]
PACKAGE = "ansible_collections.crdb.cloud.plugins"
# Those that ask the API.
LOOKUPS = sorted({path.stem for path in (ROOT / "plugins" / "lookup").glob("*.py")} - {"misspelt_variables"})
GONE_ID = "22222222-2222-3333-4444-555555555555"
SECRET = "p@ss:/?#[]&=%41 word"
HOST = "orders-1.abc.gcp-us-central1.cockroachlabs.cloud"
URL = f"postgresql://{HOST}:26257/defaultdb?sslmode=verify-full"
KINDS = {"type": "str", "default": None, "choices": None}
CA = (ROOT / "roles/sandbox/files/crdb_emulator/certificate.py").read_text().split('"""\\\n')[1].split('"""')[0]


def declared(name):
    return importlib.import_module(f"{PACKAGE}.lookup.{name}")


def options_of(name):
    """The options that are documented, those of the fragments among them."""
    found = yaml.safe_load(declared(name).DOCUMENTATION)
    assert found["extends_documentation_fragment"] == ["crdb.cloud.cloud_plugin", "crdb.cloud.cloud_plugin.lookup"]
    fragments = [yaml.safe_load(text) for text in (ModuleDocFragment.DOCUMENTATION, ModuleDocFragment.LOOKUP)]
    return {name: entry for part in (*fragments, found) for name, entry in part["options"].items()}


class Api(FakeApi):
    """The fake with what the lookups read beside it."""

    cert = CA

    def _answer(self, method, path, body):
        parts = path.strip("/").split("/")
        if parts[2:] == ["connection-string"]:
            if self.clusters.get(parts[1], {"state": "DELETED"})["state"] == "DELETED":
                raise refusal(404, "cluster not found")
            return {"connection_string": URL, "params": {}}
        return super()._answer(method, path, body)

    def get(self, path, query=None, **shape):
        self.queries = [*getattr(self, "queries", []), query]
        return super().get(path, query, **shape)

    def public_text(self, path):
        self.log.append(("GET", path, None))
        if path.split("/")[2] not in self.clusters:
            raise refusal(404, "cluster not found")
        return self.cert


@pytest.fixture
def api(monkeypatch):
    return made(monkeypatch, NEWEST)


def made(monkeypatch, version):
    found = Api(
        cluster(regions=[{"name": "us-central1", "sql_dns": HOST}]),
        advanced(id=OTHER_ID, name="big", sql_dns="big.example.com"),
        cluster(id=GONE_ID, name="gone", state="DELETED"),
        version=version,
    )
    session = Session(found, Listings(Clock(), oldest=_lookup.OLDEST))
    monkeypatch.setattr(_lookup, "_session", lambda params: session)
    return found


def look_up(name, *terms, **options):
    """The lookup, with ansible-core's way of finding option values left out (the integration tests have it)."""
    documented = options_of(name)

    class Lookup(declared(name).LookupModule):
        option_definitions = documented

        def set_options(self, var_options=None, direct=None):
            self.direct = direct

        def get_option(self, option):
            return self.direct.get(option, documented[option].get("default"))

    return Lookup().run(list(terms), variables={}, **options)


def requests(api):
    return [path for _method, path, _body in api.log]


# --- what is promised ------------------------------------------------------------------------------------------------


def test_the_fragment_documents_the_connection_options():
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert set(documented) == set(CONNECTION_OPTIONS)
    for name, entry in CONNECTION_OPTIONS.items():
        for key, default in KINDS.items():
            assert documented[name].get(key, default) == entry.get(key, default), (name, key)
        function, variables = entry["fallback"]
        assert function is env_fallback
        assert documented[name]["env"] == [{"name": variable} for variable in variables], name
        assert documented[name]["description"]


def test_there_are_these():
    assert set(LOOKUPS) >= {"cluster", "cluster_ca_cert", "connection_string", "folder", "person", "service_account"}
    assert "private_endpoint_service" in LOOKUPS


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_is_what_its_file_says(name):
    lookup = declared(name)
    documentation = yaml.safe_load(lookup.DOCUMENTATION)
    assert documentation["name"] == name and documentation["version_added"]
    assert documentation["short_description"][-1] != "."
    assert all(entry.get("description") and entry.get("type") for entry in options_of(name).values())
    (returned,) = yaml.safe_load(lookup.RETURN).values()
    assert returned["type"] == "list" and returned["elements"] and returned["description"]
    used = re.findall(r"(lookup|query)\('crdb\.cloud\.(\w+)'((?:[^()]|\([^()]*\))*)\)", lookup.EXAMPLES)
    assert name in [found for _function, found, _rest in used] and yaml.safe_load(lookup.EXAMPLES)
    for _function, found, rest in used:
        assert set(re.findall(r"(\w+)=", rest)) <= set(options_of(found))


@pytest.mark.parametrize("name", LOOKUPS)
def test_its_cost_is_documented(name):
    notes = " ".join(yaml.safe_load(declared(name).DOCUMENTATION)["notes"])
    assert "cost" in notes and "request" in notes
    common = " ".join(yaml.safe_load(ModuleDocFragment.LOOKUP)["notes"])
    assert "set_fact" in common and "run_once" in common and "info" in common
    assert f"for {_lookup.OLDEST:g} seconds" in common


@pytest.mark.parametrize("name", LOOKUPS)
def test_the_readme_names_it(name):
    assert f"| `crdb.cloud.{name}` |" in (ROOT / "README.md").read_text().split("| lookup |")[1].split("| role |")[0]


# --- cluster ---------------------------------------------------------------------------------------------------------


def test_clusters_by_name_and_id(api):
    found = look_up("cluster", "orders", ["big", [CLUSTER_ID]], ("orders",))
    assert [row["name"] for row in found] == ["orders", "big", "orders", "orders"]
    assert requests(api) == ["/clusters", f"/clusters/{CLUSTER_ID}"]
    assert all(row.__class__ is dict for row in found)


def test_terms_can_be_what_a_filter_makes(api):
    assert look_up("cluster", (name for name in ["orders", "big"]), field="name") == ["orders", "big"]


@pytest.mark.parametrize("terms", [[], [[]], [[[], []]]])
def test_no_term_gives_nothing_and_costs_nothing(api, terms):
    assert look_up("cluster", *terms) == [] and requests(api) == []


def test_what_was_read_serves_the_next_lookup_too(api):
    for _number in range(3):
        look_up("cluster", "orders", CLUSTER_ID)
        look_up("cluster_ca_cert", "orders")
        look_up("connection_string", "orders")
        look_up("available_regions", "GCP")
    assert sorted(requests(api)) == [
        "/clusters",
        f"/clusters/{CLUSTER_ID}",
        f"/clusters/{CLUSTER_ID}/cert",
        f"/clusters/{CLUSTER_ID}/connection-string",
        "/clusters/available-regions",
    ]


def test_it_is_not_served_for_long(api):
    listings = _lookup._session({}).listings
    look_up("cluster", "orders")
    listings._clock.now += _lookup.OLDEST + 0.1
    look_up("cluster", "orders")
    assert requests(api) == ["/clusters"] * 2


def test_what_is_returned_is_nobody_elses(api):
    look_up("cluster", "orders")[0]["name"] = "changed"
    assert look_up("cluster", "orders", field="name") == ["orders"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", CLUSTER_ID),
        ("labels", {}),
        ("regions.0.name", "us-central1"),
        ("config.serverless.routing_id", "orders-1"),
        ("regions", [{"name": "us-central1", "sql_dns": HOST}]),
    ],
)
def test_one_field(api, field, value):
    assert look_up("cluster", "orders", field=field) == [value]


@pytest.mark.parametrize("field", ["feild", "", "regions.1.name", "regions.x", "id.0", "config.serverless.nope.more"])
def test_a_field_that_is_not_there(api, field):
    with pytest.raises(AnsibleLookupError, match=f"cluster 'orders' has no field '{re.escape(field)}'"):
        look_up("cluster", "orders", field=field, on_missing="skip")


def test_a_wrong_field_is_told_what_there_is(api):
    with pytest.raises(AnsibleLookupError, match=r"'nope' is not one of serverless$"):
        look_up("cluster", "orders", field="config.nope")


# --- what is not there -----------------------------------------------------------------------------------------------

ABSENT = ["nowhere", "gone", GONE_ID, "99999999-2222-3333-4444-555555555555", "00000000-0000-0000-0000-000000000000"]
OF_CLUSTERS = ["cluster", "connection_string"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", OF_CLUSTERS)
@pytest.mark.parametrize("term", ABSENT)
def test_a_cluster_that_is_not_there(monkeypatch, name, term, version):
    made(monkeypatch, version)
    warnings = []
    monkeypatch.setattr(_lookup.display, "warning", warnings.append)
    with pytest.raises(AnsibleLookupError, match=f"^There is no cluster '{term}'. Correct the term"):
        look_up(name, term)
    assert look_up(name, term, "orders", on_missing="skip") == look_up(name, "orders")
    assert warnings == []
    assert look_up(name, term, "orders", on_missing="warn") == look_up(name, "orders")
    assert warnings == [f"There is no cluster '{term}'"]


@pytest.mark.parametrize("term", ["nowhere", "gone", "99999999-2222-3333-4444-555555555555"])
def test_the_certificate_of_a_cluster_that_is_not_there(api, term):
    with pytest.raises(AnsibleLookupError, match=f"^There is no cluster '{term}'"):
        look_up("cluster_ca_cert", term)
    assert look_up("cluster_ca_cert", term, on_missing="skip") == []


@pytest.mark.parametrize("on_missing", ["error", "skip"])
def test_several_clusters_of_one_name(monkeypatch, on_missing):
    api = Api(cluster(), cluster(id=OTHER_ID))
    monkeypatch.setattr(_lookup, "_session", lambda params: Session(api))
    with pytest.raises(AnsibleLookupError, match=f"2 clusters named 'orders'.*{OTHER_ID}, {CLUSTER_ID}"):
        look_up("cluster", "orders", on_missing=on_missing)


def test_a_cluster_that_is_there_but_its_connection_string_is_not(api):
    for _number in range(2):
        api.faults.append(("GET", "connection-string", refusal(404, "no such route")))
    for term in ("orders", CLUSTER_ID):
        with pytest.raises(
            AnsibleLookupError, match=f"^Failed to read the connection string of cluster '{term}': no such"
        ):
            look_up("connection_string", term, on_missing="skip")


@pytest.mark.parametrize(
    ("term", "said"),
    [(None, "nothing"), ("", "an empty text"), ("  ", "an empty text"), ({"a": 1}, "type dict"), (7, "type int")],
)
def test_a_term_that_can_not_be_a_cluster(api, term, said):
    with pytest.raises(AnsibleLookupError, match=f"A term must be the name or the id of a cluster, got .*{said}"):
        look_up("cluster", term, on_missing="skip")
    assert requests(api) == []


def test_an_error_is_not_remembered(api):
    api.faults.append(("GET", "/clusters", refusal(500, "broken")))
    with pytest.raises(AnsibleLookupError, match=r"^Failed to list the clusters: broken"):
        look_up("cluster", "orders")
    assert look_up("cluster", "orders", field="name") == ["orders"]


def test_a_missing_role_is_named(api):
    api.faults.append(("GET", "connection-string", refusal(403, "no")))
    with pytest.raises(AnsibleLookupError, match="lacks a role for it: CLUSTER_DEVELOPER"):
        look_up("connection_string", CLUSTER_ID)


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOOKUPS)
def test_an_option_that_does_not_exist(api, name):
    with pytest.raises(AnsibleLookupError, match=r"^The lookup has no option 'feild'. It has api_jwt, api_key"):
        look_up(name, "GCP", feild="id")
    assert requests(api) == []


def test_a_loop_says_that_it_wants_a_list(api):
    assert look_up("cluster", "orders", field="name", wantlist=True) == ["orders"]


@pytest.mark.parametrize("where", ["option", "environment"])
def test_no_secret_in_what_ansible_core_says_of_options(api, monkeypatch, where):
    class Lookup(declared("cluster").LookupModule):
        def set_options(self, var_options=None, direct=None):
            raise AnsibleError(f"Invalid value\n\n  {SECRET} for api_version")

    options = {"api_key": SECRET} if where == "option" else {}
    if where == "environment":
        monkeypatch.setenv("COCKROACH_API_KEY", SECRET)
    with pytest.raises(AnsibleLookupError) as caught:
        Lookup().run(["orders"], variables={}, **options)
    assert str(caught.value).endswith("can't be used: Invalid value ******** for api_version")
    assert caught.value.__cause__ is None and caught.value.__context__ is None


@pytest.mark.parametrize("secret", ["both ' and \"", "two  blanks and a\nline", "back\\slash", "ß-秘密"])
@pytest.mark.parametrize("quoted", [str, repr])
def test_a_secret_in_quotes_is_a_secret(api, secret, quoted):
    class Lookup(declared("connection_string").LookupModule):
        def set_options(self, var_options=None, direct=None):
            raise AnsibleError(f"Invalid value {quoted(secret)} for sslmode")

    with pytest.raises(AnsibleLookupError, match=r"Invalid value '?\"?\*{8}\"?'? for sslmode$"):
        Lookup().run(["orders"], variables={}, user="app", password=secret, sslmode=secret)


def test_a_public_read_lacks_no_role(api, monkeypatch):
    def refused(path):
        raise refusal(403, "no")

    monkeypatch.setattr(api, "public_text", refused)
    with pytest.raises(
        AnsibleLookupError, match=r"^Failed to read the CA certificate of cluster 'orders': no \(HTTP 403\)$"
    ):
        look_up("cluster_ca_cert", "orders")


def test_a_lookup_has_to_say_what_a_term_gives():
    for incomplete in (_lookup.CrdbLookup, _lookup.NamedLookup, _lookup.ClusterLookup):
        assert incomplete.__abstractmethods__


def test_a_bug_is_said_as_such_and_shows_no_secret(api, monkeypatch):
    def broken(path, query=None, *, shape):
        raise ValueError(f"odd {SECRET}")

    monkeypatch.setattr(api, "get", broken)
    with pytest.raises(AnsibleLookupError, match=r"^Bug in crdb.cloud: ValueError: odd \*{8}. Please report it$"):
        look_up("connection_string", CLUSTER_ID, user="app", password=SECRET)


def test_one_session_for_one_connection(monkeypatch):
    monkeypatch.setattr(_lookup, "_sessions", {})
    options = {name: entry.get("default") for name, entry in CONNECTION_OPTIONS.items()}
    first = _lookup._session({**options, "api_key": "CCDB1_a", "field": "id"})
    assert _lookup._session({**options, "api_key": "CCDB1_a", "field": None}) is first
    assert _lookup._session({**options, "api_key": "CCDB1_b"}) is not first
    assert first.api.http.read_only
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert _lookup._session({**options, "api_key": "CCDB1_a"}) is not first


def test_nothing_is_read_of_another_organization(monkeypatch):
    monkeypatch.setattr(_lookup, "_sessions", {})
    with TinyServer(reply(200, {"id": "x", "label": "other", "name": "Other"})) as tiny:
        given = {"api_key": "CCDB1_a", "api_url": tiny.url, "api_rate_limit": 0.0}
        for _time in range(2):
            with pytest.raises(AnsibleLookupError, match=r"The key is of the organization 'Other'.* not of 'acme'"):
                look_up("cluster", "orders", expected_organization="acme", **given)
    assert [request.path for request in tiny.seen] == ["/api/v1/organization"] * 2


def test_without_requests_it_says_so(api, monkeypatch):
    monkeypatch.setattr(_lookup, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    with pytest.raises(AnsibleLookupError, match=r"need the Python library requests"):
        look_up("cluster", "orders")


# --- folder, service_account, person ---------------------------------------------------------------------------------

ABOVE = {"resource_id": OTHER_ID, "name": "platform", "parent_id": "root", "path": []}
PROD = {
    "resource_id": CLUSTER_ID,
    "name": "prod",
    "parent_id": OTHER_ID,
    "path": [{"id": OTHER_ID, "name": "platform"}],
}
ACCOUNTS = [{"id": CLUSTER_ID, "name": "ci"}, {"id": OTHER_ID, "name": "twins"}, {"id": GONE_ID, "name": "twins"}]
ALICE = {"id": CLUSTER_ID, "email": "Alice@example.com"}


LISTED = {"folders": [ABOVE, PROD], "service-accounts": ACCOUNTS}


class Organization(Api):
    """What is in an organization beside clusters."""

    def get(self, path, query=None, **shape):
        parts = path.strip("/").split("/")
        self.log.append(("GET", path, query))
        if parts[0] == "users":
            return {"user": ALICE} if query["email"].lower() == "alice@example.com" else {}
        rows = LISTED[parts[0]]
        if len(parts) == 1:
            return {parts[0].replace("-", "_"): rows, "pagination": {}}
        found = [row for row in rows if parts[1] in (row.get("id"), row.get("resource_id"))]
        if not found:
            raise refusal(404, "not found")
        return found[0]

    def pages(self, path, key, query=None, **shape):
        yield self.get(path, query)


@pytest.fixture
def organization(monkeypatch):
    found = Organization(version=NEWEST)
    monkeypatch.setattr(
        _lookup, "_session", lambda params: Session(found, found.__dict__.setdefault("kept", Listings()))
    )
    return found


@pytest.mark.parametrize(
    ("name", "terms", "found", "asked"),
    [
        (
            "folder",
            ["/platform/prod", "/platform/", CLUSTER_ID, "/platform/prod"],
            [CLUSTER_ID, OTHER_ID, "/platform/prod", CLUSTER_ID],
            ["/folders", f"/folders/{CLUSTER_ID}"],
        ),
        (
            "service_account",
            ["ci", GONE_ID, "ci"],
            [CLUSTER_ID, GONE_ID, CLUSTER_ID],
            ["/service-accounts", "/service-accounts/" + GONE_ID],
        ),
        ("person", ["alice@example.com"] * 2, [CLUSTER_ID] * 2, ["/users/persons-by-email"]),
    ],
)
def test_ids_by_name_for_one_listing(organization, name, terms, found, asked):
    assert look_up(name, *terms) == found and requests(organization) == asked


@pytest.mark.parametrize(
    ("name", "term", "words"),
    [
        ("folder", "/platform/test", "folder '/platform/test'"),
        ("folder", "99999999-2222-3333-4444-555555555555", "folder '99999999"),
        ("service_account", "nobody", "service account 'nobody'"),
        ("person", "bob@example.com", "person 'bob@example.com'"),
    ],
)
def test_what_has_no_such_name_is_missing(organization, monkeypatch, name, term, words):
    warnings = []
    monkeypatch.setattr(_lookup.display, "warning", warnings.append)
    with pytest.raises(AnsibleLookupError, match=f"^There is no {words}"):
        look_up(name, term)
    assert look_up(name, term, on_missing="skip") == [] == look_up(name, term, on_missing="warn")
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("name", "term", "words"),
    [
        ("folder", "prod", "'prod' is not the path of a folder"),
        ("folder", 7, "A term must be the path or the id of a folder"),
        ("service_account", "", "A term must be the name or the id of a service account"),
        ("service_account", "twins", f"There are 2 service accounts named 'twins'.*{OTHER_ID}, {GONE_ID}"),
        ("person", CLUSTER_ID, "is not an e-mail address"),
        ("person", None, "A term must be the e-mail address of a person, got nothing"),
    ],
)
def test_what_can_not_be_meant_is_an_error_whatever_is_missing(organization, name, term, words):
    with pytest.raises(AnsibleLookupError, match=words):
        look_up(name, term, on_missing="skip")
    assert len(requests(organization)) <= 1


@pytest.mark.parametrize("name", ["folder", "service_account", "person"])
def test_a_version_that_does_not_have_it(organization, name):
    organization.version = "2022-09-20"
    with pytest.raises(AnsibleLookupError, match=f"The lookup {name} does not work with api_version 2022-09-20"):
        look_up(name, "/a@b", on_missing="skip")
    assert requests(organization) == []


# --- connection_string -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_the_endpoint_is_asked_as_its_version_wants(monkeypatch, version):
    api = made(monkeypatch, version)
    assert look_up("connection_string", CLUSTER_ID) == [URL]
    look_up("connection_string", CLUSTER_ID, user="app", database="d b", os="MAC")
    system = "OS_MAC" if version == "2022-09-20" else "MAC"
    assert api.queries == [{}, {"sql_user": "app", "database": "d b", "os": system}]


def test_a_password_is_never_sent(api):
    look_up("connection_string", CLUSTER_ID, user="app", password=SECRET)
    assert SECRET not in str(api.queries) and api.queries == [{"sql_user": "app"}]


def test_an_own_path_needs_no_operating_system(api):
    (found,) = look_up("connection_string", "big", sslrootcert="/etc/my certs/ca.crt")
    assert found == f"{URL}&sslrootcert=/etc/my%20certs/ca.crt" and api.queries[-1] == {"os": "LINUX"}


@pytest.mark.parametrize("options", [{"password": SECRET}, {"password": SECRET, "user": ""}])
def test_a_password_needs_a_user(api, options):
    with pytest.raises(AnsibleLookupError, match=r"^The option password needs the option user$"):
        look_up("connection_string", "orders", **options)


def test_an_empty_password_is_a_mistake(api):
    with pytest.raises(AnsibleLookupError, match=r"^The option password is empty"):
        look_up("connection_string", "orders", user="app", password="")
    assert requests(api) == []


def test_an_advanced_cluster_needs_an_operating_system(api, monkeypatch):
    api.faults.append(("GET", "connection-string", refusal(400, "os is required for advanced clusters")))
    with pytest.raises(AnsibleLookupError, match=r"os is required.*Give the option os, LINUX, MAC or WINDOWS"):
        look_up("connection_string", "big")
    made(monkeypatch, "2022-03-31")
    with pytest.raises(AnsibleLookupError, match=r"depends on the operating system. Give the option os, LINUX"):
        look_up("connection_string", "big")


@pytest.mark.parametrize("answer", [None, [], {}, {"connection_string": None}, {"connection_string": "ftp://x"}])
def test_an_answer_without_a_connection_string(api, monkeypatch, answer):
    monkeypatch.setattr(api, "_answer", lambda method, path, body: answer)
    with pytest.raises(AnsibleLookupError, match=r"^Failed to read the connection string of cluster '.*': the answer"):
        look_up("connection_string", CLUSTER_ID)


def test_the_oldest_version_builds_it(monkeypatch):
    api = made(monkeypatch, "2022-03-31")
    found = look_up("connection_string", "orders", "big", CLUSTER_ID, user="a b", database="d/b", os="WINDOWS")
    mine = f"postgresql://a%20b@{HOST}:26257/d%2Fb?sslmode=verify-full"
    path = "$env:appdata\\CockroachCloud\\certs\\big-ca.crt"
    big = f"postgresql://a%20b@big.example.com:26257/d%2Fb?sslmode=verify-full&sslrootcert={path}"
    assert found == [mine, big, mine]
    assert requests(api) == ["/clusters", f"/clusters/{CLUSTER_ID}"]


def test_a_primary_region_comes_first():
    regions = [{"name": "a", "sql_dns": "a.x"}, {"name": "b", "sql_dns": "b.x", "primary": True}, "c"]
    assert connection.built(cluster(regions=regions), database=None, system=None).startswith("postgresql://b.x:26257/")
    assert "://whole.x:" in connection.built(cluster(regions=regions, sql_dns="whole.x"), database=None, system=None)


def test_a_cluster_without_an_address():
    with pytest.raises(OptionError, match=r"'orders' has no SQL address, its state is CREATING"):
        connection.built(cluster(state="CREATING", regions=[{"name": "a", "sql_dns": ""}]), database=None, system=None)


def finished(url, **more):
    return connection.finished(url, **{"user": None, "password": None, "sslmode": None, "sslrootcert": None, **more})


@pytest.mark.parametrize(
    ("url", "more", "whole"),
    [
        ("postgresql://h:1/d", {}, "postgresql://h:1/d"),
        ("postgres://u@h:1/d?a=b", {}, "postgres://u@h:1/d?a=b"),
        ("postgresql://u:leak@h:1/d", {}, "postgresql://u@h:1/d"),
        ("postgresql://u@h:1/d", {"user": "v@w"}, "postgresql://v%40w@h:1/d"),
        (
            "postgresql://h/d?options=--cluster%3Dx",
            {"sslmode": "require"},
            "postgresql://h/d?options=--cluster%3Dx&sslmode=require",
        ),
        ("postgresql://h/d?sslmode=a&x=y", {"sslmode": "require"}, "postgresql://h/d?sslmode=require&x=y"),
        (
            "postgresql://h/d?sslrootcert=a",
            {"sslrootcert": "$HOME/ä&b.crt"},
            "postgresql://h/d?sslrootcert=$HOME/%C3%A4%26b.crt",
        ),
        ("postgresql://h/d", {"sslrootcert": "system"}, "postgresql://h/d?sslrootcert=system"),
    ],
)
def test_the_users_own_wishes(url, more, whole):
    assert finished(url, **more) == whole


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_user_and_password_come_back_whole(user, password):
    user, password = (text.encode("utf-8", "replace").decode() for text in (user, password))
    parts = urlsplit(finished(URL, user=user, password=password))
    assert (parts.hostname, parts.port) == (HOST, 26257)
    assert (unquote(parts.username), unquote(parts.password)) == (user, password)


# --- cluster_ca_cert -------------------------------------------------------------------------------------------------


def test_the_certificate(api):
    assert look_up("cluster_ca_cert", CLUSTER_ID, "orders") == [CA, CA]
    assert requests(api) == [f"/clusters/{CLUSTER_ID}/cert", "/clusters"]


@pytest.mark.parametrize(
    ("text", "returned"),
    [
        (CA, CA),
        (CA.strip(), CA),
        (CA.replace("\n", "\r\n"), CA),
        (CA + CA, CA + CA),
        (f"# what it is\nsubject=x\n{CA}\n\n", CA),
    ],
)
def test_certificates_and_nothing_else(text, returned):
    assert connection.certificates(text) == returned


BODY = "".join(CA.splitlines()[1:-1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>sign in</html>",
        '{"code": 5}',
        CA.replace("CERTIFICATE", "PRIVATE KEY"),
        CA + CA.replace("CERTIFICATE", "PRIVATE KEY"),
        CA.replace("MIIB", "AAAA"),
        CA[:-30],
        CA.replace(BODY[:8], "!!!"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n",
        CA + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate(api, text):
    with pytest.raises(CrdbError, match=r"the answer is not a (valid )?PEM certificate"):
        connection.certificates(text)
    api.cert = text
    with pytest.raises(
        AnsibleLookupError, match=r"^Failed to read the CA certificate of cluster 'orders': the answer is not"
    ):
        look_up("cluster_ca_cert", "orders", on_missing="skip")


def client(url, **settings):
    clock = Clock()
    defaults = {name: entry.get("default") for name, entry in CONNECTION_OPTIONS.items()}
    settings = {"api_url": url, "api_rate_limit": 0, "api_retries": 1, "api_key": "CCDB1_key", **settings}
    return CloudApi({**defaults, **settings}, agent="ansible/2.19", clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize(
    "credentials",
    [{}, {"api_key": None, "api_jwt": "a.jwt.token", "vanity_name": "acme", "username": "jane"}],
    ids=["key", "jwt"],
)
def test_what_is_public_is_read_without_a_key(monkeypatch, tmp_path, credentials):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with TinyServer(reply(503), reply(200, text=CA), reply(200, {"name": "org"})) as tiny:
        api = client(tiny.url, **credentials)
        assert api.public_text("/clusters/x/cert") == CA
        assert api.get("/organization") == {"name": "org"}
    for request in tiny.seen[:2]:
        assert request.path == "/clusters/x/cert"
        assert request.headers["User-Agent"].startswith("crdb.cloud/")
        assert not {"Authorization", "Cc-Vanity-Name", "Cc-Username", "Cc-Version"} & set(request.headers)
    assert tiny.seen[2].headers["Authorization"].startswith("Bearer ")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_is_public_and_refused(status):
    with TinyServer(reply(status, {"code": 5, "message": "no CCDB1_key"})) as tiny, pytest.raises(ApiError) as caught:
        client(tiny.url).public_text("/clusters/x/cert")
    assert str(caught.value) == f"no ******** (HTTP {status}, code 5)"


def test_what_is_public_and_elsewhere():
    with (
        TinyServer(reply(302, headers={"Location": "https://example.com/login"})) as tiny,
        pytest.raises(CrdbError, match="redirect"),
    ):
        client(tiny.url).public_text("/clusters/x/cert")


# --- available_regions -----------------------------------------------------------------------------------------------


def test_regions(api):
    everything = look_up("available_regions")
    assert [row["name"] for row in everything] == api.regions
    assert look_up("available_regions", "GCP", ["AWS"], serverless=True) == everything * 2
    assert api.queries == [
        {},
        {"provider": "GCP", "serverless": "true"},
        {"provider": "AWS", "serverless": "true"},
    ]


def test_no_provider_is_not_all_of_them(api):
    assert look_up("available_regions", []) == [] and requests(api) == []


@pytest.mark.parametrize("term", ["gcp", "", None, {"GCP": 1}])
def test_a_provider_that_does_not_exist(api, term):
    with pytest.raises(AnsibleLookupError, match=r"A term must be one of GCP, AWS, AZURE, got "):
        look_up("available_regions", term, on_missing="skip")


def test_a_provider_that_a_version_lacks(monkeypatch):
    api = made(monkeypatch, "2022-09-20")
    with pytest.raises(
        AnsibleLookupError, match=r"AZURE does not exist in api_version 2022-09-20.*2023-04-10 is the first"
    ):
        look_up("available_regions", "AZURE")
    assert requests(api) == []


def test_a_provider_without_regions(api, monkeypatch):
    warnings = []
    monkeypatch.setattr(_lookup.display, "warning", warnings.append)
    api.regions = []
    with pytest.raises(AnsibleLookupError, match=r"^There are no regions of AWS. Set on_missing"):
        look_up("available_regions", "AWS")
    assert look_up("available_regions", "AWS", on_missing="warn") == []
    assert look_up("available_regions", on_missing="skip") == []
    assert warnings == ["There are no regions of AWS"]


# --- private networks ------------------------------------------------------------------------------------------------

SERVICES = [
    {"region_name": "us-east-1", "status": "AVAILABLE", "name": "com.amazonaws.vpce.us-east-1.vpce-svc-1"},
    {"region_name": "us-west-2", "status": "ENDPOINT_SERVICE_STATUS_CREATING", "aws": {"service_name": "svc-2"}},
]


@pytest.fixture
def services(api, monkeypatch):
    """What the API says of private endpoint services."""
    found = [*SERVICES]
    answer = api._answer

    def _answer(method, path, body):
        return {"services": found} if path.endswith("/private-endpoint-services") else answer(method, path, body)

    monkeypatch.setattr(api, "_answer", _answer)
    return found


def test_a_private_endpoint_service_by_its_region(api, services):
    def service(*terms, **options):
        return look_up("private_endpoint_service", *terms, **options)

    assert [row["name"] for row in service("orders", CLUSTER_ID, region="us-east-1")] == [SERVICES[0]["name"]] * 2
    assert requests(api) == ["/clusters", f"/clusters/{CLUSTER_ID}/networking/private-endpoint-services"]
    (row,) = service("orders", region="us-west-2")
    assert (row["name"], row["status"]) == ("svc-2", "CREATING")
    with pytest.raises(AnsibleLookupError, match=r"has services in us-east-1, us-west-2\. Say which one"):
        service("orders")
    with pytest.raises(AnsibleLookupError, match="cluster 'orders' has no private endpoint service in eu-west-1"):
        service("orders", region="eu-west-1")
    assert service("orders", region="eu-west-1", on_missing="skip") == []
    del services[1:]
    assert service("big")[0]["region_name"] == "us-east-1"


def test_a_private_endpoint_service_needs_a_version_that_has_them(monkeypatch):
    made(monkeypatch, "2022-03-31")
    with pytest.raises(AnsibleLookupError, match=r"does not work with api_version 2022-03-31\. Use 2022-09-20"):
        look_up("private_endpoint_service", "orders")


def test_connection_strings_for_private_networks(api):
    regions = [
        {"name": "us-east1", "sql_dns": HOST, "internal_dns": "in-east", "private_endpoint_dns": ""},
        {
            "name": "us-west2",
            "sql_dns": HOST,
            "internal_dns": "in-west",
            "private_endpoint_dns": "psc",
            "primary": True,
        },
    ]
    api.clusters[CLUSTER_ID]["regions"] = regions

    def host(**options):
        (url,) = look_up("connection_string", "orders", **options)
        return url.removeprefix("postgresql://").removesuffix("/defaultdb?sslmode=verify-full")

    assert host() == host(network="public") == f"{HOST}:26257"
    assert host(network="internal") == "in-west:26257"
    assert host(network="internal", region="us-east1", user="app") == "app@in-east:26257"
    assert host(network="private_endpoint") == "psc:26257"
    for options, message in (
        ({"network": "private_endpoint", "region": "us-east1"}, "has no address for Private Service Connect on GCP"),
        ({"network": "internal", "region": "nowhere"}, "is not in the region nowhere. It is in us-east1, us-west2"),
        ({"region": "us-east1"}, "says nothing with network: public"),
    ):
        with pytest.raises(AnsibleLookupError, match=message):
            host(**options)
