# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that nobody has declared: where they may lead, what in them is secret, which row is meant, what a DELETE deletes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plugin_fakes import refusal

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._base.members import (
    HIDDEN,
    member,
    secrets_in,
    without_secrets,
)
from ansible_collections.crdb.cloud.plugins.module_utils._edge.confirmed import check_confirmed
from ansible_collections.crdb.cloud.plugins.module_utils._edge.rows import found_row, list_keys, merged, tells
from ansible_collections.crdb.cloud.plugins.module_utils._http.paths import checked_path, plain_query

SPEC = Path(__file__).parents[3] / "roles/sandbox/files/crdb_emulator/surface.json"
KEY = "CCDB1_" + "a" * 22 + "_" + "b" * 40


@pytest.mark.parametrize(
    "path",
    [
        "/clusters",
        "/clusters/",
        "/api/scim/v2/Users",
        "/clusters/1/sql-users/a%2Fb",
        "/clusters/1/sql-users/a%20b@c",
        "/clusters/1/sql-users/...",
        "/clusters/1/sql-users/100%25",
    ],
)
def test_a_path_below_the_api(path):
    assert checked_path("path", path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "clusters", "https://evil.example.com/clusters", "//evil.example.com/clusters", "/clusters//evil", "/"),
        *("/..", "/../../admin", "/clusters/../../x", "/clusters/./x", "/clusters/%2e%2e/x", "/clusters/.%2E/x"),
        *("/clusters/%252e%252e/x", "/a/..%2fx", "/a/..%5cx", "/a/%5c%2e%2e/x", "/a\\..\\x", "/a%00b", "/a%0d%0ab"),
        *(
            "/a b",
            "/a\nb",
            "/ä",
            "/a%zz",
            "/a%2",
            "/clusters?x=1",
            "/clusters#x",
            "/a/%2f%2fevil",
            "@evil.example.com/x",
        ),
    ],
)
def test_a_path_that_leads_elsewhere(path):
    with pytest.raises(OptionError, match=r"^unless\.path "):
        checked_path("unless.path", path)


def test_a_query_is_spelt_as_the_api_spells_it():
    assert plain_query({"a": True, "b": [1, False], "c": None, "d": "x"}) == {"a": "true", "b": [1, "false"], "d": "x"}
    assert plain_query(None) == {}
    with pytest.raises(OptionError, match="'a' can't be a dictionary"):
        plain_query({"a": {"b": 1}})


def test_secrets_are_told_by_their_names_and_their_look():
    answer = {
        "api_key": {"id": "CCDB1_x", "name": "ci"},
        "secret": KEY,
        "datadog": {"api_key": "d41d8cd9", "apiKey": 5},
        "users": [{"name": "app", "password": "p4ss", "password_changed_at": "2026", "changePassword": True}],
        "identity_map": [{"token_identity": "repo:acme", "secret_id": "s1"}],
        "otlp_headers": {"x-team": "t3am"},
        "credentials": [{"id": "c1"}],
        "credential": {"user": "app"},
        "azure_client_secret": "az",
        "tokens": ["t0k", ""],
        "note": "postgresql://app:p4ss@host/db",
        "url": "postgresql://app@host/db",
        "dsn": "Server=x;Password=y",
        "next_token": None,
        "session": "abc",
        "pem": "-----BEGIN RSA PRIVATE KEY-----",
        "x509_pem_cert": "-----BEGIN CERTIFICATE-----",
        "public_key": "k",
    }
    assert set(secrets_in(answer)) == {
        *("secret", "datadog.api_key", "datadog.apiKey", "users.0.password", "otlp_headers.x-team", "credential.user"),
        *("azure_client_secret", "tokens.0", "note", "dsn", "session", "pem"),
    }
    shown = without_secrets(answer)
    assert shown["api_key"] == answer["api_key"] and shown["secret"] == HIDDEN == shown["datadog"]["apiKey"]
    assert shown["users"] == [{**answer["users"][0], "password": HIDDEN}] and shown["tokens"] == [HIDDEN, ""]
    assert secrets_in(shown) == {} and without_secrets(shown) == shown
    assert (without_secrets(None), without_secrets(7), without_secrets(KEY)) == (None, 7, HIDDEN)


