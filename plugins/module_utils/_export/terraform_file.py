# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a state of Terraform has of the official provider: the file of version 4, or what ``terraform show -json`` says. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import OptionError
from .._http.answers import ANY_OBJECT, TEXT, Either, Kind, ListOf, Object, Shape, harmless, told

PREFIX, OWNER = "cockroach_", "cockroachdb/cockroach"
VERSION = 4
GZIP = b"\x1f\x8b"
PULL = "Give what 'terraform state pull' or 'terraform show -json' writes"
STEP = Object(known={"value": Either(TEXT, Kind(int, float))})
INDEX = Either(TEXT, Kind(int))
INSTANCE = Object(
    {"attributes": ANY_OBJECT},
    {"index_key": INDEX, "sensitive_attributes": ListOf(ListOf(STEP)), "deposed": TEXT, "status": TEXT},
)
FILE = Object(
    known={
        "resources": ListOf(
            Object(
                {"mode": TEXT, "type": TEXT, "name": TEXT},
                {"module": TEXT, "provider": TEXT, "instances": ListOf(ANY_OBJECT)},
            )
        )
    }
)
LISTED = Object(
    {"address": TEXT, "mode": TEXT, "type": TEXT, "values": ANY_OBJECT},
    {"provider_name": TEXT, "sensitive_values": Either(ANY_OBJECT, Kind(bool)), "deposed_key": TEXT},
)
MODULE = Object(known={"resources": ListOf(ANY_OBJECT), "child_modules": ListOf(ANY_OBJECT)})


@dataclass(frozen=True)
class Resource:
    """An instance of a resource, or of a data source where it is *data*. *type* comes without ``cockroach_``.

    *hidden* are the attributes that the state says are sensitive, in whole or in part. *leaving* says that Terraform has yet
    to delete it, *tainted* that it is to replace it.
    """

    address: str
    type: str
    attributes: Mapping[str, Any]
    hidden: frozenset[str] = frozenset()
    data: bool = False
    leaving: bool = False
    tainted: bool = False


@dataclass
class State:
    """The *resources* of the official provider, how many *others* there are by provider, and the provider's *configurations*."""

    resources: list[Resource] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    configurations: set[str] = field(default_factory=set)


def read_state(content: bytes) -> State:
    """The state in *content*; OptionError says why there is none that can be used."""
    if content.startswith(GZIP):
        raise OptionError("it is compressed (gzip)", "Unpack it first")
    try:
        document = harmless(json.loads(content))
    except ValueError:
        raise OptionError("it is not JSON that can be read", PULL) from None
    if not isinstance(document, dict):
        raise OptionError("it is JSON, but no state of Terraform", PULL)
    if "encrypted_data" in document:
        raise OptionError(
            "it is encrypted by OpenTofu", "Give what 'tofu state pull' or 'tofu show -json' writes, which decrypt it"
        )
    if "planned_values" in document or "resource_changes" in document:
        raise OptionError("it is a plan, which has what is not there yet", f"{PULL}, without a plan file")
    if "format_version" in document:
        _fit(Object(known={"values": Object(known={"root_module": MODULE})}), document, "")
        return _filled(_shown((document.get("values") or {}).get("root_module") or {}))
    version = document.get("version")
    if isinstance(version, int) and version != VERSION:
        raise OptionError(
            f"it is a state of version {version}, and {VERSION} is needed",
            f"{PULL}, of Terraform 0.12 or newer" if version < VERSION else "Update crdb.cloud",
        )
    if version != VERSION:
        raise OptionError("it is JSON, but no state of Terraform", PULL)
    _fit(FILE, document, "")
    return _filled(_kept(document.get("resources") or ()))


def _filled(found: Iterator[tuple[str, str, Resource]]) -> State:
    state = State()
    for provider, configuration, resource in found:
        if resource.type.startswith(PREFIX) and (OWNER in provider or "/" not in provider):
            state.configurations.add(configuration)
            kept = Resource(**{**vars(resource), "type": resource.type.removeprefix(PREFIX)})
            state.resources.append(kept)
        elif not resource.data:
            state.others[provider] += 1
    return state


def _kept(resources: Any) -> Iterator[tuple[str, str, Resource]]:
    """The instances of a file of version 4, each with its provider, and how that is configured."""
    for number, row in enumerate(resources):
        data, configuration = row["mode"] == "data", row.get("provider") or ""
        base = ".".join(filter(None, (row.get("module"), "data" if data else "", row["type"], row["name"])))
        provider = configuration.partition('["')[2].partition('"]')[0] or configuration.rpartition(".")[2]
        for place, instance in enumerate(row.get("instances") or ()):
            if row["type"].startswith(PREFIX):
                _fit(INSTANCE, instance, f".resources[{number}].instances[{place}]")
            else:
                # Nothing of it is needed, so it may look as it likes.
                instance = {}
            hidden = {str(path[0].get("value")) for path in instance.get("sensitive_attributes") or () if path}
            index = instance.get("index_key")
            yield (
                provider,
                configuration,
                Resource(
                    base if index is None else f"{base}[{json.dumps(index)}]",
                    row["type"],
                    instance.get("attributes") or {},
                    frozenset(hidden),
                    data=data,
                    leaving=bool(instance.get("deposed")),
                    tainted=instance.get("status") == "tainted",
                ),
            )


def _shown(module: Mapping[str, Any]) -> Iterator[tuple[str, str, Resource]]:
    """The instances in a module and those below it, as ``terraform show -json`` has them."""
    left = [module]
    while left:
        here = left.pop()
        _fit(MODULE, here, ".values.*")
        left += here.get("child_modules") or ()
        for row in here.get("resources") or ():
            _fit(LISTED, row, ".values.*.resources[*]")
            sensitive = row.get("sensitive_values")
            names = row["values"] if sensitive is True else sensitive or {}
            hidden = {name for name in names if sensitive is True or _any_true(names[name])}
            provider = row.get("provider_name") or ""
            yield (
                provider,
                provider,
                Resource(
                    row["address"],
                    row["type"],
                    row["values"],
                    frozenset(hidden),
                    data=row["mode"] == "data",
                    leaving=bool(row.get("deposed_key")),
                    tainted=row.get("tainted") is True,
                ),
            )


def _any_true(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_any_true, value.values() if isinstance(value, dict) else value))
    return value is True


def _fit(shape: Shape, value: Any, at: str) -> None:
    """OptionError where *value*, which is *at* this place of the state, has not the *shape* that it needs."""
    if flaw := shape.flaw(value):
        raise OptionError(f"it can't be used: {told(at + flaw)}")
