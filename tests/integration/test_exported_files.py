# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported variables are loaded by Ansible itself: what text of others says is never executed, and all is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.helpers.runner import Runner
from integration.helpers.traps import SET_FACT, Traps, conditions, ways

from ansible_collections.crdb.cloud.plugins.module_utils._export.document import Secret, dump

CODES = {"__ansible_unsafe": "x", "__ansible_vault": "y", "__ansible_type": "z", "<<": "5", "=": "no", "on": "007"}


@pytest.mark.every_core
def test_nothing_of_an_exported_file_is_executed(playbook: Runner, tmp_path: Path) -> None:
    traps = Traps(tmp_path / "traps")
    exported = {
        "labels": traps.keys("key", "5"),
        "texts": traps.values("value"),
        "codes": CODES,
        "clusters": [
            {
                "name": text,
                "notes": [text],
                "inner": {"list": [{"deep": text}]},
                "labels": {text: text},
                "password": Secret("vault_set" if number % 2 else "vault_unset"),
            }
            for number, text in enumerate(traps.texts("entry"))
        ],
    }
    places = {"included": "org.{0}", "listed": "listed_{0}", "inventory": "inventory_{0}"}
    include, listed, inventory = (tmp_path / f"{name}.yml" for name in places)
    include.write_text(dump(exported, heading="Included"))
    listed.write_text(dump({f"listed_{name}": value for name, value in exported.items()}))
    inventory.write_text(dump({"all": {"vars": {f"inventory_{name}": value for name, value in exported.items()}}}))
    sources = {f"{place}_{name}": form.format(name) for place, form in places.items() for name in exported}
    # Every place is read, and what is done with a thing from there is tried for each kind of thing once.
    whole = {name: f"{{{{ {source} | default(omit) }}}}" for name, source in sources.items()}
    handled = {name: sources[name] for name in ("included_labels", "listed_texts")}
    run = playbook(
        [
            {"ansible.builtin.include_vars": {"file": str(include), "name": "org"}},
            {"name": "whole", SET_FACT: {f"{name}_read": value for name, value in whole.items()}},
            *(task for name, source in handled.items() for task in ways(name, source)),
            conditions(sources["inventory_labels"]),
            {
                "name": "names",
                SET_FACT: {"each": "{{ item.name }}", "all": "{{ item.labels }}", "text": "{{ item.notes | join }}"},
                "loop": "{{ org.clusters }}",
            },
        ],
        play={"vars_files": [str(listed)]},
        arguments=["-i", str(inventory)],
        variables={"vault_set": "geheim"},
        verbosity=0,
        warns=None,
        fails=None,
    )
    assert traps.executed() == []
    facts = {
        outcome.name: outcome.result["ansible_facts"] for outcome in run.outcomes if "ansible_facts" in outcome.result
    }
    exported["clusters"] = [
        {key: value for key, value in {**cluster, "password": "geheim"}.items() if key != "password" or number % 2}
        for number, cluster in enumerate(exported["clusters"])
    ]
    for name in sources:
        assert facts["whole"][f"{name}_read"] == exported[name.partition("_")[2]]
    for name in handled:
        assert facts[f"{name} facts"][f"{name}_read"][0] == exported[name.partition("_")[2]]
