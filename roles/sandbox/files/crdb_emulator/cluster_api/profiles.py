# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server versions differ in, see section 4 of the reference."""

from __future__ import annotations

from dataclasses import dataclass

HOT_MAP = "map"
HOT_SINGULAR = "singular"
HOT_ARRAYS = "arrays"


@dataclass(frozen=True, slots=True)
class Profile:
    """One server version.

    ``metadata_role``: VIEWCLUSTERMETADATA opens the guarded routes, before it was admin alone [M for 24.2].
    ``renamed_version``: the keys of ``ServerVersion`` are major and minor instead of major_val and minor_val [M].
    """

    text: str
    patch: int
    metadata_role: bool
    hot: str
    targets: bool
    renamed_version: bool
    store_metrics: bool
    session_status: bool
    rules: bool
    sql: bool
    restart_safety: bool
    backend_pid: bool
    range_rates: bool
    show_public: bool

    @property
    def major(self) -> int:
        """25 of 25.4."""
        return int(self.text.partition(".")[0])

    @property
    def minor(self) -> int:
        """4 of 25.4."""
        return int(self.text.partition(".")[2])

    @property
    def build_tag(self) -> str:
        """``v25.4.4``."""
        return f"v{self.text}.{self.patch}"

    @property
    def number(self) -> tuple[int, int]:
        """For comparing."""
        return self.major, self.minor


def _profile(text: str, patch: int, *, hot: str) -> Profile:
    major, minor = (int(part) for part in text.split("."))
    at = (major, minor)
    return Profile(
        text=text,
        patch=patch,
        metadata_role=at >= (24, 2),
        hot=hot,
        targets=at < (22, 2),
        renamed_version=at >= (22, 1),
        store_metrics=at >= (23, 2),
        session_status=at >= (23, 1),
        rules=at >= (22, 1),
        sql=at >= (23, 1),
        restart_safety=at >= (25, 4),
        backend_pid=at >= (24, 2),
        range_rates=at >= (24, 2),
        show_public=at >= (25, 1),
    )


PROFILES: dict[str, Profile] = {
    profile.text: profile
    for profile in (
        _profile("21.2", 17, hot=HOT_MAP),
        _profile("22.1", 22, hot=HOT_SINGULAR),
        _profile("23.1", 30, hot=HOT_SINGULAR),
        _profile("24.2", 10, hot=HOT_SINGULAR),
        _profile("25.4", 4, hot=HOT_ARRAYS),
    )
}
