# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``POST /sql/``: a small SQL of our own, because generic parsers do not know these statements.

``lexer.py`` and ``parser.py`` (which documents the grammar) turn text into ``syntax.py``; ``show.py``,
``privileges.py``, ``principals.py`` and ``queries.py`` execute it; ``transaction.py`` runs the statements of a
request; ``endpoint.py`` reads and writes the JSON.
"""
