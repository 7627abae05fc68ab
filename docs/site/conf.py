# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the site out of what antsibull-docs has written."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

project = html_title = "qlikops.cloud"
author = "qlikops contributors"
extensions = ["sphinx_antsibull_ext"]
# A reference that leads nowhere is a warning, and the build makes errors of warnings.
nitpicky = True
default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
pygments_dark_style = "monokai"
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_static_path = ["static"]
html_css_files = ["site.css"]
antsibull_ext_color_scheme = "default-autodark"

ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
#: The labels of Ansible's own documentation that antsibull-docs refers to. Its list of all labels would have to be
#: fetched at every build.
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "inventory_plugins": "plugins/inventory.html",
}
PLUGIN = re.compile(r"ansible_collections\.ansible\.builtin\.(\w+)")


def link_to_ansible(_app: Sphinx, _env: Any, target: Any, text: nodes.TextElement) -> nodes.reference | None:
    """The link of a reference into Ansible's own documentation, and nothing for any other."""
    label = target["reftarget"]
    plugin = PLUGIN.fullmatch(label)
    page = f"collections/ansible/builtin/{plugin[1]}.html" if plugin else LABELS.get(label)
    if target.get("reftype") == "envvar" and label.startswith("ANSIBLE_"):
        page = f"{LABELS['ansible_configuration_settings']}#envvar-{label}"
    return nodes.reference("", "", text, refuri=ANSIBLE + page, internal=False) if page else None


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", link_to_ansible)
