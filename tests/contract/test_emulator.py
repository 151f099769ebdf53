# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator held against the specifications: every operation, in every version, with good and bad input."""

from __future__ import annotations

from typing import Any

import pytest
from contract.conftest import Record
from contract.helpers import platform_calls, upkeep
from contract.helpers.caller import Caller
from contract.helpers.defects import DEFECTS
from contract.helpers.judge import Judge
from contract.helpers.specs import VERSIONS, specifications

from crdb_emulator.routes import ROUTES, Route
from crdb_emulator.versions import BY_TEXT

specifications()

ALLOWLIST = "/networking/allowlist"
UNKNOWN = "/clusters/00000000-0000-4000-8000-000000000000"
READER = "CCDB1_readerreaderreaderread_contractcontractcontractcontractcontract"
PERSON = "alice@example.com"
NONE = {"UNSPECIFIED", "CLUSTER_STATUS_UNSPECIFIED", "CLUSTER_STATE_UNSPECIFIED"}


def serverless(version: str, **more: Any) -> dict[str, Any]:
    """The least that a serverless cluster needs in *version*, and *more*."""
    spec: dict[str, Any] = {"regions": ["us-central1"], **more}
    if version < "2023-04-10":
        spec.setdefault("spend_limit", 0)
    return {"serverless": spec}


def dedicated(**more: Any) -> dict[str, Any]:
    hardware = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 35}
    return {"dedicated": {"region_nodes": {"us-central1": 3}, "hardware": hardware, **more}}


def served(version: str) -> set[str]:
    """The routes of the emulator's own table that *version* has, as ``GET clusters/*``."""
    asked = BY_TEXT[version]
    return {line(route) for route in ROUTES if route.since <= asked <= route.until}


def line(route: Route) -> str:
    return f"{route.method} {'/'.join(route.path)}".replace("?", "*")


def as_route(operation: str) -> str:
    """``GET /api/v1/clusters/{cluster_id}`` as the emulator's table writes it."""
    method, path = operation.split(" ")
    parts = path.removeprefix("/api/").removeprefix("v1/").split("/")
    return f"{method} {'/'.join('*' if part.startswith('{') else part for part in parts)}"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_emulator_serves_what_the_specification_has(judge: Judge, version: str) -> None:
    """No route of the emulator is in a version that does not have it, and none is missing from one that does."""
    ours = served(version)
    every = {line(route) for route in ROUTES}
    for spec in judge.specs[version]:
        theirs = {as_route(operation) for operation in spec.operations()}
        assert ours - theirs == ({"PUT clusters/*/spend-limit"} if version < "2024-09-16" else set())
        assert theirs & every <= ours


@pytest.mark.parametrize("version", VERSIONS)
def test_every_operation(judge: Judge, record: Record, version: str) -> None:
    emulator, recorder = record("--propagate-seconds", "2", "--person", PERSON, "--group", "dba", "--group", "ops")
    api = Caller(emulator, recorder, version)

    api.ok("GET", "/clusters")
    basic = basic_clusters(api)
    advanced = advanced_clusters(api)
    if version >= "2024-09-16":
        standard_clusters(api)
    listings(api)
    children(api, basic)
    reads(api, basic, advanced)
    upgrades(api, advanced)
    if version >= "2023-04-10":
        folders(api)
        identities(api)
        below_a_cluster(api, advanced, connection_states(judge, version))
        upkeep.calls(api, advanced)
    if version >= "2022-09-20":
        role_grants(api)
        private_endpoints(api)
        egress(api)
    if version >= "2024-09-16":
        restores(api, advanced)
    platform_calls.calls(api, advanced)
    api.send("GET", f"//clusters/{basic.rsplit('/', 1)[1]}/cert")
    for path in (basic, advanced):
        api.ok("DELETE", path)
        assert api.ok("GET", path)["state"] == "DELETED"
    listings(api)
    audit_log(api)

    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()
    # The one operation that is in no specification.
    seen = {as_route(operation) for operation in verdict.operations} | {
        "PUT clusters/*/spend-limit" for it in recorder.records if it.path.endswith("/spend-limit")
    }
    assert seen == served(version)
    # An exception that nothing needs any more has to go.
    assert verdict.defects == {defect.name for defect in DEFECTS if version in defect.versions}


