# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published versions of the Cloud API and their negotiation through the ``Cc-Version`` header.

[D] An omitted header meant 2022-03-31 until September 2024 and means the latest version since; an invalid one is
answered with 400 and the message ``invalid Cc-Version``. ``latest`` is no header value [G].
"""

from __future__ import annotations

from enum import IntEnum

from crdb_emulator.errors import invalid


class ApiVersion(IntEnum):
    """A published version; the order is the order of publication."""

    V2022_03_31 = 20220331
    V2022_09_20 = 20220920
    V2023_04_10 = 20230410
    V2024_09_16 = 20240916
    V2026_09_15 = 20260915

    @property
    def text(self) -> str:
        """The version as the header writes it, ``YYYY-MM-DD``."""
        digits = str(int(self))
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


LATEST = ApiVersion.V2026_09_15
BY_TEXT: dict[str, ApiVersion] = {version.text: version for version in ApiVersion}


def negotiate(header: str | None, default: ApiVersion) -> ApiVersion:
    """Return the version a request speaks; raises ``ApiError`` 400 code 3 on an unknown one."""
    if header is None:
        return default
    version = BY_TEXT.get(header.strip())
    if version is None:
        raise invalid("invalid Cc-Version", prefix=False)
    return version
