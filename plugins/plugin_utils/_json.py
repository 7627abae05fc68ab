# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as JSON has them: what passes between a task and a flow in the same process, as if there were a process."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any


def as_json(value: Any) -> Any:
    """A value made of JSON's types alone: without Ansible's own kinds of texts, which can count as trusted templates.

    Dates are texts, keys are texts, and a vaulted value is what was encrypted.

    :raises TypeError: for a value that JSON cannot have.
    """
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if hasattr(value, "encode"):
        # What ansible-core 2.16 to 2.18 make of a vaulted value is no str.
        return str(value)
    if isinstance(value, (Sequence, Set)):
        return list(value)
    raise TypeError("A value of the type %s cannot be an option." % type(value).__name__)