def basic_clusters(api: Caller) -> str:
    version = api.version
    common: dict[str, Any] = {}
    if version >= "2023-04-10":
        common = {"delete_protection": "ENABLED", "parent_id": "root"}
    if version >= "2024-09-16":
        common |= {"plan": "BASIC", "labels": {"team": "payments"}}
    more: dict[str, Any] = {}
    if version >= "2023-04-10":
        limits = {"request_unit_limit": "40000000", "storage_mib_limit": "4096"}
        more = {"with_empty_ip_allowlist": True, "usage_limits": limits}
    if version >= "2024-09-16":
        more |= {"upgrade_type": "AUTOMATIC"}
    api.create("one-region", "AWS", serverless(version, regions=["us-east-1"]))
    if version >= "2022-09-20":
        regions = {"regions": ["us-east1", "us-central1"], "primary_region": "us-east1"}
        api.create("two-regions", "GCP", serverless(version, **regions))
    path = api.create("everything", "GCP", {**common, **serverless(version, **more)}, wait=False)
    api.ok("GET", path)
    api.settle(path)

    patches: list[dict[str, Any]] = [{}]
    if version < "2024-09-16":
        patches += [{"serverless": {"spend_limit": cents}} for cents in (0, 1000)]
    if version >= "2023-04-10":
        patches += [
            {"delete_protection": "DISABLED"},
            {"parent_id": "root"},
            {"serverless": {"regions": ["us-central1", "us-east1"], "primary_region": "us-central1"}},
            {"serverless": {"usage_limits": {"request_unit_limit": "50000000", "storage_mib_limit": "5120"}}},
        ]
    if version >= "2024-09-16":
        patches += [
            {"labels": {}},
            {"serverless": {"usage_limits": {"storage_mib_limit": "5120"}}},
            {"serverless": {"usage_limits": {}}},
        ]
    for patch in patches:
        api.ok("PATCH", path, patch)
        api.ok("GET", path)
    if version == "2022-03-31":
        api.ok("PATCH", path, {"serverless": {"spend_limit": 7}}, field_mask="serverless.spend_limit")
    if version < "2024-09-16":
        assert api.ok("PUT", f"{path}/spend-limit", {"spendLimit": 2500}) == {}
        assert api.ok("PUT", f"{path}/spend-limit", {"spend_limit": 2600}) == {}
        assert api.ok("GET", path)["config"]["serverless"]["spend_limit"] == 2600
    return path


def standard_clusters(api: Caller) -> None:
    limits = {"usage_limits": {"provisioned_virtual_cpus": "2"}, "upgrade_type": "MANUAL"}
    path = api.create("standard", "GCP", {"plan": "STANDARD", **serverless(api.version, **limits)})
    more = {"usage_limits": {"provisioned_virtual_cpus": "4"}}
    for patch in (
        {"serverless": more},
        {"serverless": {"upgrade_type": "AUTOMATIC"}},
        {"plan": "BASIC", "serverless": {"usage_limits": {}}},
        {"plan": "STANDARD", "serverless": more},
    ):
        api.ok("PATCH", path, patch)
        api.ok("GET", path)


def advanced_clusters(api: Caller) -> str:
    version = api.version
    api.create("single", "AWS", dedicated(region_nodes={"us-east-1": 1}), wait=False)
    if version >= "2022-09-20":
        private = "NETWORK_VISIBILITY_PRIVATE" if version == "2022-09-20" else "PRIVATE"
        api.create("private", "GCP", dedicated(network_visibility=private, restrict_egress_traffic=True))
    if version >= "2023-04-10":
        api.create("azure-one", "AZURE", dedicated(region_nodes={"eastus": 3}))
    if version >= "2024-09-16":
        account = {"gcp": {"service_account_email": "sandbox@example.iam.gserviceaccount.com"}}
        spec = dedicated(cidr_range="10.0.0.0/16", supports_cluster_virtualization=True)
        api.create("own-account", "GCP", {"plan": "ADVANCED", "customer_cloud_account": account, **spec})
    hardware = {"machine_spec": {"machine_type": "n2-standard-4"}, "storage_gib": 35, "disk_iops": 0}
    path = api.create("advanced", "GCP", dedicated(hardware=hardware, cockroach_version="v25.2"))
    for patch in (
        {"region_nodes": {"us-central1": 4}},
        {"hardware": {"machine_spec": {"num_virtual_cpus": 8}}},
        {"hardware": {"storage_gib": 70}, "region_nodes": {"us-central1": 3, "us-east1": 3}},
    ):
        assert api.ok("PATCH", path, {"dedicated": patch})["state"] == "LOCKED"
        api.settle(path)
    return path


def upgrades(api: Caller, path: str) -> None:
    """There and back, there and settled."""
    if api.version < "2022-09-20":
        return
    if api.version < "2024-09-16":
        start, back = {"upgrade_status": "MAJOR_UPGRADE_RUNNING"}, {"upgrade_status": "ROLLBACK_RUNNING"}
    else:
        start, back = {"cockroach_version": "v25.4"}, {"cockroach_version": "v25.2"}
    for patch in (start, back, start, {"upgrade_status": "FINALIZED"}):
        api.ok("PATCH", path, patch)
        api.settle(path)


def pages(api: Caller, path: str, rows: str, **filters: Any) -> None:
    """Every page of two rows, there and back again."""
    old = api.version == "2022-03-31"
    token, following, previous = (
        ("pagination.start_key", "next", "last") if old else ("pagination.page", "next_page", "previous_page")
    )
    there: list[Any] = []
    query: dict[str, Any] = {"pagination.limit": 2, **filters}
    while True:
        body = api.ok("GET", path, **query)
        there.append(body[rows])
        block = body["pagination"]
        if not block or not block[following]:
            break
        query[token] = block[following]
    assert len(there) > 1
    if old:
        query["pagination.direction"] = "PAGE_DIRECTION_LAST"
    query[token] = block[previous]
    assert api.ok("GET", path, **query)[rows] == there[-2]


