# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what would be done now is what somebody has reviewed: a plan file compared with the plan of this run. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._base.errors import OptionError
from .._nouns.declared import NIL_ID
from .._nouns.plan import CREATE, DELETE, UPDATE
from .._nouns.registry import NOUNS, list_name
from .plan_file import LISTED
from .plan_text import HIDDEN

Step = Mapping[str, Any]
Mark = tuple[Any, ...]
# How many differences a message names, and how much of a value.
NAMED = 20
SHOWN = 200


def mark(row: Step) -> Mark:
    """What tells the object of a step, or in a list of objects, from all others."""
    return (row["noun"], row["name"], row.get("cluster") or None)


class Review:
    """A plan file that was *reviewed*, and what may be done because of it."""

    def __init__(self, reviewed: Mapping[str, Any]) -> None:
        self._asked: Mapping[str, Any] = reviewed["desired"]
        self._objects = {mark(row): row for row in reviewed["objects"]}
        self._steps: dict[Mark, list[Step]] = {}
        for step in reviewed["plan"]:
            self._steps.setdefault(mark(step), []).append(step)
        self._now: Mapping[Mark, Step] = {}
        self._asked_now: Mapping[str, Any] = {}
        # The ids of what the reviewed plan was to make and is there already; None when it may make more of them.
        self._made: set[str] | None = set()

    def compare(self, now: Mapping[str, Any], is_gone: Callable[[Step], bool]) -> None:
        """OptionError where what is planned *now*, the content of a plan file, is neither reviewed nor the rest of it.

        *is_gone* says of a step that deletes something whether that is gone, where the description does not mention it any more.
        """
        self._now, self._asked_now = {mark(row): row for row in now["objects"]}, now["desired"]
        self._made = {row["id"] for about, row in self._now.items() if self._is_new(about)}
        planned: dict[Mark, list[Step]] = {}
        for step in now["plan"]:
            planned.setdefault(mark(step), []).append(step)
        same, left, more = self._asked == self._asked_now, [], []
        for about in {**planned, **self._steps}:
            rest, others = self._unmatched(about, planned.get(about, ()))
            more += others
            left += [step for step in rest if others or not (same or self._holds(step, is_gone))]
        self._refuse([*self._replaced(now["plan"]), *self._differences(left, more)], "nothing was changed")
        self._made = None

    def admit(self, steps: Sequence[Step]) -> None:
        """OptionError where one of *steps*, which may have been planned anew after compare(), was not reviewed."""
        more = [step for about in {mark(step): None for step in steps} for step in self._unmatched(about, steps)[1]]
        self._refuse([*self._differences([], more)], "it was not done")

    def _is_new(self, about: Mark) -> bool:
        """Whether the reviewed plan was to make this object."""
        return about in self._objects and self._objects[about]["before"] is None

    def _unmatched(self, about: Mark, planned: Iterable[Step]) -> tuple[list[Step], list[Step]]:
        """Of the object *about* the steps that were reviewed and are not *planned*, and those that are planned and were not reviewed."""
        reviewed, more = self._steps.get(about, []), []
        rest = [*reviewed]
        for step in (step for step in planned if mark(step) == about):
            same = next((number for number, other in enumerate(rest) if self._same(other, step)), None)
            if same is not None:
                del rest[same]
            elif not _is_repeated(step, reviewed):
                more.append(step)
        return rest, more

    def _same(self, was: Step, step: Step) -> bool:
        new = self._is_new(mark(was))
        olds, news = was["changes"], step["changes"]
        done = olds.keys() - news.keys()
        return (
            was["action"] == step["action"]
            and (was["id"] == step["id"] or (new and was["id"] is None))
            and news.keys() <= olds.keys()
            and (not done or self._is_at_work(was, done))
            and all(
                olds[name]["before"] == each["before"] or (new and olds[name]["before"] is None)
                for name, each in news.items()
            )
            and all(self._fits(olds[name]["after"], each["after"], mark(was)) for name, each in news.items())
        )

    def _fits(self, was: Any, value: Any, about: Mark) -> bool:
        """Whether *value* is what *was* reviewed. What the plan was to make has an id by now, and is meant if the description says the same."""
        if isinstance(was, Mapping) and isinstance(value, Mapping):
            return was.keys() == value.keys() and all(self._fits(was[name], value[name], about) for name in was)
        if isinstance(was, list) and isinstance(value, list):
            return len(was) == len(value) and all(self._fits(*pair, about) for pair in zip(was, value, strict=True))
        if was != NIL_ID:
            return bool(was == value)
        there = self._made is None or value == NIL_ID or value in self._made
        return there and _asked(self._asked, about) == _asked(self._asked_now, about)

    def _holds(self, step: Step, is_gone: Callable[[Step], bool]) -> bool:
        """Whether what *step* was to bring about is there, although the description is another one now."""
        there = (self._now.get(mark(step)) or {}).get("before")
        if step["action"] == DELETE:
            return there is None and is_gone(step)
        if there is None or (_hidden(step) and step["action"] != CREATE):
            return False
        return self._shows(there, step, [name for name, change in step["changes"].items() if change != HIDDEN])

    def _is_at_work(self, step: Step, done: Iterable[str]) -> bool:
        """Whether the service is at work on the object of *step*, and has already done the fields *done*: of one request it does some at once."""
        life = NOUNS[step["noun"]].lifecycle
        there = (self._now.get(mark(step)) or {}).get("before")
        if step["action"] != UPDATE or life is None or not there or life.is_settled(there):
            return False
        return HIDDEN not in map(step["changes"].get, done) and self._shows(there, step, done)

    def _shows(self, there: Mapping[str, Any], step: Step, names: Iterable[str]) -> bool:
        """Whether the object, which is *there*, has what *step* was to make of the fields *names*."""
        planned = self._objects.get(mark(step), {}).get("after") or {}
        fields = {name: step["changes"][name]["after"] for name in names}
        # What an object does not show may be as it was sent.
        return all(
            there.get(name)
            in ([after, planned[name]] if name in planned else [after] if name in there else [after, None])
            for name, after in fields.items()
        )

    # --- what is said of a difference ----------------------------------------------------------------------------

    @staticmethod
    def _refuse(found: Sequence[str], so: str) -> None:
        if not found:
            return
        shown = found[:NAMED]
        rest = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
        raise OptionError(
            f"plan_in: what would be done now is not what was reviewed, and {so}: {'; '.join([*shown, *rest])}",
            "Make a new plan with plan_out, and review it",
        )

    def _replaced(self, planned: Iterable[Step]) -> Iterator[str]:
        """Clusters that something is planned on and that are others than those of the reviewed plan, although their names are the same."""
        for name in dict.fromkeys(step["cluster"] for step in planned if step.get("cluster")):
            about = ("cluster", name, name)
            was, row = (side.get(about, {}).get("id") for side in (self._objects, self._now))
            if was and row and was != row:
                yield f"cluster '{name}': it is another one: its id was {was}, and is {row} (the world has changed)"

    def _differences(self, left: Sequence[Step], more: Sequence[Step]) -> Iterator[str]:
        for about in dict.fromkeys(mark(step) for step in (*more, *left)):
            olds, news = ([step for step in steps if mark(step) == about] for steps in (left, more))
            label, why = _label(about), self._why(about, [*olds, *news])
            pairs = [(old, new) for old in olds for new in news if old["action"] == new["action"]][:1]
            for old, new in pairs:
                for text in [*_fields(old, new)] or ["it refers to something else that is to be made"]:
                    yield f"{label}: {text} ({why})"
            paired = [step for pair in pairs for step in pair]
            for step in (step for step in (*olds, *news) if step not in paired):
                verb = (
                    "was reviewed, and would not be done now"
                    if step in olds
                    else "would be done now, and was not reviewed"
                )
                yield f"{label}: '{step['summary']}'{_named(step)} {verb} ({why})"

    def _why(self, about: Mark, steps: Sequence[Step]) -> str:
        """Whether the world has changed, or the description, as far as the object *about* goes."""
        was, is_now = self._objects.get(about), self._now.get(about)
        asked = _asked(self._asked, about) != _asked(self._asked_now, about)
        names = {name for step in steps for name in step["changes"]}
        world = not asked
        if was and is_now:
            before, after = was["before"] or {}, is_now["before"] or {}
            world = world or was["id"] != is_now["id"] or any(before.get(name) != after.get(name) for name in names)
        if world and asked:
            return "the world and the description have changed"
        return "the world has changed" if world else "the description has changed"


