# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local stand-in for the CockroachDB Cloud API and for the Cluster API v2 of a running cluster.

``python -m crdb_emulator`` listens on two loopback ports, prints one JSON line with its URLs and keeps everything in
memory. It answers in all four published versions of the Cloud API; ``--profile seed`` answers as the first public
documentation page prints wherever that page and the official specifications differ. The Cluster API, in five server
versions, is in ``cluster_api/``. ``--help`` lists every option. Most nouns are rows of ``kinds.py``, answered by
``nouns.py`` with the fields of ``surface.json``; clusters and what has a module of its own here are irregular.

Facts in the docstrings carry a mark: [D] the official documentation or specification says so, [C] read from the
behaviour of official clients, [G] a guess. A guess that could be otherwise is an option of the command line.

The control plane is below ``/_emulator`` on both ports, without authentication, for loopback clients only; see
``control.py`` for its requests and answers and ``faults.py`` for the faults that can be armed.
"""

from __future__ import annotations

__version__ = "1.0.0"