def listings(api: Caller) -> None:
    order, moment = (
        ("pagination.order", "pagination.time")
        if api.version == "2022-03-31"
        else ("pagination.sort_order", "pagination.as_of_time")
    )
    pages(api, "/clusters", "clusters", show_inactive="true")
    for query in (
        {"show_inactive": "true"},
        {order: "DESC", "pagination.limit": 1},
        {order: "ASC", moment: "2026-01-01T00:00:00Z"},
    ):
        api.ok("GET", "/clusters", **query)
    for by in ("NAME", "CREATED_AT", "DELETED_AT") if api.version >= "2024-09-16" else ():
        api.ok("GET", "/clusters", **{"pagination.sort_by": by, "show_inactive": "true"})


def children(api: Caller, path: str) -> None:
    users = f"{path}/sql-users"
    assert api.ok("GET", users)["users"] == []
    for name in ("app", "ops/münchen 50%?", "reader"):
        api.ok("POST", users, {"name": name, "password": "set-by-the-test"})
    pages(api, users, "users")
    escaped = f"{users}/ops%2Fm%C3%BCnchen%2050%25%3F"
    assert api.ok("PUT", f"{escaped}/password", {"password": "set-again-by-the-test"}) == {"name": "ops/münchen 50%?"}
    assert api.ok("DELETE", escaped) == {"name": "ops/münchen 50%?"}

    if api.version >= "2022-09-20":
        databases = f"{path}/databases"
        api.ok("POST", databases, {"name": "bank"})
        assert api.ok("PATCH", databases, {"name": "bank", "new_name": "accounts"})["name"] == "accounts"
        if api.version >= "2023-04-10":
            for name, new in (("accounts", "ledger"), ("ledger", "accounts")):
                body = {"new_name": new, **({"name": name} if api.version >= "2024-09-16" else {})}
                assert api.ok("PATCH", f"{databases}/{name}", body)["name"] == new
        pages(api, databases, "databases")
        assert api.ok("DELETE", f"{databases}/accounts") == {"name": "accounts", "table_count": "0"}

    allowlist, flags = path + ALLOWLIST, {"ui": False, "sql": True, "name": "office"}
    for number in (1, 2, 3):
        api.ok("POST", allowlist, {"cidr_ip": f"10.0.{number}.0", "cidr_mask": 24, **flags})
    api.ok("POST", allowlist, {"cidr_ip": "192.0.2.7", "cidr_mask": 32, "ui": True, "sql": False})
    assert api.ok("GET", allowlist)["propagating"] is True
    pages(api, allowlist, "allowlist")
    key = {"cidr_ip": "10.0.1.0", "cidr_mask": 24} if api.version == "2022-03-31" else {}
    item = f"{allowlist}/10.0.1.0/24"
    api.ok("PUT", item, {**key, **flags, "ui": True})
    assert api.ok("PATCH", item, {**key, "ui": False, "sql": False, "name": ""})["name"] == ""
    if key:
        api.ok("PATCH", item, {**key, **flags}, field_mask="name")
    assert api.ok("DELETE", item)["cidr_ip"] == "10.0.1.0"


def reads(api: Caller, basic: str, advanced: str) -> None:
    version = api.version
    assert len(api.ok("GET", f"{advanced}/nodes")["nodes"]) == 6
    assert len(api.ok("GET", f"{advanced}/nodes", region_name="us-east1")["nodes"]) == 3
    pages(api, f"{advanced}/nodes", "nodes")
    api.ok("GET", f"{basic}/nodes")
    pages(api, "/clusters/available-regions", "regions")
    for provider in ("GCP", "AWS", "AZURE") if version >= "2023-04-10" else ("GCP", "AWS"):
        assert api.ok("GET", "/clusters/available-regions", provider=provider, serverless="true")["regions"]
    if version < "2022-09-20":
        return
    api.ok("GET", f"{basic}/connection-string")
    for system in ("MAC", "LINUX", "WINDOWS"):
        query = {"os": f"OS_{system}" if version == "2022-09-20" else system, "database": "bank", "sql_user": "app"}
        for path in (basic, advanced):
            assert api.ok("GET", f"{path}/connection-string", **query)["params"]["Database"] == "bank"
    pages(api, "/cluster-versions", "versions")
    assert api.ok("GET", "/organization")["name"]
    (invoice,) = api.ok("GET", "/invoices")["invoices"]
    assert api.ok("GET", f"/invoices/{invoice['invoice_id']}")["period_start"] == invoice["period_start"]
    if api.version >= "2024-09-16":
        assert api.ok("GET", "/invoices", status="FINALIZED", start_time=invoice["period_end"])["invoices"] == []


