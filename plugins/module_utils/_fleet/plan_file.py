# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that a fleet's plan is kept in until somebody has reviewed it. Never with a secret in it, not even hashed."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .._base.disk import missing_directory, read_regular, remove, write_atomically
from .._base.errors import CrdbError, OptionError
from .._http.answers import ANY_OBJECT, TEXT, Either, ListOf, MapOf, Object, Shape, told
from .._nouns.cluster import CLUSTER
from .._nouns.compare import given
from .._nouns.options import Option, public
from .._nouns.registry import CHILDREN, LISTS, NOUNS, list_name

# Published as docs/schemas/fleet-plan-1.json; another number is another form.
SCHEMA = "https://github.com/crdb-cloud/crdb.cloud/blob/main/docs/schemas/fleet-plan-1.json"
# What a fleet is asked for beside its lists.
ASKED = ("name", "purge", "purge_confirm", "purge_lists")
LISTED = {list_name(noun): noun for noun in (CLUSTER, *LISTS, *CHILDREN)}
ENTRIES: dict[str, Shape] = {name: Either(ListOf(ANY_OBJECT), ANY_OBJECT) for name in LISTED}
DESIRED: dict[str, Shape] = {
    "clusters": ListOf(Object(known=ENTRIES)),
    "purge_lists": MapOf(ListOf(TEXT)),
    "purge_confirm": ListOf(TEXT),
}
STEP = Object({"noun": TEXT, "name": TEXT, "action": TEXT, "summary": TEXT, "changes": MapOf(ANY_OBJECT)})
OBJECT = Object({"noun": TEXT, "name": TEXT, "action": TEXT}, {"before": ANY_OBJECT, "after": ANY_OBJECT})
FILE = Object(
    {
        "api_version": TEXT,
        "plan": ListOf(STEP),
        "objects": ListOf(OBJECT),
        "desired": Object(known={**ENTRIES, **DESIRED}),
    },
    {"fleet": TEXT, "organization": ANY_OBJECT},
)


def described(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the options *params* of a fleet ask for, without what was not set, and without secrets."""
    asked = {name: value for name, value in params.items() if name in ASKED or name in LISTED}
    return dict(plain(_public(given(asked))))


def _public(values: Mapping[str, Any], options: tuple[Option, ...] = ()) -> dict[str, Any]:
    """*values* of *options*, and the lists of objects beside them, without the secrets that are declared."""
    found = public(options, values)
    for name in {*found} & {*LISTED} - {option.name for option in options}:
        value, inner = found[name], LISTED[name].options
        found[name] = (
            _public(value, inner) if isinstance(value, Mapping) else [_public(each, inner) for each in value or ()]
        )
    return found


def plain(value: Any) -> Any:
    """*value* as it is when it has been written as JSON and read again."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def encoded(content: Mapping[str, Any], now: float) -> bytes:
    """*content* as a file has it: with its schema, the time *now* in seconds, and a digest that tells when anything was changed."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    found: dict[str, Any] = plain({"schema": SCHEMA, "time": when, **content})
    found["digest"] = _digest(found)
    return f"{json.dumps(found, indent=2, sort_keys=True)}\n".encode()


def _digest(content: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in content.items() if name != "digest"}
    return f"sha256:{hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(',', ':')).encode()).hexdigest()}"


def read(path: str, option: str = "plan_in") -> dict[str, Any]:
    """The content of the plan file *path*, which *option* names; OptionError where it is none, or was changed since it was written."""
    with explained(option):
        data = read_regular(os.path.realpath(path))
        if data is None:
            raise CrdbError(f"There is no file '{path}'", "Write it with plan_out, in check mode")
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            raise CrdbError(
                f"'{path}' is not JSON, so it is no plan", "Name a file that plan_out has written"
            ) from None
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            raise CrdbError(
                f"'{path}' is no plan that this version of the collection knows: its schema is not {SCHEMA}",
                "Write the plan anew with plan_out",
            )
        if content.get("digest") != _digest(content):
            raise CrdbError(
                f"'{path}' was changed after it had been written: its digest does not fit",
                "Only a plan as it was reviewed is carried out; write it anew with plan_out",
            )
        if flaw := _flaw(content):
            raise CrdbError(f"'{path}' is no plan: {flaw}", "Write it anew with plan_out")
        return content


def _flaw(content: dict[str, Any]) -> str:
    """What keeps *content* from being a plan; "" where it is one. What may be null has to be there all the same."""
    if flaw := FILE.flaw(content):
        return told(flaw)
    both = ("before", "after")
    for name, needed in (("plan", ("id",)), ("objects", ("id", *both))):
        for number, row in enumerate(content[name]):
            rows = [(row, needed), *((change or {}, both) for change in row.get("changes", {}).values())]
            if any(member not in each for each, members in rows for member in members):
                return f"{name}[{number}] is not complete"
            if row["noun"] not in NOUNS:
                return f"{name}[{number}].noun is none that this version of the collection knows"
    return ""


def check_origin(content: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """OptionError where a plan file is of another fleet, API version or organization than what is planned *now*."""
    names = (("fleet", "fleet"), ("api_version", "api_version"), ("id", "organization"))
    for name, what in names:
        was, is_now = (
            (side.get("organization") or {}).get(name) if what == "organization" else side.get(name)
            for side in (content, now)
        )
        if was != is_now:
            raise OptionError(
                f"plan_in: the plan was made for the {what.replace('_', ' ')} {_called(was)}, and this is {_called(is_now)}",
                "Nothing was changed",
            )


def _called(name: str | None) -> str:
    return "without a name" if name is None else f"'{name}'"


def forget(option: str, path: str) -> None:
    """Remove the file of an earlier run, before this one begins to plan; OptionError where *path* can't be that of *option*.

    A link of this name is removed, and what it points to stays.
    """
    path = os.path.abspath(path)
    with explained(option):
        if not os.path.isdir(os.path.dirname(path)):
            raise missing_directory(os.path.dirname(path))
        remove(path)


def write(option: str, path: str, data: bytes) -> None:
    """Write *data* to *path*, whole or not at all, readable by its owner alone.

    A link of this name is replaced, and never written through.
    """
    with explained(option):
        write_atomically(os.path.abspath(path), data)


@contextmanager
def explained(option: str) -> Iterator[None]:
    """Says of an error with a file which *option* names it."""
    try:
        yield
    except CrdbError as error:
        raise OptionError(f"{option}: {error.message}", error.hint or "Nothing was changed") from None
