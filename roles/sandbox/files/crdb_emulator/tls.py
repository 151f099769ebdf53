# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS with a certificate of a throw-away certificate authority.

``trustme`` is imported here only, so that plain HTTP starts without it.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TestAuthority:
    """A certificate authority of one run."""

    context: ssl.SSLContext
    ca_path: Path

    def remove(self) -> None:
        """Delete the file of the authority's certificate."""
        self.ca_path.unlink(missing_ok=True)


def make_authority(host: str) -> TestAuthority:
    """A server context for ``host`` and the loopback names, and the file with the certificate of its authority."""
    import trustme

    authority = trustme.CA(organization_name="crdb_emulator")
    names = list(dict.fromkeys([host, "localhost", "127.0.0.1", "::1"]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*names).configure_cert(context)
    handle, name = tempfile.mkstemp(prefix="crdb-emulator-ca-", suffix=".pem")
    with os.fdopen(handle, "wb") as file:
        file.write(authority.cert_pem.bytes())
    return TestAuthority(context, Path(name))
