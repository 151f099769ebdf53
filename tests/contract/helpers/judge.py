# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: holds recorded exchanges against the specification of the version they were in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from .defects import (
    AMBIGUOUS,
    ANSWER,
    LEGACY_ANSWER,
    LEGACY_REQUEST,
    REQUEST,
    SPEND_LIMIT_PUT,
    UNKNOWN_OPERATION,
    SpecDefect,
    Violation,
    defect_of,
)
from .recorder import Record
from .specs import FILES, VERSIONS, Operation, Spec, Strict, pointer, specifications

JSON = "application/json"
BOOLEANS = {"true": True, "false": False}
# Refused before the version is looked at, so there is none to echo.
BEFORE_VERSION = frozenset({401, 429})


@dataclass
class Verdict:
    """*violations* that nothing excuses, the *defects* that excused others, the *operations* seen."""

    violations: list[Violation] = field(default_factory=list)
    defects: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)

    def add(self, found: Iterable[Violation]) -> None:
        for violation in found:
            defect: SpecDefect | None = defect_of(violation)
            if defect is None:
                self.violations.append(violation)
            else:
                self.defects.add(defect.name)

    def report(self) -> str:
        """Each violation once, with how often it was seen."""
        lines = [str(violation) for violation in self.violations]
        return "\n" + "\n".join(f"{lines.count(line)} x {line}" for line in dict.fromkeys(lines))


