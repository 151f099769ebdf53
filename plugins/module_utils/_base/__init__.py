# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every room uses: errors, masking, files, text. Knows no HTTP and no API.

Everybody may come in.
"""

from __future__ import annotations
