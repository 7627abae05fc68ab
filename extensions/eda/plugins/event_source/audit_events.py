# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source qlikops.cloud.audit_events, which ansible-rulebook runs by its path."""

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_events
short_description: Changes on Qlik Cloud tenants, from their audit logs
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Polls the audit logs of tenants, and delivers the events that are new.
  - The first start begins at the newest event of each log. With O(state_file), later starts continue where the last one
    stopped. An event can be delivered twice after a crash, and none is lost.
  - Events that the credential itself caused are ignored, so that a repair does not start another one.
  - Credentials come from the environment, as those of the modules do, or from the contexts of qlik-cli. The first is
    used if E(QLIK_TENANT_URL) is set and O(contexts_path) is not.
  - A tenant that rejects its credential is reported once and not polled any more. The source ends if no tenant is left.
    After any other failure it tries again, less and less often, and at least every five minutes or every O(interval).
  - The Python of ansible-rulebook requires ansible-core and the library requests.
options:
  tenants:
    description:
      - The contexts to poll, by their names or glob patterns. Their names are those of hosts in the inventory.
      - For the tenant of the environment, the name of its host. V(localhost) by default.
    type: list
    elements: str
    default: ["*"]
  contexts_path:
    description:
      - The contexts file of qlik-cli, or its folder. The default is the one of the inventory plugin
        P(qlikops.cloud.qlik_contexts#inventory).
    type: str
  event_types:
    description:
      - The types of events to deliver, under their new or old names.
      - By default all types about what this collection manages.
    type: list
    elements: str
  ignored_actors:
    description:
      - Subjects or IDs of users whose changes are ignored too, for a repair with another credential.
      - The bot of an OAuth client is a user.
    type: list
    elements: str
    default: []
  interval:
    description:
      - Seconds between two polls of a tenant.
    type: float
    default: 60
  overlap:
    description:
      - Seconds before the newest event that was received that are read again, for events that become visible late.
    type: float
    default: 300
  state_file:
    description:
      - Where the source keeps how far it has read. Each source requires a file of its own.
      - Without it, events that happen while the source is not running are not delivered.
    type: str
"""

EXAMPLES = r"""
- qlikops.cloud.audit_events:
    contexts_path: /etc/qlik/contexts.yml
    tenants: ["prod-*"]
    state_file: /var/lib/qlik/audit_events.json
    interval: 60
"""

import asyncio
import os
import sys
from typing import Any, Dict

_NAME = "qlikops.cloud.audit_events"
#: Where the file is, with links as they are: a linked checkout has no folder ansible_collections around it.
_FILE = os.path.abspath(__file__)
_COLLECTIONS = "ansible_collections"
#: Folders between this file and that of all collections: event_source, plugins, eda, extensions, cloud, qlikops.
_DEPTH = 7


async def main(queue: asyncio.Queue[Any], args: Dict[str, Any]) -> None:
    """Deliver the events of tenants until the task is canceled.

    :raises Exception: when the source cannot begin, or no tenant is left to poll. The message says why.
    """
    _make_importable()
    try:
        import ansible.errors  # noqa: F401
        import requests  # noqa: F401
    except Exception as error:
        text = "%s cannot start: %s has no working ansible-core or requests (%s). Install both: %s -m pip install"
        text += " ansible-core requests"
        raise RuntimeError(text % (_NAME, sys.executable, error, sys.executable)) from None
    from ansible_collections.qlikops.cloud.plugins.plugin_utils._event_source import run

    await run(queue, args)


def _make_importable() -> None:
    """Let Python find this collection. Ansible's own loader would change how the engine imports.

    :raises RuntimeError: when the file is not in a collection.
    """
    folder = _FILE
    for _level in range(_DEPTH):
        folder = os.path.dirname(folder)
    if os.path.basename(folder) != _COLLECTIONS:
        text = "%s must be in an installed collection: %s is not below a folder %s/qlikops/cloud."
        raise RuntimeError(text % (_NAME, _FILE, _COLLECTIONS))
    root = os.path.dirname(folder)
    if root not in sys.path:
        sys.path.insert(0, root)
    # A package of that name, as the PyPI package ansible has it, hides folders of that name.
    package = __import__(_COLLECTIONS)
    if folder not in list(package.__path__):
        package.__path__.insert(0, folder)
