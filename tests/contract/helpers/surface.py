# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The surface of an API version: the properties and enumerations of its operations, and which of them were sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .judge import JSON, Judge
from .recorder import Record
from .specs import Spec

Schema = Mapping[str, Any]


def properties(
    spec: Spec, schema: Schema, prefix: str = "", within: tuple[Schema, ...] = ()
) -> Iterator[tuple[str, Schema]]:
    """Every property below *schema* as ``spec.serverless.regions``; what has properties itself is not listed, nor what it lies *within*."""
    schema = spec.resolve(schema)
    within = (*within, schema)
    for name, given in schema.get("properties", {}).items():
        found = spec.resolve(given)
        inner = spec.resolve(found["items"]) if found.get("type") == "array" else found
        if inner in within:
            continue
        if inner.get("properties"):
            yield from properties(spec, inner, f"{prefix}{name}.", within)
        else:
            yield f"{prefix}{name}", found


def body(definition: Schema) -> Schema:
    """The schema of the request body, {} where there is none."""
    found: Schema = definition.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    return found


def answer(definition: Schema) -> Schema:
    found: Schema = definition["responses"].get("200", {}).get("content", {}).get(JSON, {}).get("schema", {})
    return found


def enumerations(spec: Spec, definition: Schema) -> Iterator[tuple[str, frozenset[str]]]:
    """Every enumeration of the parameters, the body and the answer of an operation, by the last part of its name."""
    for parameter in definition.get("parameters", ()):
        schema = spec.resolve(parameter.get("schema", {}))
        if schema.get("enum"):
            yield parameter["name"].rsplit(".", 1)[-1], frozenset(schema["enum"])
    for root in (body(definition), answer(definition)):
        for name, schema in properties(spec, root):
            if schema.get("enum"):
                yield name.rsplit(".", 1)[-1], frozenset(schema["enum"])


def sent_properties(judge: Judge, records: Iterable[Record]) -> dict[str, set[str]]:
    """The properties of the bodies that were sent, by operation."""
    found: dict[str, set[str]] = {}
    for record in records:
        operation = judge.operation(record)
        if record.sent and operation:
            found.setdefault(operation, set()).update(_names(record.body()))
    return found


def _names(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield prefix + name
            yield from _names(inner, f"{prefix}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, prefix)
