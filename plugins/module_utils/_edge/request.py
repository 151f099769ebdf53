# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any operation of an API, for what no other module does: the modules api_request and cluster_api_request."""

from __future__ import annotations

import json
from typing import Any

from .._base.disk import SecretFile
from .._base.errors import AnswerError, ApiError, CrdbError, LostAnswerError, OptionError
from .._base.masking import mask
from .._base.members import secrets_in, without_secrets
from .._http.paths import checked_path, plain_query
from .._http.session import READ, WRITE
from .._nouns.options import Option
from .confirmed import NOTHING, check_confirmed, present, read
from .module import CLOUD, WAIT_OPTIONS, Module, ModuleRun
from .rows import found_row, merged, tells

# Seconds between two tries to change something that is busy.
BUSY_PAUSE = 5.0
READING = ("GET", "HEAD")
METHODS = (*READING, "POST", "PUT", "PATCH", "DELETE")
OPTIONS = (
    Option("method", choices=METHODS, default="GET"),
    Option("path", required=True),
    Option("query", type="dict"),
    Option("body", type="dict"),
    Option("pages", type="bool", default=False),
    Option(
        "unless",
        type="dict",
        options=(Option("path", required=True), Option("query", type="dict"), Option("where", type="dict")),
    ),
    Option("confirm"),
    Option("secret_path", type="path"),
)

# What the Cloud API alone knows is a cluster that is locked.
WAITING = tuple(Option(name, type=entry["type"], default=entry.get("default")) for name, entry in WAIT_OPTIONS.items())


def request_module(name: str, connection: str = CLOUD) -> Module:
    """The module *name*, which sends any request to the API behind *connection*."""
    return Module(
        name,
        OPTIONS + (WAITING if connection == CLOUD else ()),
        _run,
        connection=connection,
        rules={"required_if": [("method", "DELETE", ("confirm",))]},
        undeclared=("query", "body", "unless"),
    )


def _run(run: ModuleRun) -> dict[str, Any]:
    params = run.params
    method, path, query = params["method"], checked_path("path", params["path"]), plain_query(params["query"])
    unless, sent = params["unless"], tuple(secrets_in([params[name] for name in ("query", "body")]).values())
    _check(run)
    doing = f"send {method} {path}"
    if method in READING:
        status, body = _told(doing, lambda: _get(run, method, path, query, sent))
        return _answered(False, status, body, sent)
    if unless:
        at, narrowed = checked_path("unless.path", unless["path"]), plain_query(unless["query"])
        where, bodies = unless["where"] or {}, _told(f"read {at}", lambda: read(run.api, at, narrowed))
        if method == "POST" and bodies and not tells(bodies[0], where):
            raise AnswerError(
                f"The answer to GET {at} says nothing of what unless.where names, so it may be there already; nothing was sent"
            )
        found = found_row(bodies, where)
        if found is not None:
            return _unsent(False, without_secrets(found))
    gone = None
    if method == "DELETE":
        gone = _told(f"read what {path} is", lambda: check_confirmed(run.api, path, params["confirm"]))
        if gone is None:
            return _unsent(False)
    run.before_change()
    after = {"method": method, "path": path, "body": without_secrets(params["body"])} if method != "DELETE" else {}
    diff = {"diff": {"before": without_secrets(gone or {}), "after": after}} if run.diff else {}
    if run.check_mode:
        return {**_unsent(True), **diff}
    with SecretFile(params["secret_path"]) as file:
        status, body = _told(doing, lambda: _send(run, method, path, query, sent))
        try:
            _keep(run, file, body, sent)
        except CrdbError as error:
            error.hint = f"{method} {path} was carried out, and nobody has the secret that it told: make another one"
            raise
    return {**_answered(True, status, body, sent), **diff}


def _check(run: ModuleRun) -> None:
    """Refuse what makes no sense together."""
    params, reads = run.params, run.params["method"] in READING
    for name in ("body", "unless"):
        if reads and params[name] is not None:
            raise OptionError(f"{name} makes no sense with {params['method']}, which changes nothing", "Leave it out")
    if params["confirm"] is not None and params["method"] != "DELETE":
        raise OptionError("confirm is for DELETE alone", "Leave it out")
    if params["pages"] and params["method"] != "GET":
        raise OptionError("pages is for GET alone", "Leave it out")
    if params["pages"] and params["secret_path"]:
        raise OptionError("pages and secret_path don't go together", "Read the object that has the secret alone")


def _get(run: ModuleRun, method: str, path: str, query: dict[str, Any], secrets: tuple[str, ...]) -> tuple[int, Any]:
    if run.params["pages"]:
        return 200, merged(path, list(run.api.followed(path, query)))
    answer = run.api.ask(method, path, effect=READ, query=query, secrets=secrets)
    with SecretFile("" if run.check_mode else run.params["secret_path"]) as file:
        _keep(run, file, answer.body, secrets)
    return answer.status, answer.body


def _send(
    run: ModuleRun, method: str, path: str, query: dict[str, Any], secrets: tuple[str, ...]
) -> tuple[int | None, Any]:
    """Send a write, also where something is busy for a while. A DELETE of what is not there any more has done what it shall."""
    waiter = run.waiter
    give_up = waiter.clock() + waiter.timeout
    while True:
        try:
            answer = run.api.ask(method, path, effect=WRITE, query=query, body=run.params["body"], secrets=secrets)
            return answer.status, answer.body
        except LostAnswerError as error:
            look = "Look whether it was carried out before you run the task again"
            hint = "Run the task again: it looks first" if run.params["unless"] else look
            raise CrdbError(f"{error.message}: the outcome is unknown", hint, changed=True) from None
        except ApiError as error:
            if method == "DELETE" and error.status == NOTHING and present(run.api, path)[0] is None:
                return error.status, None
            if not (error.busy and waiter.enabled and waiter.clock() < give_up):
                raise
            waiter.sleep(waiter.interval or BUSY_PAUSE)


def _keep(run: ModuleRun, file: SecretFile, body: Any, sent: tuple[str, ...]) -> None:
    """Put what *body* tells, and was not sent, into the *file*: a secret as it is, several as an object by their dotted names."""
    told = {name: secret for name, secret in secrets_in(body).items() if secret not in sent}
    if told and file.path:
        file.keep(next(iter(told.values())) if len(told) == 1 else json.dumps(told, indent=2))
    elif told and run.params["method"] not in READING:
        run.warn(
            f"The answer has secrets, which are hidden and may be told only now: {', '.join(told)}. secret_path takes them"
        )
    elif file.path:
        run.warn(f"The answer has no secret, so {file.path} was not written")


def _told(doing: str, call: Any) -> Any:
    try:
        return call()
    except CrdbError as error:
        raise error.during(doing) from None


def _unsent(changed: bool, found: Any = None) -> dict[str, Any]:
    """The result where nothing was sent, since it is not needed, or must not be."""
    return {"changed": changed, "status": None, "json": None, "found": found, "hidden": []}


def _answered(changed: bool, status: int | None, body: Any, sent: tuple[str, ...]) -> dict[str, Any]:
    shown = mask(without_secrets(body), sent)
    return {"changed": changed, "status": status, "json": shown, "found": None, "hidden": list(secrets_in(body))}