def _hidden(step: Step) -> list[str]:
    return [name for name, change in step["changes"].items() if change == HIDDEN]


def _is_repeated(step: Step, reviewed: Iterable[Step]) -> bool:
    """Whether *step* sends nothing but secrets, and to what was to get them: what was made with a password may get it each time."""
    names = step["changes"].keys()
    sent = (other["changes"] for other in reviewed if mark(other) == mark(step))
    return (
        bool(names)
        and len(_hidden(step)) == len(names)
        and any(names <= set(_hidden({"changes": each})) for each in sent)
    )


def _label(about: Mark) -> str:
    noun, name, cluster = about
    words = NOUNS[noun].words if noun in NOUNS else str(noun)
    where = f" on cluster '{cluster}'" if cluster and noun != "cluster" else ""
    return f"{words}{where}" if where and name == cluster else f"{words} '{name}'{where}"


def _named(step: Step) -> str:
    return f" ({', '.join(step['changes'])})" if step["changes"] else ""


def _fields(old: Step, new: Step) -> Iterator[str]:
    """What of one step is another one now."""
    if old["id"] != new["id"]:
        yield f"id was {old['id']}, and is {new['id']}"
    for name in {**old["changes"], **new["changes"]}:
        was, change = old["changes"].get(name), new["changes"].get(name)
        if was != change:
            yield f"{name} was reviewed as {_change(was)}, and would be {_change(change)} now"


