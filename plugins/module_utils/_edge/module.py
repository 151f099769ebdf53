# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge: a module is declared once, and runs as a plain module or inside the controller, with the same result."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._base.errors import CrdbError, OptionError, printable
from .._base.masking import mask, shown_arguments
from .._base.members import secrets_in
from .._base.untrusted import with_inert_keys
from .._cloud_api import client as _cloud_api
from .._cloud_api.client import CloudApi, first_version_with
from .._cluster_api import client as _cluster_api
from .._cluster_api.client import ClusterApi, session_token
from .._http.transport import REQUESTS_IMPORT_ERROR
from .._nouns.compare import given
from .._nouns.field import Field
from .._nouns.noun import Noun
from .._nouns.options import Option, argument_spec, check_versions, mistakes
from .._nouns.referred import REFERRED
from .._reconcile.listings import Listings
from .._reconcile.reconciler import Reconciler
from .._reconcile.wait import Waiter

WAIT_OPTIONS: dict[str, dict[str, Any]] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 7200.0},
    "wait_interval": {"type": "float"},
}
CLOUD, CLUSTER_API, NONE = "cloud", "cluster_api", "none"
CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    CLOUD: _cloud_api.CONNECTION_OPTIONS,
    CLUSTER_API: _cluster_api.CONNECTION_OPTIONS,
    NONE: {},
}
STATE = Option("state", choices=("present", "absent"), default="present")
CLUSTER_OPTION = Option("cluster", required=True)
PURGE_OPTIONS = (
    Option("purge", type="bool", default=False),
    Option("protected", type="list", elements="str", default=[]),
)
PAGING_OPTIONS = (Option("limit", type="int"), Option("page_size", type="int", default=1000))


@dataclass
class Session:
    """What the items of one task's loop share: the client (CloudApi, ClusterApi, or None of a module without a connection) and the
    listings read through it."""

    api: Any
    listings: Listings = field(default_factory=Listings)

    @property
    def written(self) -> int:
        """How many requests with a write effect were sent."""
        return self.api.written if self.api else 0

    def finish(self, warn: Callable[[str], None]) -> None:
        """End what one run has begun; the session can serve another one after that."""
        if isinstance(self.api, ClusterApi):
            self.api.close(warn)


class ModuleRun:
    """One run of one module, in either surrounding. The engine's Run."""

    def __init__(
        self,
        params: Mapping[str, Any],
        *,
        check_mode: bool,
        diff: bool,
        session: Session,
        warn: Callable[[str], None],
        notify: Callable[[str], None],
        hides: bool = False,
    ) -> None:
        self.params = params
        self.hides = hides
        self.check_mode = check_mode
        self.diff = diff
        self.session = session
        self.api = session.api
        self.listings = session.listings
        self.warn = shown_by(warn)
        self.waiter = Waiter(
            timeout=params.get("wait_timeout") or 0.0,
            interval=params.get("wait_interval"),
            enabled=bool(params.get("wait")),
            notify=shown_by(notify),
        )
        for name in ("wait_timeout", "wait_interval"):
            if (params.get(name) or 0) < 0:
                raise OptionError(f"{name} must not be negative, got {params[name]:g}")

    def before_change(self) -> None:
        """To be called before anything is changed, or predicted to be: CrdbError where it must not be."""
        if isinstance(self.api, CloudApi):
            self.api.confirm_organization()


class _PlainModule(AnsibleModule):  # type: ignore[misc]
    """AnsibleModule, which echoes and logs the arguments of a task. Before ansible-core 2.19 those that it does not know come raw."""

    params: dict[str, Any]

    def _log_invocation(self) -> None:
        """The system's log, too, gets the arguments without the secrets that their names tell."""
        params = self.params
        self.params = shown_arguments(params, self.argument_spec)
        super()._log_invocation()
        self.params = params

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        kwargs.setdefault("invocation", {"module_args": shown_arguments(self.params, self.argument_spec)})
        super().fail_json(msg, **kwargs)
        raise AssertionError("fail_json does not return")


