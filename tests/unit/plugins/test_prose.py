# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of a noun in one text, and what follows from its options alone."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.lifecycle import Lifecycle
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS

PROSE = r"""
    Manages one shelf.
    Waits: not at all.
    name: The name of the shelf,
      which C(\1) never is.
    | It is never empty.
    books: What stands on it.
    books.title: Title of a book.
    force: Whether to push.
    = created_at (str): When it was made.
    = contents (list[dict], when O(force) is V(true), or by chance): All of it.
    = name
"""


def shelf(prose: str = PROSE, **more) -> Noun:
    inner = (Field("title"), Option("pages", type="int"))
    return Noun(
        "shelf",
        "shelves/{id}",
        prose,
        rows="shelves",
        key=(Field("name"),),
        fields=(Field("books", type="list", elements="dict", options=inner),),
        how=(Field("force", type="bool"),),
        **more,
    )


def test_each_text_gets_where_it_belongs() -> None:
    noun = shelf()
    assert noun.text == ("Manages one shelf.", "Waits: not at all.")
    assert noun.key[0].text == ("The name of the shelf, which C(\\1) never is.", "It is never empty.")
    books = noun.fields[0]
    assert (books.text, books.options[0].text) == (("What stands on it.",), ("Title of a book.",))
    assert books.options[1] == Option("pages", type="int")
    assert noun.how[0].text == ("Whether to push.",)
    assert noun.shows == {
        "created_at": ("str", "When it was made."),
        "contents": ("list[dict]", "All of it.", "when O(force) is V(true), or by chance"),
        "name": None,
    }


@pytest.mark.parametrize("path", ["nmae", "books.tilte", "force.inner"])
def test_a_text_of_no_option_is_a_mistake(path: str) -> None:
    with pytest.raises(ValueError, match=rf"The prose of shelf has texts for what is no option of it: {path}"):
        shelf(PROSE + f"    {path}: Lost.\n")


def test_several_are_called_after_one_unless_the_noun_says_otherwise() -> None:
    assert (shelf().plural, shelf(plural="shelves").plural) == ("shelfs", "shelves")
    assert (NOUNS["sql_user"].plural, NOUNS["allowlist_entry"].plural) == ("sql_users", "allowlist")


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        ({"id": "1", "name": "a", "state": "MADE"}, ""),
        ({"id": "1", "name": "a", "state": "MADE", "books": [{"title": 7}], "new": 1}, ""),
        ({"name": "a", "state": "MADE"}, ".id is missing"),
        ({"id": "1", "name": None, "state": "MADE"}, ".name is null"),
        ({"id": "1", "name": "a"}, ".state is missing"),
        ({"id": "1", "name": 3, "state": "MADE"}, ".name must be text, and is a number"),
        ({"id": "1", "name": "a", "state": "MADE", "books": {}}, ".books must be a list, and is an object"),
        ({"id": "1", "name": "a", "state": "MADE", "books": ["x"]}, ".books[0] must be an object, and is text"),
    ],
)
def test_what_an_object_has_to_look_like_follows_from_the_options(row: dict[str, object], flaw: str) -> None:
    assert shelf(lifecycle=Lifecycle("state", (), ("MADE",))).shape.flaw(row) == flaw
