# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns that behave like most, a row each, and the operations of those that do not but have facts in the surface."""

from __future__ import annotations

import re

from crdb_emulator import (
    accounts,
    auth,
    backups,
    continuum,
    folders,
    invoices,
    networking,
    people,
    protection,
    replication,
    roles,
    scim,
    telemetry,
    upkeep,
)
from crdb_emulator.catalog import ADVANCED, STANDARD
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid
from crdb_emulator.nouns import Handler, Kind, operations
from crdb_emulator.objects import Row

_WEEK = 7 * 24 * 3600
_SHORTEST_WINDOW = 6 * 3600
_DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")


def _window(_call: Call, after: Row, _before: Row) -> None:
    """[D] Begins within a week, lasts six hours or more, and less than a week."""
    seconds = {}
    for name in ("offset_duration", "window_duration"):
        if not _DURATION.fullmatch(after[name]):
            raise invalid(f'proto: invalid google.protobuf.Duration value "{after[name]}"', prefix=False)
        seconds[name] = float(after[name][:-1])
    if not 0 <= seconds["offset_duration"] < _WEEK:
        raise invalid("offset_duration must be less than 1 week")
    if not _SHORTEST_WINDOW <= seconds["window_duration"] < _WEEK:
        raise invalid("window_duration must be at least 6 hours and less than 1 week")


def _connection(call: Call, _row: Row) -> Row:
    """[D] The description requires ``region``, and declares ``region_name``."""
    cluster = call.ready_cluster()
    region = min(cluster.regions)
    service = f"{cluster.provider.lower()}-service-{cluster.id[:8]}"
    owner = {"external_owner_id": "123456789012"} if cluster.provider == "AWS" else {}
    names = {"region": region, "region_name": region, "endpoint_service_id": service, "service_name": service}
    return {"cloud_provider": cluster.provider, **names, **owner}


def _connection_left(call: Call, row: Row) -> Row | None:
    """[C] On AWS the entry stays, rejected; one whose endpoint is gone does not."""
    stays = row["cloud_provider"] == "AWS" and row["status"] != "STATUS_STALE"
    return {"status": "STATUS_REJECTED"} if stays else None


