# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make importer: build the tarball and let galaxy-importer check it, as Galaxy does on upload. A warning is a failure."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from release_check import ROOT, build

PLACE = ROOT / ".cache" / "importer"
CONFIGURATION = """\
[galaxy-importer]
RUN_ANSIBLE_TEST = False
RUN_ANSIBLE_LINT = True
LOG_LEVEL_MAIN = INFO
ANSIBLE_LOCAL_TMP = {place}/tmp
"""
# It unpacks a collection as placeholder_namespace.placeholder_name, so ansible-lint can't find playbooks that are imported
# by the real name. Those that are there are no fault of ours.
NOT_FOUND = re.compile(r"WARNING: +ERROR +Failed to find crdb\.cloud\.(\w+) playbook\.")


# An example may use the collection of the product that it is for; the importer has no other collections.
FOREIGN = re.compile(r"WARNING: examples/awx/.*couldn't resolve module/action 'awx\.awx\.\w+'")


def is_excused(line: str) -> bool:
    found = NOT_FOUND.fullmatch(line.strip())
    ours = found is not None and (ROOT / "playbooks" / f"{found.group(1)}.yml").is_file()
    return ours or FOREIGN.match(line) is not None


def check(tarball: Path) -> list[str]:
    """What galaxy-importer complains of."""
    configuration = PLACE / "galaxy-importer.cfg"
    configuration.write_text(CONFIGURATION.format(place=PLACE), encoding="utf-8")
    # It unpacks the tarball and has to find the collection there, not in this checkout.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment |= {"GALAXY_IMPORTER_CONFIG": str(configuration), "ANSIBLE_HOME": str(PLACE / "ansible")}
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", str(tarball)],
        cwd=PLACE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = [line for line in done.stdout.splitlines() if line.startswith(("WARNING", "ERROR", "CRITICAL"))]
    found = [line for line in said if not is_excused(line)]
    if done.returncode or "Importer processing completed successfully" not in done.stdout:
        found.append(f"galaxy-importer ended with exit code {done.returncode}:\n{done.stdout}")
    if "ansible-lint run complete" not in done.stdout:
        found.append("ansible-lint did not run")
    return found


def main() -> int:
    PLACE.mkdir(parents=True, exist_ok=True)
    complaints = check(build(PLACE))
    print("\n".join(complaints) or "galaxy-importer: no warnings")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
