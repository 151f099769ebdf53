# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the execution environment to what it promises: the collection asks for requests and nothing else, and the example
definition makes a build context that holds the collection. No image is built.

    python tools/ee.py

Runs with ansible-builder beside this Python (make ee sets that up) on the collection linked in .cache/collections (make link).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
BUILDER = Path(sys.executable).parent / "ansible-builder"
EXAMPLE = ROOT / "examples" / "ee" / "execution-environment.yml"


def builder(*arguments: str | Path) -> str:
    done = subprocess.run(
        [BUILDER, *arguments], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"ee: ansible-builder {arguments[0]} failed:\n{done.stdout}")
    return done.stdout


def introspected() -> dict[str, list[str]]:
    """What ansible-builder finds that the collections ask for: Python packages and system packages."""
    found: dict[str, list[str]] = yaml.safe_load(builder("introspect", "--sanitize", ROOT / ".cache" / "collections"))
    return found


def context(directory: Path) -> tuple[str, dict[str, Any]]:
    """The build instructions and the collections of the example's build context."""
    builder("create", "--file", EXAMPLE, "--context", directory, "--output-filename", "Containerfile")
    return (directory / "Containerfile").read_text(), yaml.safe_load(
        (directory / "_build/requirements.yml").read_text()
    )


def problems() -> list[str]:
    found = []
    needs = introspected()
    packages = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in needs.get("python", [])]
    if packages != ["requests"] or needs.get("system"):
        found.append(f"the collection must ask for requests and nothing else, not {needs}")
    example = yaml.safe_load(EXAMPLE.read_text())
    with tempfile.TemporaryDirectory() as name:
        text, galaxy = context(Path(name))
    image = example["images"]["base_image"]["name"]
    if f'ARG EE_BASE_IMAGE="{image}"' not in text:
        found.append(f"the build does not start from {image}")
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    wanted = {entry["name"]: entry.get("version") for entry in galaxy["collections"]}
    if wanted != {"crdb.cloud": f">={version.split('.')[0]}.0.0"}:
        found.append(f"{EXAMPLE.name} must ask for crdb.cloud of the present major version, not {wanted}")
    for step in ("assemble", "install-from-bindep", "check_ansible"):
        if step not in text:
            found.append(f"the build lacks the step {step}")
    return found


if __name__ == "__main__":
    wrong = problems()
    print(
        "\n".join(f"ee: {text}" for text in wrong)
        or "ee: asks for requests and nothing else, and the example can be built"
    )
    sys.exit(bool(wrong))
