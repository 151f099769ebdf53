# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a fleet for every noun, from what the nouns declare."""

from __future__ import annotations

from dataclasses import replace

from .._nouns.field import Field
from .._nouns.noun import Noun
from .._nouns.registry import CHILDREN, LISTS, PURGEABLE, PURGED, list_name
from .module import entries_option

SECRET_PATH = "secret_path"


def _text(noun: Noun, purged_by: str) -> tuple[str, ...]:
    alone, where = not noun.plural, " of the cluster" if noun in CHILDREN else ""
    managed = f"as M(crdb.cloud.{noun.name}) manages {'that' if alone else 'them'}"
    found = [f"The {noun.words if alone else noun.many}{where}, {managed}."]
    if purged_by:
        found[0] += f" Those that are not listed stay, unless O({purged_by}) says otherwise."
    elif not alone:
        found[0] += " Those that are not listed stay."
    if noun.reveals:
        found.append("An entry needs O(secret_path), unless its key is there: a fleet returns no secret.")
    elif any(option.name == SECRET_PATH for option in noun.options):
        found.append(f"Its secret is not stored by a fleet, but by O(crdb.cloud.{noun.name}#module:{SECRET_PATH}).")
    return (*found, *([f"Needs O(api_version={noun.since}) or newer."] if noun.since else ()))


def list_option(noun: Noun) -> Field:
    """The option of a fleet for objects of *noun*: a list, or a dictionary of what is there once."""
    purged_by = "purge_lists" if noun in PURGED else "purge_children" if list_name(noun) in PURGEABLE else ""
    found = entries_option(list_name(noun), noun, text=_text(noun, purged_by), several=bool(noun.plural))
    # What can be asked for at any time is left to the noun's own module.
    return found if noun.reveals else replace(found, options=tuple(o for o in found.options if o.name != SECRET_PATH))


LIST_OPTIONS = tuple(map(list_option, LISTS))
CHILD_OPTIONS = (
    *map(list_option, CHILDREN),
    Field(
        "purge_children",
        type="list",
        elements="str",
        choices=PURGEABLE,
        text="Lists of this cluster that are complete. What is there and not listed is deleted.",
    ),
    Field(
        "protected",
        type="list",
        elements="str",
        text="Names of what is never deleted, whatever O(purge_children) says: of SQL users, databases and others by name, of allowlist entries by network.",
    ),
)
PURGE_LISTS = Field(
    "purge_lists",
    type="dict",
    text=(
        "The exact names of objects of the organization that are deleted, for each list. Nothing else is ever deleted from these lists.",
        "A name that is listed as well is an error; one that nothing has is done.",
        "An API key is named C(account/name), a folder by its path, a JWT issuer C(issuer_url/audience).",
        "Neither the key that the task uses nor the account that it is of is deleted, and delete protection is honoured.",
    ),
    options=tuple(
        Field(noun.plural, type="list", elements="str", text=f"Names of {noun.many} to delete.") for noun in PURGED
    ),
)
