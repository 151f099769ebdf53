# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: options to ``Settings``, bad input to one sentence and exit code 2."""

from __future__ import annotations

import argparse
import math
import os
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import socket
from typing import Any, NoReturn

from crdb_emulator import __version__
from crdb_emulator.app import emulator_app
from crdb_emulator.auth import looks_like_jwt
from crdb_emulator.cluster_api.app import cluster_app
from crdb_emulator.cluster_api.command import add_cluster_options, cluster_options
from crdb_emulator.cluster_api.options import MONITOR
from crdb_emulator.cluster_api.routes import LEGACY_HEALTH
from crdb_emulator.context import Emulator
from crdb_emulator.control import is_loopback
from crdb_emulator.grants import ROLES
from crdb_emulator.mixedport import redirect_app
from crdb_emulator.server import Listener, bind, run
from crdb_emulator.settings import DEFAULT_API_KEY, MAY_BE_UNIQUE, SEED, SPEC, UNIQUE, Settings
from crdb_emulator.versions import BY_TEXT, LATEST, ApiVersion

EPILOG = f"""\
One JSON line on standard output says that the ports answer: cloud_api_url, cluster_api_url, control_url, pid, with
--tls also ca_path, and api_key only if it is the built-in one ({DEFAULT_API_KEY}).
Control plane (no authentication, loopback clients only): GET /_emulator/requests, GET and POST /_emulator/state,
GET and POST /_emulator/faults, POST /_emulator/reset. SIGTERM and SIGINT end the process with code 0.
"""


class UsageError(Exception):
    """Bad input, in one sentence."""


class _Formatter(argparse.ArgumentDefaultsHelpFormatter):
    def _get_help_string(self, action: argparse.Action) -> str | None:
        # "(default: None)" and the like say nothing; such options tell their default in words.
        return action.help if action.default in (None, False, []) else super()._get_help_string(action)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _number(low: float, high: float, kind: Callable[[str], float] = float) -> Callable[[str], Any]:
    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return value

    return read


def _secret(text: str) -> str:
    if not text or any(not " " < letter <= "~" for letter in text):
        raise argparse.ArgumentTypeError("a key must be printable ASCII without blanks")
    return text