def folders(api: Caller) -> None:
    labels = {"labels": {"team": "orders"}} if api.version >= "2024-09-16" else {}
    top = api.ok("POST", "/folders", {"name": "platform", **labels})["resource_id"]
    for name in ("prod", "dev"):
        below = api.ok("POST", "/folders", {"name": name, "parent_id": top})["resource_id"]
    api.ok(
        "POST",
        "/clusters",
        {"name": "in-a-folder", "provider": "GCP", "spec": {**serverless(api.version), "parent_id": top}},
    )
    pages(api, "/folders", "folders")
    pages(api, f"/folders/{top}/contents", "resources")
    assert len(api.ok("GET", "/folders/root/contents")["resources"]) > 1
    assert [row["resource_id"] for row in api.ok("GET", "/folders", path="/platform/dev")["folders"]] == [below]
    api.ok("PATCH", f"/folders/{below}", {"name": "dev two", "parent_id": "root", **labels})
    api.ok("GET", f"/folders/{below}")
    assert api.ok("DELETE", f"/folders/{below}") == {}


def identities(api: Caller) -> None:
    roles = [{"name": "CLUSTER_CREATOR", "resource": {"type": "ORGANIZATION"}}]
    made = api.ok("POST", "/service-accounts", {"name": "ci", "description": "", "roles": roles})
    path = f"/service-accounts/{made['id']}"
    api.ok("POST", "/service-accounts", {"name": "monitor", "description": "of clusters", "roles": []})
    pages(api, "/service-accounts", "service_accounts")
    assert api.ok("PATCH", path, {"description": "deploys"})["description"] == "deploys"
    assert [role["name"] for role in api.ok("GET", path)["roles"]] == ["ORG_MEMBER", "CLUSTER_CREATOR"]
    for name in ("one", "two"):
        key = api.ok("POST", "/api-keys", {"name": name, "service_account_id": made["id"]})["api_key"]
    pages(api, "/api-keys", "api_keys")
    assert len(api.ok("GET", "/api-keys", service_account_id=made["id"])["api_keys"]) == 2
    api.ok("PATCH", f"/api-keys/{key['id']}", {"name": "three"})
    assert api.ok("GET", f"/api-keys/{key['id']}") == api.ok("DELETE", f"/api-keys/{key['id']}")
    if api.version >= "2026-09-15":
        key = {"algorithm": "PS256", "public_key": "-----BEGIN PUBLIC KEY-----\n", "expires_at": "2099-01-01T00:00:00Z"}
        for name in ("one", "two", "three"):
            own = api.ok("POST", f"{path}/credentials", {"name": name, **key})
        pages(api, f"{path}/credentials", "credentials")
        assert api.ok("GET", f"{path}/credentials", status_filter="DISABLED")["credentials"] == []
        assert api.ok("DELETE", f"{path}/credentials/{own['id']}") == own
    assert api.ok("DELETE", path)["id"] == made["id"]

    entry = {"token_identity": "sub", "cc_identity": PERSON}
    for more in (
        {},
        {"audience": "third"},
        {"audience": "other", "claim": "email", "jwks": "{}", "identity_map": [entry]},
    ):
        issuer = api.ok(
            "POST", "/jwt-issuers", {"issuer_url": "https://issuer.example.com", "audience": "crdb", **more}
        )
    pages(api, "/jwt-issuers", "jwt_issuers")
    path = f"/jwt-issuers/{issuer['id']}"
    assert api.ok("PATCH", path, {"claim": "name"})["identity_map"][0]["cc_identity"] == PERSON
    assert api.ok("GET", path) == api.ok("DELETE", path)

    assert api.ok("GET", "/users/persons-by-email", email=PERSON)["user"]["email"] == PERSON
    scim(api)


def scim(api: Caller) -> None:
    users, groups = "//api/scim/v2/Users", "//api/scim/v2/Groups"
    by_name = 'displayName eq "dba"'
    found = api.ok("GET", groups, filter=by_name)
    assert (found["totalResults"], found["Resources"][0]["displayName"]) == (1, "dba")
    if api.version >= "2024-09-16":
        assert api.ok("GET", groups, count=1, startIndex=2)["Resources"][0]["displayName"] == "ops"
    user = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "bob@example.com",
        "displayName": "Bob",
        "name": {"givenName": "Bob", "familyName": "Example"},
        "emails": [{"value": "bob@example.com", "primary": True, "type": "work"}],
        "active": True,
        "externalId": "00u1",
    }
    made = api.ok("POST", users, user)["id"]
    group = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "new",
        "members": [{"value": made}],
    }
    own = api.ok("POST", groups, group)["id"]
    for path, one, body in ((users, made, user), (groups, own, group)):
        listed = api.ok("GET", path)
        assert one in [row["id"] for row in listed["Resources"]]
        for method in ("POST", "PUT"):
            assert api.ok(method, f"{path}/.search", {})["totalResults"] == listed["totalResults"]
            assert api.ok(method, f"{path}/{one}/.search", {"attributes": "displayName"})["id"] == one
        assert api.ok("GET", f"{path}/{one}")["displayName"] == body["displayName"]
        assert api.ok("PUT", f"{path}/{one}", {**body, "displayName": "other"})["displayName"] == "other"
        if api.version >= "2024-09-16":
            change = {"op": "replace", "path": "displayName", "value": "third"}
            patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [change]}
            assert api.ok("PATCH", f"{path}/{one}", patch)["displayName"] == "third"
    assert api.ok("GET", f"{users}/{made}")["groups"][0]["value"] == own
    assert api.ok("DELETE", f"{users}/{made}") == api.ok("DELETE", f"{groups}/{own}") == {}
    for name in ("ResourceTypes", "Schemas"):
        path = f"//api/scim/v2/{name}"
        one = api.ok("GET", path)["Resources"][0]
        assert api.ok("GET", f"{path}/{one['id']}") == one
    assert api.ok("GET", "//api/scim/v2/ServiceProviderConfig")["filter"]["supported"]