class Judge:
    """Knows every version; *specs* of a version are its revisions, all of which have to agree."""

    def __init__(self) -> None:
        place = specifications()
        self.specs = {version: [Spec(place / name) for name in names] for version, names in FILES.items()}

    def verdict(self, records: Iterable[Record], *, requests: bool = True) -> Verdict:
        """Judge *records*; without *requests* only their answers."""
        verdict = Verdict()
        for record in records:
            verdict.add(self.violations(record, requests=requests))
            operation = self.operation(record)
            if operation:
                verdict.operations.add(operation)
        return verdict

    def operation(self, record: Record) -> str:
        """The operation of a record as ``DELETE /api/v1/clusters/{cluster_id}``, empty where there is none."""
        specs = self.specs.get(record.version) or self.specs[VERSIONS[-1]]
        found = specs[0].operation(record.method, record.path)
        if found is None:
            return ""
        return str(found).replace("entry.", "")

    def operations(self, version: str) -> set[str]:
        """Every operation of *version*, spelled as those of a verdict."""
        return {operation.replace("entry.", "") for operation in self.specs[version][0].operations()}

    def violations(self, record: Record, *, requests: bool = True) -> list[Violation]:
        found = list(self._headers(record, requests=requests))
        for spec in self.specs.get(record.version) or self.specs[VERSIONS[-1]]:
            operation = spec.operation(record.method, record.path)
            if operation is None:
                found += self._unknown(spec, record, requests=requests)
            else:
                said = str(operation)
                if operation.ambiguous:
                    text = f"several templates of {spec.name} match"
                    found.append(Violation(REQUEST, AMBIGUOUS, "", text, record.version, said))
                if requests:
                    found += self._request(spec, operation, record)
            if operation is not None or record.status >= 400:
                found += self._answer(spec, operation, record)
        return found

    def _unknown(self, spec: Spec, record: Record, *, requests: bool) -> Iterator[Violation]:
        """An operation that the specification does not have: it has to be refused, or to be a named exception."""
        said = f"{record.method} {record.path}"
        if requests or record.status < 400:
            yield Violation(REQUEST, UNKNOWN_OPERATION, "", f"not in {spec.name}", record.version, said)
        if SPEND_LIMIT_PUT.fullmatch(said):
            yield from self._legacy(record, said, requests=requests)

    @staticmethod
    def _headers(record: Record, *, requests: bool) -> Iterator[Violation]:
        asked, echoed = record.sent_headers.get("cc-version"), record.headers.get("cc-version")
        said = f"{record.method} {record.path}"
        if requests and asked not in VERSIONS:
            yield Violation(REQUEST, "Cc-Version", "", f"sent {asked!r}", record.version, said)
        if requests and not record.sent_headers.get("authorization", "").startswith("Bearer "):
            yield Violation(REQUEST, "Authorization", "", "no bearer", record.version, said)
        outside = not record.path.startswith("/api/")
        if asked in VERSIONS and echoed != asked and record.status not in BEFORE_VERSION and not outside:
            yield Violation(ANSWER, "Cc-Version", "", f"sent {asked!r}, echoed {echoed!r}", record.version, said)

    def _request(self, spec: Spec, operation: Operation, record: Record) -> Iterator[Violation]:
        def broken(kind: str, message: str, where: str = "") -> Violation:
            return Violation(REQUEST, kind, where, message, record.version, str(operation))

        place = (operation.template, operation.method.lower())
        names = [name for name, _value in parse_qsl(record.query, keep_blank_values=True)]
        values = {("query", name): value for name, value in parse_qsl(record.query, keep_blank_values=True)}
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield broken("query", f"{name} is given more than once")
        for part, text in zip(operation.template.split("/"), record.path.split("/"), strict=True):
            if part.startswith("{"):
                values["path", part[1:-1]] = unquote(text)
        for key in values:
            if key not in operation.parameters:
                yield broken("query", f"{key[1]} is no parameter")
        for number, parameter in enumerate(operation.definition.get("parameters", ())):
            key = (parameter["in"], parameter["name"])
            if key in values:
                value = _typed(values[key], spec.resolve(parameter["schema"]).get("type"))
                for error in spec.errors(pointer("paths", *place, "parameters", str(number), "schema"), value):
                    yield broken(str(key[0]), error.message, str(key[1]))
            elif parameter.get("required"):
                yield broken(str(key[0]), f"{key[1]} is missing")

        body = operation.definition.get("requestBody")
        if body is None:
            if record.sent:
                yield broken("body", "there is none in this operation")
        elif not record.sent:
            if body.get("required"):
                yield broken("body", "it is missing")
        else:
            if _media_type(record.sent_headers) != JSON:
                yield broken("content type", record.sent_headers.get("content-type", "none"))
            value, fault = _parsed(record.sent)
            if fault:
                yield broken("body", fault)
                return
            for error in spec.errors(pointer("paths", *place, "requestBody", "content", JSON, "schema"), value):
                yield broken(str(error.validator), error.message, _where(error.absolute_path))

    def _answer(self, spec: Spec, operation: Operation | None, record: Record) -> Iterator[Violation]:
        said = str(operation or f"{record.method} {record.path}")

        def broken(kind: str, message: str, where: str = "") -> Violation:
            return Violation(ANSWER, kind, where, message, record.version, f"{said} ({record.status})")

        failed = record.status >= 400
        code = str(record.status)
        if operation is not None:
            declared = operation.definition["responses"]
            # "default" is the error that nobody expected; a success has to be declared by itself.
            fitting = [code, f"{code[0]}XX", *(["default"] if failed else [])]
            code = next((name for name in fitting if name in declared), "")
            if not code:
                yield broken("status", "not declared")
                return
        if _media_type(record.headers) != JSON:
            yield broken("content type", record.headers.get("content-type", "none"))
        value, fault = _parsed(record.answer)
        if fault:
            yield broken("body", fault)
            return
        if failed:
            # The schemas of single errors are empty; all of them look like the default one, and say something.
            place = pointer("components", "schemas", "Status")
            for name in {"code", "message"} - set(value if isinstance(value, dict) else ()):
                yield broken("required", f"{name!r} is missing")
        else:
            assert operation is not None
            place = pointer("paths", operation.template, operation.method.lower(), "responses", code, "content", JSON)
            place += "/schema"
        for error in spec.errors(place, value):
            yield broken(str(error.validator), error.message, _where(error.absolute_path))

    @staticmethod
    def _legacy(record: Record, said: str, *, requests: bool) -> Iterator[Violation]:
        sides = [(REQUEST, LEGACY_REQUEST, record.sent)] if requests else []
        if record.status < 400:
            sides.append((ANSWER, LEGACY_ANSWER, record.answer))
        for side, schema, raw in sides:
            value, fault = _parsed(raw)
            if fault:
                yield Violation(side, "body", "", fault, record.version, said)
                continue
            for error in Strict(schema).iter_errors(value):
                yield Violation(side, str(error.validator), "", error.message, record.version, said)


def _media_type(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _parsed(raw: bytes) -> tuple[Any, str]:
    if not raw:
        return None, "it is empty"
    try:
        return json.loads(raw), ""
    except ValueError as error:
        return None, f"no JSON: {error}"


def _typed(text: str, kind: Any) -> Any:
    """A parameter as the value that its schema speaks of; the text itself where it is none."""
    if kind == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return BOOLEANS.get(text, text) if kind == "boolean" else text


def _where(path: Iterable[Any]) -> str:
    """A path into a body without the numbers of list items: ``clusters[].config.serverless``."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
