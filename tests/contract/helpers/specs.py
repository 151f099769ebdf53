# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The official specifications of the Cloud API, used as published, and JSON Schema for what they say.

They use a small part of OpenAPI 3.0 (no nullable, no allOf and the like), so Draft 2020-12 reads their schemas as
meant; a test holds them to that part. Three things are stricter than plain JSON Schema: an object with declared
properties has no others, formats are checked, 1.0 is no integer.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

CHECKOUT = Path(__file__).resolve().parents[3]
VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")
# A later revision of this version came with version 8 of the official SDK; the same answers have to satisfy both.
FILES: dict[str, tuple[str, ...]] = {version: (f"cloud-{version}.json",) for version in VERSIONS}
FILES["2024-09-16"] += ("cloud-2024-09-16-sdk8.json",)
METHODS = frozenset({"get", "put", "post", "patch", "delete"})
# Every keyword of a schema that the specifications use; one that is not in here would go unchecked.
KEYWORDS = frozenset({"type", "properties", "required", "items", "enum", "format", "additionalProperties", "$ref"})
REMARKS = frozenset({"description", "title", "example", "default"})
# Kinds of error that JSON Schema does not tell apart.
NULL = "null"
UNDECLARED = "undeclared"
RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)


def directory(name: str, variable: str, probe: str) -> Path:
    """Where the test data *name* lies: *variable* names the directory, else it is in ../shared beside the checkout.

    Called by a module of tests, it skips all of it where there is no data, and fails where CI is set: there nobody would
    see that nothing was tested.
    """
    named = os.environ.get(variable)
    place = Path(named) if named else CHECKOUT.parent / "shared" / name
    if (place / probe).is_file():
        return place
    message = f"{probe} was not found: it is not part of this repository; name its directory in {variable}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)


def specifications() -> Path:
    """The directory of the specifications."""
    return directory("spec", "CRDB_SPEC_DIR", FILES[VERSIONS[0]][0])


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())

    @checker.checks("int32")
    def int32(value: object) -> bool:
        return not isinstance(value, int) or -(2**31) <= value < 2**31

    @checker.checks("int64")
    def int64(value: object) -> bool:
        return not isinstance(value, str) or (INTEGER.fullmatch(value) is not None and -(2**63) <= int(value) < 2**63)

    @checker.checks("date-time", raises=ValueError)
    def date_time(value: object) -> bool:
        if not isinstance(value, str):
            return True
        # The day has to exist as well; Python knows microseconds only.
        return RFC3339.fullmatch(value) is not None and bool(datetime.fromisoformat(re.sub(r"\.\d+", "", value)))

    @checker.checks("uuid", raises=ValueError)
    def is_uuid(value: object) -> bool:
        return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()

    return checker


FORMATS = _formats()
UNCHECKED_FORMATS = frozenset({"float", "double", "password"})
INTEGERS_ONLY = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
)
Strict = extend(Draft202012Validator, type_checker=INTEGERS_ONLY)


@dataclass(frozen=True)
class Operation:
    """A method on a path template; *ambiguous* says that another template without this method matches as well."""

    method: str
    template: str
    definition: Mapping[str, Any]
    ambiguous: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def parameters(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        return {(item["in"], item["name"]): item for item in self.definition.get("parameters", ())}


class Spec:
    """One published file."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.paths: dict[str, dict[str, Any]] = self.document["paths"]
        resource = DRAFT202012.create_resource(self.document)
        self._registry: Registry[Any] = Registry().with_resource("spec:", resource)
        self._class = extend(Strict, {"properties": self._properties})
        self._templates = [(template, re.compile(_pattern(template))) for template in self.paths]
        self._validators: dict[str, Any] = {}

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """*schema*, or what its $ref leads to."""
        while "$ref" in schema:
            at: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            schema = at
        return schema

    def errors(self, pointer: str, value: Any) -> Iterator[ValidationError]:
        """What is wrong with *value* as the schema at the JSON pointer *pointer* sees it."""
        validator = self._validators.get(pointer)
        if validator is None:
            validator = self._class({"$ref": f"spec:#{pointer}"}, registry=self._registry, format_checker=FORMATS)
            self._validators[pointer] = validator
        yield from validator.iter_errors(value)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation of a request; the most literal template that has the method wins."""
        matching = [template for template, pattern in self._templates if pattern.fullmatch(path)]
        matching.sort(key=lambda template: template.count("{"))
        having = [template for template in matching if method.lower() in self.paths[template]]
        if not having:
            return None
        alike = [template for template in matching if template.count("{") == having[0].count("{")]
        return Operation(method, having[0], self.paths[having[0]][method.lower()], ambiguous=len(alike) > 1)

    def operations(self) -> set[str]:
        return {
            f"{method.upper()} {template}" for template, item in self.paths.items() for method in METHODS & set(item)
        }

    def _properties(
        self, validator: Any, properties: Mapping[str, Any], instance: Any, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        """The keyword ``properties``: as in JSON Schema, but undeclared ones are errors, and a null is told apart."""
        if not validator.is_type(instance, "object"):
            return
        if "additionalProperties" not in schema:
            for name in instance:
                if name not in properties:
                    yield ValidationError(f"{name!r} is not declared", validator=UNDECLARED, path=(name,))
        for name, subschema in properties.items():
            if name not in instance:
                continue
            if instance[name] is None and name not in schema.get("required", ()) and self._may_be_unset(subschema):
                yield ValidationError("null", validator=NULL, path=(name,))
                continue
            yield from validator.descend(instance[name], subschema, path=name, schema_path=name)

    def _may_be_unset(self, schema: Mapping[str, Any]) -> bool:
        found = self.resolve(schema)
        return found.get("type") == "object" or found.get("format") == "date-time"


# The organization has no id where a role is granted on it: this segment may be empty.
EMPTY = "{resource_id}"


def _pattern(template: str) -> str:
    parts = re.split(r"({[^}]+})", template)
    return "".join(
        ("[^/]*" if part == EMPTY else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    )


def pointer(*parts: str) -> str:
    """A JSON pointer to *parts*."""
    return "".join(
        "/" + part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D") for part in parts
    )
