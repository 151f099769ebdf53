# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report is made of: the result of a fleet, the file of a plan, or exported variables, all in one form. Nothing is templated."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .._base.disk import read_regular
from .._base.errors import CrdbError, OptionError
from .._fleet import plan_file
from .._nouns import cluster_rules as rules
from .._nouns import cluster_state as state
from .._nouns.limits import HALVES, in_dollars, limits_to_cents
from .._nouns.registry import NOUNS

try:
    import yaml
    from yaml import SafeLoader
except ImportError:
    yaml = None  # type: ignore[assignment]
    SafeLoader = object  # type: ignore[assignment,misc]

RESULT, PLAN, VARIABLES = "result", "plan", "variables"
CLUSTER = "cluster"
EVERYBODY = {"0.0.0.0/0", "::/0"}
# The names of nouns by the options of fleet that hold them.
BY_OPTION = {noun.plural or noun.name: noun.name for noun in NOUNS.values()}
Entries = Sequence[Mapping[str, Any]]


@dataclass
class Source:
    """One of the three, read. None is what it does not tell.

    *objects* are in the form of fleet's ``objects``. *whole* says that fields of a cluster which are missing there are not set, rather than
    not told. *carried_out* has the entries of ``results`` that tell of failures.
    """

    kind: str
    path: str = ""
    fleet: str | None = None
    organization: Mapping[str, Any] = field(default_factory=dict)
    time: str | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    drift: bool | None = None
    steps: Entries | None = None
    objects: Entries = ()
    results: Entries | None = None
    unlisted: Entries | None = None
    marked_unlisted: Entries | None = None
    open_to_everybody: Sequence[str] = ()
    money: Mapping[str, Any] = field(default_factory=dict)
    findings: Entries | None = None
    whole: bool = True


def read_source(params: Mapping[str, Any]) -> Source:
    """The source that *params* (the module's) name; OptionError where it is none."""
    if params["result"] is not None:
        return _told(RESULT, "", params["result"])
    if params["plan"] is not None:
        path = os.path.abspath(params["plan"])
        return _told(PLAN, path, plan_file.read(path, "plan"))
    path = os.path.abspath(params["variables"])
    with plan_file.explained("variables"):
        return _wanted(path, _variables(path))


def _variables(path: str) -> dict[str, Any]:
    """The variables of the file *path*, or of all files of a directory: their lists joined, of anything else the first."""
    found: dict[str, Any] = {}
    for each in _files(path) if os.path.isdir(path) else [path]:
        for name, value in _loaded(each, _text(each)).items():
            if isinstance(value, list) and isinstance(found.get(name), list):
                found[name] = [*found[name], *value]
            else:
                found.setdefault(name, value)
    return found


def _files(directory: str) -> list[str]:
    found = [os.path.join(place, name) for place, _names, names in os.walk(directory) for name in names]
    files = sorted(each for each in found if each.endswith((".yml", ".yaml")))
    if not files:
        raise CrdbError(f"There is no YAML file in '{directory}'")
    return files


def _text(path: str) -> str:
    found = read_regular(os.path.realpath(path))
    if found is None:
        raise CrdbError(f"There is no file '{path}'")
    return found.decode("utf-8", "replace")


# --- result and plan -------------------------------------------------------------------------------------------------


def _told(kind: str, path: str, content: Any) -> Source:
    """What a run of fleet has told, in its result or in a file."""
    if not isinstance(content, Mapping) or "counts" not in content:
        what = "the registered result of crdb.cloud.fleet" if kind == RESULT else "the plan of a fleet"
        why = ""
        if isinstance(content, Mapping) and content.get("msg"):
            why = f": it says '{content['msg']}'"
        raise OptionError(f"{kind}: this is not {what}, for it has no counts{why}")
    organization = content.get("organization")
    # Most versions of ansible-core repeat the options of a task in its result.
    arguments = _mapping(_mapping(content.get("invocation")).get("module_args"))
    fleet = content.get("fleet", arguments.get("name"))
    return Source(
        kind,
        path,
        fleet=None if fleet is None else str(fleet),
        organization=organization
        if isinstance(organization, Mapping)
        else {"id": organization}
        if organization
        else {},
        time=content.get("time"),
        counts=_mapping(content.get("counts")),
        drift=content.get("drift"),
        steps=_entries(content, "plan"),
        objects=_entries(content, "objects") or [*_rows(content)],
        results=_entries(content, "results"),
        unlisted=_entries(content, "unlisted"),
        marked_unlisted=_entries(content, "marked_unlisted"),
        open_to_everybody=[str(name) for name in content.get("open_to_everybody") or ()],
        money=_mapping(content.get("money")),
        findings=_entries(content, "findings"),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entries(content: Mapping[str, Any], name: str) -> Entries | None:
    found = content.get(name)
    if found is None:
        return None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, (list, tuple)) else None


