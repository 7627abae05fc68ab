# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines for people, between the output of Ansible's tasks, and what of a result they need."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Iterable
from urllib.parse import urlsplit

from ansible import constants
from ansible.utils.display import Display


def say(lines: Iterable[str]) -> None:
    """Show lines as they are and in one piece, unless the output of the run is for machines."""
    text = "\n".join(lines)
    if text and constants.DEFAULT_STDOUT_CALLBACK.rpartition(".")[2] not in ("json", "jsonl"):
        # Between two calls the results of other hosts would come.
        Display().display(text)


def host_of(url: str) -> str:
    """A URL without what does not address: no credentials, path or query."""
    return urlsplit(url if "//" in url else "//" + url).netloc.rpartition("@")[2]


def without_certainty(text: str) -> str:
    """A reason without the sentence that nothing was changed, which is no news where nothing can have been."""
    return re.sub(r"\s+Nothing was changed\.$", "", text)
