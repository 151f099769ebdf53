# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file below examples/ does what it says: in check mode nothing, then its changes, then nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run
from integration.helpers.runner import CHECKOUT, Runner

pytestmark = pytest.mark.smoke

EXAMPLES = CHECKOUT / "examples"
LISTED = re.compile(r"^\| \[([^\]]+)\]\(\1\) \| \S", re.MULTILINE)
PASSWORDS = {f"CRDB_{name}_PASSWORD": f"planted-{name.lower()}-password" for name in ("APP", "REPORTING", "OWNER")}
BANK = (
    "--seed-cluster-api",
    *(
        part
        for name in ("owner", "app", "reporting")
        for part in ("--cluster-user", f"{name}:planted-{name}-password:admin")
    ),
)


@dataclass(frozen=True)
class Example:
    """How one file is run: as a playbook, or as an inventory (*inventory*) of one, against an emulator with *options* and *clusters*.

    *writes* are the requests of its run that change something, in any order, by method and the end of the path. Each of the
    clusters has the SQL *users*. TMP in *arguments* is a directory that all runs share.
    """

    writes: Iterable[str]
    inventory: str = ""
    arguments: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    warns: tuple[str, ...] = ()


NOT_YET = ("There is no cluster",)
# A new file needs a row here, and one in examples/README.md.
TABLE = {
    "inventory/four_lines.ini": Example(
        ["POST clusters"] * 5 + ["POST sql-users"] * 10, inventory="crdb.cloud.provision", warns=NOT_YET
    ),
    "inventory/wanted.yml": Example(
        ["POST clusters"] * 3 + ["POST sql-users"] * 6 + ["POST allowlist"] * 4,
        inventory="crdb.cloud.provision",
        warns=NOT_YET,
    ),
    "standard.yml": Example(["POST clusters", "POST allowlist", "POST sql-users"], warns=NOT_YET),
    "advanced.yml": Example(["POST clusters", "POST allowlist", "POST sql-users"], warns=NOT_YET),
    "fleet.yml": Example(
        ["POST clusters"] * 12 + ["POST sql-users"] * 12 + ["POST allowlist"] * 12,
    ),
    "least_privilege.yml": Example(["POST sql-users"] * 3 + ["POST sql"] * 5, options=BANK, clusters=("ledger-prod",)),
    "decommission.yml": Example(
        ["DELETE cluster"], arguments=("-e", "crdb_decommission_confirm=orders-old"), clusters=("orders-old",)
    ),
    "audit_logs.yml": Example(
        [],
        arguments=("-e", "directory=TMP/audit"),
        clusters=("orders-prod",),
        warns=("^There is no directory '.*/audit' yet",),
    ),
    "spend_limits.yml": Example(["PATCH cluster"] * 2, clusters=("orders-prod", "orders-test")),
    "sql_users.yml": Example(
        ["POST sql-users"] * 3 + ["DELETE former"],
        arguments=("-e", "sql_users_directory=TMP/passwords"),
        clusters=("orders-prod",),
        users=("former",),
    ),
    "rotate_passwords.yml": Example(
        ["PUT password"] * 2,
        arguments=("-i", str(EXAMPLES / "inventory" / "all.crdb.yml"), "-e", "sql_users_directory=TMP/passwords"),
        clusters=("orders-prod", "orders-test"),
        users=("app", "batch"),
    ),
    "inventory/all.crdb.yml": Example(
        ["PATCH cluster"] * 2,
        inventory="crdb.cloud.provision",
        arguments=("-e", "cluster_spend_limit=1000"),
        clusters=("orders-prod", "orders-test"),
    ),
}
# Directories whose files are run by tests of their own: the place that names the directory.
ELSEWHERE = {"awx": "tests/integration/helpers/awx.py", "ee": "tools/ee.py"}
ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}$")


def test_every_example_is_listed_and_run() -> None:
    files = [path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*") if path.is_file()]
    found = {f"{path.parts[0]}/" if path.parts[0] in ELSEWHERE else str(path) for path in files} - {"README.md"}
    assert found == set(TABLE) | {f"{name}/" for name in ELSEWHERE}
    assert found == set(LISTED.findall((EXAMPLES / "README.md").read_text()))
    for name, place in ELSEWHERE.items():
        assert f'"examples" / "{name}"' in (CHECKOUT / place).read_text()


def writes(emulator: Emulator) -> list[str]:
    """What changed something, as "POST sql-users"."""
    ends = [(entry["method"], ID.sub("/cluster", entry["path"]).removesuffix("/")) for entry in emulator.writes()]
    return sorted(f"{method} {path.rsplit('/', 1)[-1]}" for method, path in ends)


@pytest.mark.parametrize("name", TABLE)
def test_example(
    name: str, emulator: Emulator, launch: Launch, playbook_on: Callable[[Emulator], Runner], tmp_path: Path
) -> None:
    example = TABLE[name]
    server = launch(*example.options) if example.options else emulator
    for cluster in example.clusters:
        server.add_users(server.add_cluster(cluster)["id"], list(example.users))
    playbook = playbook_on(server)
    source = ["-i", str(EXAMPLES / name)] if example.inventory else []

    def run(*, check: bool = False) -> Run:
        server.reset("requests")
        return playbook(
            playbook=example.inventory or str(EXAMPLES / name),
            arguments=[*source, *(part.replace("TMP", str(tmp_path)) for part in example.arguments)],
            direct=None,
            check=check,
            diff=check,
            verbosity=0 if check else 4,
            env={**PASSWORDS, "CRDB_CLUSTER_API_URL": server.cluster_url, **example.env},
            secrets=PASSWORDS.values(),
            warns=example.warns if check else (),
        )

    run(check=True)
    assert writes(server) == []
    run()
    assert writes(server) == sorted(example.writes)
    again = run()
    assert writes(server) == []
    assert not any(outcome.changed for outcome in again.outcomes)
