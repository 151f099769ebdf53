# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lookups share: options, one session in the process, and what happens where a thing is not there."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.release import __version__ as ansible_version
from ansible.utils.display import Display

from ..module_utils._base.errors import ApiError, CrdbError, OptionError, explained
from ..module_utils._base.masking import mask
from ..module_utils._base.untrusted import with_inert_keys
from ..module_utils._cloud_api.client import CONNECTION_OPTIONS, CloudApi, first_version_with
from ..module_utils._edge.module import ModuleRun, Session
from ..module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ..module_utils._nouns.declared import READERS, Scope
from ..module_utils._nouns.referred import referred
from ..module_utils._reconcile.finder import Finder, Parent
from ..module_utils._reconcile.listings import Listings
from ._options import one_line, plain, without_empty_variables

# Long enough for the references of one task, short enough that a loop with until sees a change.
OLDEST = 10.0
SECRETS = ("api_key", "api_jwt", "password")

display = Display()
_sessions: dict[str, Session] = {}


class MissingError(OptionError):
    """What on_missing is about: the thing that a term names is not there."""


class CrdbLookup(LookupBase, ABC):  # type: ignore[misc]
    """A lookup of the collection. A subclass says what one term gives, in find()."""

    def run(self, terms: Any, variables: Any = None, **kwargs: Any) -> list[Any]:
        given = list(_flat(terms))
        secrets = [str(kwargs[name]) for name in SECRETS if kwargs.get(name)]
        secrets += [os.environ.get(name, "") for name in ("COCKROACH_API_KEY", "COCKROACH_API_JWT")]
        # ansible-core quotes a wrong value as Python would.
        secrets += [repr(secret)[1:-1] for secret in secrets]
        session = None
        try:
            if REQUESTS_IMPORT_ERROR:
                raise CrdbError("The lookups of crdb.cloud need the Python library requests where ansible runs")
            params = self._params(variables, kwargs, secrets)
            session = _session(params)
            run = ModuleRun(
                params,
                check_mode=False,
                diff=False,
                session=session,
                warn=display.warning,
                notify=lambda line: None,
            )
            found = [plain(value) for term in self.terms(given, not terms) for value in self._found(run, term)]
            return list(with_inert_keys(found))
        except CrdbError as error:
            message = str(error)
            if session:
                session.listings.forget()
        except Exception as error:  # pylint: disable=broad-exception-caught
            # A bug of ours: said as such, and the text of a foreign exception may hold anything.
            message = f"Bug in crdb.cloud: {type(error).__name__}: {error}. Please report it"
        # Outside of the except clauses, so that nothing hangs on it that could be shown with it.
        raise AnsibleLookupError(mask(message, secrets))

    def terms(self, given: list[Any], everything: bool) -> list[Any]:
        """The terms to look up; *given* are those of the user, *everything* says that there was none, not even an empty list."""
        return given

    @abstractmethod
    def find(self, run: ModuleRun, term: Any) -> list[Any]:
        """What *term* gives; MissingError where it names something that is not there."""

    def _found(self, run: ModuleRun, term: Any) -> list[Any]:
        try:
            return self.find(run, term)
        except MissingError as error:
            if run.params["on_missing"] == "error":
                raise
            if run.params["on_missing"] == "warn":
                run.warn(error.message)
            return []

    def _params(self, variables: Any, kwargs: dict[str, Any], secrets: list[str]) -> dict[str, Any]:
        """The values of all options, as plain data."""
        try:
            with without_empty_variables():
                self.set_options(var_options=variables, direct=kwargs)
                names = sorted(name for name in self.option_definitions if not name.startswith("_"))
                params = {name: plain(self.get_option(name)) for name in names}
        except AnsibleError as error:
            raise OptionError(f"An option of the lookup can't be used: {one_line(error, secrets)}") from None
        unknown = sorted(set(kwargs) - set(names) - {"wantlist"})
        if unknown:
            raise OptionError(f"The lookup has no option '{unknown[0]}'", f"It has {', '.join(names)}")
        return params