@dataclass(frozen=True)
class Module:
    """A module's declaration: *options* beside the connection's, *run* that makes its result, *since* its first API version.

    *connection* is CLOUD, CLUSTER_API, or NONE for a module that sends no request.
    *rules* are the usual extra arguments of AnsibleModule (mutually_exclusive, required_if ...). *prepare* is called with the
    parameters before anything else is tried. *undeclared* are options that hold members of any name, secrets among them.
    """

    name: str
    options: tuple[Option, ...]
    run: Callable[[ModuleRun], dict[str, Any]]
    waits: bool = False
    since: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)
    connection: str = CLOUD
    prepare: Callable[[Mapping[str, Any]], None] | None = None
    undeclared: tuple[str, ...] = ()

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        waiting = WAIT_OPTIONS if self.waits else {}
        return {**argument_spec(self.options), **waiting, **self.connection_options()}

    def secrets(self, params: Mapping[str, Any]) -> list[Any]:
        found = list(_secrets(self.argument_spec(), params))
        found += secrets_in([params.get(name) for name in self.undeclared]).values()
        if self.connection == CLUSTER_API:
            # It may have been given within a cookie.
            found.append(session_token(params.get("cluster_api_session")))
        return found

    def connection_options(self) -> dict[str, dict[str, Any]]:
        return CONNECTION_OPTIONS[self.connection]

    def mistakes(self, args: Mapping[Any, Any]) -> list[str]:
        """What is wrong with the arguments of a task as a person wrote them, before Ansible looks at them."""
        unlisted = [*(WAIT_OPTIONS if self.waits else ()), *self.connection_options()]
        return list(mistakes(self.options, args, unlisted=unlisted, title=f"crdb.cloud.{self.name}"))

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse what the chosen API version does not have, before the first request."""
        if self.connection != CLOUD:
            return
        if self.since and params["api_version"] < self.since:
            raise OptionError(
                f"The module {self.name} does not work with api_version {params['api_version']}",
                f"It needs {first_version_with(self.since)}",
            )
        check_versions(self.options, params, params["api_version"])

    def open(self, params: Mapping[str, Any], *, check_mode: bool, agent: str) -> Session:
        """A session for *params*; OptionError where they can't make one."""
        self.check(params)
        if self.connection == NONE:
            return Session(None)
        client = CloudApi if self.connection == CLOUD else ClusterApi
        return Session(client(params, read_only=check_mode, agent=agent))

    def execute(
        self,
        params: Mapping[str, Any],
        *,
        check_mode: bool,
        diff: bool,
        warn: Callable[[str], None],
        notify: Callable[[str], None] = lambda line: None,
        hides: bool = False,
        open_session: Callable[[], Session],
    ) -> dict[str, Any]:
        """Run with validated *params* and return the task's result; a failure is a result with ``failed``.

        *hides* says that the surrounding keeps a result with ``_ansible_no_log`` from being shown.
        """
        session = None
        written = 0
        try:
            if self.prepare:
                self.prepare(params)
            session = open_session()
            written = session.written
            run = ModuleRun(
                params, check_mode=check_mode, diff=diff, session=session, warn=warn, notify=notify, hides=hides
            )
            result = self.run(run)
        except CrdbError as error:
            if session:
                # What is there now is anybody's guess: the next item looks for itself.
                session.listings.forget()
            result = mask(error.as_result(), self.secrets(params)) if error.extra.get("error") else error.as_result()
        except Exception as error:  # pylint: disable=broad-exception-caught
            # A bug of ours: said as such, and the text of a foreign exception may hold anything.
            secrets = self.secrets(params)
            result = {
                "failed": True,
                "msg": mask(
                    f"Bug in crdb.cloud: {type(error).__name__}: {error}. Please report it with the output of -vvv",
                    secrets,
                ),
                "exception": mask(traceback.format_exc(), secrets),
            }
        finally:
            if session:
                session.finish(shown_by(warn))
        if result.get("failed") and session and session.written > written:
            # Nobody may take a failure for a sign that all is as it was.
            result["changed"] = True
        return result

    def main(self) -> None:
        """Run as a plain module."""
        module = _PlainModule(argument_spec=self.argument_spec(), supports_check_mode=True, **self.rules)
        module.no_log_values.update(str(secret) for secret in self.secrets(module.params) if secret)
        if REQUESTS_IMPORT_ERROR and self.connection != NONE:
            module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
        result = self.execute(
            module.params,
            check_mode=module.check_mode,
            diff=module._diff,  # pylint: disable=protected-access
            warn=module.warn,
            hides=module.no_log,
            open_session=lambda: self.open(
                module.params, check_mode=module.check_mode, agent=f"ansible/{module.ansible_version}"
            ),
        )
        result = dict(with_inert_keys(result))
        result.pop("_ansible_no_log", None)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


