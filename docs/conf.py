"""Sphinx settings of the documentation site. tools/docs.py hands over the pages that antsibull-docs has written."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

project = "crdb.cloud"
copyright = "crdb.cloud contributors"
author = "crdb.cloud contributors"
html_title = "CockroachDB Cloud collection for Ansible"
html_short_title = "crdb.cloud"

extensions = ["sphinx_antsibull_ext"]
default_role = "any"
nitpicky = True
pygments_style = "ansible"
highlight_language = "YAML+Jinja"

# The theme loads nothing from elsewhere: the site can be read without a network, and nobody is told who reads it.
html_theme = "sphinx_rtd_theme"
html_theme_options = {"collapse_navigation": False, "navigation_depth": 3, "prev_next_buttons_location": "bottom"}
html_static_path = ["_static"]
html_css_files = ["crdb.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False

# Pages of the Ansible documentation that ours refer to by label. They stand here, since the site is built without a
# network and so without intersphinx; a label that is neither here nor in our own pages fails the build.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
ANSIBLE_LABELS = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}
ANSIBLE_PLUGIN = re.compile(r"ansible_collections\.ansible\.builtin\.(\w+_\w+)")


def link_to_ansible(app: Sphinx, env: Any, node: pending_xref, content: nodes.TextElement) -> nodes.reference | None:
    """The link for a label of the Ansible documentation; None for any other, which is then reported as missing."""
    label = node.get("reftarget", "")
    plugin = ANSIBLE_PLUGIN.fullmatch(label)
    if plugin:
        page = f"collections/ansible/builtin/{plugin[1]}.html"
    elif label in ANSIBLE_LABELS:
        page = ANSIBLE_LABELS[label]
    elif node.get("reftype") == "envvar" and label.startswith("ANSIBLE_"):
        page = f"reference_appendices/config.html#envvar-{label}"
    else:
        return None
    return nodes.reference("", "", content, internal=False, refuri=f"{ANSIBLE}/{page}")


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", link_to_ansible)
