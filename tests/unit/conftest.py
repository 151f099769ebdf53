# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No unit test sees this machine's own keys, proxies, netrc or cache."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=100, derandomize=True, database=None)
settings.load_profile("unit")

CA_VARIABLES = {"NETRC", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"}


@pytest.fixture(autouse=True)
def _own_environment(tmp_path_factory, monkeypatch):
    for name in os.environ:
        if name.startswith(("COCKROACH_", "CRDB_")) or name.lower().endswith("_proxy") or name in CA_VARIABLES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
