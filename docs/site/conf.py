# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the site out of what antsibull-docs has written."""

from __future__ import annotations

import re
from pathlib import Path
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
html_extra_path = ["../../roles/qlik_seed/files/qlik-seed.schema.json"]
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

WELCOME = Path(__file__).with_name("welcome.rst")
HEADING = re.compile(r"^(.+)\n([-~])\2+\n", re.MULTILINE)
TOCTREE = ".. toctree::\n"
PLUGIN_PAGE = re.compile(r"^    ((\w+)_(?:module|filter|inventory|lookup|role))$", re.MULTILINE)


def link_to_ansible(_app: Sphinx, _env: Any, target: Any, text: nodes.TextElement) -> nodes.reference | None:
    """The link of a reference into Ansible's own documentation, and nothing for any other."""
    label = target["reftarget"]
    plugin = PLUGIN.fullmatch(label)
    page = f"collections/ansible/builtin/{plugin[1]}.html" if plugin else LABELS.get(label)
    if target.get("reftype") == "envvar" and label.startswith("ANSIBLE_"):
        page = f"{LABELS['ansible_configuration_settings']}#envvar-{label}"
    return nodes.reference("", "", text, refuri=ANSIBLE + page, internal=False) if page else None


def make_landing_page(_app: Sphinx, page: str, source: list[str]) -> None:
    """Begin the landing page with what the collection is for, and group the pages beside it as it does.

    antsibull-docs knows no text for that page, and no captions.
    """
    if page != "index":
        return
    before, description, index = source[0].partition("Description\n-----------\n")
    sections = HEADING.split(PLUGIN_PAGE.sub(r"    \2 <\1>", index))
    parts = [sections[0]]
    for title, line, text in zip(sections[1::3], sections[2::3], sections[3::3], strict=True):
        captioned = text.replace(TOCTREE, f"{TOCTREE}    :caption: {title}\n")
        parts.append(f"{title}\n{line * len(title)}\n{captioned}")
    source[0] = before + WELCOME.read_text(encoding="utf-8") + description + "".join(parts)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", make_landing_page)
    app.connect("missing-reference", link_to_ansible)
