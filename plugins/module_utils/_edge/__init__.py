# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's declaration, and its run, as a plain module or in the controller.

Modules and action plugins come in, nobody else.
"""

from __future__ import annotations
