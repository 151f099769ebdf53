# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of one fleet: what has to be read for them, and what they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._base.errors import CrdbError
from .._base.moments import SECOND
from .._nouns import cluster_state as state
from .._nouns.cluster_versions import OFFER
from .._nouns.declared import READERS, Scope
from .._nouns.folder import FOLDER
from .._reconcile.outcome import Run
from .._reconcile.reconciler import Reconciler
from .rules import FOLDERS, NETWORKS, VERSIONS, WARNING, World, checked_rules, judged, reads, told

# How many findings are warnings of their own before the rest is only counted.
WARNED_OF = 20


class Guard:
    """Judges a plan by the rules of *run*; OptionError where they make no sense."""

    def __init__(self, run: Run, engine: Reconciler) -> None:
        self.run = run
        self.engine = engine
        self.rules = checked_rules(run.params.get("rules"))
        self._reads = reads(self.rules)

    @property
    def needs_networks(self) -> bool:
        """Whether the allowlists of clusters have to be read that nobody has listed."""
        return NETWORKS in self._reads

    def read_folders(self) -> None:
        """Have the folders listed where rules are for some of them."""
        if FOLDERS in self._reads and self.run.api.version >= FOLDER.since:
            self.tried(lambda: self.engine.listed(FOLDER, Scope()))

    def judge(
        self, fleet: str | None, objects: Sequence[Mapping[str, Any]], money: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """The findings; those that are warnings are given to whoever runs the task."""
        offered = self.tried(self._versions) if VERSIONS in self._reads else None
        versions = None if offered is None else {state.major(row["version"]): row for row in offered}
        world = World(objects, money, int(self.engine.now * SECOND), versions, fleet)
        found = judged(self.rules, world)
        warnings = [finding for finding in found if finding["severity"] == WARNING]
        for finding in warnings[:WARNED_OF]:
            self.run.warn(told(finding))
        if len(warnings) > WARNED_OF:
            self.run.warn(f"The rules have {len(warnings) - WARNED_OF} more warnings, see findings")
        return found

    def _versions(self) -> list[Any]:
        doing, path = "list the cluster versions", "/cluster-versions"
        return self.engine.rows_at(path, "versions", shape=OFFER, doing=doing, roles=READERS)

    @staticmethod
    def tried(read: Any) -> Any:
        """What *read* returns; None where that can't be read, so that the rules say what they don't know."""
        try:
            return read()
        except CrdbError:
            return None
