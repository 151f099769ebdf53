# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation on what keeps a cluster, its versions and its data."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

from .caller import Caller


def calls(api: Caller, path: str) -> None:
    """Send them for the Advanced cluster at *path*."""
    deferral = f"{path}/version-deferral"
    for policy in ("FIXED_DEFERRAL", "NOT_DEFERRED"):
        assert api.ok("PUT", deferral, {"deferral_policy": policy})["deferral_policy"] == policy
        assert api.ok("GET", deferral)["deferral_policy"] == policy
    if api.version >= "2024-09-16":
        config = f"{path}/backups-config"
        assert api.ok("PATCH", config, {"frequency_minutes": 5, "retention_days": 7}) == api.ok("GET", config)
        assert api.ok("PATCH", config, {"enabled": False})["enabled"] is False
        name, disrupted = "regional_disruptor_specifications", {"region_code": "us-central1", "is_whole_region": True}
        assert api.ok("PUT", f"{path}/disrupt", {name: [disrupted]}) == {name: [disrupted]}
        api.settle(path)
        assert api.ok("PUT", f"{path}/disrupt", {}) == api.ok("GET", f"{path}/disrupt") == {name: []}
        api.settle(path)
        _blackouts(api, f"{path}/blackout-windows")
        _streams(api)


def _blackouts(api: Caller, path: str) -> None:
    start, end, later = (
        f"{datetime.now(timezone.utc) + timedelta(days=days):%Y-%m-%dT00:00:00Z}" for days in (20, 25, 30)
    )
    one = f"{path}/{api.ok('POST', path, {'start_time': start, 'end_time': end})['id']}"
    assert api.ok("PATCH", one, {"end_time": later}) == api.ok("GET", one)
    listed = api.ok("GET", path)["blackout_windows"]
    assert listed == [api.ok("DELETE", one)] and api.ok("GET", path)["blackout_windows"] == []


def _streams(api: Caller) -> None:
    hardware = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 60}
    spec = {"dedicated": {"region_nodes": {"us-east1": 3}, "hardware": hardware}}
    paths = [api.create(name, "GCP", spec) for name in ("primary", "standby")]
    body = {
        f"{name}_cluster_id": path.rpartition("/")[2] for name, path in zip(("primary", "standby"), paths, strict=True)
    }
    streams = "/physical-replication-streams"
    for status in ("CANCELED", "FAILING_OVER"):
        one = f"{streams}/{api.ok('POST', streams, body)['id']}"
        while api.ok("GET", one)["status"] == "STARTING":
            time.sleep(0.05)
        assert api.ok("PATCH", one, {"status": status})["status"] in (status, "COMPLETED")
    assert [
        row["status"] for row in api.ok("GET", streams, show_completed="true", **body)[streams[1:].replace("-", "_")]
    ]
    for path in paths:
        api.ok("DELETE", path)
