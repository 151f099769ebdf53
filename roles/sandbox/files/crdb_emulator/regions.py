# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The regions of the three providers: code, place, whether Basic and Standard clusters may use it, distance.

The list is that of the public regions page [D]; distances (in kilometres from the client) are fixed [G], they only
give the documented order of ``available-regions``. Rows: code, location, serverless, distance.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from crdb_emulator.errors import invalid


@dataclass(frozen=True, slots=True)
class ProviderRegion:
    """A region of a cloud provider."""

    name: str
    location: str
    provider: str
    serverless: bool
    distance: float


_TABLE = """
GCP us-central1 Council Bluffs, Iowa|yes|1480.5
GCP us-east1 Moncks Corner, South Carolina|yes|905.25
GCP us-east4 Ashburn, Virginia|yes|330.5
GCP us-west1 The Dalles, Oregon|no|3720.0
GCP us-west2 Los Angeles, California|yes|3935.75
GCP us-west4 Las Vegas, Nevada|no|3570.5
GCP northamerica-northeast1 Montreal, Quebec|no|535.5
GCP northamerica-northeast2 Toronto, Ontario|no|550.25
GCP southamerica-east1 Sao Paulo, Brazil|yes|7690.5
GCP europe-west1 St. Ghislain, Belgium|yes|5860.25
GCP europe-west2 London, England|yes|5570.5
GCP europe-west3 Frankfurt, Germany|yes|6200.75
GCP europe-west4 Eemshaven, Netherlands|no|5905.5
GCP europe-central2 Warsaw, Poland|no|6850.5
GCP europe-southwest1 Madrid, Spain|no|5770.25
GCP asia-east1 Changhua County, Taiwan|no|12540.5
GCP asia-northeast1 Tokyo, Japan|yes|10850.5
GCP asia-northeast3 Seoul, South Korea|no|11060.75
GCP asia-south1 Mumbai, India|yes|12540.75
GCP asia-southeast1 Jurong West, Singapore|yes|15340.5
GCP asia-southeast2 Jakarta, Indonesia|no|16180.5
GCP australia-southeast1 Sydney, Australia|yes|15990.5
GCP me-west1 Tel Aviv, Israel|no|9120.5
AWS us-east-1 N. Virginia|yes|330.25
AWS us-east-2 Ohio|yes|540.5
AWS us-west-1 N. California|no|4130.5
AWS us-west-2 Oregon|yes|3745.5
AWS ca-central-1 Montreal, Canada|yes|535.25
AWS sa-east-1 Sao Paulo, Brazil|yes|7690.25
AWS eu-central-1 Frankfurt, Germany|yes|6200.5
AWS eu-west-1 Ireland|yes|5110.5
AWS eu-west-2 London, England|yes|5570.25
AWS eu-west-3 Paris, France|no|5840.5
AWS eu-north-1 Stockholm, Sweden|no|6310.5
AWS eu-south-1 Milan, Italy|no|6480.5
AWS ap-east-1 Hong Kong|no|12960.5
AWS ap-northeast-1 Tokyo, Japan|yes|10850.25
AWS ap-northeast-2 Seoul, South Korea|no|11060.5
AWS ap-south-1 Mumbai, India|yes|12540.25
AWS ap-southeast-1 Singapore|yes|15340.25
AWS ap-southeast-2 Sydney, Australia|yes|15990.25
AWS ap-southeast-3 Jakarta, Indonesia|no|16180.25
AWS af-south-1 Cape Town, South Africa|no|12580.5
AWS me-south-1 Bahrain|no|10770.5
AWS il-central-1 Tel Aviv, Israel|no|9120.25
AZURE eastus Virginia|no|330.75
AZURE eastus2 Virginia|yes|335.5
AZURE centralus Iowa|no|1400.5
AZURE northcentralus Illinois|no|960.5
AZURE westus2 Washington|yes|3740.5
AZURE westus3 Phoenix, Arizona|no|3180.5
AZURE canadacentral Toronto, Canada|no|550.5
AZURE brazilsouth Sao Paulo, Brazil|no|7690.75
AZURE northeurope Ireland|no|5110.75
AZURE westeurope Netherlands|yes|5990.5
AZURE uksouth London, England|no|5570.75
AZURE germanywestcentral Frankfurt, Germany|no|6200.25
AZURE swedencentral Gavle, Sweden|no|6280.5
AZURE centralindia Pune, India|yes|12620.5
AZURE japaneast Tokyo, Japan|no|10850.75
AZURE southeastasia Singapore|yes|15340.75
AZURE australiaeast New South Wales, Australia|no|15990.75
"""


def _parse(line: str) -> ProviderRegion:
    head, serverless, distance = line.split("|")
    provider, name, location = head.split(" ", 2)
    return ProviderRegion(name, location, provider, serverless == "yes", float(distance))


# Nearest first [D].
REGIONS: tuple[ProviderRegion, ...] = tuple(
    sorted((_parse(line) for line in _TABLE.strip().splitlines()), key=lambda region: (region.distance, region.name))
)
_BY_PROVIDER: dict[str, dict[str, ProviderRegion]] = {}
for _region in REGIONS:
    _BY_PROVIDER.setdefault(_region.provider, {})[_region.name] = _region


def regions_of(provider: str) -> dict[str, ProviderRegion]:
    """The regions of a provider by name, nearest first."""
    return _BY_PROVIDER.get(provider, {})


def check_region(provider: str, name: str, *, serverless: bool) -> None:
    """Raise ``ApiError`` 400 with the observed message when a region is unknown or not for the plan [C]."""
    known = regions_of(provider)
    region = known.get(name)
    if region is None:
        hint = _similar(name, list(known))
        raise invalid(
            f"invalid region name '{name}' for {provider}." + (f" Did you mean to use '{hint}'" if hint else "")
        )
    if serverless and not region.serverless:
        raise invalid(f"region '{name}' is not available for serverless clusters on {provider}")


def _similar(name: str, known: list[str]) -> str | None:
    plain = name.replace("-", "").lower()
    for candidate in known:
        if candidate.replace("-", "") == plain:
            return candidate
    close = difflib.get_close_matches(name, known, n=1)
    return close[0] if close else None
