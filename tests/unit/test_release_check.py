# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be released: versions that agree, and a tarball with what users need."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import release_check

ROOT = Path(__file__).parents[2]
FILES = ("galaxy.yml", "CHANGELOG.rst", "changelogs/changelog.yaml", "plugins/module_utils/_base/version.py")
GOOD = [*release_check.NEEDED, "docs", "docs/docsite/rst/security.rst", "roles/sandbox/files/crdb_emulator/app.py"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "changelogs/fragments").mkdir()
    return tmp_path


def test_versions_that_agree(checkout: Path) -> None:
    version = release_check.galaxy(checkout)["version"]
    assert list(release_check.versions(checkout, [])) == []
    assert list(release_check.versions(checkout, [version, f"v{version}"])) == []


@pytest.mark.parametrize("name", FILES)
def test_one_that_does_not(checkout: Path, name: str) -> None:
    path = checkout / name
    version = release_check.galaxy(checkout)["version"]
    path.write_text(path.read_text().replace(version, "7.7.7"))
    found = list(release_check.versions(checkout, []))
    assert found and (name == "galaxy.yml" or all(name in line for line in found))


def test_tags_and_fragments(checkout: Path) -> None:
    (checkout / "changelogs/fragments/1-new.yml").touch()
    fragment, tag = release_check.versions(checkout, ["v0.0.1"])
    assert "1-new.yml" in fragment and "v0.0.1" in tag


def test_what_users_need() -> None:
    assert list(release_check.contents(GOOD, release_check.LARGEST)) == []


@pytest.mark.parametrize(
    "name",
    [
        "tests/unit/test_x.py",
        "tools/envs.py",
        "Makefile",
        ".ci/run",
        "roles/sandbox/files/.pytest_cache/x",
        "plugins/modules/__pycache__/cluster.cpython-312.pyc",
        "extensions/molecule/health/molecule.yml",
        "crdb-cloud-1.0.0.tar.gz",
    ],
)
def test_what_nobody_needs(name: str) -> None:
    (line,) = release_check.contents([*GOOD, name], 1000)
    assert name in line


def test_what_is_missing_and_what_is_large() -> None:
    found = list(release_check.contents(set(GOOD) - {"LICENSE"}, release_check.LARGEST + 1))
    assert len(found) == 2 and "LICENSE" in found[1] and str(release_check.LARGEST) in found[0]
