# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Output for people between the tasks of Ansible, and helpers for its texts."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Iterable
from urllib.parse import urlsplit

from ansible import constants
from ansible.utils.display import Display
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import visible
from markupsafe import Markup


def say(lines: Iterable[str]) -> None:
    """Show lines unchanged and together, unless the output of the run is for machines."""
    text = "\n".join(lines)
    if text and constants.DEFAULT_STDOUT_CALLBACK.rpartition(".")[2] not in ("json", "jsonl"):
        # One call, so that results of other hosts cannot come between the lines.
        Display().display(text)


def host_of(url: str) -> str:
    """Return the host and port of a URL, without credentials, path, and query."""
    return urlsplit(url if "//" in url else "//" + url).netloc.rpartition("@")[2]


def without_certainty(text: str) -> str:
    """Return a reason without the final sentence that nothing was changed."""
    return re.sub(r"\s+Nothing was changed\.$", "", text)


def visible_text(value: Any) -> Any:
    """Return a string with its invisible characters spelled out, except line breaks. Other values are unchanged."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "\n".join(map(visible, value.split("\n")))