def _rows(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The clusters of a result without ``objects``, as the API has them: what they will be, and not what they were."""
    for row in _entries(content, "clusters") or ():
        inside = str(row.get("parent_id") or "root")
        yield {
            "noun": CLUSTER,
            "name": row.get("name"),
            "id": row.get("id"),
            "folder": "" if inside == "root" else None,
            "after": {**state.view(row), "state": row.get("state")},
        }


# --- variables -------------------------------------------------------------------------------------------------------


class _Loader(SafeLoader):
    """YAML as Ansible's, as data alone: what is marked ``!unsafe`` is what stands there, and vaulted text stays where it is."""

    def unsafe(self, node: Any) -> Any:
        """The value as if it carried no mark."""
        if isinstance(node, yaml.ScalarNode):
            return self.construct_scalar(node)
        several = self.construct_mapping if isinstance(node, yaml.MappingNode) else self.construct_sequence
        return several(node, deep=True)

    def vaulted(self, _node: Any) -> str:
        """Nothing of a secret."""
        return "(hidden)"


if yaml is not None:
    _Loader.add_constructor("!unsafe", _Loader.unsafe)
    for _tag in ("!vault", "!vault-encrypted"):
        _Loader.add_constructor(_tag, _Loader.vaulted)


def _loaded(path: str, text: str) -> Mapping[str, Any]:
    """The options of a fleet in the *text* of the file *path*."""
    if yaml is None:
        raise CrdbError("The Python library PyYAML is missing", "Install it for the Python that runs this module")
    if text.startswith("$ANSIBLE_VAULT;"):
        raise CrdbError(f"'{path}' is encrypted", "Keep only its secrets in a vault, in another file")
    try:
        content = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise CrdbError(f"'{path}' is not YAML{where}") from None
    if not isinstance(content, Mapping) or not isinstance(content.get("clusters") or [], list):
        raise CrdbError(f"'{path}' does not hold the options of crdb.cloud.fleet, such as clusters")
    return content


def _wanted(path: str, content: Mapping[str, Any]) -> Source:
    """What exported variables want, with nothing said of what is there."""
    clusters = _entries(content, "clusters") or []
    fleet = content.get("name")
    return Source(
        VARIABLES,
        path,
        fleet=None if fleet is None else str(fleet),
        objects=[*(each for entry in clusters for each in _cluster(entry)), *_below({**content, "clusters": None})],
        money=_allowed(clusters),
        whole=False,
    )


def _allowed(clusters: Entries) -> dict[str, Any]:
    """What *clusters* may cost, as far as they say, in the form of fleet's ``money``; nothing is known of before."""
    found = []
    for entry in clusters:
        limits, cents = _mapping(entry.get("usage_limits")), entry.get("spend_limit")
        if _plan(entry) != "BASIC":
            cents = None
        elif all(isinstance(limits.get(half), int) for half in HALVES):
            cents = limits_to_cents(limits)
        after = in_dollars(cents) if cents and isinstance(cents, int) else None
        found.append({"name": _name(entry), "before": None, "after": after})
    known = [Decimal(entry["after"]) for entry in found if entry["after"]]
    unknown = [entry["name"] for entry in found if not entry["after"]]
    return {"after": str(sum(known)) if known else None, "clusters": found, "unknown": unknown}


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("name") or entry.get("id") or "")


def _plan(entry: Mapping[str, Any]) -> str:
    """The plan that a cluster has or will have, as far as a description tells."""
    edition = str(entry.get("edition"))
    known = {"edition": edition if edition in state.EDITIONS else ""}
    return rules.inferred_plan({**entry, **known, "usage_limits": _mapping(entry.get("usage_limits"))})


def _below(options: Mapping[Any, Any], cluster: str = "") -> Iterator[dict[str, Any]]:
    """The objects that *options* list or, where there is only one of a kind, hold."""
    for name, value in options.items():
        noun = BY_OPTION.get(name)
        entries = [value] if noun and isinstance(value, Mapping) else value if noun and isinstance(value, list) else ()
        yield from ({"noun": noun, "cluster": cluster} for each in entries if isinstance(each, Mapping))


def _cluster(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    name, folder = _name(entry), entry.get("folder")
    if folder == "root" or (folder is None and entry.get("parent_id") in ("root", "")):
        folder = ""
    own = {key: value for key, value in entry.items() if key not in BY_OPTION or isinstance(value, (int, str))}
    yield {
        "noun": CLUSTER,
        "name": name,
        "id": entry.get("id"),
        "cluster": name,
        "folder": None if folder is None else str(folder),
        "after": {**own, "plan": _plan(entry)},
        "open_to_everybody": _is_open(entry),
    }
    yield from _below(entry, name)


def _is_open(entry: Mapping[str, Any]) -> bool | None:
    """Whether everybody may come in; None where the list of who may is not whole."""
    networks = entry.get("allowlist")
    if any(str(each.get("cidr")) in EVERYBODY for each in _entries(entry, "allowlist") or ()):
        return True
    whole = isinstance(networks, list) and "allowlist" in (entry.get("purge_children") or ())
    return False if whole else None
