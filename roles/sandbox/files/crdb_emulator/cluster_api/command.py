# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the command line that are about the running cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from crdb_emulator.cluster_api.accounts import ADMIN, RESERVED, ROOT, fold
from crdb_emulator.cluster_api.options import (
    DEFAULT_NAME,
    DEFAULT_VERSION,
    MONITOR,
    PER_REQUEST,
    PER_STATEMENT,
    USER_KINDS,
    WEEK,
    ClusterOptions,
    UserOption,
)
from crdb_emulator.cluster_api.profiles import PROFILES

_MOST = 1_000_000


def read_user(text: str) -> UserOption:
    """``NAME:PASSWORD[:KIND]``; a password may have colons, for what is behind the last one counts if it is a kind."""
    name, found, password = text.partition(":")
    head, colon, kind = password.rpartition(":")
    if colon and kind in USER_KINDS:
        password = head
    else:
        kind = USER_KINDS[0]
    if not found or not password or not name or fold(name) in RESERVED | {ROOT, ADMIN}:
        raise argparse.ArgumentTypeError(f"must be NAME:PASSWORD[:{'|'.join(USER_KINDS)}], and NAME no reserved one")
    return UserOption(fold(name), password, kind)


def add_cluster_options(parser: argparse.ArgumentParser, *, number: Callable[..., Callable[[str], Any]]) -> None:
    """Add them; ``number(low, high, kind)`` makes a reader of numbers."""
    add = parser.add_argument_group("running cluster (Cluster API v2)").add_argument
    amount = number(0, _MOST, int)
    add(
        "--cluster-port",
        type=number(0, 65_535, int),
        default=0,
        metavar="N",
        help="port of the Cluster API, 0 = any free one",
    )
    add("--cluster-version", choices=tuple(PROFILES), default=DEFAULT_VERSION, help="version of the servers")
    add(
        "--cluster-name",
        default=DEFAULT_NAME,
        metavar="NAME",
        help="the Advanced cluster of the Cloud API it belongs to and shares the SQL users of",
    )
    add("--seed-cluster-api", action="store_true", help="that cluster is there from the start")
    add("--insecure", action="store_true", help="every request is root's, with and without a session")
    add(
        "--cluster-user",
        type=read_user,
        action="append",
        default=[],
        metavar="NAME:PASSWORD[:KIND]",
        help=f"a SQL user that is always there, may be repeated; KIND is one of {', '.join(USER_KINDS)} "
        f"(default: {USER_KINDS[0]})",
    )
    add(
        "--cluster-monitor",
        action="append_const",
        const=MONITOR,
        dest="cluster_user",
        help=f"the SQL user {MONITOR.name} ({MONITOR.kind}) with a built-in password, both in the ready line",
    )
    add(
        "--session-seconds",
        type=number(0, 1e9),
        default=WEEK,
        metavar="S",
        help="how long a session of the Cluster API is valid",
    )
    add("--ranges", type=number(1, _MOST, int), default=60, metavar="N", help="ranges of the cluster")
    add("--sessions", type=amount, default=5, metavar="N", help="SQL sessions of the cluster")
    add("--events", type=amount, default=40, metavar="N", help="entries of its event log")
    add(
        "--sql-modes",
        choices=(PER_REQUEST, PER_STATEMENT),
        default=PER_REQUEST,
        help="whether BEGIN and SET TRANSACTION hold for the request, or as the server's source says for nothing",
    )


def cluster_options(options: argparse.Namespace) -> ClusterOptions:
    """The options as one object."""
    return ClusterOptions(
        version=options.cluster_version,
        insecure=options.insecure,
        name=options.cluster_name,
        seed=options.seed_cluster_api,
        session_seconds=options.session_seconds,
        users=tuple(options.cluster_user),
        ranges=options.ranges,
        sessions=options.sessions,
        events=options.events,
        sql_modes=options.sql_modes,
    )