def below_a_cluster(api: Caller, path: str, statuses: list[str]) -> None:
    window = {"offset_duration": "172800s", "window_duration": "21600s"}
    assert api.ok("PUT", f"{path}/maintenance-window", window) == api.ok("GET", f"{path}/maintenance-window") == window
    assert api.ok("DELETE", f"{path}/maintenance-window") == window

    connections = f"{path}/networking/private-endpoint-connections"
    assert api.ok("POST", connections, {"endpoint_id": "/subscriptions/a b"})["status"] == "STATUS_PENDING"
    api.settle(path)
    assert api.ok("GET", connections)["connections"][0]["status"] == "STATUS_AVAILABLE"
    where = f"private-endpoint-connections/{path.rpartition('/')[2]}"
    for status in statuses:
        api.emulator.patch(objects={where: {"/subscriptions/a b": {"status": status}}})
        assert api.ok("GET", connections)["connections"][0]["status"] == status
    assert api.ok("DELETE", f"{connections}/%2Fsubscriptions%2Fa%20b") == {}
    api.settle(path)


def private_endpoints(api: Caller) -> None:
    path = api.create("on-aws", "AWS", dedicated(region_nodes={"us-east-1": 3}))
    network, named = f"{path}/networking", path.rpartition("/")[2]
    body = {} if api.version == "2022-09-20" else None
    assert api.ok("GET", f"{network}/private-endpoint-services") == {"services": []}
    made = api.ok("POST", f"{network}/private-endpoint-services", body)["services"]
    api.settle(path)
    (service,) = api.ok("GET", f"{network}/private-endpoint-services")["services"]
    assert service["status"].endswith("AVAILABLE") and made[0]["status"].endswith("CREATING")
    assert api.ok("POST", f"{network}/private-endpoint-services", body)["services"] == [service]

    names = {"region_name": "us-east-1", "cloud_provider": "AWS", "service_id": "vpce-svc-1"}
    row = {**names, "external_owner_id": "123456789012", "status": "PENDING_ACCEPTANCE"}
    api.emulator.patch(objects={f"aws-endpoint-connections/{named}": {"vpce-1": row}})
    prefix = "ENDPOINT_" if api.version == "2022-09-20" else ""
    connections = f"{network}/aws-endpoint-connections"
    before = api.ok("PATCH", f"{connections}/vpce-1", {"status": f"{prefix}AVAILABLE"})
    assert before["status"] == f"{prefix}PENDING_ACCEPTANCE"
    api.settle(path)
    assert api.ok("GET", connections)["connections"] == [{**before, "status": f"{prefix}AVAILABLE"}]

    if api.version >= "2023-04-10":
        owner = {"type": "AWS_ACCOUNT_ID", "external_owner_id": "012345678901"}
        made = api.ok("POST", f"{network}/private-endpoint-trusted-owners", owner)["trusted_owner"]
        assert api.ok("GET", f"{network}/private-endpoint-trusted-owners") == {"trusted_owners": [made]}
        one = f"{network}/private-endpoint-trusted-owners/{made['id']}"
        assert api.ok("GET", one) == {"trusted_owner": made} == api.ok("DELETE", one)