def _folder(text: str) -> str:
    if text.startswith("/"):
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a UUID nor a path that begins with a slash") from None


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    result = _Parser(
        prog="python -m crdb_emulator",
        description="A local stand-in for the CockroachDB Cloud API and the Cluster API v2.",
        epilog=EPILOG,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    seconds = _number(0, 86_400)
    add = result.add_argument
    add("--version", action="version", version=__version__)
    add("--host", default="127.0.0.1", help="address to listen on")
    add(
        "--cloud-port",
        type=_number(0, 65_535, int),
        default=0,
        metavar="N",
        help="port of the Cloud API, 0 = any free one",
    )
    add("--allow-remote", action="store_true", help="allow an address other than loopback")
    add(
        "--api-key",
        type=_secret,
        action="append",
        metavar="KEY",
        help="accepted API key, may be repeated (default: a built-in one)",
    )
    add(
        "--jwt",
        type=_secret,
        action="append",
        default=[],
        metavar="TOKEN",
        help="accepted JSON Web Token, with Cc-Vanity-Name only",
    )
    add(
        "--role",
        action="append",
        default=[],
        metavar="KEY=ROLE",
        help="role of a key or token, e.g. CLUSTER_DEVELOPER; repeat for more (default: every role)",
    )
    add(
        "--profile",
        choices=(SPEC, SEED),
        default=SPEC,
        help="answer as the specifications or as the first documentation page",
    )
    add(
        "--default-version",
        default=None,
        metavar="VERSION",
        help="version without Cc-Version: latest or a date (default: latest, in the seed profile 2022-03-31)",
    )
    add(
        "--rate-limit",
        type=_number(0, 1e6),
        default=10.0,
        metavar="RPS",
        help="requests a second for each key, 0 = off",
    )
    add("--rate-limit-status", type=int, choices=(429, 403, 503), default=429, help="status over the rate limit")
    add("--latency-ms", type=_number(0, 600_000), default=0.0, metavar="N", help="delay of every answer")
    add("--create-seconds", type=seconds, default=2.0, metavar="S", help="how long a cluster is CREATING")
    add(
        "--operation-seconds",
        type=seconds,
        default=None,
        metavar="S",
        help="how long an operation locks a cluster (default: the shorter of --create-seconds and 2)",
    )
    add("--delete-seconds", type=seconds, default=0.0, metavar="S", help="how long a cluster takes to be DELETED")
    add(
        "--propagate-seconds",
        type=seconds,
        default=0.0,
        metavar="S",
        help="how long an allowlist is propagating after a write",
    )
    add(
        "--seed-clusters",
        type=_number(0, 100_000, int),
        default=0,
        metavar="N",
        help="clusters that are there from the start",
    )
    add(
        "--page-size",
        type=_number(1, 100_000, int),
        default=100,
        metavar="N",
        help="default and highest number of items of a page",
    )
    add(
        "--folder",
        type=_folder,
        action="append",
        default=[],
        metavar="UUID|/PATH",
        help="a folder that exists, by its id or with those above it, may be repeated",
    )
    add(
        "--backup-seconds",
        type=_number(0, 86_400 * 365),
        default=3600.0,
        metavar="S",
        help="how often a cluster makes a backup, 0 = never",
    )
    add("--person", action="append", default=[], metavar="EMAIL", help="a person of the organization, may be repeated")
    add("--group", action="append", default=[], metavar="NAME", help="a group of the organization, may be repeated")
    add(
        "--unique",
        action="append",
        choices=(*MAY_BE_UNIQUE, "none"),
        default=None,
        help=f"a noun of which two alike are refused, may be repeated (default: {' and '.join(UNIQUE)})",
    )
    add(
        "--refusal-status",
        type=int,
        choices=(400, 409),
        default=400,
        help="status of what a rule forbids, such as the deletion of a folder that is not empty",
    )
    add("--unknown-user-status", type=int, choices=(400, 404), default=400, help="status of roles of an unknown user")
    add("--org-member-required", action="store_true", help="refuse a set of roles without ORG_MEMBER")
    add("--exact-email", action="store_true", help="case counts where a person is looked up by an e-mail address")
    add("--no-restore-lock", action="store_true", help="a restore does not lock the cluster that it restores to")
    add("--organization-id-in-roles", action="store_true", help="roles on the organization name its id")
    add("--no-spend-limit-put", action="store_true", help="answer 404 to PUT .../spend-limit")
    add("--no-editions", action="store_true", help="refuse editions, as outside of Continuum organizations")
    add("--allow-duplicate-names", action="store_true", help="two live clusters may have one name")
    add("--allowlist-conflict", action="store_true", help="answer 409 to POST of an allowlist entry that exists")
    add(
        "--audit-cursor",
        choices=("exclusive", "inclusive"),
        default="exclusive",
        help="whether starting_from itself is left out",
    )
    add("--delete-while-creating", action="store_true", help="let DELETE of a cluster that is CREATING through")
    add(
        "--repeat-delete-status",
        type=int,
        choices=(404, 200),
        default=404,
        help="status of DELETE of a deleted cluster",
    )
    add_cluster_options(result, number=_number)
    add("--request-log", metavar="FILE.jsonl", default=None, help="append every request to a file")
    add(
        "--ready-file",
        metavar="FILE",
        type=Path,
        default=None,
        help="file that gets the ready line, written atomically, removed at the end",
    )
    add("--tls", action="store_true", help="HTTPS with a certificate of a throw-away authority")
    return result


def _version(text: str | None, profile: str) -> ApiVersion:
    if text is None:
        return ApiVersion.V2022_03_31 if profile == SEED else LATEST
    if text == "latest":
        return LATEST
    if text not in BY_TEXT:
        raise UsageError(f"argument --default-version: must be latest or one of {', '.join(BY_TEXT)}")
    return BY_TEXT[text]


def _roles(given: Sequence[str]) -> dict[str, frozenset[str]]:
    roles: dict[str, frozenset[str]] = {}
    for pair in given:
        key, _unused, names = pair.rpartition("=")
        wanted = frozenset(names.split(","))
        if not key or not wanted <= ROLES:
            raise UsageError(f"argument --role: must be KEY=ROLE with a role of {', '.join(sorted(ROLES))}")
        roles[key] = roles.get(key, frozenset()) | wanted
    return roles


def settings_of(options: argparse.Namespace) -> Settings:
    """``Settings`` from parsed options; raises ``UsageError``."""
    roles = _roles(options.role)
    keys: list[str] = options.api_key or [DEFAULT_API_KEY]
    for token in options.jwt:
        if not looks_like_jwt(token):
            raise UsageError("argument --jwt: a token must have three base64url parts separated by dots")
    if not set(roles) <= {*keys, *options.jwt}:
        raise UsageError("argument --role: the key must be one of --api-key or --jwt")
    operation = options.operation_seconds
    return Settings(
        api_keys=tuple(keys),
        jwts=tuple(options.jwt),
        roles=roles,
        default_version=_version(options.default_version, options.profile),
        profile=options.profile,
        rate_limit=options.rate_limit,
        rate_limit_status=options.rate_limit_status,
        latency=options.latency_ms / 1000,
        create_seconds=options.create_seconds,
        operation_seconds=min(options.create_seconds, 2.0) if operation is None else operation,
        delete_seconds=options.delete_seconds,
        propagate_seconds=options.propagate_seconds,
        seed_clusters=options.seed_clusters,
        page_size=options.page_size,
        folders=frozenset(options.folder),
        people=tuple(options.person),
        groups=tuple(options.group),
        backup_seconds=options.backup_seconds,
        unique=UNIQUE if options.unique is None else tuple(options.unique),
        refusal_status=options.refusal_status,
        unknown_user_status=options.unknown_user_status,
        org_member_required=options.org_member_required,
        exact_email=options.exact_email,
        restore_locks=not options.no_restore_lock,
        organization_id_in_roles=options.organization_id_in_roles,
        request_log=options.request_log,
        spend_limit_put=not options.no_spend_limit_put,
        editions=not options.no_editions,
        allow_duplicate_names=options.allow_duplicate_names,
        allowlist_conflict=options.allowlist_conflict,
        audit_inclusive=options.audit_cursor == "inclusive",
        delete_while_creating=options.delete_while_creating,
        repeat_delete_status=options.repeat_delete_status,
        cluster=cluster_options(options),
    )


def _bind(host: str, port: int) -> socket:
    try:
        return bind(host, port)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror or error}") from None


