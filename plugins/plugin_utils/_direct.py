# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs our modules inside the controller process, where the result is the same as that of a plain module.

A module through the usual path costs a new Python for each item of each host. Ours only talk to an API.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as ansible_version

from ..module_utils._base.errors import OptionError
from ..module_utils._base.masking import mask, shown_arguments
from ..module_utils._base.untrusted import with_inert_keys
from ..module_utils._edge.module import Module, Session
from ..module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ._callback import show_line
from ._colours import colour_differences
from ._entries import refused
from ._shapes import misshapen

MODULES = "ansible_collections.crdb.cloud.plugins.modules"

# The items of one task's loop run in one worker process, the next task in a new one: what is kept here serves one task.
_sessions: dict[str, Session] = {}
_last_run: dict[str, str] = {}


class DirectAction(ActionBase):  # type: ignore[misc]
    """The action behind every module of the collection; a subclass only names the *module*."""

    module = ""
    _shows_progress = False
    TRANSFERS_FILES = False
    _supports_async = True
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        if result.get("skipped"):
            return dict(result)
        module: Module = importlib.import_module(f"{MODULES}.{self.module}").MODULE
        spec = module.argument_spec()
        with _environment(self._environment()):
            try:
                in_process = self._in_process(task_vars)
                if in_process:
                    if not _sessions:
                        # What is there by now stays until this worker ends: to look through it for garbage again and again takes longer than many a task.
                        gc.freeze()
                    args = self._arguments()
                    self._lighten(args)
                if module.prepare and self._is_here():
                    module.prepare(self._task.args)
                wrong = [*misshapen(spec, self._task.args), *module.mistakes(self._task.args)]
                if not wrong and not in_process:
                    wrong = refused(spec, module.rules, self._arguments())
                if wrong:
                    raise OptionError("; ".join(wrong))
                self._shows_progress = in_process and not self._task.no_log and self._switch(task_vars, "crdb_progress")
            except OptionError as error:
                # Not AnsibleActionFail: older ansible-core prints a traceback with it.
                result.update(error.as_result())
                return result
            if in_process:
                result.update(self._run_here(module, spec, args, shows=_shows_invocation(task_vars)))
                colour_differences(result)
                return result
        result.update(
            self._execute_module(
                module_name=f"crdb.cloud.{self.module}",
                # A copy: ansible-core adds what the module needs to know, and an until would find that in the task.
                module_args=dict(self._task.args),
                task_vars=task_vars,
                wrap_async=self._task.async_val,
            )
        )
        colour_differences(result)
        return dict(result)

    def _environment(self) -> dict[str, str]:
        """The task's ``environment``, templated, for the env variables behind options and for proxies."""
        found: dict[str, Any] = {}
        self._compute_environment_string(found)
        return {str(name): str(value) for name, value in found.items()}

    def _is_here(self) -> bool:
        """Whether the module runs on this machine, as this user."""
        return self._connection.transport == "local" and not (self._play_context.become or self._task.become)

    def _in_process(self, task_vars: dict[str, Any]) -> bool:
        if self._task.async_val or REQUESTS_IMPORT_ERROR or not self._is_here():
            return False
        return self._switch(task_vars, "crdb_direct")

    def _switch(self, task_vars: dict[str, Any], name: str) -> bool:
        """A boolean from the variable *name*, then from the environment variable of that name, then true."""
        value = task_vars.get(name)
        value = self._templar.template(value) if value is not None else os.environ.get(name.upper()) or True
        try:
            return bool(boolean(value))
        except TypeError:
            raise OptionError(
                f"{name} (or {name.upper()}) must be a boolean such as true or false, got '{value}'"
            ) from None

    def _arguments(self) -> dict[str, Any]:
        """The task's arguments as plain data: on ansible-core 2.19 and later they are of tagged types."""
        try:
            return dict(json.loads(json.dumps(dict(self._task.args), default=_plain)))
        except TypeError as error:
            raise OptionError(f"The arguments have a key that is no text: {error}", "Put it in quotes") from None

    def _lighten(self, args: dict[str, Any]) -> None:
        """Leave the task *args*, which go back with the result, in place of tagged ones: of a large fleet these take longer than all else."""
        self._task.args = args

    def _run_here(
        self, module: Module, spec: dict[str, dict[str, Any]], args: dict[str, Any], *, shows: bool
    ) -> dict[str, Any]:
        """The result of the module with *args*, which *shows* with what it was called."""
        validated = ArgumentSpecValidator(
            spec,
            mutually_exclusive=module.rules.get("mutually_exclusive"),
            required_together=module.rules.get("required_together"),
            required_one_of=module.rules.get("required_one_of"),
            required_if=module.rules.get("required_if"),
            required_by=module.rules.get("required_by"),
        ).validate(args)
        params = validated.validated_parameters
        called = {"module_args": shown_arguments(params, spec)} if shows else None
        if validated.error_messages:
            message = "; ".join(refused(spec, module.rules, args)) or validated.errors.msg
            if isinstance(validated.errors[0], UnsupportedError):
                message = f"Unsupported parameters for (crdb.cloud.{self.module}) module: {message}"
            # A value that failed validation is quoted in the message, and may be a secret in the wrong place.
            unsafe = [
                *validated._no_log_values,
                *(args[name] for name, entry in spec.items() if entry.get("no_log") and args.get(name)),
            ]
            found = {"failed": True, "msg": mask(message, unsafe)}
            return {**found, "invocation": mask(called, unsafe)} if called else found

        warnings: list[str] = []
        result: dict[str, Any] = module.execute(
            params,
            check_mode=self._task.check_mode,
            diff=self._task.diff,
            warn=warnings.append,
            notify=self._notify,
            hides=True,
            open_session=lambda: self._session(module, params, args),
        )
        result = dict(with_inert_keys(result))
        if warnings:
            result["warnings"] = warnings
        return {**result, "invocation": called} if called else result

    def _session(self, module: Module, params: dict[str, Any], args: dict[str, Any]) -> Session:
        """The session of an earlier item with the same connection; read anew when an item is retried."""
        connection = {name: params.get(name) for name in sorted(params) if name in module.connection_options()}
        # os.environ counts: it names the proxies. The process id keeps a fork from using its parent's sockets.
        proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        key = _fingerprint([os.getpid(), self._task.check_mode, connection, proxies])
        if key not in _sessions:
            _sessions[key] = module.open(params, check_mode=self._task.check_mode, agent=f"ansible/{ansible_version}")
        else:
            module.check(params)
        session = _sessions[key]
        run = _fingerprint([self._task._uuid, args])
        if _last_run.get(key) == run:
            session.listings.forget()
        _last_run[key] = run
        return session

    def _notify(self, line: str) -> None:
        if self._shows_progress:
            show_line(line)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """The process environment with *values* laid over it, for as long as the block runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _shows_invocation(task_vars: dict[str, Any]) -> bool:
    """Whether results carry ``invocation``: a setting of newer ansible-core, always so before that."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


def _plain(value: Any) -> str:
    """What JSON does not know: dates as YAML makes them, and vaulted text, which ansible-core before 2.19 hands on as such."""
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _fingerprint(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


class ControllerAction(DirectAction):
    """The action of a module that only the controller can run, and that looks at the variables of the host."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self._vars = task_vars or {}
        return super().run(tmp, task_vars)

    def _in_process(self, task_vars: dict[str, Any]) -> bool:
        return True

    def _lighten(self, args: dict[str, Any]) -> None:
        # Text without its tags is no expression to ansible-core 2.19 and later.
        pass
