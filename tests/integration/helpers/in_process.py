# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs our modules in the process of the test, against a real emulator: many runs a second."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CloudApi
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module, Session

from .emulator import Emulator

QUICK = {"api_rate_limit": 0.0, "api_retries": 0}


class Clock:
    """Time that passes as fast as somebody sleeps; what happens in the emulator takes as long as ever.

    *meanwhile* is called at the next sleep, once: what comes to pass while somebody waits.
    """

    def __init__(self) -> None:
        self.slept = 0
        self.meanwhile: Callable[[], object] | None = None
        self._skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        self.slept += 1
        self._skipped += seconds
        now, self.meanwhile = self.meanwhile, None
        if now:
            now()
        time.sleep(min(seconds, 0.005))


def module_of(name: str) -> Module:
    found: Module = importlib.import_module(f"ansible_collections.crdb.cloud.plugins.modules.{name}").MODULE
    return found


def run_alone(name: str, arguments: Mapping[str, Any], *, check: bool = False) -> dict[str, Any]:
    """The result of the module *name*, which has no connection."""
    module = module_of(name)
    validated = ArgumentSpecValidator(module.argument_spec(), **module.rules).validate(arguments)
    assert not validated.error_messages, validated.error_messages
    params = validated.validated_parameters
    return module.execute(
        params,
        check_mode=check,
        diff=True,
        warn=print,
        open_session=lambda: module.open(params, check_mode=check, agent="test"),
    )


def execute(
    name: str,
    arguments: Mapping[str, Any],
    emulator: Emulator,
    *,
    check: bool = False,
    diff: bool = True,
    clock: Clock | None = None,
    loop: list[Session] | None = None,
) -> dict[str, Any]:
    """The result of the module *name*, as a task gets it, with the warnings in ``warnings``.

    *loop* holds the session that the items of a loop share; the first one puts it there.
    """
    module = module_of(name)
    where = {"api_url": emulator.url, "api_key": emulator.key}
    validated = ArgumentSpecValidator(module.argument_spec(), **module.rules).validate({**QUICK, **where, **arguments})
    assert not validated.error_messages, validated.error_messages
    params, warnings = validated.validated_parameters, []

    def open_session() -> Session:
        if clock is None:
            return module.open(params, check_mode=check, agent="test")
        module.check(params)
        if loop:
            return loop[0]
        opened = Session(CloudApi(params, read_only=check, agent="test", clock=clock, sleep=clock.sleep))
        if loop is not None:
            loop.append(opened)
        return opened

    result = module.execute(
        params, check_mode=check, diff=diff, warn=warnings.append, hides=True, open_session=open_session
    )
    assert "exception" not in result, result["exception"]
    return {**result, "warnings": warnings}