def _start(options: argparse.Namespace) -> None:
    settings = settings_of(options)
    host: str = options.host
    if not options.allow_remote and not is_loopback(host):
        raise UsageError(
            f"refusing to listen on {host}: it is not a loopback address, give --allow-remote if that is wanted"
        )
    ready_file: Path | None = options.ready_file
    if ready_file is not None and not ready_file.parent.is_dir():
        raise UsageError(f"argument --ready-file: there is no directory {ready_file.parent}")
    try:
        emulator = Emulator(settings)
    except OSError as error:
        raise UsageError(f"argument --request-log: {error.strerror}: {settings.request_log}") from None
    bound = _bind(host, options.cloud_port)
    cluster_bound = _bind(host, options.cluster_port)
    if ready_file is not None:
        # One of an earlier run would say that we answer before we do.
        ready_file.unlink(missing_ok=True)
    authority = None
    if options.tls:
        from crdb_emulator.tls import make_authority

        authority = make_authority(host)
    try:
        listener = Listener("cloud_api_url", emulator_app(emulator), bound)
        cluster_api = cluster_app(emulator)
        cluster = Listener("cluster_api_url", cluster_api, cluster_bound, redirect_app(cluster_api, LEGACY_HEALTH))
        url = listener.url(host, tls=authority is not None)
        ready: dict[str, Any] = {listener.name: url, "control_url": f"{url}/_emulator", "pid": os.getpid()}
        ready[cluster.name] = cluster.url(host, tls=authority is not None)
        if settings.api_keys == (DEFAULT_API_KEY,):
            ready["api_key"] = DEFAULT_API_KEY
        if MONITOR in settings.cluster.users:
            ready.update(cluster_api_username=MONITOR.name, cluster_api_password=MONITOR.password)
        if authority is not None:
            ready["ca_path"] = str(authority.ca_path)
        run([listener, cluster], ready, ready_file, authority.context if authority else None)
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)
        emulator.requests.close()
        if authority is not None:
            authority.remove()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the emulator; 0 after a signal, 2 with one sentence on standard error for anything it cannot start with."""
    try:
        _start(parser().parse_args(argv))
    except UsageError as error:
        sys.stderr.write(f"crdb_emulator: {error}\n")
        return 2
    return 0