def egress(api: Caller) -> None:
    path = api.create("with-egress", "GCP", dedicated())
    network = f"{path}/networking"
    rules = f"{network}/egress-rules"
    assert api.ok("POST", f"{rules}/egress-traffic-policy", {"allow_all": False, "idempotency_key": "one"}) == {}
    api.ok("GET", path)
    api.settle(path)
    assert api.ok("GET", path)["egress_traffic_policy"] == "DEFAULT_DENY"
    rule = {"name": "kafka", "type": "CIDR", "destination": "203.0.113.9/32", "description": "", "ports": [443, 9093]}
    for number in range(3):
        named = {**rule, "name": f"kafka-{number}", "idempotency_key": str(number)}
        made = api.ok("POST", rules, named)["Rule"]
        api.settle(path)
        assert api.ok("POST", rules, named)["Rule"]["id"] == made["id"]
    pages(api, rules, "rules")
    one = f"{rules}/{made['id']}"
    assert api.ok("PATCH", one, {"type": "FQDN", "destination": "example.com"})["Rule"]["state"] == "PENDING_UPDATE"
    api.settle(path)
    assert api.ok("GET", one)["rule"]["state"] == "ACTIVE"
    assert api.ok("DELETE", one, idempotency_key="two")["Rule"]["name"] == "kafka-2"
    api.settle(path)

    if api.version >= "2024-09-16":
        endpoints = f"{network}/egress-private-endpoints"
        for number in range(4):
            service = {"target_service_type": "PRIVATE_SERVICE", "target_service_identifier": f"projects/p/{number}"}
            made = api.ok("POST", endpoints, {"region": "us-central1", **service})
            assert (made["state"], made["endpoint_connection_id"]) == ("PENDING", "")
            api.settle(path)
        pages(api, endpoints, "egress_private_endpoints")
        one = f"{endpoints}/{made['id']}"
        assert api.ok("PATCH", one, {"domain_names": ["*.example.com"]})["domain_names_state"] == "PENDING"
        api.settle(path)
        assert api.ok("GET", one)["domain_names_state"] == "AVAILABLE"
        assert api.ok("DELETE", one) == {}
        api.settle(path)


def connection_states(judge: Judge, version: str) -> list[str]:
    """The states of a private endpoint connection, that of a healthy one last."""
    spec = judge.specs[version][-1]
    known = spec.document["components"]["schemas"]["PrivateEndpointConnectionStatus"]["enum"]
    return sorted(known, key=lambda status: str(status) == "STATUS_AVAILABLE")


def restores(api: Caller, path: str) -> None:
    rows = {f"backup-{day}": {"as_of_time": f"2026-01-0{day}T00:00:00Z"} for day in range(1, 6)}
    api.emulator.patch(objects={f"backups/{path.rpartition('/')[2]}": rows})
    pages(api, f"{path}/backups", "backups")
    rows = api.ok("GET", f"{path}/backups", start_time="2020-01-01T00:00:00Z", end_time="2099-01-01T00:00:00Z")[
        "backups"
    ]
    one = {"type": "TABLE", "objects": [{"database": "bank", "schema": "public", "table": "accounts"}]}
    for number, body in enumerate(({**one, "restore_opts": {"into_db": "bank", "schema_only": True}}, one, one)):
        made = api.ok("POST", f"{path}/restores", {**body, "backup_id": rows[number]["id"]})
        assert made["status"] == "PENDING"
        api.settle(path)
        api.emulator.patch(
            outcomes={"restores": {"status": "FAILED", "client_error_code": 3, "client_error_message": "no"}}
        )
    pages(api, f"{path}/restores", "restores")
    assert [row["status"] for row in api.ok("GET", f"{path}/restores")["restores"]] == ["FAILED", "FAILED", "SUCCESS"]
    assert api.ok("GET", f"{path}/restores/{made['id']}")["client_error_message"] == "no"


def role_grants(api: Caller) -> None:
    prefix = "ORG_ROLE_" if api.version == "2022-09-20" else ""
    objects = api.emulator.state()["objects"]
    (person,), (cluster,) = objects["persons"], {row["id"] for row in api.emulator.clusters("advanced")}
    path, member = f"/roles/{person}", {"name": f"{prefix}ORG_MEMBER", "resource": {"type": "ORGANIZATION", "id": ""}}
    assert api.ok("GET", path)["roles"] == [member]
    added = api.ok("POST", f"{path}/ORGANIZATION//{prefix}ORG_ADMIN")
    assert [role["name"] for role in added["roles"]] == [f"{prefix}ORG_MEMBER", f"{prefix}ORG_ADMIN"]
    developer = {"name": f"{prefix}CLUSTER_DEVELOPER", "resource": {"type": "CLUSTER", "id": cluster}}
    assert api.ok("PUT", path, {"roles": [member, developer]})["roles"] == [member, developer]
    group = next(iter(objects["groups"]))
    grants = {group: {"roles": [{"name": "BILLING_COORDINATOR", "resource": {"type": "ORGANIZATION", "id": ""}}]}}
    api.emulator.patch(objects={"groups": {group: {"members": [{"value": person}]}}, "grants": grants})
    pages(api, "/roles", "grants")
    assert api.ok("GET", path).get("group_roles", []) != [] or prefix
    assert api.ok("DELETE", f"{path}/CLUSTER/{cluster}/{prefix}CLUSTER_DEVELOPER")["roles"] == [member]


def audit_log(api: Caller) -> None:
    if api.version < "2023-04-10":
        return
    first = api.ok("GET", "/auditlogevents", limit=3)
    assert len(first["entries"]) == 3
    query = {"starting_from": first["next_starting_from"], "sort_order": "ASC"}
    assert api.ok("GET", "/auditlogevents", **query)["entries"]
    last = api.ok("GET", "/auditlogevents", sort_order="DESC", limit=200)
    assert last["next_starting_from"] is None


