# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the DOCUMENTATION and RETURN of a module say, from its declaration and from what stands in them by hand.

Facts (types, choices, defaults ...) are always those of the declaration, and so are texts where a Field has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLOUD, CLUSTER_OPTION, NONE, STATE, Module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS

WIDTH, LONGEST = 132, 160
IN_FRAGMENTS = (CLUSTER_OPTION, STATE)
Docs = dict[str, Any]


class Problem(Exception):
    """What is missing in a declaration, in one sentence."""


# --- YAML ------------------------------------------------------------------------------------------------------------


class Inline(dict[str, Any]):
    """A dictionary in one line."""


class InlineList(list[Any]):
    """A list in one line."""


class Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


Dumper.add_representer(
    Inline, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)
)
Dumper.add_representer(
    InlineList, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


def load(text: str) -> Any:
    """The YAML *text*, read by libyaml where that is there: all modules at once are a lot of it."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def dump(value: Any, width: int = WIDTH) -> str:
    text: str = yaml.dump(value, Dumper=Dumper, sort_keys=False, width=width, allow_unicode=True)
    # A line goes on until the word that passes the width has ended, and paths of options are long words.
    too_long = width == WIDTH and any(len(line) > LONGEST for line in text.splitlines())
    return dump(value, 2 * WIDTH - LONGEST) if too_long else text


def chunks(text: str) -> dict[str, str]:
    """The keys of a YAML text, each with its lines as they stand there, empty ones included."""
    return {part.partition(":")[0]: part for part in re.split(r"^(?=\w+:)", text, flags=re.M) if part}


def compact(members: Mapping[str, Docs]) -> dict[str, Any]:
    """The members of a returned dictionary, in a line each where they are short."""
    found: dict[str, Any] = {}
    for name, entry in members.items():
        line = Inline(entry)
        short = "contains" not in entry and len(dump({name: line}, 1000)) <= WIDTH + 8
        found[name] = line if short else entry
    return found


# --- texts -----------------------------------------------------------------------------------------------------------


def paragraphs(text: str | Iterable[str]) -> list[str]:
    return [text] if isinstance(text, str) else [*text]


def first_sentence(text: str | Iterable[str]) -> str:
    """For return values, whose texts can't name the options of each module that has them."""
    sentence = re.split(r"(?<=\.) ", " ".join(paragraphs(text)), maxsplit=1)[0]
    return re.sub(r"O\((\w+(?:=[^()]*)?)\)", r"C(\1)", sentence)


@dataclass(frozen=True)
class Level:
    """Options that stand side by side, at *path*: "" or as in ``clusters[].``."""

    options: tuple[Option, ...]
    path: str = ""
    outer: Level | None = None

    def inner(self, option: Option) -> Level:
        mark = "[]" if option.elements else ""
        return Level(option.options, f"{self.path}{option.name}{mark}.", self)

    def place_of(self, name: str) -> str | None:
        """Where the option *name* is that a text of this level means: beside it, around it, or in a list below."""
        level: Level | None = self
        while level:
            if any(option.name == name for option in level.options):
                return level.path
            level = level.outer
        lists = (self.inner(option) for option in self.options if option.elements == "dict")
        return next((below.path for below in lists if any(option.name == name for option in below.options)), None)

    def text(self, paragraph: str) -> str:
        """*paragraph* of a noun's field, with its references to options as they have to be at this level."""

        def moved(found: re.Match[str]) -> str:
            place = self.place_of(found[1])
            if place is None and found[1] in NOUNS:
                # What the object lives in is said by the place of the list.
                return f"the {NOUNS[found[1]].words}"
            return f"O({place or ''}{found[1]}{found[2]})"

        return re.sub(r"O\((\w+)((?:[.=[][^)#]*)?)\)", moved, paragraph)


def version_needed(version: str) -> str:
    return f"Needs O(api_version={version}) or newer."


def sentences(option: Field, since: str) -> Iterator[str]:
    """What follows from the declaration of an option, of a noun that is there *since* a version."""
    if option.ref:
        noun = NOUNS[option.ref]
        several = "Names or ids" if option.elements else f"{noun.key[0].name.capitalize()} or id"
        yield f"{several}; an id saves the request that looks it up."
    if option.immutable:
        yield "Can't be changed."
    if option.since > since:
        yield version_needed(option.since)
    for choice, version in (option.choices_since or {}).items():
        yield f"V({choice}) needs O(api_version={version}) or newer."


def has_texts(options: Iterable[Option]) -> bool:
    return any((isinstance(option, Field) and option.text) or has_texts(option.options) for option in options)


# --- DOCUMENTATION ---------------------------------------------------------------------------------------------------


def option_docs(option: Option, have: Mapping[str, Any], level: Level, since: str = "", text: Any = "") -> Docs:
    """An option's documentation; *have* is what stands in the file, *text* what it says where nobody says more."""
    said = option.text if isinstance(option, Field) else ""
    if said and isinstance(option, Field):
        described: Any = [*(level.text(part) for part in paragraphs(said)), *sentences(option, since)]
    else:
        described = have.get("description") or text
    if not described:
        raise Problem(f"the option {level.path}{option.name} has no text: give it one where it is declared")
    spec = option.spec()
    found: Docs = {"description": described, "type": spec["type"]}
    for name in ("elements", "required", "choices", "default", "aliases"):
        if name in spec:
            found[name] = InlineList(spec[name]) if isinstance(spec[name], list) else spec[name]
    if option.options:
        inner, below = have.get("suboptions") or {}, level.inner(option)
        found["suboptions"] = {
            each.name: option_docs(each, inner.get(each.name) or {}, below, since, _usual(each))
            for each in option.options
        }
    return found


def _usual(option: Option) -> list[str]:
    """The text of options that many nouns have."""
    if option.name == STATE.name:
        return ["Whether it shall exist."]
    noun = NOUNS.get(option.name)
    return [f"Name or id of the {noun.words}. An id saves the request that looks up a name."] if noun else []


def options_docs(module: Module, have: Mapping[str, Docs], noun: Noun | None = None, *, reads: bool = False) -> Docs:
    """All options that no fragment documents."""
    level, found = Level(module.options), {}
    for option in module.options:
        mine, usual = have.get(option.name) or {}, _usual(option)
        if noun and reads and option.name in {"id", *(each.name for each in noun.key)}:
            # The noun's own text says how such a name is made, and here one that is there is looked for.
            usual = [f"Only the {noun.words} with this {option.name.replace('_', ' ')}."]
            option = Option(**{name: getattr(option, name) for name in Option.__dataclass_fields__})
        if mine or option not in IN_FRAGMENTS:
            found[option.name] = option_docs(option, mine, level, noun.since if noun else "", usual)
    return found


OWN = re.compile(
    r"Needs O\(api_version|Needs the role|Needs any role|Waits for a |Only for |The service offers it to org"
)


def description(noun: Noun, have: Iterable[str], *, reads: bool) -> list[str]:
    """What stands by hand in the file, or in the noun, and what follows from the declaration."""
    parent = next((NOUNS[name] for name in reversed(noun.parents) if name in NOUNS), None)
    where = f" of a {parent.words}" if parent else ""
    said = paragraphs(noun.text) if noun.text and not reads else have
    mine = [text for text in said if not OWN.match(text)]
    found = mine or [f"Lists the {noun.many}{where}." if reads else f"Manages one {noun.words}{where}."]
    if noun.since:
        found = [*found, version_needed(noun.since)]
    if parent and noun.requires:
        wanted = " and ".join(
            f"the {name.replace('_', ' ')} {' or '.join(f'V({value})' for value in values)}"
            for name, values in noun.requires.items()
        )
        found = [*found, f"Only for {parent.many} with {wanted}."]
    if noun.limited:
        found = [*found, "The service offers it to organizations that it has enrolled (Limited Access)."]
    if parent and parent.lifecycle and not reads:
        found = [*found, f"Waits for a {parent.words} that is still being created."]
    return [*found, _needed_role(noun.readers if reads else noun.roles)]


def _needed_role(roles: str) -> str:
    marked = re.sub(r"\b[A-Z]+(_[A-Z]+)+\b", lambda found: f"C({found[0]})", roles)
    return f"Needs {marked}." if marked.startswith("any ") else f"Needs the role {marked}."


def fragments(module: Module, documented: Iterable[str], *, reads: bool) -> list[str]:
    shared = [option for option in IN_FRAGMENTS if option in module.options and option.name not in documented]
    found = ["attributes.info" if reads else "attributes", f"attributes.actiongroup_{module.connection}"]
    found += [{"cluster": "child", "state": "child.state"}[option.name] for option in shared]
    return [f"crdb.cloud.{name}" for name in (*found, *(("wait",) if module.waits else ()), module.connection)]


def documentation(module: Module, text: str, noun: Noun | None, version: str, *, reads: bool) -> str:
    """DOCUMENTATION: *text* is what it is now ("" for a new module), *version* that of the collection."""
    have, parts = load(text) or {}, chunks(text)
    if noun is None:
        if has_texts(module.options):
            parts["options"] = dump({"options": options_docs(module, have.get("options") or {})})
        return "".join(parts.values())
    options = options_docs(module, have.get("options") or {}, noun, reads=reads)
    made: dict[str, Any] = {
        "short_description": f"List {noun.many}"
        if reads
        else f"Manage {noun.many if noun.rows else 'the ' + noun.words}",
        "version_added": version,
        "author": ["crdb.cloud contributors (@crdb-cloud)"],
    }
    made.update({name: None for name in parts if name not in made})
    found = {name: parts.get(name) or dump({name: value}) for name, value in made.items()}
    found["module"] = dump({"module": module.name})
    found["description"] = dump(
        {"description": description(noun, paragraphs(have.get("description") or []), reads=reads)}
    )
    found["options"] = dump({"options": options})
    found["extends_documentation_fragment"] = dump(
        {"extends_documentation_fragment": fragments(module, options, reads=reads)}
    )
    order = ("module", "short_description", "version_added", "description", "options", "author")
    last = ("seealso", "notes", "requirements", "extends_documentation_fragment")
    known = [name for name in found if name not in (*order, *last)]
    return "".join(found[name] for name in (*order, *known, *last) if name in found)


# --- RETURN ----------------------------------------------------------------------------------------------------------


def member(type_: str, text: str, returned: str = "always", **more: Any) -> Docs:
    kind, _bracket, elements = type_.partition("[")
    kinds = {"type": kind, **({"elements": elements.rstrip("]")} if elements else {})}
    return {"description": text, **kinds, "returned": returned, **more}


PLAN: Docs = {
    "description": "The requests that were made, or in check mode would be made, in order. Empty when nothing differs.",
    "returned": "success",
    "type": "list",
    "elements": "dict",
    "contains": {
        "action": member("str", "V(create), V(update) or V(delete)."),
        "summary": member("str", "What it does, in words."),
        "changes": member("dict", "The fields that change, each with C(before) and C(after). Secrets are hidden."),
    },
}
ERRORS: dict[str, Docs] = {
    CLOUD: {
        "description": "What the API answered, when the task failed because of that.",
        "returned": "when the API refused a request",
        "type": "dict",
        "contains": {
            "status": member("int", "HTTP status."),
            "code": member("int", "The code of the API (a gRPC code); V(null) if the answer had none."),
            "message": member("str", "The message of the API."),
            "details": member("list[raw]", "Further details of the API."),
            "method": member("str", "The method of the request."),
            "path": member("str", "The path of the request."),
        },
    },
    "cluster_api": {
        "description": "What the server answered, when the task failed because of that.",
        "returned": "when the server refused a request",
        "type": "dict",
        "contains": {
            "status": member("int", "HTTP status.", "when it is known"),
            "code": member("raw", "SQLSTATE of a failed statement.", "when it is known"),
            "message": member("str", "The message of the server."),
            "method": member("str", "The method of the request.", "when it is known"),
            "path": member("str", "The path of the request.", "when it is known"),
        },
    },
}


def row_docs(noun: Noun) -> dict[str, Docs]:
    """The members of an object as a module returns it."""
    found: dict[str, Docs] = {}
    if noun.has_ids:
        found[noun.address[0]] = member("str", f"Id of the {noun.words}.")
    for option in noun.all_fields:
        if not option.secret:
            _put(found, option.at, _field_docs(option))
    life = noun.lifecycle
    if life and not life.each:
        states = [
            f"V({life.prefix}{state})"
            for state in (*life.making, *life.settled, *life.failed, *life.leaving, *life.gone)
        ]
        found[life.field] = member("str", f"Its state: {', '.join(dict.fromkeys(states))}.")
    for name, shown in (noun.shows or {}).items():
        if shown is None:
            del found[name]
        else:
            _put(found, tuple(name.split(".")), member(*shown))
    return found


def _put(found: dict[str, Docs], at: tuple[str, ...], entry: Docs) -> None:
    for step in at[:-1]:
        found = found.setdefault(step, member("dict", f"The {step.replace('_', ' ')}.", contains={}))["contains"]
    found[at[-1]] = entry


def _field_docs(option: Option) -> Docs:
    text = first_sentence(option.text) if isinstance(option, Field) and option.text else option.name.replace("_", " ")
    if isinstance(option, Field) and option.ref:
        words = NOUNS[option.ref].words
        return member("list[str]", f"Ids: {text}") if option.elements else member("str", f"Id of the {words}.")
    kind = "raw" if isinstance(option, Field) and option.from_api else option.type
    # JSON is a type of options alone: an object has the text.
    kind = "str" if kind == "json" else kind
    more = {"contains": {each.name: _field_docs(each) for each in option.options}} if option.options else {}
    return member(f"{kind}[{option.elements}]" if option.elements and kind == "list" else kind, text, **more)


def returned(module: Module, text: str, noun: Noun | None, *, reads: bool) -> str:
    """RETURN: *text* is what it is now ("" for a new module)."""
    have, parts = load(text) or {}, chunks(text)
    made: dict[str, Docs] = {}
    if noun and noun.shows is not None:
        made.update(_object(noun, reads))
    if module.waits or "plan" in have:
        made["plan"] = PLAN
    if module.connection != NONE:
        made["error"] = ERRORS[module.connection]
    ends = ("plan", "error")
    order = (
        [name for name in {**made, **parts} if name not in ends]
        if noun
        else [name for name in parts if name not in ends]
    )
    order += [end for end in ends if end in made]
    found = [
        _spaced(dump({name: _entry(made[name], have.get(name) or {}, name)}), parts.get(name, "\n\n"))
        if name in made
        else parts[name]
        for name in order
    ]
    return "".join(found).rstrip("\n") + "\n"


def _spaced(text: str, like: str) -> str:
    """*text* with the empty lines that follow *like*."""
    return text + "\n" * (len(like) - len(like.rstrip("\n")) - 1)


def _object(noun: Noun, reads: bool) -> dict[str, Docs]:
    """The entries that are the object, or the list of them."""
    contains = row_docs(noun)
    if not reads:
        absent = "; V(null) when it is absent" if noun.deletes else ""
        found = {noun.name: member("dict", f"The {noun.words}{absent}.", "success", contains=contains)}
        if noun.reveals:
            found[noun.reveals] = member(
                "str", f"The secret of the {noun.words}. Told once, when it is made; V(null) otherwise.", "success"
            )
        return found
    if not (noun.rows or noun.plural):
        return {
            noun.name: member("dict", f"The {noun.words}; V(null) where there is none.", "success", contains=contains)
        }
    if noun.chosen:
        each = f"The {noun.many} by C({noun.chosen.name}), V(null) where there is none."
        inner = {name: member("dict", f"The one of this {noun.chosen.name}.") for name in noun.chosen.choices}
        inner[noun.chosen.choices[0]] |= {"contains": contains}
        return {noun.plural: member("dict", each, "success", contains=inner)}
    found = {noun.plural: member("list[dict]", f"The {noun.many}.", "success", contains=contains)}
    if noun.propagating:
        found[noun.propagating] = member("bool", "Whether a change is still being rolled out.", "success")
    return found


def _entry(made: Docs, have: Docs, name: str) -> Docs:
    """*made*, with what may be said by hand: when it is returned, an example, and of anything but errors what it is."""
    by_hand = () if name == "error" else ("description", "returned", "sample")
    said = {**made, **{key: have[key] for key in by_hand if key in have}}
    found = {key: said.pop(key) for key in ("description", "returned")}
    found.update(said)
    if "contains" in made:
        extra = have.get("contains") or {} if name == "plan" else {}
        found["contains"] = _nested(
            {**{key: value for key, value in extra.items() if key not in made["contains"]}, **made["contains"]}
        )
    if "sample" in found:
        found["sample"] = _short(found.pop("sample"))
    return found


def _nested(members: Mapping[str, Docs]) -> dict[str, Any]:
    return compact(
        {
            name: {**entry, "contains": _nested(entry["contains"])} if "contains" in entry else entry
            for name, entry in members.items()
        }
    )


def _short(value: Any) -> Any:
    """An example, with what is below its first level in lines."""
    if isinstance(value, list):
        return [Inline(each) if isinstance(each, dict) else each for each in value] if value else InlineList()
    return Inline(value) if isinstance(value, dict) else value
