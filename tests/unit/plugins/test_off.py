# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nouns that are always there, and switched off where they count as absent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import TEXT, Object
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import Scope
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun

SCOPE = Scope({"cluster": "c"}, "cluster 'orders'", "2024-09-16")
LIGHT = Noun(
    "light",
    "clusters/{cluster}/light",
    shape=Object({"color": TEXT}),
    fields=(Field("shade", api="color"),),
    creates="PUT",
    updates="PUT",
    deletes="PUT",
    off={"color": "none"},
)


@pytest.mark.parametrize(
    ("row", "gone"), [({"color": "none"}, True), ({"color": None}, True), ({}, True), ({"color": "mauve"}, False)]
)
def test_switched_off_counts_as_absent(row: dict[str, Any], gone: bool) -> None:
    assert LIGHT.is_gone(row) is gone


@pytest.mark.parametrize("params", [{"state": "absent"}, {"shade": "none", "state": "present"}])
def test_absent_says_so_in_the_body(params: dict[str, Any]) -> None:
    desired = LIGHT.desired(params, SCOPE.version)
    assert desired.absent
    (step,) = LIGHT.delete(SCOPE, desired, {"color": "red"}).steps
    assert (step.method, step.path, step.body) == ("PUT", "/clusters/c/light", {"color": "none"})


def test_what_nobody_described_is_not_switched_on() -> None:
    with pytest.raises(OptionError, match="There is no light of cluster 'orders' yet"):
        LIGHT.create(SCOPE, LIGHT.desired({"state": "present"}, SCOPE.version))
