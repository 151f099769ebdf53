# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listing, reading and deleting clusters, and the old ``PUT .../spend-limit``.

[D] Lists are sorted by name, or since 2024-09-16 by ``pagination.sort_by``; deleted and failed clusters are listed
with ``show_inactive`` only. A cluster that is being created can't be deleted (an option lets it). Deleting answers with
the cluster in the specification and with nothing on the documentation page (seed profile). [C] A deleted cluster still
answers GET, with ``state: DELETED``. The errors of deleting are [G].
"""

from __future__ import annotations

from crdb_emulator.auth import READ_CLUSTERS
from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import cluster_locked, cluster_not_found, failed_precondition, invalid
from crdb_emulator.limits import read_spend_limit, set_spend_limit
from crdb_emulator.model import CREATING, CREATION_FAILED, DELETED, LOCKED, Cluster
from crdb_emulator.pagination import boolean, enum
from crdb_emulator.render import cluster_bytes
from crdb_emulator.store import BY_CREATED, BY_DELETED, BY_NAME
from crdb_emulator.versions import ApiVersion


def list_clusters(call: Call) -> Reply:
    """``GET /clusters`` -> ``{clusters, pagination}``; 400 on a bad page token or sort order."""
    sort_by = BY_NAME
    if call.version >= ApiVersion.V2024_09_16:
        sort_by = enum(call.query, "pagination.sort_by", (BY_NAME, BY_CREATED, BY_DELETED)) or BY_NAME
    inactive = boolean(call.query, "show_inactive")
    clusters, keys = call.store.listing(inactive=inactive, sort_by=sort_by)
    if not call.caller.roles & READ_CLUSTERS:
        # [D] Who only has a role on single clusters sees these, and inactive ones only by a role on the organization.
        own = [
            (cluster, key)
            for cluster, key in zip(clusters, keys, strict=True)
            if cluster.live and call.roles_on(cluster) & READ_CLUSTERS
        ]
        clusters, keys = [cluster for cluster, _key in own], [key for _cluster, key in own]
    page, block = call.pager.cut(f"clusters/{sort_by}/{inactive}", clusters, keys, call.query)
    seed = call.settings.seed_profile
    rendered = b",".join([cluster_bytes(cluster, call.version, seed=seed) for cluster in page])
    return Reply(200, b'{"clusters":[' + rendered + b'],"pagination":' + json_bytes(block) + b"}")


def get_cluster(call: Call) -> Reply:
    """``GET /clusters/{id}``; 404 code 5 when unknown."""
    return _reply(call, call.cluster(deleted=True))


def delete_cluster(call: Call) -> Reply:
    """``DELETE /clusters/{id}``; 400 code 9 when protected, 404 on the second time by default."""
    cluster = call.cluster(deleted=True)
    settings = call.settings
    if cluster.state == DELETED:
        if settings.repeat_delete_status != 200:
            raise cluster_not_found(cluster.id)
        return _deleted(call, cluster)
    if cluster.delete_protection == "ENABLED":
        raise failed_precondition(f"cluster {cluster.id} has delete protection enabled")
    if cluster.state == CREATING and not settings.delete_while_creating:
        raise failed_precondition(f"cluster {cluster.id} is being created")
    store = call.store
    if settings.delete_seconds > 0 and cluster.state != CREATION_FAILED:
        cluster.state = LOCKED
        store.schedule(cluster, settings.delete_seconds, store.mark_deleted)
        cluster.touch(store.now)
        store.relist()
    else:
        store.mark_deleted(cluster, store.now)
    return _deleted(call, cluster)


def put_spend_limit(call: Call) -> Reply:
    """``PUT /clusters/{id}/spend-limit`` with ``{spend_limit}`` in cents [D: documentation pages until 2024-09 only].

    Answers ``{}``, in the seed profile an empty body; 404 with ``--no-spend-limit-put`` and in 2024-09-16.
    """
    cluster = call.cluster()
    if not cluster.serverless:
        raise invalid("spend limits are supported for serverless clusters only")
    cents = read_spend_limit(call.message, call.version)
    if cents is None:
        raise invalid("spend_limit is required")
    if cluster.state == CREATION_FAILED:
        raise cluster_not_found(cluster.id)
    if cluster.state == LOCKED:
        raise cluster_locked()
    set_spend_limit(cluster, cents)
    cluster.touch(call.store.now)
    return Reply(200, b"" if call.settings.seed_profile else b"{}")


def _reply(call: Call, cluster: Cluster) -> Reply:
    return Reply(200, cluster_bytes(cluster, call.version, seed=call.settings.seed_profile))


def _deleted(call: Call, cluster: Cluster) -> Reply:
    return Reply(200, b"") if call.settings.seed_profile else _reply(call, cluster)
