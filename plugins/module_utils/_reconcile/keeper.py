# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the secret of a new key goes, which is told once: to a file, or to whoever asked for it."""

from __future__ import annotations

from .._base.disk import SecretFile, read_secret
from .._base.errors import CrdbError
from .._cloud_api.client import key_id


class SecretKeeper(SecretFile):
    """Takes the secret of a new key, for the file *path*; without one as *told*, unless *refusal* says why it must not be."""

    def __init__(self, path: str | None, refusal: CrdbError | None = None) -> None:
        super().__init__(path)
        self._refusal = refusal
        self.told: str | None = None

    def stored(self) -> str:
        """The id of the key whose secret is in the file; "" where there is none."""
        text = read_secret(self.path).strip()
        found = key_id(text)
        if text and not found:
            raise CrdbError(
                f"The file {self.path} has something else than the secret of an API key", "Name another file"
            )
        return found

    def expect(self) -> None:
        if not self.path and self._refusal:
            raise self._refusal

    def keep(self, secret: str) -> None:
        if self.path:
            super().keep(secret)
        else:
            self.told = secret
