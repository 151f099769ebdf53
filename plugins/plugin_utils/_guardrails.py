# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of people's own, which are expressions: all objects of a plan in one task. What the objects say is data to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible.errors import AnsibleError
from ansible.playbook.conditional import Conditional
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._base.errors import OptionError
from ..module_utils._base.untrusted import EXECUTES_TEXT
from ..module_utils._edge.guardrails import judge
from ..module_utils._edge.module import Module, ModuleRun
from ..module_utils._fleet.rules import called
from ._direct import ControllerAction
from ._options import one_line

UNDEFINED = re.compile(r"has no attribute ('[^']*')|('\w+') is undefined")
LONGEST = 300


class _Data(dict[str, Any]):
    """A dictionary that ansible-core before 2.19 takes as it is, and does not look through for templates."""

    __UNSAFE__ = True


class _List(list[Any]):
    """A list of that kind."""

    __UNSAFE__ = True


class GuardrailsAction(ControllerAction):
    """The action of the module guardrails, which runs in the controller: only there an expression means anything."""

    module = "guardrails"

    def _run_here(
        self, module: Module, spec: dict[str, dict[str, Any]], args: dict[str, Any], *, shows: bool
    ) -> dict[str, Any]:
        return super()._run_here(replace(module, run=self._work), spec, args, shows=shows)

    def _work(self, run: ModuleRun) -> dict[str, Any]:
        # As they were written: plain text is no expression to ansible-core 2.19 and later.
        rules = self._task.args.get("rules") or ()
        thats = [rule.get("that") for rule in rules if isinstance(rule, Mapping)]
        things: dict[int, dict[str, Any]] = {}
        templar = self._templar.copy_with_new_env()

        def own(number: int, rule: Mapping[str, Any], row: Mapping[str, Any], rows: Sequence[Any]) -> str | None:
            if not things:
                things.update({id(each): _as_data(each) for each in rows})
            all_of_them = list(things.values())
            known = {
                **self._vars,
                "object": things[id(row)],
                "plan": _List(all_of_them) if EXECUTES_TEXT else all_of_them,
            }
            templar.available_variables = known
            given = thats[number]
            for that in given if isinstance(given, (list, tuple)) else [given]:
                if not self._holds(templar, that, f"rules[{number}]", row):
                    return str(rule.get("msg") or f"not so: {that}")
            return None

        return judge(run, own)

    def _holds(self, templar: Any, that: Any, at: str, row: Mapping[str, Any]) -> bool:
        try:
            if hasattr(templar, "evaluate_conditional"):
                return bool(templar.evaluate_conditional(that))
            condition = Conditional(loader=self._loader)
            condition.when = [that]
            return bool(condition.evaluate_conditional(templar, templar.available_variables))
        except AnsibleError as error:
            text = one_line(error)
            found = UNDEFINED.search(text)
            why = f"there is no {found[1] or found[2]}" if found else text[:LONGEST]
            hint = "Give what not every object has a default, as in object.after.labels.env | default('')"
            raise OptionError(f"{at}.that can't be evaluated for {called(row)}: {why}", hint if found else "") from None


def _as_data(row: Mapping[str, Any]) -> dict[str, Any]:
    return _Data(wrap_var(dict(row))) if EXECUTES_TEXT else dict(row)
