# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark: whole commands against the emulator, with what they cost and what they would have to cost at least.

    make bench                            every scenario
    make bench BENCH="loop inventory"     some of them
    make bench BENCH="--clusters 20 fleet"

Each command is a process of its own, measured from start to end, so Ansible's own start is in every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench.measure import Bench, Row
from bench.scenarios import SCENARIOS

COLUMNS = ("scenario", "rate", "wall s", "CPU s", "requests", "at least", "ratio", "429", "changed", "result")


def cells(row: Row) -> tuple[str, ...]:
    bound = str(row.bound) if row.bound else "-"
    ratio = f"{row.requests / row.bound:.2f}" if row.bound else "-"
    rate = f"{row.rate:g}/s" if row.rate else "off"
    figures = (f"{row.wall:.1f}", f"{row.cpu:.1f}", str(row.requests), bound, ratio, str(row.limited))
    return (row.name, rate, *figures, str(row.changed), "ok" if row.ok else "FAILED")


def table(rows: list[Row]) -> str:
    """The rows as a table of plain text."""
    lines = [COLUMNS, *map(cells, rows)]
    widths = [max(len(line[number]) for line in lines) for number in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make bench BENCH=", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", help=f"any of {', '.join(SCENARIOS)}; all if none is named"
    )
    parser.add_argument("--clusters", type=int, default=100, help="clusters of the fleet (default 100)")
    parser.add_argument("--users", type=int, default=10, help="SQL users of each (default 10)")
    parser.add_argument("--latency-ms", type=int, default=50, help="latency of every answer (default 50)")
    parser.add_argument(
        "--rates", type=float, nargs="+", default=[0.0, 10.0], help="rate limits for the fleet, 0 is off (default 0 10)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(".cache/bench.json"),
        help="file for the rows as JSON (default .cache/bench.json)",
    )
    options = parser.parse_args()
    unknown = sorted(set(options.scenarios) - set(SCENARIOS))
    if unknown:
        parser.error(f"there is no scenario {unknown[0]}; there are {', '.join(SCENARIOS)}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="crdb-bench-") as directory:
        bench = Bench(Path(directory), options.latency_ms)
        for name in options.scenarios or SCENARIOS:
            for row in SCENARIOS[name](bench, options):
                print("  ".join(cells(row)), file=sys.stderr, flush=True)
                rows.append(row)
    print(table(rows))
    head = {
        "ansible_core": version("ansible-core"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "latency_ms": options.latency_ms,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({**head, "rows": [vars(row) for row in rows]}, indent=2) + "\n")
    print(f"Written to {options.out}", file=sys.stderr)
    return int(not all(row.ok for row in rows))


if __name__ == "__main__":
    sys.exit(main())