def enum(judge: Judge, version: str, member: str) -> list[str]:
    """The values that a member of a cluster can have in *version*."""
    spec = judge.specs[version][0]
    return list(spec.resolve(spec.document["components"]["schemas"]["Cluster"]["properties"][member])["enum"])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_state(judge: Judge, record: Record, version: str) -> None:
    """Whatever a cluster is going through, its version has a word for it."""
    emulator, recorder = record()
    api = Caller(emulator, recorder, version)
    basic = api.create("basic-one", "GCP", serverless(version))
    advanced = api.create("advanced", "GCP", dedicated())
    for name, path in (("basic-one", basic), ("advanced", advanced)):
        for state in enum(judge, version, "state"):
            if state not in NONE:
                emulator.patch(clusters={name: {"state": state}})
                assert api.ok("GET", path)["state"] == state
                api.ok("GET", "/clusters", show_inactive="true")
        emulator.patch(clusters={name: {"state": "CREATED"}})
        for status in enum(judge, version, "operation_status"):
            emulator.patch(clusters={name: {"operation_status": "UNSPECIFIED" if status in NONE else status}})
            assert api.ok("GET", path)["operation_status"] == status
        if version >= "2022-09-20":
            for status in enum(judge, version, "upgrade_status"):
                emulator.patch(clusters={name: {"upgrade_status": status}})
                assert api.ok("GET", path)["upgrade_status"] == status
    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()


def test_a_cluster_of_one_version_is_valid_in_every_other(judge: Judge, record: Record) -> None:
    emulator, recorder = record()
    for version in VERSIONS:
        api = Caller(emulator, recorder, version)
        number = version[2:7]
        api.create(f"basic-{number}", "GCP", serverless(version), wait=False)
        api.create(f"advanced-{number}", "AWS", dedicated(region_nodes={"us-east-1": 1}))
    latest = Caller(emulator, recorder, VERSIONS[-1])
    limits = {"usage_limits": {"provisioned_virtual_cpus": "2"}}
    latest.create("standard", "GCP", {"plan": "STANDARD", **serverless(latest.version, **limits)})
    for version in VERSIONS:
        api = Caller(emulator, recorder, version)
        rows = api.ok("GET", "/clusters")["clusters"]
        assert len(rows) == 2 * len(VERSIONS) + 1
        for row in rows:
            assert api.ok("GET", f"/clusters/{row['id']}") == row
    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()


