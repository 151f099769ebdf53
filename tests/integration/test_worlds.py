# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole organizations, random ones, with something of every noun.

More seeds by hand: ``CRDB_WORLDS=200``, others with ``CRDB_WORLDS=1000-1200``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any
from urllib.error import HTTPError

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.worlds import NEWEST, SETTLED, World

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS

# Jobs and disruptions are no part of what an organization shall be, so what becomes of them is no difference.
NEVER_DIFFERENT = {"restore", "physical_replication_stream", "cluster_disruption"}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *SETTLED)
    yield emulator
    emulator.stop()


def rows(world: World, noun: Noun) -> Iterator[dict[str, Any]]:
    """The objects of *noun*, wherever they are."""
    places = {
        "cluster": [row["id"] for row in world.clusters.values()],
        "service_account_id": [*world.accounts.values()],
        "user_id": [*world.accounts.values(), *world.people.values(), *world.groups.values()],
        "sink": ["cloudwatch", "datadog", "prometheus"],
    }
    names = [name for name in noun.variables if name in places]
    for chosen in product(*(places[name] for name in names)):
        with suppress(HTTPError):
            answer = world.emulator.api("GET", noun.collection(dict(zip(names, chosen, strict=True))), version=NEWEST)
            yield from (row for row in (answer[noun.rows] if noun.rows else [answer]) if not noun.is_gone(row))


def test_there_is_something_of_every_noun_and_a_change_of_whatever_can_be_changed(settled: Emulator) -> None:
    # People are asked for by name, and a limit is a field of its cluster.
    lacking = {name: noun for name, noun in NOUNS.items() if name not in ("person", "spend_limit")}
    visible = {name for name, noun in lacking.items() if noun.updates and not all(each.secret for each in noun.fields)}
    unchanged = visible - NEVER_DIFFERENT
    for seed in range(20):
        world = World(settled, seed)
        lacking = {name: noun for name, noun in lacking.items() if not any(rows(world, noun))}
        unchanged -= {change.noun for change in world.changes}
        if not lacking and not unchanged:
            return
    raise AssertionError(f"there is never {', '.join(lacking)}, and never a change of {', '.join(unchanged)}")
