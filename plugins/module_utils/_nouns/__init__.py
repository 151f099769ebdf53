# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the nouns of the Cloud API are: data, and beside it what is irregular about some. Pure, no I/O.

The reconciler works with it, and all above.
"""

from __future__ import annotations
