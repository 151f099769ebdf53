# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL over the Cluster API (POST /sql/, since CockroachDB 23.1): sending, telling reads from writes, quoting names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from .._base.errors import AnswerError, ApiError, CrdbError, OptionError
from .._base.masking import mask
from .._http.answers import ANY_OBJECT, ANYTHING, TEXT, WHOLE, ListOf, Object
from .._http.session import READ, WRITE
from .client import PREFIX, ClusterApi, checked
from .reads import ClusterRun

RESULT = Object(
    known={
        "tag": TEXT,
        "rows_affected": WHOLE,
        "columns": ListOf(Object(known={"name": TEXT})),
        "rows": ListOf(ANY_OBJECT),
        "error": ANYTHING,
    }
)
ANSWER = Object(known={"execution": Object(known={"txn_results": ListOf(RESULT)})})
# String literals, quoted names and comments: what is inside them is no SQL keyword.
OPAQUE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/""", re.S)
# Whether a backslash escapes, whether $$ quotes and where nested comments end is not plain to see. A statement with one
# of these is searched as a whole: it may be taken for a write because of its text, never for a read because of it.
TRICKY = re.compile(r"\\|\$\w*\$|/\*(?:(?!\*/).)*/\*", re.S)
READ_VERBS = frozenset({"SELECT", "SHOW", "VALUES", "TABLE", "EXPLAIN", "WITH"})
WRITE_WORDS = frozenset(
    (
        "INSERT",
        "UPDATE",
        "UPSERT",
        "DELETE",
        "TRUNCATE",
        "CREATE",
        "ALTER",
        "DROP",
        "GRANT",
        "REVOKE",
        "SET",
        "RESET",
        "IMPORT",
        "EXPORT",
        "BACKUP",
        "RESTORE",
        "CANCEL",
        "PAUSE",
        "RESUME",
        "SCATTER",
        "SPLIT",
        "RELOCATE",
        "CALL",
        "COPY",
        "NEXTVAL",
        "SETVAL",
        "PG_TERMINATE_BACKEND",
        "PG_CANCEL_BACKEND",
    )
)
ROW_WRITES = frozenset({"INSERT", "UPDATE", "UPSERT", "DELETE"})


class SqlError(CrdbError):
    """A statement failed. *code* is the SQLSTATE."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, error={"code": code, "message": message})
        self.code = code

    def summary(self) -> str:
        return f"{self.message} (SQLSTATE {self.code})" if self.code else self.message


def quoted(*names: str) -> str:
    """A name, or a path of names, as quoted identifiers: nothing in it can end the quotes."""
    for name in names:
        if not name or "\0" in name:
            raise OptionError(f"'{name}' can't be the name of something in SQL")
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def is_read(sql: str) -> bool:
    """Whether *sql* can only read, as far as its words tell. What a function does inside can't be seen here."""
    visible = sql if TRICKY.search(sql) else OPAQUE.sub(" ' ", sql)
    words = _words(visible)
    if not words or words[0] not in READ_VERBS:
        return False
    # SHOW CREATE, SHOW GRANTS ... only show; but what SHOW JOBS gets can be a statement of its own.
    writes = ROW_WRITES if words[0] == "SHOW" and "[" not in visible else WRITE_WORDS
    return not writes & set(words)


def _words(text: str) -> list[str]:
    """The words in capitals. The server takes letters such as the Kelvin sign for their ASCII relatives."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return [word.upper() for word in re.findall(r"[A-Za-z_]+", plain)]


def execute(
    api: ClusterApi,
    statements: Iterable[tuple[str, list[Any]]],
    *,
    effect: str,
    run: bool = True,
    database: str | None = None,
    timeout: float | None = None,
    max_result_size: int | None = None,
) -> list[dict[str, Any]]:
    """Send *statements* as one transaction and return what each gave; with *run* false they are only parsed.

    Each result has ``tag``, ``rows_affected``, ``columns`` (names) and ``rows`` (dicts). SQL errors, which come with
    HTTP 200, raise SqlError; AnswerError where the answer does not say what became of the statements.
    """
    listed = list(statements)
    secrets = tuple(value for _sql, arguments in listed for value in arguments)
    body: dict[str, Any] = {
        "statements": [{"sql": sql, **({"arguments": arguments} if arguments else {})} for sql, arguments in listed],
        "execute": run,
        "application_name": "crdb.cloud",
    }
    optional = {"database": database, "max_result_size": max_result_size, "timeout": timeout and f"{timeout:g}s"}
    body.update({name: value for name, value in optional.items() if value})
    answer = api.call("POST", "/sql", effect=effect, body=body, accept=(400,), secrets=secrets)
    if not answer.ok and not isinstance(answer.body, dict):
        raise _failure(answer.text, secrets)
    found = checked(answer, "POST", f"{PREFIX}/sql/", ANSWER)
    results = (found.get("execution") or {}).get("txn_results") or []
    error = found.get("error") or next((result["error"] for result in results if result.get("error")), None)
    if error or not answer.ok:
        raise _failure(error or answer.text, secrets)
    if run and len(results) != len(listed):
        raise AnswerError(
            f"the answer to POST {PREFIX}/sql/ can't be used: {len(results)} results for {len(listed)} statements"
        )
    return [_result(result) for result in results]


def _failure(error: Any, secrets: tuple[Any, ...]) -> SqlError:
    if isinstance(error, Mapping):
        return SqlError(mask(str(error.get("message")), secrets), str(error.get("code") or ""))
    return SqlError(mask(str(error), secrets), "")


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tag": result.get("tag"),
        "rows_affected": result.get("rows_affected", 0),
        "columns": [column.get("name") for column in result.get("columns") or []],
        "rows": result.get("rows") or [],
    }


def query(run: ClusterRun) -> dict[str, Any]:
    """The module cluster_api_query: what is not a read needs read_only: false; check mode only parses."""
    params = run.params
    statements = [(item["sql"], list(item["arguments"] or [])) for item in params.get("statements") or []]
    if params.get("query"):
        statements.insert(0, (params["query"], list(params.get("arguments") or [])))
    writes = [sql for sql, _arguments in statements if not is_read(sql)]
    if not statements or any(not sql.strip() for sql, _arguments in statements):
        raise OptionError("A statement is empty")
    if writes and params["read_only"]:
        word = (_words(OPAQUE.sub(" ", writes[0])) or ["it"])[0]
        raise OptionError(
            f"The statement that begins with {word} may change something, and read_only is true",
            "Set read_only: false if that is meant",
        )
    try:
        results = execute(
            run.api,
            statements,
            effect=WRITE if writes and not run.check_mode else READ,
            run=not run.check_mode,
            database=params.get("database"),
            timeout=params.get("timeout"),
            max_result_size=params.get("max_result_size"),
        )
    except (SqlError, ApiError) as error:
        raise error.during("run the SQL statement" if len(statements) == 1 else "run the SQL statements") from None
    # As Ansible does it with the result of a plain module: an argument is not shown, even if it comes back.
    results = mask(results, [value for _sql, given in statements for value in given if isinstance(value, str)])
    return {"changed": bool(writes), "results": results, "rows": results[-1]["rows"] if results else []}