_ADMINS, _ORG_ADMIN = auth.ADMINS, auth.ONLY_ORG_ADMIN
KINDS = (
    Kind(
        "folder",
        "folders/*",
        rows="folders",
        id="resource_id",
        may={"GET": auth.READ_FOLDERS, "PATCH": auth.MOVE_FOLDERS, "": auth.WRITE_FOLDERS},
        audit={"POST": "CREATE_FOLDER", "PATCH": "UPDATE_FOLDER", "DELETE": "DELETE_FOLDER"},
        unique=("parent_id", "name"),
        check=folders.check,
        shows=folders.shows,
        goes=folders.goes,
        only=folders.only,
    ),
    Kind(
        "service account",
        "service-accounts/*",
        rows="service_accounts",
        may={"GET": auth.READ_ACCOUNTS, "POST": _ADMINS, "": _ORG_ADMIN},
        audit={"POST": "CREATE_SERVICE_ACCOUNT", "PATCH": "UPDATE_SERVICE_ACCOUNT", "DELETE": "DELETE_SERVICE_ACCOUNT"},
        unique=("name",),
        check=accounts.check_name,
        makes=accounts.makes_account,
        told=accounts.told_account,
        shows=accounts.shows_account,
        goes=accounts.account_goes,
        left=accounts.account_left,
    ),
    Kind(
        "API key",
        "api-keys/*",
        rows="api_keys",
        uuids=False,
        may={"GET": auth.READ_ACCOUNTS, "": _ORG_ADMIN},
        audit={"POST": "CREATE_API_KEY", "PATCH": "UPDATE_API_KEY", "DELETE": "DELETE_API_KEY"},
        unique=("service_account_id", "name"),
        order="created_at",
        check=accounts.check_name,
        makes=accounts.makes_key,
        told=accounts.told_key,
    ),
    Kind(
        "credential",
        "service-accounts/*/credentials/*",
        rows="credentials",
        may={"GET": auth.READ_ACCOUNTS, "": _ORG_ADMIN},
        audit={"POST": "CREATE_SA_CREDENTIAL", "DELETE": "DELETE_SA_CREDENTIAL"},
        order="created_at",
        sparse=True,
        makes=accounts.makes_credential,
        only=accounts.credentials_of,
        goes=accounts.credential_goes,
    ),
    Kind(
        "JWT issuer",
        "jwt-issuers/*",
        rows="jwt_issuers",
        may={"GET": auth.READ_AUDIT, "": _ORG_ADMIN},
        audit={"POST": "ADD_JWT_ISSUER", "PATCH": "UPDATE_JWT_ISSUER", "DELETE": "DELETE_JWT_ISSUER"},
        unique=("issuer_url", "audience"),
        order="issuer_url",
        sparse=True,
    ),
    Kind(
        "maintenance window",
        "clusters/*/maintenance-window",
        audit={"PUT": "SET_CLUSTER_MAINTENANCE_WINDOW", "DELETE": "DELETE_CLUSTER_MAINTENANCE_WINDOW"},
        plans=(ADVANCED,),
        check=_window,
    ),
    Kind(
        "private endpoint connection",
        "clusters/*/networking/private-endpoint-connections/*",
        rows="connections",
        id="endpoint_id",
        mine=True,
        audit={"POST": "ACCEPT_PRIVATE_LINK", "DELETE": "REJECT_PRIVATE_LINK"},
        order="endpoint_id",
        moves=("status", "STATUS_PENDING", "STATUS_AVAILABLE"),
        leaves="STATUS_DELETING",
        dead=frozenset({"STATUS_REJECTED", "STATUS_DELETED", "STATUS_EXPIRED", "STATUS_FAILED"}),
        plans=(STANDARD, ADVANCED),
        locks=lambda _call, _row: "",
        makes=_connection,
        left=_connection_left,
    ),
    Kind(
        "backup",
        "clusters/*/backups/*",
        rows="backups",
        order="as_of_time",
        newest=True,
        only=backups.between("as_of_time"),
        fills=backups.fill,
    ),
    Kind(
        "restore",
        "clusters/*/restores/*",
        rows="restores",
        audit={"POST": "RESTORE_CLUSTER"},
        order="created_at",
        newest=True,
        moves=("status", "PENDING", "SUCCESS"),
        locks=backups.lock,
        sparse=True,
        makes=backups.restore,
        settled=backups.settled,
        only=backups.between("created_at"),
    ),
    Kind(
        "backup configuration",
        "clusters/*/backups-config",
        check=backups.check_configuration,
        fills=backups.configuration,
    ),
    *upkeep.KINDS,
    *replication.KINDS,
    *networking.KINDS,
    *telemetry.KINDS,
    *protection.KINDS,
    *continuum.KINDS,
)
_GRANT = "roles/*/*/?/*"
# Operations that are in the surface, and have handlers of their own.
OTHERS: tuple[tuple[str, Handler, frozenset[str], str], ...] = (
    ("GET folders/*/contents", folders.contents, auth.READ_CONTENTS, ""),
    ("GET roles", roles.list_roles, auth.READ_GRANTS, ""),
    ("GET roles/*", roles.get_roles, auth.READ_GRANTS, ""),
    ("PUT roles/*", roles.put_roles, auth.ANY_MEMBER, "ASSIGN_USER_ROLE"),
    (f"POST {_GRANT}", roles.add_role, auth.ANY_MEMBER, "ADD_USER_TO_ROLE"),
    (f"DELETE {_GRANT}", roles.remove_role, auth.ANY_MEMBER, "REMOVE_USER_FROM_ROLE"),
    ("GET users/persons-by-email", people.person_by_email, auth.READ_GRANTS, ""),
    ("GET invoices", invoices.list_invoices, auth.READ_INVOICES, ""),
    ("GET invoices/*", invoices.get_invoice, auth.READ_INVOICES, ""),
    *(
        (line, handler, auth.ONLY_ORG_ADMIN if action else auth.READ_AUDIT, action)
        for line, handler, action in scim.OPERATIONS
    ),
    *((line, handler, auth.ANY_MEMBER, "") for line, handler in scim.FACTS),
    *networking.OTHERS,
    *continuum.OTHERS,
    *protection.OPERATIONS,
)
# What the tool that makes the surface takes from the descriptions, where they have it.
SERVED = frozenset(
    {line for kind in KINDS for line, _handler in operations(kind)}
    | {line.replace("?", "*") for line, _handler, _roles, _action in OTHERS}
)
# Every noun that is kept as rows: the field of its id (empty: none), and whether each cluster has its own.
NOUNS = {
    **{kind.name: (kind.id if kind.rows else "", kind.path.startswith("clusters/")) for kind in KINDS},
    **{kind.name: ("", True) for kind in (continuum.SCANNING, continuum.ASSISTANT)},
    networking.POLICY: ("", True),
    "grants": ("", False),
    "persons": ("id", False),
    "groups": ("id", False),
    "invoices": ("invoice_id", False),
    "cmek": ("", True),
}
