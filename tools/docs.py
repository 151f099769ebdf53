# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make docs: check the documentation of the collection, and build its site under .cache/docs/html.

antsibull-docs checks every reference and writes a page for each module, plugin and role; Sphinx makes HTML of them and of
the guides in docs/docsite/rst. A warning of either fails the build. Nothing is fetched.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / ".cache" / "docs"
PAGES, HTML = SITE / "rst", SITE / "html"
LINT = (
    "lint-collection-docs",
    "--plugin-docs",
    "--check-extra-docs-refs",
    "--validate-collection-refs=all",
    "--disallow-unknown-collection-refs",
)
WRITE = ("collection", "--use-current", "--squash-hierarchy", "--fail-on-error", "--cleanup=everything")


HEADING = re.compile(r"^(.+)\n([=~-])\2+$", re.M)
TOCTREE = re.compile(r"^\.\. toctree::\n((?:    :.*\n)*)\n((?:    \w.*\n?)+)", re.M)


def run(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"make docs: {Path(command[0]).name} failed; what it found is above.")


def arrange(index: str) -> str:
    """The start page: our introduction instead of the collection's name, and a table of contents that fits beside a page."""
    head = index.index("Crdb.Cloud\n=")
    index = index[:head] + (ROOT / "docs" / "intro.rst").read_text() + index[index.index("**Supported ansible-core") :]
    return TOCTREE.sub(lambda found: _contents(found, HEADING.findall(index[: found.start()])[-1][0]), index)


def _contents(found: re.Match[str], caption: str) -> str:
    """A toctree with a caption; plugins by their short names, and the modules of the two APIs apart."""
    pages = found[2].split()
    parts = {caption: pages}
    if caption == "Modules":
        cluster_api = [page for page in pages if page.startswith("cluster_api_")]
        parts = {
            "Modules of the Cloud API": [page for page in pages if page not in cluster_api],
            "Modules of the Cluster API": cluster_api,
        }
    elif caption == "Role Index":
        parts = {"Roles": pages}
    return "".join(
        f".. toctree::\n    :caption: {title}\n{found[1]}\n{''.join(_entry(page) for page in part)}\n"
        for title, part in parts.items()
    )


def _entry(page: str) -> str:
    name = page.rpartition("_")[0]
    return f"    {page}\n" if "/" in page else f"    {name} <{page}>\n"


def main() -> None:
    run("antsibull-docs", *LINT, ".")
    # antsibull-docs writes only where nobody else can.
    PAGES.mkdir(parents=True, exist_ok=True, mode=0o700)
    PAGES.chmod(0o700)
    run("antsibull-docs", "--config-file=docs/antsibull-docs.cfg", *WRITE, "--dest-dir", PAGES, "crdb.cloud")
    start = PAGES / "index.rst"
    start.write_text(arrange(start.read_text()))
    shutil.rmtree(HTML, ignore_errors=True)
    options = ("-q", "-W", "--keep-going", "-n", "-j", "auto", "-b", "html", "-c", "docs", "-d", SITE / "doctrees")
    run("sphinx-build", *options, PAGES, HTML)
    print(f"The site is in {HTML.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
