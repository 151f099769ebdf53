# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API v2 of one running three-node cluster.

It stands beside the Cloud API of the same process and belongs to one named Advanced cluster of it, whose SQL users
it shares: ``accounts.py``. ``routes.py`` has the table of endpoints, ``profiles.py`` what the server versions
differ in, ``sql/`` the statements that ``POST /sql/`` understands, ``patch.py`` what the control plane can change.

Marks in the docstrings: [H] read in the source of the server or its tests, [M] one indirect source, [L] inference.
A fact marked [L] is a choice of this emulator that no test of a client may rely on.
"""
