# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that the emulator's kinds answer by is what the published descriptions say."""

from __future__ import annotations

import surface
from contract.helpers.specs import specifications

PLACE = specifications()


def test_the_table_is_up_to_date() -> None:
    assert surface.TABLE.read_text(encoding="utf-8") == surface.text(PLACE), "run make surface"


def test_a_version_has_what_differs_from_the_one_before() -> None:
    served = frozenset({"GET folders", "POST folders", "PATCH scim/v2/Groups/*", "GET nothing"})
    table = surface.table(PLACE, served)
    assert list(table) == ["2023-04-10", "2024-09-16"]
    first, second = table["2023-04-10"], table["2024-09-16"]
    assert first["operations"]["GET folders"] == {"answer": "ListFoldersResponse", "query": {"path": "string"}}
    assert "labels*" not in first["schemas"]["FolderResource"]
    assert second["schemas"]["FolderResource"]["labels*"] == "{string}"
    assert first["schemas"]["FolderResource"]["path*"] == "[PathSegment]"
    assert first["schemas"]["FolderResourceType.Type"] == ["FOLDER", "CLUSTER"]
    assert set(second["operations"]) == {"PATCH scim/v2/Groups/*"}
