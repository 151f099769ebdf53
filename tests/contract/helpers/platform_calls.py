# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation on what goes out of a cluster, what protects it, and what the newest version alone has."""

from __future__ import annotations

from typing import Any

from integration.samples import CERTIFICATE, WORKSPACE, WORKSPACES

from .caller import Caller

DEDICATED: dict[str, Any] = {
    "region_nodes": {"us-east-1": 3},
    "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 60},
}
PEM = {"x509_pem_cert": CERTIFICATE.format("MAAA")}


def calls(api: Caller, path: str) -> None:
    """Send them, some for the Advanced cluster at *path*, and others for one of their own."""
    _keys(api)
    if api.version >= "2022-09-20":
        _certificate(api, f"{path}/client-ca-cert", path)
        own = api.create("with-exports", "AWS", {"dedicated": DEDICATED})
        _logs(api, own)
        _metrics(api, own)
    if api.version >= "2026-09-15":
        _scanning(api, f"{path}/runtime-scanning")
        _assistant(api, path)
        _virtual(api)


def _keys(api: Caller) -> None:
    where = {"2022-03-31": {}, "2022-09-20": {"network_visibility": "NETWORK_VISIBILITY_PRIVATE"}}
    spec = {**DEDICATED, **where.get(api.version, {"network_visibility": "PRIVATE"})}
    path = api.create("encrypted", "AWS", {"dedicated": spec})
    keys = f"{path}/cmek"
    spec = {"type": "AWS_KMS", "uri": "arn:aws:kms:us-east-1:1:key/1", "auth_principal": "arn:aws:iam::1:role/kms"}
    body = {"region_specs": [{"region": "us-east-1", "key_spec": spec}]}
    assert api.ok("GET", keys)["status"] == "DISABLED"
    if api.version == "2022-03-31":
        # It has no private clusters, and no others can be encrypted.
        assert api.send("POST", keys, body).status == api.send("PATCH", keys, {"action": "REVOKE"}).status == 400
        return
    for method, doing in (("POST", "ENABLING"), ("PUT", "ROTATING")):
        assert api.ok(method, keys, body)["status"] == doing
        api.settle(path)
        assert api.ok("GET", keys)["status"] == "ENABLED"
        spec["uri"] += "2"
    assert api.ok("PATCH", keys, {"action": "REVOKE"})["status"] == "REVOKING"
    api.settle(path)
    assert len(api.ok("GET", keys)["region_infos"][0]["key_infos"]) == 2


def _certificate(api: Caller, where: str, path: str) -> None:
    assert api.ok("GET", where)["status"] == "NOT_SET"
    for method in ("POST", "PATCH", "DELETE"):
        body = None if method == "DELETE" else PEM
        assert api.ok(method, where, body) == {"status": "PENDING", "x509_pem_cert": ""}
        api.settle(path)
    assert api.ok("GET", where)["status"] == "NOT_SET"


def _logs(api: Caller, path: str) -> None:
    where = f"{path}/logexport"
    group: dict[str, Any] = {"log_name": "security", "channels": ["PRIVILEGES"], "min_level": "WARNING"}
    if api.version >= "2024-09-16":
        group["enable_sending_queue"] = True
    export = {"type": "AWS_CLOUDWATCH", "log_name": "orders", "auth_principal": "arn:aws:iam::1:role/logs"}
    assert api.ok("POST", where, {**export, "redact": True, "groups": [group]})["status"] == "ENABLING"
    api.settle(path)
    assert api.ok("GET", where)["status"] == "ENABLED"
    assert api.ok("DELETE", where)["status"] == "DISABLING"
    api.settle(path)


def _metrics(api: Caller, path: str) -> None:
    sinks: dict[str, dict[str, str] | None] = {
        "cloudwatch": {"role_arn": "arn:aws:iam::1:role/metrics", "target_region": "us-east-1"},
        "datadog": {"site": "US1", "api_key": "planted-key-of-datadog"},
    }
    if api.version >= "2023-04-10":
        sinks["prometheus"] = None
    for sink, body in sinks.items():
        where = f"{path}/metricexport/{sink}"
        assert api.ok("POST", where, body)["status"] == "ENABLING"
        api.settle(path)
        assert api.ok("GET", where)["status"] == "ENABLED"
        assert api.ok("DELETE", where)["status"] == "DISABLING"
        api.settle(path)


def _scanning(api: Caller, where: str) -> None:
    assert api.ok("POST", where, {"type": "WIZ"}) == api.ok("GET", where) == {"type": "WIZ"}
    assert api.ok("DELETE", where) == {"type": "NONE"}


def _assistant(api: Caller, path: str) -> None:
    where = f"{path}/migration-assistant"
    assert api.ok("POST", where, {"region": "us-central1"})["status"] == "PENDING"
    certificate = f"{where}/source-ca-cert"
    assert api.ok("PATCH", certificate, PEM) == api.ok("GET", certificate) == api.ok("DELETE", certificate) == PEM
    api.emulator.patch(objects={f"migration-assistant/{path.rpartition('/')[2]}": {"": {"status": "RUNNING"}}})
    assert api.ok("GET", where)["status"] == "RUNNING"
    assert api.ok("DELETE", where)["status"] == "DELETING"


def _virtual(api: Caller) -> None:
    api.emulator.patch(objects=WORKSPACES)
    assert [row["id"] for row in api.ok("GET", "/virtual-cluster-workspaces")["workspaces"]] == [WORKSPACE]
    one = f"/virtual-cluster-workspaces/{WORKSPACE}"
    assert api.ok("PATCH", one, {"default_virtual_cpu_burst_limit": 8}) == api.ok("GET", one)
    made = api.ok("POST", f"{one}/clusters", {"name": "analytics-1", "primary_region": "us-central1"})
    api.settle(f"/clusters/{made['id']}")
    assert api.ok("PATCH", f"{one}/clusters/{made['id']}", {"virtual_cpu_burst_limit": 4})["id"] == made["id"]
