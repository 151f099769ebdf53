# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make release-check: is this checkout ready to be published? Every answer that is no is one line.

The version has to be the same everywhere, the tarball has to hold what users need and nothing else, and the collection
has to work from it, even with nothing left but meta, plugins, roles and playbooks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 1_000_000
TOP = {"plugins", "roles", "playbooks", "meta", "docs", "changelogs", "examples", "extensions"}
FILES = {"README.md", "LICENSE", "CHANGELOG.rst", "CODE_OF_CONDUCT.md", "MANIFEST.json", "FILES.json"}
NEEDED = FILES | {"meta/runtime.yml", "changelogs/changelog.yaml", "plugins/modules/cluster.py"}
# What never belongs to users: where it lies, or what it is.
UNWANTED = re.compile(r"(^|/)(tests|tools|molecule|__pycache__|\.[^/]+)(/|$)|\.(py[co]|orig|rej|swp|tar\.gz)$")
ALONE = ("meta", "plugins", "roles", "playbooks")
VERSION = re.compile(r'^VERSION = "([^"]+)"$', re.M)
Galaxy = dict[str, Any]


def galaxy(root: Path) -> Galaxy:
    found: Galaxy = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))
    return found


def versions(root: Path, tags: Iterable[str]) -> Iterator[str]:
    """Where another version stands than in galaxy.yml; *tags* are those of HEAD."""
    version = galaxy(root)["version"]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield f"galaxy.yml: {version} is no version to release"
    constant = VERSION.search((root / "plugins/module_utils/_base/version.py").read_text(encoding="utf-8"))
    if constant is None or constant.group(1) != version:
        yield f"plugins/module_utils/_base/version.py: VERSION is not {version}"
    releases = yaml.safe_load((root / "changelogs/changelog.yaml").read_text(encoding="utf-8")).get("releases") or {}
    if version not in releases:
        yield f"changelogs/changelog.yaml: there is no release {version}; run make changelog"
    if f"v{version}\n" not in (root / "CHANGELOG.rst").read_text(encoding="utf-8"):
        yield f"CHANGELOG.rst: there is no section v{version}; run make changelog"
    left = [path.name for path in (root / "changelogs/fragments").glob("*.y*ml")]
    if left:
        yield f"changelogs/fragments: {', '.join(sorted(left))} not in the changelog yet; run make changelog"
    for tag in tags:
        if tag not in (version, f"v{version}"):
            yield f"HEAD has the tag {tag}, and galaxy.yml says {version}"


def contents(names: Iterable[str], size: int) -> Iterator[str]:
    """What is wrong with a tarball of *size* bytes that holds *names*."""
    there = set(names)
    if size > LARGEST:
        yield f"the tarball has {size} bytes, more than {LARGEST}"
    for name in sorted(there):
        top = name.split("/", 1)[0]
        if UNWANTED.search(name) or (top not in TOP if "/" in name else name not in FILES | TOP):
            yield f"the tarball holds {name}, which users do not need"
    for name in sorted(NEEDED - there):
        yield f"the tarball lacks {name}"


def build(place: Path) -> Path:
    """The tarball of the checkout, in *place*."""
    command = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(place), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = galaxy(ROOT)
    return place / f"{found['namespace']}-{found['name']}-{found['version']}.tar.gz"


def without_fragments(root: Path) -> set[str]:
    """The modules, roles and playbooks of a checkout or of an unpacked tarball."""
    patterns = ("plugins/modules/*.py", "plugins/lookup/*.py", "roles/*/meta", "playbooks/*.yml")
    return {str(path.relative_to(root)) for pattern in patterns for path in root.glob(pattern)}


def works(tarball: Path) -> Iterator[str]:
    """Install it, delete all but what Ansible itself reads, and use a piece of each kind."""
    with tempfile.TemporaryDirectory(prefix="crdb-release-") as directory:
        home = Path(directory)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": directory,
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(home / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(home / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }

        def run(*command: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=300
            )

        installed = run("ansible-galaxy", "collection", "install", "--offline", str(tarball))
        root = home / "collections" / "ansible_collections" / "crdb" / "cloud"
        if installed.returncode:
            yield f"the tarball can not be installed: {installed.stderr.strip()}"
            return
        for path in root.iterdir():
            if path.name not in ALONE:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name in sorted(without_fragments(ROOT) - without_fragments(root)):
            yield f"the installed collection lacks {name}"
        listed = run("ansible-doc", "--json", "--list", "crdb.cloud")
        modules = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
        if listed.returncode or {name.removeprefix("crdb.cloud.") for name in json.loads(listed.stdout)} != modules:
            yield f"ansible-doc does not list the modules: {listed.stderr.strip()}"
        if fault := sandbox(run, environment, home):
            yield fault


def sandbox(run: Any, environment: dict[str, str], home: Path) -> str:
    """Start the sandbox from the tarball, read through it, and stop it; what went wrong."""
    settings = home / "settings.json"
    place = home / "sandbox"
    settings.write_text(
        json.dumps({"sandbox_directory": str(place), "sandbox_cloud_port": 0, "sandbox_cluster_port": 0}),
        encoding="utf-8",
    )
    arguments = ("ansible-playbook", "crdb.cloud.sandbox", "-e", f"@{settings}", "-e")
    # pip may need to know of a mirror or a proxy.
    environment |= {name: value for name, value in os.environ.items() if re.match(r"PIP_|.*_proxy$", name, re.I)}
    environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1,localhost"
    started = run(*arguments, "sandbox_state=started")
    try:
        if started.returncode:
            return f"the sandbox does not start: {started.stdout[-2000:]}"
        ready = json.loads((place / "ready.json").read_text(encoding="utf-8"))
        environment |= {"COCKROACH_SERVER": ready["cloud_api_url"], "COCKROACH_API_KEY": ready["api_key"]}
        read = run("ansible", "localhost", "-m", "crdb.cloud.organization_info")
        return "" if read.returncode == 0 else f"organization_info fails: {(read.stdout + read.stderr).strip()}"
    finally:
        run(*arguments, "sandbox_state=stopped")


def main() -> int:
    command = ["git", "tag", "--points-at", "HEAD"]
    tags = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout.split()
    complaints = list(versions(ROOT, tags))
    with tempfile.TemporaryDirectory(prefix="crdb-build-") as directory:
        tarball = build(Path(directory))
        with tarfile.open(tarball) as archive:
            names = [member.name for member in archive.getmembers()]
        size = tarball.stat().st_size
        complaints += contents(names, size)
        complaints += works(tarball)
    print("\n".join(complaints) or f"release-check: {galaxy(ROOT)['version']} is ready ({size // 1000} kB)")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