def _change(change: Step | None) -> str:
    if change is None:
        return "left alone"
    return "(hidden)" if change == HIDDEN else f"{_shown(change['before'])} -> {_shown(change['after'])}"


def _shown(value: Any) -> str:
    text = (
        "(none)" if value is None else value if isinstance(value, str) and value else json.dumps(value, sort_keys=True)
    )
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _asked(desired: Mapping[str, Any], about: Mark) -> Any:
    """What a description says of the object *about*: its own entries, and what may delete it."""
    noun, name, cluster = about
    if noun == "cluster":
        entries = [
            {key: value for key, value in entry.items() if key not in LISTED} for entry in _of_cluster(desired, name)
        ]
        return entries, desired.get("name"), desired.get("purge"), name in (desired.get("purge_confirm") or ())
    places = _of_cluster(desired, cluster) if cluster else [desired]
    listed = list_name(NOUNS[noun])
    found = [place.get(listed) for place in places]
    lists = [
        [entry for entry in value if _is_about(noun, entry, name)] if isinstance(value, list) else value
        for value in found
    ]
    purged = [listed in place.get("purge_children", ()) for place in places]
    by_name = name in (desired.get("purge_lists") or {}).get(listed, ())
    return lists, [value is None for value in found], purged, [place.get("protected") for place in places], by_name


def _of_cluster(desired: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [entry for entry in desired.get("clusters") or () if name in (entry.get("name"), entry.get("id"))]


def _is_about(noun: str, entry: Mapping[str, Any], name: str) -> bool:
    """Whether an entry of a list speaks of the object of this name."""
    key = {option.name: entry.get(option.name) for option in NOUNS[noun].key}
    try:
        called = NOUNS[noun].called(NOUNS[noun].key_of(key))
    except (OptionError, KeyError, TypeError, AttributeError):
        called = ""
    return name in (called, *(str(value) for value in entry.values() if not isinstance(value, (dict, list))))
