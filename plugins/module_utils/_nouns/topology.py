# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nouns live below a cluster. What is listed here can be part of a fleet."""

from __future__ import annotations

from .allowlist_entry import ALLOWLIST_ENTRY
from .base import Resource
from .database import DATABASE
from .sql_user import SQL_USER

# In the order in which they are carried out.
CHILDREN: tuple[Resource, ...] = (DATABASE, SQL_USER, ALLOWLIST_ENTRY)
PURGEABLE = tuple(resource.plural for resource in CHILDREN if resource.purgeable)
