# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a creation tells once, and what becomes of it when its answer is lost or empty, through a noun that does not exist."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from plugin_fakes import FakeApi, FakeRun, desired

from ansible_collections.crdb.cloud.plugins.module_utils._base.disk import Replacement
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, LostAnswerError
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import TEXT, Object
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import Scope
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.plan import Plan
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.apply import LOOK_FOR, Applier
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.finder import Finder
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.items import Item
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

TICKET = Noun(
    "ticket",
    "tickets/{id}",
    rows="tickets",
    plural="tickets",
    key=(Field("name"),),
    shape=Object({"id": TEXT, "name": TEXT}),
    wrapped="ticket",
    reveals="code",
)
PLAIN = replace(TICKET, wrapped="", reveals="")
LOST = LostAnswerError("the connection was cut")


class TicketApi(FakeApi):
    """Tickets. *lingers* says whether deleted ones are still listed, *silent* that what is made is not told, *deaf* that it is not made."""

    def __init__(self, *, lingers=False, silent=False, deaf=False, wrapped=True):
        super().__init__()
        self.rows_there, self.lingers, self.silent, self.deaf, self.wrapped = [], lingers, silent, deaf, wrapped

    def _answer(self, method, path, body):
        if method == "GET":
            return {"tickets": self.rows_there}
        if method == "DELETE":
            self.rows_there = [row for row in self.rows_there if self.lingers or not path.endswith(row["id"])]
            return {}
        row = {"id": f"made-{len(self.writes)}", **body}
        self.rows_there += [] if self.deaf else [row]
        if self.silent or self.deaf:
            return {}
        return {"ticket": row, "code": f"secret-of-{row['id']}"} if self.wrapped else row


class Keeper(AbstractContextManager):
    """Keeps what it is told, unless *fails*."""

    def __init__(self, *, fails=False):
        self.fails, self.told, self.entered = fails, None, 0

    def expect(self):
        pass

    def __enter__(self):
        self.entered += 1

    def __exit__(self, *exception):
        self.entered -= 1

    def keep(self, secret):
        assert self.entered == 1
        if self.fails:
            raise CrdbError("the disk is full")
        self.told = secret


def ticket(api, keeper=None, noun=TICKET):
    run = FakeRun(api, {"name": "gate"})
    return Reconciler(run).ensure(noun, keeper), run


def sent(api):
    return [(method, path) for method, path, _body in api.writes]


@pytest.mark.parametrize("lingers", [False, True])
def test_what_is_deleted_since_its_secret_got_lost_is_no_candidate_any_more(lingers):
    api, keeper = TicketApi(lingers=lingers), Keeper()
    api.after += [("POST", "/tickets", LOST), ("POST", "/tickets", LOST)]
    result, run = ticket(api, keeper)
    assert sent(api) == [
        *[("POST", "/tickets"), ("DELETE", "/tickets/made-1")],
        *[("POST", "/tickets"), ("DELETE", "/tickets/made-3"), ("POST", "/tickets")],
    ]
    assert result["ticket"]["id"] == "made-5" and keeper.told == "secret-of-made-5" and len(run.warnings) == 2


def test_it_is_not_made_for_ever():
    api = TicketApi()
    api.after += [("POST", "/tickets", LOST)] * 9
    with pytest.raises(CrdbError, match="the connection was cut"):
        ticket(api, Keeper())
    assert [method for method, _path in sent(api)] == ["POST", "DELETE"] * 3 and api.rows_there == []


@pytest.mark.parametrize("noun", [TICKET, PLAIN])
def test_an_empty_answer_is_no_sign_that_something_was_made(noun):
    api = TicketApi(deaf=True)
    run = FakeRun(api, {"name": "gate"})
    with pytest.raises(CrdbError, match="The answer was empty, and ticket 'gate' did not appear within"):
        Reconciler(run).ensure(noun, Keeper())
    assert sum(run.clock.sleeps) <= LOOK_FOR and sent(api) == [("POST", "/tickets")]


def test_an_empty_answer_of_what_was_made():
    api = TicketApi(silent=True)
    result, run = ticket(api, noun=PLAIN)
    assert result["ticket"]["id"] == "made-1" and run.warnings == [] and sent(api) == [("POST", "/tickets")]
    # Nobody has its secret.
    with pytest.raises(CrdbError, match="The answer was empty"):
        ticket(api := TicketApi(silent=True), Keeper())
    assert api.rows_there == []


def test_a_secret_that_can_not_be_kept_leaves_nothing():
    api = TicketApi()
    with pytest.raises(
        CrdbError, match=r"Failed to create ticket 'gate': the disk is full. What was made is deleted again"
    ):
        ticket(api, Keeper(fails=True))
    assert api.rows_there == []
    api.faults.append(("DELETE", "/tickets", CrdbError("no way")))
    with pytest.raises(CrdbError, match="Delete ticket made-3, which nobody has the secret of: no way"):
        ticket(api, Keeper(fails=True))


def test_nothing_that_has_no_id_is_taken_for_something_else():
    run = FakeRun(TicketApi(), {"name": "gate"})
    finder = Finder(run)
    rows = [{"name": "other"}, {"id": None, "name": "third"}]
    run.listings.rows("/tickets", lambda: rows)
    item = Item(desired(PLAIN, {"name": "gate"}), None, Plan([], {}, {}, None))
    applier = Applier(finder, item, Scope())
    assert applier._remember(None) is None
    assert run.listings.rows("/tickets", list) == rows


@pytest.mark.parametrize(
    ("title", "many"), [("API key", "API keys"), ("database entry", "database entries"), ("SQL user", "SQL users")]
)
def test_several_in_words(title, many):
    assert replace(TICKET, title=title).many == many


# --- the file --------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "key"
    path.write_text("old")
    path.chmod(0o644)
    file = Replacement(str(path))
    (other,) = (each for each in tmp_path.iterdir() if each != path)
    assert other.stat().st_size == 4096 and other.stat().st_mode & 0o777 == 0o600 and path.read_text() == "old"
    file.fill(b"new")
    file.discard()
    assert [*tmp_path.iterdir()] == [path] and path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_known_before(tmp_path, monkeypatch):
    def full(descriptor, data, offset):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(CrdbError, match=r"Failed to write '.*': No space left on device"):
        Replacement(str(tmp_path / "key"))
    assert [*tmp_path.iterdir()] == []