def test_what_the_descriptions_call_a_secret_is_one():
    names = set()

    def walk(value, name=""):
        if isinstance(value, dict):
            if value.get("format") == "password":
                names.add(name)
            for key, item in value.items():
                walk(item, key)
        elif isinstance(value, list):
            for item in value:
                walk(item, name)

    walk(json.loads(SPEC.read_text()))
    for name in {*names, "password", "secret", "azure_shared_key"}:
        assert secrets_in({name: "x"}), name


def test_a_member_by_its_dotted_name():
    value = {"regions": [{"name": "a"}], "text": "abc"}
    assert member(value, "regions.0.name") == "a" and member(value, "text") == "abc"
    for dotted in ("regions.1.name", "regions.x", "regions.0.name.0", "text.0", "no"):
        with pytest.raises(LookupError):
            member(value, dotted)


USER = {"schemas": ["urn:x"], "id": "1", "userName": "a@example.com", "emails": [{"value": "a@example.com"}]}
CLUSTER = {"id": "1", "name": "orders", "regions": [{"name": "us-east1"}], "config": {"limit": 5, "on": True}}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"folders": [], "pagination": None}, "folders"),
        ({"allowlist": [], "propagating": True, "pagination": {}}, "allowlist"),
        ({"invoices": []}, "invoices"),
        ({"Resources": [], "totalResults": 0, "schemas": ["x"]}, "Resources"),
        ({"users": [], "next": 5}, "users"),
        (USER, ""),
        (CLUSTER, ""),
        ({}, ""),
        ([1], ""),
        (None, ""),
    ],
)
def test_a_listing_is_told_from_an_object(body, key):
    assert list_keys(body) == ([key] if key else [])


def test_where_is_held_against_an_object_or_any_row_of_all_pages():
    assert found_row([CLUSTER], {"name": "orders", "regions.0.name": "us-east1", "gone": None}) is CLUSTER
    # What comes from a template is text.
    assert found_row([CLUSTER], {"config.limit": "5", "config.on": "True"}) is CLUSTER
    # The rows of what is in an object are none of its own.
    assert found_row([CLUSTER], {"name": "us-east1"}) is None
    pages = [{"rows": [{"a": 1}], "pagination": {}}, {"rows": [{"a": 2, "b": [1]}], "pagination": {}}]
    assert found_row(pages, {"a": 2, "b": [1]}) == {"a": 2, "b": [1]}
    assert found_row(pages, {"a": 1, "b": [1]}) is None and found_row(pages, {}) == {"a": 1}
    assert found_row([{"rows": [], "pagination": {}}], {}) is None and found_row([], {}) is None
    assert found_row([{}], {}) is None
    assert merged("/x", pages) == {"rows": [{"a": 1}, {"a": 2, "b": [1]}]}
    assert tells(pages[0], {"c": 1}) and tells(CLUSTER, {"config.limit": 1, "c": 2}) and tells(CLUSTER, {})
    assert not (tells({}, {}) or tells({}, {"a": 1}) or tells(CLUSTER, {"c.id": 1}))
    several = [{"a": [1], "b": [2], "next": 1}, {"a": [3], "next": 2}]
    assert merged("/x", several) == {"a": [1, 3], "b": [2]}
    with pytest.raises(OptionError, match="The answer to GET /x is no listing"):
        merged("/x", [CLUSTER])


class Api:
    """Answers by path; what is not there is an error of that status."""

    def __init__(self, answers, *, else_=404):
        self.answers, self.status, self.log = answers, else_, []

    def followed(self, path, query=None):
        self.log.append(path)
        found = self.answers.get(path, self.status)
        if isinstance(found, int):
            raise refusal(found)
        yield from found if isinstance(found, list) else [found]


def listing(*rows):
    return {"rows": list(rows), "pagination": None}


