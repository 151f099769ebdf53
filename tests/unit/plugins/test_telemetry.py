# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of logs and metrics, planned: what is sent, and what that is compared with."""

from __future__ import annotations

from plugin_fakes import desired, scope

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.log_export import LOG_EXPORT, by_name

GROUP = {"log_name": "ops", "channels": ["OPS", "HEALTH"]}
SPEC = {"type": "AWS_CLOUDWATCH", "log_name": "orders", "auth_principal": "role", "region": "", "omitted_channels": []}
ROW = {
    "status": "ENABLED",
    "spec": {**SPEC, "aws_external_id": "acme", "groups": [{**GROUP, "min_level": "UNSPECIFIED"}]},
}


def update(row=None, **params):
    return LOG_EXPORT.update(scope(), desired(LOG_EXPORT, {}, **params), row or ROW)


def test_groups_are_compared_by_what_they_mean():
    other = {"log_name": "sql", "channels": ["SQL_EXEC"]}
    for level in (None, "UNSPECIFIED", "LOG_LEVEL_UNSPECIFIED"):
        same = {**GROUP, "channels": ["HEALTH", "OPS"], "min_level": level, "enable_sending_queue": False}
        assert by_name([other, same]) == by_name([GROUP, other])
    for more in ({"redact": False}, {"min_level": "ERROR"}, {"enable_sending_queue": True}, {"channels": []}):
        assert by_name([{**GROUP, **more}]) != by_name([GROUP]), more
    assert by_name(None) == by_name([]) == {}


def test_a_change_sends_the_whole_and_nothing_that_is_empty():
    (step,) = update(redact=False).steps
    assert step.method == "POST" and step.path.endswith("/logexport")
    kept = {name: value for name, value in SPEC.items() if value} | {"aws_external_id": "acme", "groups": [GROUP]}
    assert step.body == {**kept, "redact": False}
    assert update(redact=None).steps == []


def test_another_type_of_sink_takes_what_belongs_to_the_first_away():
    (step,) = update(type="AZURE_LOG_ANALYTICS", auth_principal="workspace", azure_shared_key="planted").steps
    assert step.body.keys() == {"type", "log_name", "auth_principal", "azure_shared_key", "groups"}
    assert step.changes.keys() == {"type", "auth_principal"} and step.secrets == ("planted",)


def test_one_that_failed_is_sent_again_as_it_is():
    for state in LOG_EXPORT.lifecycle.failed:
        plan = update({**ROW, "status": state, "user_message": "why"})
        assert [step.changes for step in plan.steps] == [{"status": (state, "ENABLED")}]
        assert plan.steps[0].body["aws_external_id"] == "acme"
        assert plan.predicted["status"] == "ENABLED" and "user_message" not in plan.predicted


def test_a_secret_is_sent_again_where_that_is_wanted():
    assert update(azure_shared_key="planted", update_secret="on_create").steps == []
    assert update(update_secret="always").steps == [], "there is none to send"
    (step,) = update(azure_shared_key="planted", update_secret="always").steps
    assert step.changes == {} and step.secret_fields == ("azure_shared_key",)