class NamedLookup(CrdbLookup):
    """A lookup whose terms are objects of *noun* in the organization, by name or id. A subclass says what one of them gives, in find_in()."""

    noun = ""
    called = "the name or the id"

    def find(self, run: ModuleRun, term: Any) -> list[Any]:
        noun = referred(self.noun)
        if not isinstance(term, str) or not term.strip():
            raise OptionError(f"A term must be {self.called} of a {noun.words}, got {kind(term)}")
        if run.api.version < noun.since:
            raise OptionError(
                f"The lookup {self.noun} does not work with api_version {run.api.version}",
                f"It needs {first_version_with(noun.since)}",
            )
        # A tagged string of ansible-core would be carried into the results.
        parent = Finder(run).parent(self.noun, str(plain(term)).strip())
        if parent.missing:
            raise missing(parent)
        return [self.find_in(run, parent)]

    @abstractmethod
    def find_in(self, run: ModuleRun, parent: Parent) -> Any:
        """What the object gives."""


class ClusterLookup(NamedLookup):
    """A lookup whose terms are clusters."""

    noun = "cluster"


def missing(parent: Parent) -> MissingError:
    return MissingError(f"There is no {parent.label}", "Correct the term, or set on_missing to warn or skip")


def once(run: ModuleRun, what: str, read: Callable[[], Any]) -> Any:
    """What *read* returns, read once for all terms and lookups of this process, for as long as it is young."""
    return run.listings.rows(what, lambda: [read()])[0]


def object_of(run: ModuleRun, parent: Parent) -> dict[str, Any]:
    """The object that a term names."""
    noun = parent.noun
    if parent.row is None:
        path = noun.item({}, {noun.address[0]: parent.id})
        parent.row = once(run, path, lambda: Finder(run).by_id(noun, Scope(), parent.id))
    if parent.row is None or (noun.lifecycle and noun.lifecycle.is_gone(parent.row)):
        raise missing(parent)
    return parent.row


def read_of(
    run: ModuleRun,
    parent: Parent,
    what: str,
    key: str,
    read: Callable[[], Any],
    *,
    roles: str = READERS,
    public: bool = False,
) -> Any:
    """*what* of the cluster, as *read* returns it. Only where that is not found: look whether there is such a cluster.

    *roles* are those that allow it. *public* says that everybody may read it, so that no role can be lacking.
    """
    try:
        return once(run, key, read)
    except CrdbError as error:
        if isinstance(error, ApiError) and error.status == 404 and parent.row is None:
            object_of(run, parent)
        doing = f"read {what} of {parent.label}"
        raise (error.during(doing) if public else explained(error, doing, roles)) from None


def _session(params: Mapping[str, Any]) -> Session:
    """The session of an earlier lookup with the same connection. The process id keeps a fork from its parent's sockets."""
    connection = {name: params[name] for name in CONNECTION_OPTIONS}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    key = json.dumps([os.getpid(), connection, proxies], sort_keys=True)
    if key not in _sessions:
        # A lookup never writes, and with read_only it can't.
        api = CloudApi(connection, read_only=True, agent=f"ansible/{ansible_version}")
        api.confirm_organization()
        _sessions[key] = Session(api, Listings(oldest=OLDEST))
    return _sessions[key]


def _flat(terms: Any) -> Iterator[Any]:
    """The terms, with lists, and what filters make of lists, taken apart."""
    if isinstance(terms, (str, bytes, Mapping)) or not hasattr(terms, "__iter__"):
        yield terms
        return
    for term in terms:
        yield from _flat(term)


def kind(value: Any) -> str:
    """What *value* is, in words, where it is not what a term can be."""
    if isinstance(value, str):
        return f"'{value}'" if value.strip() else "an empty text"
    return "nothing" if value is None else f"something of the type {type(plain(value)).__name__}"
