# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary directories with a short path."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


def short_directory(owner: object) -> Path:
    """A new directory that is deleted together with *owner*, to be the TMPDIR of what it starts.

    ansible-core 2.21 makes a Unix socket in TMPDIR, and such a path may have 107 bytes: pytest's directories, which have
    the names of the tests in them, are too long for it.
    """
    path = Path(tempfile.mkdtemp(prefix="crdb-"))
    weakref.finalize(owner, shutil.rmtree, path, ignore_errors=True)
    return path
