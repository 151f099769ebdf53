# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web sessions: what a login opens and a logout ends.

A session is valid for ``--session-seconds`` (``server.web_session.timeout``, 168 hours [H]); the server keeps the
SHA-256 of the secret only, and so do we. A logout does not look at the secret, nor at the expiry, and may be
repeated [H].
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from crdb_emulator.cluster_api import tokens
from crdb_emulator.times import SECOND


@dataclass(slots=True)
class WebSession:
    """A row of ``system.web_sessions``."""

    user: str
    hashed: bytes
    expires: int
    revoked: bool = False
    logged_out: bool = False


class WebSessions:
    """All sessions by id, and how many logins and logouts there were."""

    def __init__(self, seconds: float, clock: Callable[[], int]) -> None:
        self.seconds = seconds
        self.logins = 0
        self.logouts = 0
        self._clock = clock
        self._sessions: dict[int, WebSession] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._sessions.clear()
        self.logins = self.logouts = 0

    def open(self, user: str) -> str:
        """Log a user in; returns the token."""
        number, secret = secrets.randbits(62) + 1, secrets.token_bytes(tokens.SECRET_BYTES)
        expires = self._clock() + int(self.seconds * SECOND)
        self._sessions[number] = WebSession(user, hashlib.sha256(secret).digest(), expires)
        self.logins += 1
        return tokens.encode(number, secret)

    def close(self, number: int) -> bool:
        """Log out; false when the id is unknown. Only the first logout of a session counts."""
        session = self._sessions.get(number)
        if session is None:
            return False
        self.logouts += not session.logged_out
        session.revoked = session.logged_out = True
        return True

    def user_of(self, number: int, secret: bytes) -> str | None:
        """Whose session this is, ``None`` when it is unknown, revoked, expired, or the secret is wrong."""
        session = self._sessions.get(number)
        if session is None or session.revoked or session.expires <= self._clock():
            return None
        return session.user if hmac.compare_digest(session.hashed, hashlib.sha256(secret).digest()) else None

    def revoke_user(self, user: str) -> None:
        """A user that is gone has no sessions."""
        for session in self._sessions.values():
            if session.user == user:
                session.revoked = True

    def snapshot(self) -> Callable[[], None]:
        """What undoes ``revoke_user``."""
        valid = [session for session in self._sessions.values() if not session.revoked]

        def restore() -> None:
            for session in valid:
                session.revoked = session.logged_out

        return restore

    def expire_all(self) -> None:
        """Let every session be too old."""
        for session in self._sessions.values():
            session.expires = min(session.expires, self._clock())

    @property
    def open_count(self) -> int:
        """Sessions that still open a door."""
        now = self._clock()
        return sum(not session.revoked and session.expires > now for session in self._sessions.values())
