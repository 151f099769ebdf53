# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the table of facts that the emulator's kinds answer by, from the published descriptions of the Cloud API.

Operations, fields, types, enumerations and what is required: names and types, no sentences. Each version has what
differs from the one before it. ``make surface`` runs this; a contract test says when the table is out of date.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EMULATOR = ROOT / "roles" / "sandbox" / "files"
TABLE = EMULATOR / "crdb_emulator" / "surface.json"
# The newest revision of each version.
FILES = {version: f"cloud-{version}.json" for version in ("2022-03-31", "2022-09-20", "2023-04-10")}
FILES["2024-09-16"] = "cloud-2024-09-16-sdk8.json"
FILES["2026-09-15"] = "cloud-2026-09-15.json"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
JSON = "application/json"
Schema = Mapping[str, Any]


def starred(path: str) -> str:
    """``/api/v1/folders/{folder_id}`` -> ``folders/*``; what is not below /api/v1 keeps ``scim`` in front."""
    parts = path.removeprefix("/api/").removeprefix("v1/").split("/")
    return "/".join("*" if part.startswith("{") else part for part in parts)


def spelled(schema: Schema) -> str:
    """A type as the table writes it: ``string``, ``string date-time``, ``[X]`` a list, ``{X}`` a map, or a name."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"[{spelled(schema['items'])}]"
    if "additionalProperties" in schema:
        return f"{{{spelled(schema['additionalProperties'])}}}"
    return " ".join(filter(None, (schema.get("type", "any"), schema.get("format"))))


def declared(schema: Schema) -> Any:
    """A named schema: the list of an enumeration, or its fields, required ones with a star (``any``: no such field)."""
    if "enum" in schema:
        return schema["enum"]
    required, fields = schema.get("required", ()), schema.get("properties", {})
    found = {f"{name}*" if name in required else name: spelled(value) for name, value in fields.items()}
    return {**found, **{f"{name}*": "any" for name in required if name not in fields}}


def named(definition: Schema, part: str, schema: Schema, known: dict[str, Schema]) -> str:
    """A type that may be written out in the operation itself: it then gets the operation's name."""
    if "properties" not in schema:
        return spelled(schema)
    name = f"{definition['operationId'].removeprefix('CockroachCloud_')}.{part}"
    known[name] = schema
    return name


def _body(definition: Schema) -> Schema:
    found: Schema = definition.get("content", {}).get(JSON, {}).get("schema", {})
    return found


def operations(document: Schema, served: frozenset[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The *served* operations, each with its body, answer and query."""
    known = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            line = f"{method.upper()} {starred(path)}"
            if line not in served:
                continue
            definition = item[method]
            query = {
                each["name"]: spelled(each["schema"])
                for each in definition.get("parameters", ())
                if each["in"] == "query"
            }
            found = {
                "body": named(definition, "body", schema, known)
                if (schema := _body(definition.get("requestBody", {})))
                else "",
                "answer": named(definition, "answer", _body(definition["responses"]["200"]), known),
                "query": {name: kind for name, kind in query.items() if not name.startswith("pagination.")},
            }
            yield line, {name: value for name, value in found.items() if value}


def schemas(document: Schema, wanted: set[str]) -> dict[str, Any]:
    """The *wanted* schemas and those they name."""
    known, found = document["components"]["schemas"], {}
    while wanted:
        name = wanted.pop()
        found[name] = declared(known[name])
        inner = found[name].values() if isinstance(found[name], dict) else ()
        wanted |= {kind for each in inner if (kind := each.strip("[]{}")) in known} - set(found)
    return found


def table(directory: Path, served: frozenset[str]) -> dict[str, Any]:
    """The whole table for the *served* operations."""
    result: dict[str, Any] = {}
    before: dict[str, dict[str, Any]] = {"operations": {}, "schemas": {}}
    for version, name in FILES.items():
        document = json.loads((directory / name).read_text(encoding="utf-8"))
        found = dict(operations(document, served))
        named = {
            kind.strip("[]{}") for each in found.values() for kind in (each.get("body", ""), each.get("answer", ""))
        }
        now = {"operations": found, "schemas": schemas(document, named & set(document["components"]["schemas"]))}
        new = {part: {k: v for k, v in now[part].items() if before[part].get(k) != v} for part in now}
        if any(new.values()):
            result[version] = new
        before = now
    return result


def text(directory: Path) -> str:
    """What belongs into the table's file: a line for each field, sorted."""
    if str(EMULATOR) not in sys.path:
        sys.path.insert(0, str(EMULATOR))
    from crdb_emulator.kinds import SERVED

    return json.dumps(table(directory, SERVED), indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the table; 1 where the descriptions are missing."""
    directory = Path(os.environ.get("CRDB_SPEC_DIR") or ROOT.parent / "shared" / "spec")
    if not (directory / FILES["2026-09-15"]).is_file():
        print(
            f"surface: the descriptions are not in {directory}; name their directory in CRDB_SPEC_DIR", file=sys.stderr
        )
        return 1
    TABLE.write_text(text(directory), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
