# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source qlikops.cloud.audit_events, which ansible-rulebook runs by its path."""

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_events
short_description: Deliver changes on Qlik Cloud tenants from their audit logs
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Polls the audit logs of tenants and delivers new events.
  - The first start begins at the newest event of each log. With O(state_file), later starts continue where the previous
    one stopped. After a crash, an event can be delivered twice, but no event is lost.
  - Events of the credential itself are ignored, so that a repair does not trigger another repair.
  - Credentials are taken from the same environment variables as those of the modules if E(QLIK_TENANT_URL) is set and
    O(contexts_path) is not. Otherwise, they are taken from the contexts of qlik-cli.
  - If a tenant rejects its credential, an error is logged and polling of this tenant stops. The source ends if no
    tenant is left. After any other failure, it retries with increasing pauses of at most five minutes or O(interval),
    whichever is longer.
  - The Python of ansible-rulebook requires ansible-core and the library requests.
options:
  tenants:
    description:
      - The contexts to poll, by name or glob pattern. Their names are the names of hosts in the inventory.
      - For the tenant in the environment, the name of its host. The default is V(localhost).
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
      - The types of events to deliver, by their new or old names.
      - The default is all types about objects and settings that this collection manages.
    type: list
    elements: str
  ignored_actors:
    description:
      - Subjects or IDs of users whose changes are also ignored, for repairs with another credential.
      - The bot of an OAuth client is a user.
    type: list
    elements: str
    default: []
  interval:
    description:
      - The time between two polls of a tenant, in seconds.
    type: float
    default: 60
  overlap:
    description:
      - The time before the newest received event that is read again, in seconds. Events can become visible late.
    type: float
    default: 300
  state_file:
    description:
      - The file that stores how far the source has read. Each source requires its own file.
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
#: The path of this file, with symbolic links unresolved: the target of a link is not in a folder ansible_collections.
_FILE = os.path.abspath(__file__)
_COLLECTIONS = "ansible_collections"
#: The number of levels up to ansible_collections: event_source, plugins, eda, extensions, cloud, qlikops, and itself.
_DEPTH = 7


async def main(queue: asyncio.Queue[Any], args: Dict[str, Any]) -> None:
    """Deliver the events of tenants until the task is canceled.

    :raises Exception: if the source cannot start, or if no tenant is left to poll. The message is the reason.
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
    """Make this collection importable. Ansible's own loader would change the imports of the engine.

    :raises RuntimeError: if the file is not in a collection.
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
    # An installed package of that name, such as that of the PyPI package ansible, hides the folder.
    package = __import__(_COLLECTIONS)
    if folder not in list(package.__path__):
        package.__path__.insert(0, folder)
