# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers as Go's ``net/http`` and ``encoding/json`` write them [H].

Errors are plain text with a newline; ``gojson.py`` has the JSON.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

from crdb_emulator.cluster_api.gojson import go_json
from crdb_emulator.context import Reply

INTERNAL = "An internal server error has occurred. Please check your CockroachDB logs for more details."
NOT_FOUND = "404 page not found"
UNVALIDATED = "the provided authentication session could not be validated"
FORBIDDEN = "user not allowed to access this endpoint"

_TEXT = "text/plain; charset=utf-8"
_GZIP_FROM = 1400


class HttpError(Exception):
    """A text answer other than 200; ``text`` gets its newline when it is sent."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text

    def reply(self) -> Reply:
        """What ``http.Error`` writes."""
        return text_reply(self.status, self.text)


def internal() -> HttpError:
    """500; the cause is never sent."""
    return HttpError(500, INTERNAL)


def page_not_found() -> HttpError:
    """404 of the router: no such route, no trailing slash, or a name it cannot address."""
    return HttpError(404, NOT_FOUND)


def text_reply(status: int, text: str) -> Reply:
    """``http.Error``."""
    return Reply(status, f"{text}\n".encode(), {"x-content-type-options": "nosniff"}, _TEXT)


def json_reply(value: Any, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status, go_json(value))


def finish(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The headers every answer has; gzip when the client accepts it and the body is large [H]."""
    reply.headers.setdefault("cache-control", "no-cache")
    reply.headers["vary"] = "Accept-Encoding"
    accepted = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").split(",")}
    if "gzip" in accepted and len(reply.body) >= _GZIP_FROM:
        reply.body = gzip.compress(reply.body, 1, mtime=0)
        reply.headers["content-encoding"] = "gzip"
    return reply
