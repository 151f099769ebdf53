# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs our modules in the process of the test, against a real emulator: many runs a second."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module

from .emulator import Emulator

QUICK = {"api_rate_limit": 0.0, "api_retries": 0}


def execute(
    name: str, arguments: Mapping[str, Any], emulator: Emulator, *, check: bool = False, diff: bool = True
) -> dict[str, Any]:
    """The result of the module *name*, as a task gets it, with the warnings in ``warnings``."""
    module: Module = importlib.import_module(f"ansible_collections.crdb.cloud.plugins.modules.{name}").MODULE
    where = {"api_url": emulator.url, "api_key": emulator.key}
    rules = {rule: module.rules.get(rule) for rule in ("mutually_exclusive", "required_one_of")}
    validated = ArgumentSpecValidator(module.argument_spec(), **rules).validate({**QUICK, **where, **arguments})
    assert not validated.error_messages, validated.error_messages
    params, warnings = validated.validated_parameters, []
    result = module.execute(
        params,
        check_mode=check,
        diff=diff,
        warn=warnings.append,
        open_session=lambda: module.open(params, check_mode=check, agent="test"),
    )
    assert "exception" not in result, result["exception"]
    return {**result, "warnings": warnings}
