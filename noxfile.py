"""Sessions for people who like nox: each calls the make target of the same name, where the work is described."""

from __future__ import annotations

import nox

CORES = ["2.16.19", "2.17.*", "2.18.*", "2.19.*", "2.20.*", "2.21.*"]

nox.options.sessions = ["lint", "unit"]


@nox.session(python=False)
def lint(session: nox.Session) -> None:
    """Run every linter."""
    session.run("make", "lint")


@nox.session(python=False)
@nox.parametrize("core", CORES)
def unit(session: nox.Session, core: str) -> None:
    """Run the unit tests on one ansible-core."""
    session.run("make", "unit", f"CORE={core}")


@nox.session(python=False)
@nox.parametrize("core", CORES)
def integration(session: nox.Session, core: str) -> None:
    """Run the integration tests on one ansible-core."""
    session.run("make", "integration", f"CORE={core}")


@nox.session(python=False)
def cores(session: nox.Session) -> None:
    """Run on the other ansible-cores what depends on them."""
    session.run("make", "cores")


@nox.session(python=False)
@nox.parametrize("core", CORES)
def sanity(session: nox.Session, core: str) -> None:
    """Run ansible-test sanity of one ansible-core."""
    session.run("make", "sanity", f"SANITY_CORES={core}")
