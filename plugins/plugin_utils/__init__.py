# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our plugins share. Python keeps the compiled code of all that they import from here on, as it does with any other package:
ansible-core's own loader compiles a collection anew in each run, which takes longer than many a task.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType

PLUGINS = __name__.rpartition(".")[0]


class _Kept(MetaPathFinder):
    """Finds what is below the directory of our plugins for Python's loader; what is no file of ours is left to others."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not path or not fullname.startswith(f"{PLUGINS}."):
            return None
        base = os.path.join(path[0], fullname.rpartition(".")[2])
        for file, inner in ((os.path.join(base, "__init__.py"), [base]), (f"{base}.py", None)):
            if os.path.isfile(file):
                return spec_from_file_location(fullname, file, submodule_search_locations=inner)
        return None


sys.meta_path.insert(0, _Kept())
