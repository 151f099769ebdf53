# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is it: login, logout, and the session of a request [H]."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from crdb_emulator.cluster_api import tokens
from crdb_emulator.cluster_api.accounts import ROOT
from crdb_emulator.cluster_api.call import Call
from crdb_emulator.cluster_api.reply import UNVALIDATED, HttpError, internal, json_reply
from crdb_emulator.context import Reply

HEADER = "x-cockroach-api-session"
COOKIE = "cookie"
_COOKIE_NAME = "session"
_NO_HEADER = "invalid session header"
_WRONG = "the provided credentials did not match any account on the server"


def session_user(call: Call) -> str:
    """The user of the session; on an insecure cluster everybody is root."""
    if call.cluster.options.insecure:
        return ROOT
    text = session_text(call)
    if text is None:
        # Missing is 401; the header "cookie" without a cookie is 400.
        raise HttpError(400 if call.headers.get(HEADER) == COOKIE else 401, _NO_HEADER)
    try:
        number, secret = tokens.decode(text)
    except tokens.NotBase64 as error:
        raise HttpError(400, str(error)) from None
    except tokens.NotAToken:
        raise HttpError(401, UNVALIDATED) from None
    user = call.cluster.web.user_of(number, secret)
    if user is None or user not in call.cluster.accounts:
        raise HttpError(401, UNVALIDATED)
    return user


def session_text(call: Call) -> str | None:
    """The token as sent: in the header, or in the cookie that the header word ``cookie`` points to."""
    text = call.headers.get(HEADER)
    if text == COOKIE:
        try:
            found = SimpleCookie(call.headers.get("cookie", "")).get(_COOKIE_NAME)
        except CookieError:
            return None
        # With several virtual clusters it holds their sessions and names in turn [H].
        return found.value.partition(",")[0] if found else None
    return text or None


def login(call: Call) -> Reply:
    """``{session}``; 400 without a user name, 401 when the credentials are wrong.

    Anything but POST writes 404 and goes on all the same: the session is live [H].
    """
    form = call.form()
    try:
        if not form.get("username"):
            raise HttpError(400, "username not specified")
        token = call.cluster.log_in(form["username"], form.get("password", ""))
        if token is None:
            raise HttpError(401, _WRONG)
        reply = json_reply({"session": token})
    except HttpError as error:
        reply = error.reply()
    return reply if call.method == "POST" else _behind_not_found(reply)


def logout(call: Call) -> Reply:
    """``{logged_out: true}``; 400 on a missing header or an unknown session, 500 on text that is no token."""
    try:
        reply = _logged_out(call)
    except HttpError as error:
        reply = error.reply()
    return reply if call.method == "POST" else _behind_not_found(reply)


def _logged_out(call: Call) -> Reply:
    text = call.headers.get(HEADER)
    if not text:
        raise HttpError(400, "invalid or unspecified session")
    try:
        number, _unused = tokens.decode(text)
    except (tokens.NotBase64, tokens.NotAToken):
        raise internal() from None
    if not call.cluster.web.close(number):
        raise HttpError(400, "invalid session")
    return json_reply({"logged_out": True})


def _behind_not_found(reply: Reply) -> Reply:
    headers = {"x-content-type-options": "nosniff"}
    return Reply(404, b"not found\n" + reply.body, headers, "text/plain; charset=utf-8")
