# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lists of a fleet ask for, and what is wrong with them, before anything is asked of the API."""

from __future__ import annotations

from typing import Any

import pytest
from plugin_fakes import NEWEST, OTHER_ID, VERSIONS

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.entries import wanted_children, wanted_lists
from ansible_collections.crdb.cloud.plugins.modules.fleet import MODULE

OPTIONS = {option.name: option for option in MODULE.options}
INSIDE = {option.name: option for option in OPTIONS["clusters"].options}
AUDITOR = [{"role": "AUDITOR"}]


def entries(options: dict[str, Any], **lists: Any) -> dict[str, Any]:
    """*lists* as Ansible hands them to a module: with all options, and their defaults."""

    def filled(name: str, entry: dict[str, Any]) -> dict[str, Any]:
        return {option.name: entry.get(option.name, option.default) for option in options[name].options}

    return {
        name: [filled(name, entry) for entry in value] if isinstance(value, list) else filled(name, value)
        for name, value in lists.items()
    }


def asked(version: str = NEWEST, **lists: Any) -> list[tuple[str, str]]:
    found = wanted_lists(entries(OPTIONS, **lists), version)
    return [(each.noun.name, ask.at) for each in found for ask in each.asks]


def refused(version: str = NEWEST, below: bool = False, **lists: Any) -> str:
    with pytest.raises(OptionError) as caught:
        (wanted_children if below else wanted_lists)(entries(INSIDE if below else OPTIONS, **lists), version)
    return str(caught.value)


def test_lists_come_in_the_order_of_work_whatever_that_of_the_options():
    found = asked(
        role_grants=[{"service_account": "deploy", "roles": AUDITOR}],
        api_keys=[{"service_account": "deploy", "name": "one"}, {"service_account": "deploy", "name": "two"}],
        service_accounts=[{"name": "deploy"}],
        folders=[{"path": "/platform"}],
    )
    assert [noun for noun, _at in found][:2] == ["folder", "service_account"]
    assert ("api_key", "api_keys[1]") in found and ("role_grant", "role_grants[0]") in found


def test_what_only_the_world_tells_is_no_mistake_yet():
    """A folder in one that is given by its id, keys of an account of which nobody knows the id, data of another cluster."""
    assert asked(folders=[{"name": "prod", "parent": OTHER_ID}, {"id": OTHER_ID, "labels": {}}])
    assert asked(role_grants=[{"user": "alice@example.com", "roles": [{"role": "CLUSTER_ADMIN", "cluster": OTHER_ID}]}])
    restore = {"source_cluster": "orders", "type": "CLUSTER", "backup_before": "2025-01-02T00:00:00Z"}
    assert wanted_children(entries(INSIDE, restores=[restore]), NEWEST)


@pytest.mark.parametrize(
    ("lists", "place"),
    [
        ({"folders": [{"path": "/a-b"}, {"path": "/a-b/"}]}, "folders: folder '/a-b' is listed twice"),
        ({"folders": [{"id": OTHER_ID, "labels": {}}] * 2}, f"folders: folder '{OTHER_ID}' is listed twice"),
        ({"scim_users": [{"user_name": "A@example.com"}, {"user_name": "a@example.com"}]}, "is listed twice"),
        (
            {"role_grants": [{"group": "dba", "roles": AUDITOR}, {"group": "dba", "roles": []}]},
            "role_grants: the roles of 'dba' is listed twice",
        ),
    ],
)
def test_one_object_is_listed_once(lists, place):
    assert place in refused(**lists)


def test_the_same_name_in_two_places_is_two_objects():
    names = [{"service_account": account, "name": "pipeline"} for account in ("one", "two")]
    assert len(asked(api_keys=names)) == 2
    grants = [{"group": "dba", "roles": AUDITOR}, {"service_account": "dba", "roles": AUDITOR}]
    assert len(asked(role_grants=grants)) == 2


def test_mistakes_below_a_cluster_have_their_place():
    restore = {"source_cluster": "orders", "type": "CLUSTER", "backup_before": "2025-01-02T00:00:00Z"}
    text = refused(
        below=True,
        metric_exports=[{"sink": "prometheus"}, {"sink": "prometheus"}],
        restores=[restore, dict(restore)],
        maintenance_window={"day": "monday", "start": "01:00", "duration": "1h"},
        blackout_windows=[{"start_time": "tomorrow", "end_time": "2030-01-01T00:00:00Z"}],
    )
    for part in (
        "metric_exports: the metric export 'prometheus' is listed twice",
        "restores: restore is listed twice",
        "maintenance_window: duration must be at least 6h",
        "blackout_windows[0]: start_time: 'tomorrow'",
    ):
        assert part in text


def test_what_the_version_does_not_have_is_refused():
    assert "The list folders does not work with api_version 2022-03-31" in refused(
        VERSIONS[0], folders=[{"path": "/a-b"}]
    )
    text = refused(VERSIONS[0], below=True, backup_configuration={"enabled": False})
    assert "The option backup_configuration does not work with api_version 2022-03-31" in text
    assert wanted_lists(entries(OPTIONS, folders=[]), VERSIONS[0])[0].asks == []
