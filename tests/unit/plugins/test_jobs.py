# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs, which are done once and found again, and what else has a life of its own, through nouns that do not exist."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from plugin_fakes import FakeApi, FakeRun, cluster, scope

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import LostAnswerError, WaitError
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import TEXT, Object
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.lifecycle import Lifecycle
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

LIFE = Lifecycle("status", making=("PENDING",), settled=("DONE",), failed=("FAILED",), reason="why")


@dataclass(frozen=True)
class Errand(Noun):
    """A job: it has no name, only what it is about."""

    def find(self, known, desired):
        rows = [row for some in known.values() for row in some]
        return [row for row in rows if row["what"] == desired.values["what"]]

    def usable(self, desired, found):
        return [row for row in found if row["status"] != "FAILED"][-1:]

    def informed(self, reader, desired):
        return replace(desired, values={**desired.values, "how": "by hand"})


ERRAND = Errand(
    "errand",
    "clusters/{cluster}/errands/{id}",
    rows="errands",
    fields=(Field("what"), Field("how")),
    shape=Object({"id": TEXT}),
    lifecycle=LIFE,
    updates="",
    deletes="",
)


class ErrandApi(FakeApi):
    """Errands that end as *ends* once they are looked at."""

    def __init__(self, *rows, ends="DONE"):
        super().__init__(cluster())
        self.rows_there, self.ends = [*rows], ends

    def _answer(self, method, path, body):
        if "/errands" not in path:
            return super()._answer(method, path, body)
        if method == "POST":
            self.rows_there.append({"id": f"made-{len(self.rows_there)}", "status": "PENDING", **body})
            return self.rows_there[-1]
        if path.endswith("/errands"):
            return {"errands": self.rows_there}
        (row,) = (row for row in self.rows_there if path.endswith(f"/{row['id']}"))
        row.update(status=self.ends, why="it rained")
        return row


def errand(api, **more):
    run = FakeRun(api, {"cluster": "orders", "what": "shopping", "how": None}, **more)
    return Reconciler(run).ensure(ERRAND), run


def row(number, status, what="shopping"):
    return {"id": f"old-{number}", "status": status, "what": what}


def posts(api):
    return [body for method, _path, body in api.writes if method == "POST"]


@pytest.mark.parametrize(
    ("there", "made"),
    [
        ([], 1),
        ([row(1, "DONE")], 0),
        # One that runs is waited for.
        ([row(1, "PENDING")], 0),
        # One that failed is done again, beside it.
        ([row(1, "FAILED")], 1),
        ([row(1, "FAILED"), row(2, "DONE"), row(3, "FAILED")], 0),
        # Several that are good are no question to anybody.
        ([row(1, "DONE"), row(2, "DONE")], 0),
        ([row(1, "DONE", "cleaning")], 1),
    ],
)
def test_a_job_is_found_again(there, made):
    check = errand(ErrandApi(*there), check_mode=True)[0]
    api = ErrandApi(*there)
    result, _run = errand(api)
    assert check["changed"] is result["changed"] is bool(made) and check["plan"] == result["plan"]
    # What only the service knows is asked for where it is needed.
    assert posts(api) == [{"what": "shopping", "how": "by hand"}] * made
    assert result["errand"]["status"] == "DONE"
    assert result["errand"]["id"] == (api.rows_there[-1]["id"] if made else there[-1 - (len(there) == 3)]["id"])


def test_a_job_is_looked_at_by_its_id_until_it_ends():
    api = ErrandApi()
    errand(api)
    assert api.log[-1][1].endswith("/errands/made-0")
    with pytest.raises(WaitError, match="it is FAILED \\(it rained\\)"):
        errand(ErrandApi(row(1, "FAILED"), ends="FAILED"))


@pytest.mark.parametrize("there", [[], [row(1, "FAILED"), row(2, "FAILED")]])
def test_a_job_whose_answer_is_lost_is_taken_over(there):
    api = ErrandApi(*there)
    api.after.append(("POST", "/errands", LostAnswerError("the connection was cut")))
    result, run = errand(api)
    assert result["errand"]["id"] == f"made-{len(there)}" and result["errand"]["status"] == "DONE"
    assert len(posts(api)) == 1 and "nothing was created twice" in run.warnings[0]


def test_what_can_be_neither_changed_nor_deleted_is_not_asked_for_by_its_id():
    assert [option.name for option in ERRAND.options] == ["what", "how"]
    assert replace(ERRAND, deletes="DELETE").options[0].name == "id"


@pytest.mark.parametrize("status", ["DONE", "PENDING"])
def test_a_change_does_not_begin_a_life_anew(status):
    noun = replace(ERRAND, updates="PATCH")
    there = row(1, status)
    desired = replace(noun.desired({"what": "cleaning"}, "2024-09-16"), noun=noun)
    plan = Noun.update(noun, scope(), desired, there)
    assert plan.predicted["status"] == "DONE"
    plan.without_waiting(1)
    assert plan.predicted == {**there, "what": "cleaning"}
    made = noun.create(scope(), desired)
    made.without_waiting(1)
    assert made.predicted["status"] == "PENDING"


def test_what_is_waited_for_depends_on_what_is_asked_and_on_whether_it_was():
    """A noun may say that what is settled before a request is not so after it."""
    done = replace(LIFE, settled=("DONE", "REVIEWED"))

    class Reviewed(Errand):
        def watched(self, desired, *, asked):
            return replace(LIFE, settled=("REVIEWED",)) if asked else done

    noun = Reviewed(**{name: getattr(ERRAND, name) for name in ERRAND.__dataclass_fields__})
    api = ErrandApi(ends="REVIEWED")
    run = FakeRun(api, {"cluster": "orders", "what": "shopping", "how": None})
    assert Reconciler(run).ensure(noun)["errand"]["status"] == "REVIEWED"
    api = ErrandApi(row(1, "DONE"))
    assert not Reconciler(FakeRun(api, run.params)).ensure(noun)["changed"]


@pytest.mark.parametrize("name", ["errand", "Errand"])
def test_an_object_may_be_wrapped_in_its_answers_in_whatever_case(name):
    class WrappingApi(ErrandApi):
        def _answer(self, method, path, body):
            found = super()._answer(method, path, body)
            return {name: found, "errand_": None} if "/errands" in path and "errands" not in found else found

    noun = replace(ERRAND, wrapped="errand")
    api = WrappingApi()
    run = FakeRun(api, {"cluster": "orders", "what": "shopping", "how": None})
    assert Reconciler(run).ensure(noun)["errand"] == {
        "id": "made-0",
        "status": "DONE",
        "what": "shopping",
        "how": "by hand",
        "why": "it rained",
    }
    assert noun.answer.flaw({name: {"id": 1}}) and not noun.answer.flaw({name: {"id": "1"}})
