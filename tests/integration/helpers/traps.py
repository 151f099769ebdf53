# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile text of every kind that ansible-core may execute, and the ways that it takes through a play."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DEBUG, SET_FACT = "ansible.builtin.debug", "ansible.builtin.set_fact"
KINDS: dict[str, Callable[[str], str]] = {
    "braces": lambda call: f"{{{{ {call} }}}}",
    "tight": lambda call: f"{{{{-{call}-}}}}",
    "statement": lambda call: f"{{% set x = {call} %}}",
    "condition": lambda call: f"{{%- if {call} %}}x{{% endif %}}",
    "after a comment": lambda call: f"{{# x #}}{{{{ {call} }}}}",
    "out of raw": lambda call: f"{{% endraw %}}{{{{ {call} }}}}{{% raw %}}",
    "in lines": lambda call: f"a\n{{{{ {call} }}}}\nb",
    "twice": lambda call: "{{ '{{ " + call.replace("'", '"') + " }}' }}",
    "override": lambda call: f"#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ {call} ]]",
    "indented override": lambda call: f"  #jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ {call} ]]",
    "override by block": lambda call: f"#jinja2:block_start_string:'<%',block_end_string:'%>'\n<% set x = {call} %>",
    "list": lambda call: json.dumps([f"{{{{ {call} }}}}"]),
    "dictionary": lambda call: json.dumps({"a": f"{{{{ {call} }}}}"}),
    "list with escapes": lambda call: "['\\x7b\\x7b " + call.replace("'", '"') + " }}']",
    "list with long escapes": lambda call: "['\\u007b\\u007b " + call.replace("'", '"') + " }}']",
    "list with names": lambda call: "['\\N{LEFT CURLY BRACKET}\\x7b " + call.replace("'", '"') + " }}']",
    "list with octal": lambda call: "['\\173\\173 " + call.replace("'", '"') + " }}']",
    "expression": lambda call: call,
    "filtered expression": lambda call: f"({call}) | string",
    "percent codes": lambda call: f"%7B%7B {call} }}}}",
    "tag of YAML": lambda call: f"!unsafe '{{{{ {call} }}}}'",
    "first half": lambda call: "{",
    "second half": lambda call: f"{{ {call} }}}}",
    "half an override": lambda call: "#jin",
    "other half": lambda call: f"ja2: variable_start_string:'[[', variable_end_string:']]'\n[[ {call} ]]",
}


class Traps:
    """Hostile texts of every kind; executed() says which of them were."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir()

    def texts(self, place: str) -> list[str]:
        return [
            make(f"lookup('pipe', 'touch {self._directory}/{place.replace(' ', '_')}-{number}')")
            for number, make in enumerate(KINDS.values())
        ]

    def keys(self, place: str, value: Any) -> dict[str, Any]:
        return dict.fromkeys(self.texts(place), value)

    def values(self, place: str) -> dict[str, str]:
        return {f"key{number}": text for number, text in enumerate(self.texts(place))}

    def executed(self) -> list[str]:
        kinds = list(KINDS)
        pairs = [path.name.rsplit("-", 1) for path in self._directory.iterdir()]
        return sorted(f"{place}: {kinds[int(number)]}" for place, number in pairs)


def ways(name: str, source: str) -> Iterator[dict[str, Any]]:
    """Tasks that read *source* as people do, and read again what they made of it."""
    made = {
        f"{name}_whole": f"{{{{ {source} }}}}",
        f"{name}_keys": f"{{{{ {source} | list }}}}",
        f"{name}_joined_keys": f"{{{{ {source} | join }}}}",
        f"{name}_joined": f"{{{{ ({source}).values() | join }}}}",
        f"{name}_json": f"{{{{ {source} | to_json }}}}",
        f"{name}_text": f"{{{{ {source} }}}} ",
        f"{name}_put_together": f"{{{{ ({source} | list)[0] ~ '' }}}}",
        f"{name}_last": f"{{{{ (({source}).values() | list)[-1] ~ '' }}}}",
    }
    yield {SET_FACT: made}
    again = {
        f"{name}_read": [f"{{{{ {fact} }}}}" for fact in made],
        f"{name}_again": f"{{{{ {name}_whole | join('') }}}}",
        f"{name}_of": f"{{{{ {name}_keys | join('') }}}}",
    }
    yield {"name": f"{name} facts", SET_FACT: again}
    pair = {f"{name}_key": "{{ item.key }}", f"{name}_value": "{{ item.value }}"}
    yield {SET_FACT: pair, "loop": f"{{{{ {source} | dict2items }}}}"}
    yield {"name": f"{name} pairs", SET_FACT: pair, "with_dict": f"{{{{ {source} }}}}"}
    yield {
        DEBUG: {"msg": ["{{ each }} {{ first }}", *(f"{{{{ {fact} }}}}" for fact in (*again, *pair))]},
        "vars": {"first": f"{{{{ ({source} | list)[0] }}}}", "each": f"{{{{ {source} }}}}"},
    }


def conditions(source: str) -> dict[str, Any]:
    """A condition is an expression, which needs no braces."""
    return {
        "ansible.builtin.assert": {"that": "{{ item }}", "quiet": True},
        "loop": f"{{{{ ({source} | list) + (({source}).values() | map('string') | list) }}}}",
        "ignore_errors": True,
    }
