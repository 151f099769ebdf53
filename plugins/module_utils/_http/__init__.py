# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session that all requests go through: pacing, deadlines, TLS, what answers must look like.

The two clients come in, and whoever says what shape an answer has.
"""

from __future__ import annotations