@pytest.mark.parametrize(
    ("path", "answers", "names"),
    [
        ("/clusters/1", {"/clusters/1": CLUSTER}, {"orders", "1"}),
        ("/folders/f1", {"/folders/f1": {"resource_id": "f1", "name": "prod"}}, {"prod", "f1"}),
        ("/c/1/rules/r1", {"/c/1/rules/r1": {"rule": {"id": "r1", "name": "kafka"}}}, {"kafka", "r1"}),
        ("/api/scim/v2/Users/1", {"/api/scim/v2/Users/1": USER}, {"a@example.com", "1"}),
        # No GET of one: it is looked for in the listing above.
        ("/c/1/sql-users/a%2Fb", {"/c/1/sql-users/a%2Fb": 501, "/c/1/sql-users": listing({"name": "a/b"})}, {"a/b"}),
        ("/c/1/sql-users/app", {"/c/1/sql-users": [listing({"name": "x"}), listing({"name": "app"})]}, {"app"}),
        (
            "/c/1/allowlist/10.0.0.0/8",
            {"/c/1/allowlist": listing({"cidr_ip": "10.0.0.0", "cidr_mask": 8, "name": "office"})},
            {"office", "10.0.0.0/8"},
        ),
        (
            "/roles/u/CLUSTER/1/ADMIN",
            {"/roles/u": {"roles": [{"name": "ADMIN", "resource": {"type": "CLUSTER", "id": "1"}}]}},
            {"ADMIN", "CLUSTER/1/ADMIN"},
        ),
        # It has neither name nor id: those of what it lies in.
        ("/clusters/1/cmek", {"/clusters/1/cmek": {"status": "ON"}, "/clusters/1": CLUSTER}, {"orders", "1"}),
        ("/clusters/1/x/y", {"/clusters/1/x/y": {"on": 1}, "/clusters/1": CLUSTER}, {"orders", "1"}),
    ],
)
def test_a_confirmation_is_the_name_or_the_id_of_what_is_deleted(path, answers, names):
    for name in names:
        assert check_confirmed(Api(answers), path, name), name
    for wrong in ("", "other", "us-east1", "8"):
        with pytest.raises(OptionError, match="nothing was deleted") as raised:
            check_confirmed(Api(answers), path, wrong)
        assert all(name in str(raised.value) for name in names)


@pytest.mark.parametrize(
    ("path", "answers", "else_"),
    [
        ("/folders/f1", {"/folders": listing()}, 404),
        ("/c/1/sql-users/app", {"/c/1/sql-users": listing({"name": "x"})}, 501),
        ("/c/1/allowlist/10.0.0.0/8", {"/c/1/allowlist": listing({"cidr_ip": "10.0.0.0", "cidr_mask": 9})}, 405),
        ("/clusters/1/cmek", {"/clusters/1": CLUSTER}, 404),
        ("/clusters/1", {"/clusters/1": {**CLUSTER, "state": "DELETED"}}, 404),
        ("/clusters/1/sql-users/app", {"/clusters": {"clusters": [], "pagination": None}}, 404),
    ],
)
def test_what_is_not_there_needs_no_deletion(path, answers, else_):
    assert check_confirmed(Api(answers, else_=else_), path, "x") is None


@pytest.mark.parametrize(
    ("path", "answers", "else_"),
    [
        ("/clusters/1/secret-thing", {"/clusters/1": CLUSTER}, 501),
        (
            "/roles/u/ORGANIZATION/o/ADMIN",
            {"/roles/u": {"roles": [{"name": "ADMIN", "resource": {"type": "ORGANIZATION", "id": ""}}]}},
            404,
        ),
        ("/nothing/at/all", {}, 404),
        ("/folders", {"/folders": listing()}, 404),
        ("/thing", {"/thing": {"status": "ON"}}, 404),
    ],
)
def test_what_nobody_can_read_is_not_deleted(path, answers, else_):
    with pytest.raises(OptionError, match="nothing was deleted"):
        check_confirmed(Api(answers, else_=else_), path, "orders")


def test_a_role_that_is_lacking_is_said():
    with pytest.raises(CrdbError, match="HTTP 403"):
        check_confirmed(Api({}, else_=403), "/folders/f1", "prod")


def test_a_protected_cluster_is_not_deleted():
    answers = {"/clusters/1": {**CLUSTER, "delete_protection": "ENABLED"}}
    with pytest.raises(OptionError, match="cluster 'orders' has delete protection"):
        check_confirmed(Api(answers), "/clusters/1", "1")
