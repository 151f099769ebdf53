# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors in the shape of the service: ``{"code": <gRPC code>, "message": "...", "details": []}`` [D].

The pairs of HTTP status and gRPC code follow the usual gateway mapping [D/C]; texts that were observed in public are
used verbatim, all others are [G] and must not be relied on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping


class ApiError(Exception):
    """An error answer of the Cloud API."""

    def __init__(self, status: int, code: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers: dict[str, str] = dict(headers or {})

    def body(self) -> bytes:
        """The JSON body of the answer."""
        return json.dumps({"code": self.code, "message": self.message, "details": []}, ensure_ascii=False).encode()


def invalid(message: str, *, prefix: bool = True) -> ApiError:
    """400 code 3: a field is invalid [D]. Messages of the service start with ``invalid argument: `` [C]."""
    return ApiError(400, 3, f"invalid argument: {message}" if prefix else message)


def failed_precondition(message: str) -> ApiError:
    """400 code 9: the object is in a state that forbids the request [G]."""
    return ApiError(400, 9, message)


def unauthenticated(message: str) -> ApiError:
    """401 code 16: the bearer of the token cannot be authenticated [D]."""
    return ApiError(401, 16, message)


def forbidden(message: str) -> ApiError:
    """403 code 7: the role of the key does not allow the request [D]."""
    return ApiError(403, 7, message)


def not_found(message: str) -> ApiError:
    """404 code 5: the resource does not exist [D]."""
    return ApiError(404, 5, message)


def cluster_not_found(cluster_id: str) -> ApiError:
    """404 code 5 with the text observed in public for a cluster that is unknown or not ready [C]."""
    return not_found(f"internal call failed: cluster '{cluster_id}' not found")


def already_exists(message: str) -> ApiError:
    """409 code 6: the name is taken [G]."""
    return ApiError(409, 6, message)


def cluster_locked() -> ApiError:
    """503 code 14: another exclusive operation holds the cluster [C]."""
    return ApiError(503, 14, "couldn't lock cluster")


def method_not_allowed() -> ApiError:
    """501 code 12: the path exists, the method does not [G]."""
    return ApiError(501, 12, "Method Not Allowed")