@pytest.mark.parametrize("version", VERSIONS)
def test_bad_requests(judge: Judge, record: Record, version: str) -> None:
    """Each is refused in the declared form; the judge agrees on which of them breach the specification."""
    emulator, recorder = record("--api-key", READER, "--role", f"{READER}=CLUSTER_DEVELOPER")
    api = Caller(emulator, recorder, version)
    spec = serverless(version)
    path = api.create("orders", "GCP", spec)
    users, allowlist = f"{path}/sql-users", path + ALLOWLIST
    api.ok("POST", users, {"name": "app", "password": "set-by-the-test"})
    entry = {"cidr_ip": "10.0.0.0", "cidr_mask": 8, "ui": True, "sql": True}
    change = entry if version == "2022-03-31" else {"ui": True, "sql": True}
    new = {"name": "orders-two", "provider": "GCP", "spec": spec}
    order = "pagination.order" if version == "2022-03-31" else "pagination.sort_order"
    token = "pagination.start_key" if version == "2022-03-31" else "pagination.page"

    fine: list[tuple[int, str, str, Any, dict[str, Any]]] = [
        # What the schemas allow and the service does not.
        (400, "GET", "/clusters/not-a-uuid", None, {}),
        (404, "GET", UNKNOWN, None, {}),
        (404, "DELETE", UNKNOWN, None, {}),
        (404, "GET", f"{UNKNOWN}/nodes", None, {}),
        (409, "POST", "/clusters", {**new, "name": "orders"}, {}),
        (400, "POST", "/clusters", {**new, "name": "Orders!"}, {}),
        (400, "POST", "/clusters", {**new, "spec": {}}, {}),
        (400, "POST", "/clusters", {**new, "spec": serverless(version, regions=["nowhere1"])}, {}),
        (400, "POST", "/clusters", {**new, "spec": {**spec, **dedicated()}}, {}),
        (400, "PATCH", path, {"dedicated": {"hardware": {"storage_gib": 9}}}, {}),
        (409, "POST", users, {"name": "app", "password": "set-by-the-test"}, {}),
        (400, "POST", users, {"name": "root", "password": "set-by-the-test"}, {}),
        (400, "POST", users, {"name": "other", "password": ""}, {}),
        (404, "PUT", f"{users}/nobody/password", {"password": "set-by-the-test"}, {}),
        (404, "DELETE", f"{users}/nobody", None, {}),
        (400, "POST", allowlist, {**entry, "cidr_ip": "10.1.2.3"}, {}),
        (404, "DELETE", f"{allowlist}/10.9.0.0/16", None, {}),
        (404, "PATCH", f"{allowlist}/10.0.0.0/8", change, {}),
        (400, "GET", "/clusters", None, {"query": {token: "no-such-page"}}),
        (401, "GET", "/clusters", None, {"headers": {"Authorization": "Bearer no-such-key"}}),
        (403, "POST", "/clusters", new, {"headers": {"Authorization": f"Bearer {READER}"}}),
    ]
    broken: list[tuple[int, str, str, Any, dict[str, Any]]] = [
        (401, "GET", "/clusters", None, {"headers": {"Authorization": None}}),
        (400, "GET", "/clusters", None, {"headers": {"Cc-Version": "2022-07-12"}}),
        (400, "GET", "/clusters", None, {"headers": {"Cc-Version": "latest"}}),
        (404, "GET", "/no-such-path", None, {}),
        (404, "GET", "/clusters/", None, {}),
        (501, "DELETE", "/clusters", None, {}),
        (501, "POST", path, {}, {}),
        (400, "POST", "/clusters", b'{"name":', {}),
        (400, "POST", "/clusters", b"[]", {}),
        (400, "POST", "/clusters", None, {}),
        (400, "POST", "/clusters", {"name": "orders-two"}, {}),
        (400, "POST", "/clusters", {**new, "provider": "OVH"}, {}),
        (400, "POST", "/clusters", {**new, "name": 7}, {}),
        (400, "POST", "/clusters", {**new, "spec": "serverless"}, {}),
        (400, "POST", "/clusters", {**new, "spec": serverless(version, regions="us-central1")}, {}),
        (400, "POST", users, {"name": "other"}, {}),
        (400, "POST", users, {"name": ["other"], "password": "set-by-the-test"}, {}),
        (400, "POST", allowlist, {**entry, "cidr_mask": "wide"}, {}),
        (400, "POST", allowlist, {**entry, "ui": "yes"}, {}),
        (400, "DELETE", f"{allowlist}/10.0.0.0/wide", None, {}),
        (400, "GET", "/clusters", None, {"query": {"show_inactive": "perhaps"}}),
        (400, "GET", "/clusters", None, {"query": {"pagination.limit": "many"}}),
        (400, "GET", "/clusters", None, {"query": {order: "UP"}}),
        (400, "GET", "/clusters/available-regions", None, {"query": {"provider": "OVH"}}),
    ]
    if version < "2024-09-16":
        broken += [
            (400, "PATCH", path, {"serverless": {"spend_limit": "much"}}, {}),
            (400, "PATCH", path, {"serverless": {"spend_limit": 2**31}}, {}),
            (400, "PUT", f"{path}/spend-limit", {"spendLimit": "much"}, {}),
        ]
    if version >= "2023-04-10":
        broken += [
            (400, "PATCH", path, {"delete_protection": "ON"}, {}),
            (400, "PATCH", path, {"serverless": {"usage_limits": {"storage_mib_limit": "much"}}}, {}),
            (400, "GET", "/auditlogevents", None, {"query": {"starting_from": "yesterday"}}),
            (400, "GET", "/auditlogevents", None, {"query": {"sort_order": "UP"}}),
        ]
    if version >= "2024-09-16":
        fine.append((400, "PATCH", path, {"serverless": {"usage_limits": {"storage_mib_limit": "0"}}}, {}))
        broken += [
            (400, "PATCH", path, {"plan": "SERVERLESS"}, {}),
            (400, "PATCH", path, {"labels": {"team": 1}}, {}),
            (404, "PUT", f"{path}/spend-limit", {"spendLimit": 5}, {}),
        ]
    if version < "2023-04-10":
        broken += [
            (400, "POST", "/clusters", {**new, "provider": "AZURE"}, {}),
            (404, "GET", "/auditlogevents", None, {}),
        ]
    if version < "2022-09-20":
        broken += [(404, "GET", "/organization", None, {}), (404, "GET", "/cluster-versions", None, {})]

    for breaches, cases in ((False, fine), (True, broken)):
        for status, method, where, body, more in cases:
            sent = api.send(method, where, body, **more)
            assert sent.status == status, f"{sent}: {sent.answer!r}"
            answered = judge.verdict([sent], requests=False)
            assert answered.violations == [], answered.report()
            assert bool(judge.verdict([sent]).violations) is breaches, f"{sent} {body}"
    assert emulator.cluster("orders")["state"] == "CREATED"


def test_too_many_requests(judge: Judge, record: Record) -> None:
    emulator, recorder = record("--rate-limit", "1")
    api = Caller(emulator, recorder, VERSIONS[-1])
    answers = [api.send("GET", "/clusters") for _request in range(20)]
    assert 429 in {answer.status for answer in answers}
    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_busy_cluster_answers_in_the_declared_form(judge: Judge, record: Record, version: str) -> None:
    emulator, recorder = record()
    api = Caller(emulator, recorder, version)
    path = api.create("advanced", "GCP", dedicated())
    emulator.patch(clusters={"advanced": {"state": "LOCKED"}})
    sent = api.send("PATCH", path, {"dedicated": {"region_nodes": {"us-central1": 4}}})
    assert sent.status == 503
    emulator.patch(clusters={"advanced": {"state": "CREATING"}})
    assert api.send("GET", f"{path}/sql-users").status == 404
    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()
