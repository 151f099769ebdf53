# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the specifications get wrong, or leave out, each with its reason. Everything else is a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .specs import NULL, UNDECLARED, VERSIONS

UNKNOWN_OPERATION = "unknown operation"
AMBIGUOUS = "ambiguous template"
REQUEST = "request"
ANSWER = "answer"


@dataclass(frozen=True)
class Violation:
    """A breach of a specification: *side* is that of the request or the answer, *where* a path into the body."""

    side: str
    kind: str
    where: str
    message: str
    version: str
    operation: str

    def __str__(self) -> str:
        where = f" at {self.where}" if self.where else ""
        return f"{self.version} {self.operation}: {self.side}: {self.kind}{where}: {self.message[:300]}"


@dataclass(frozen=True)
class SpecDefect:
    """A named exception: in *versions*, *excuses* says which violations are the specification's own fault."""

    name: str
    reason: str
    versions: tuple[str, ...]
    excuses: Callable[[Violation], bool]

    def __call__(self, violation: Violation) -> bool:
        return violation.version in self.versions and self.excuses(violation)


def _undeclared(it: Violation, name: str, path: str) -> bool:
    """Whether an answer has the member *name*, which the operations at the end of *path* require and do not declare."""
    told = it.side == ANSWER and it.kind == UNDECLARED and it.where.split(".")[-1] == name
    return told and it.operation.split(" ")[1].endswith(path)


SPEND_LIMIT_PUT = re.compile(r"PUT /api/v1/clusters/[^/]+/spend-limit")
CERTIFICATE = re.compile(r"GET /clusters/[^/]+/cert")

DEFECTS = (
    SpecDefect(
        "null for an unset object or timestamp",
        "The service writes unset messages and timestamps as null (deleted_at, pagination, config.dedicated); no"
        " specification says nullable. Only optional properties, only in answers.",
        VERSIONS,
        lambda it: it.side == ANSWER and it.kind == NULL,
    ),
    SpecDefect(
        "is_customer_cloud_account",
        "Cluster requires it, and the example shows it, but it is not among the properties.",
        VERSIONS[3:],
        lambda it: any(
            _undeclared(it, "is_customer_cloud_account", path) for path in ("/clusters", "/clusters/{cluster_id}")
        ),
    ),
    SpecDefect(
        "region of a private endpoint connection",
        "It is required, and the example shows it, but the property is region_name.",
        VERSIONS[2:],
        lambda it: _undeclared(it, "region", "/private-endpoint-connections"),
    ),
    SpecDefect(
        "an egress rule with a capital",
        'Answers to writes require "rule", and declare "Rule".',
        VERSIONS[1:],
        lambda it: any(_undeclared(it, "rule", f"/egress-rules{end}") for end in ("", "/{rule_id}")),
    ),
    SpecDefect(
        "users of an e-mail address",
        "It is required, but the property is user.",
        VERSIONS[2:],
        lambda it: _undeclared(it, "users", "/users/persons-by-email"),
    ),
    SpecDefect(
        "the queue of a group of log channels",
        "The older revision of this version does not know it.",
        ("2024-09-16",),
        lambda it: it.kind == UNDECLARED and it.where.endswith("groups[].enable_sending_queue"),
    ),
    SpecDefect(
        "a state that came with the newer revision",
        "The older revision of this version does not know that the endpoint of a connection may be gone.",
        VERSIONS[3:4],
        lambda it: it.side == ANSWER and it.kind == "enum" and "'STATUS_STALE'" in it.message,
    ),
    SpecDefect(
        "PUT spend-limit",
        "Documented until 2024-09 and left out of every published specification; held to LEGACY_REQUEST and"
        " LEGACY_ANSWER, which are those of the unpublished version 2021-10-12.",
        VERSIONS[:3],
        lambda it: it.kind == UNKNOWN_OPERATION and SPEND_LIMIT_PUT.fullmatch(it.operation) is not None,
    ),
    SpecDefect(
        "two templates for an allowlist entry",
        "{entry.cidr_ip}/{entry.cidr_mask} (PATCH, PUT) stands beside {cidr_ip}/{cidr_mask} (DELETE); the URL is the"
        " same, and OpenAPI forbids templates that differ in names only.",
        VERSIONS[:2],
        lambda it: it.kind == AMBIGUOUS and it.operation.split(" ")[1].endswith("cidr_mask}"),
    ),
    SpecDefect(
        "two templates for restores",
        "{destination_cluster_id}/restores (POST) stands beside {cluster_id}/restores (GET); the URL is the same.",
        VERSIONS[3:],
        lambda it: it.kind == AMBIGUOUS and it.operation.endswith("/restores"),
    ),
    SpecDefect(
        "the name of a database that is renamed by its address",
        "The newer revision of this version requires the member name beside the address that says it, and the older one"
        " has no such member.",
        ("2024-09-16",),
        lambda it: (
            it.side == REQUEST
            and it.operation == "PATCH /api/v1/clusters/{cluster_id}/databases/{name}"
            and "'name'" in it.message
        ),
    ),
    SpecDefect(
        "cluster certificate",
        "The public address of a cluster's CA certificate is no part of the Cloud API: no key, no JSON.",
        VERSIONS,
        lambda it: it.kind == UNKNOWN_OPERATION and CERTIFICATE.fullmatch(it.operation) is not None,
    ),
)

# The exception "PUT spend-limit"; both spellings of the field were documented.
CENTS: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
LEGACY_REQUEST: dict[str, Any] = {
    "type": "object",
    "properties": {"spend_limit": CENTS, "spendLimit": CENTS},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
LEGACY_ANSWER: dict[str, Any] = {"type": "object", "maxProperties": 0}


def defect_of(violation: Violation) -> SpecDefect | None:
    return next((defect for defect in DEFECTS if defect(violation)), None)