def shown_by(show: Callable[[str], None]) -> Callable[[str], None]:
    """*show* for text that may come from the API."""
    return lambda text: show(printable(text))


def _secrets(spec: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Any]:
    for name, entry in spec.items():
        value = params.get(name)
        if entry.get("no_log") and value:
            yield value
        elif entry.get("options") and value:
            for inner in value if isinstance(value, list) else [value]:
                yield from _secrets(entry["options"], inner)


def noun_module(noun: Noun, ensure: Callable[[ModuleRun], dict[str, Any]] | None = None) -> Module:
    """The module that manages one object of *noun*; *ensure* brings it to the wanted state where the reconciler alone does not."""
    return Module(
        noun.name,
        (*parent_options(noun), *noun_options(noun)),
        ensure or (lambda run: Reconciler(run).ensure(noun)),
        waits=True,
        since=noun.since,
        rules=noun.rules,
    )


def noun_options(noun: Noun) -> tuple[Option, ...]:
    """The options of the module of *noun* behind those that name what its objects live in."""
    own = any(option.name == STATE.name for option in noun.options)
    return (*noun.options, *((STATE,) if noun.deletes and not own else ()))


def parent_options(noun: Noun) -> tuple[Option, ...]:
    """The options that name what objects of *noun* live in."""
    return tuple(Option(name, required=True) for name in noun.parents if name in REFERRED)


def entries_option(
    name: str, noun: Noun, *, shared: Iterable[str] = (), text: str | tuple[str, ...] = (), several: bool = True
) -> Field:
    """An option that is a list of objects of *noun*, or one of what is there once; *shared* fields have no default there."""
    options = tuple(
        replace(option, default=None, text="As the option of this name outside of the list, for this one alone.")
        if isinstance(option, Field) and option.name in shared
        else option
        for option in noun_options(noun)
    )
    found = Field(name, type="dict", options=options, rules=noun.rules, text=text)
    return replace(found, type="list", elements="dict") if several else found


def collection_module(
    name: str,
    noun: Noun,
    ensure: Callable[[ModuleRun, list[dict[str, Any]]], dict[str, Any]],
    *,
    entries: str,
    shared: Iterable[str] = (),
    more: Iterable[Option] = (),
) -> Module:
    """The module of many objects below one cluster, which its option *entries* lists; *shared* fields can be said for all.

    *ensure* brings them to the wanted state, with *more* options that it knows.
    """

    def run(module_run: ModuleRun) -> dict[str, Any]:
        params = module_run.params
        common = {name: params[name] for name in shared}
        return ensure(module_run, [{**common, **given(entry)} for entry in params[entries] or ()])

    options = (
        CLUSTER_OPTION,
        entries_option(entries, noun, shared=shared),
        *(option for option in noun.options if option.name in shared),
        *more,
        *PURGE_OPTIONS,
    )
    return Module(name, options, run, waits=True, since=noun.since)


def in_the_controller_alone(name: str) -> Callable[[ModuleRun], dict[str, Any]]:
    """What the module *name* is without its action, which alone knows variables and evaluates expressions."""

    def run(module_run: ModuleRun) -> dict[str, Any]:
        raise OptionError(f"The module {name} does its work in the controller", "Call it as a task of a playbook")

    return run


def info_module(
    name: str,
    key: str,
    read: Callable[[ModuleRun], Any],
    options: Iterable[Option] = (),
    *,
    since: str = "",
    connection: str = CLOUD,
    **rules: Any,
) -> Module:
    """A module that only reads: *read* returns the value of *key*, or a dict of several keys."""

    def run(module_run: ModuleRun) -> dict[str, Any]:
        found = read(module_run)
        return {"changed": False, **(found if not key else {key: found})}

    return Module(name, tuple(options), run, since=since, rules=rules, connection=connection)
