# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exceptions that a person gets to read. Each one is one sentence, and a hint where there is a way out."""

from __future__ import annotations

from typing import Any

# The gRPC code of a lacking role.
PERMISSION_DENIED = 7


def printable(text: str) -> str:
    """*text* with the characters that don't print as Python's escapes: a terminal would obey them, whoever has sent them."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


class CrdbError(Exception):
    """Something that ends a task: *message* says what was wrong and where, *hint* what to do.

    *extra* holds keys for the task's result beside ``msg``.
    """

    def __init__(self, message: str, hint: str = "", **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.extra = extra
        self.doing = ""

    def during(self, doing: str) -> CrdbError:
        """Note what was being done ("create SQL user 'app' on cluster 'orders'"); the innermost note wins."""
        self.doing = self.doing or doing
        return self

    def summary(self) -> str:
        return self.message

    def __str__(self) -> str:
        text = self.summary()
        if self.doing:
            text = f"Failed to {self.doing}: {text}"
        if self.hint:
            text = f"{text.rstrip('.')}. {self.hint}"
        return printable(text)

    def as_result(self) -> dict[str, Any]:
        """The keys of a failed task's result."""
        return {"failed": True, "msg": str(self), **self.extra}


class OptionError(CrdbError):
    """What the user asked for is wrong or impossible; nothing was sent."""


class TransportError(CrdbError):
    """No usable answer came back."""


class NotSentError(TransportError):
    """It is certain that the request never reached the server; *lasting* says that sending it again can't help."""

    def __init__(self, message: str, hint: str = "", *, lasting: bool = False) -> None:
        super().__init__(message, hint)
        self.lasting = lasting


class LostAnswerError(TransportError):
    """The request may have been carried out, but no usable answer came back."""


class AnswerError(TransportError):
    """An answer came back, but not one that anything can be made of: it has not the shape that the API promises."""


class WaitError(CrdbError):
    """A wait ended in a failed state, or ran out of time."""


class ApiError(CrdbError):
    """The API said no: an HTTP status of 400 or more.

    *code* is the gRPC code of the body (None where the body is not that of the API), *busy* is true where the
    answer says that nothing was done because the cluster is busy.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str,
        path: str,
        code: int | None = None,
        details: Any = None,
        hint: str = "",
        busy: bool = False,
    ) -> None:
        error = {
            "status": status,
            "code": code,
            "message": message,
            "details": details or [],
            "method": method,
            "path": path,
        }
        super().__init__(message, hint, error=error)
        self.status = status
        self.code = code
        self.busy = busy

    def summary(self) -> str:
        code = "" if self.code is None else f", code {self.code}"
        return f"{self.message} (HTTP {self.status}{code})"


def explained(error: CrdbError, doing: str, roles: str, *, limited: str = "") -> CrdbError:
    """*error* with what was being done and, where a role is lacking, which.

    *limited* names what the service gives to enrolled organizations alone, where that may be another reason.
    """
    if isinstance(error, ApiError) and error.status in (403, 404) and not error.hint:
        reasons = [f"The service account of this key lacks a role for it: {roles}"] if error.status == 403 else []
        if limited:
            reasons.append(
                f"{'Or t' if reasons else 'T'}he organization is not enrolled: {limited} can be of limited access, which the "
                "account team at Cockroach Labs opens for it"
            )
        error.hint = ". ".join(reasons)
    return error.during(doing)


def lacks_role(error: CrdbError) -> bool:
    """Whether the API itself, not something in between, says that the key has no role for a request."""
    return isinstance(error, ApiError) and error.status == 403 and error.code == PERMISSION_DENIED


def ends_all(error: CrdbError) -> bool:
    """Whether after *error* nothing else can succeed either: no way to the server, no valid key, no end to the rate limit."""
    return isinstance(error, NotSentError) or (isinstance(error, ApiError) and error.status in (401, 429))
