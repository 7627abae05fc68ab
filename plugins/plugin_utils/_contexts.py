# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the contexts of qlik-cli, which contain servers and credentials."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, NamedTuple, Optional

import yaml
from ansible.errors import AnsibleError
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import base_url
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._files import read_file
from ansible_collections.qlikops.cloud.plugins.plugin_utils._inventory import can_be_host

#: The maximum size of the file in bytes.
_MOST_BYTES = 4 * 1024**2
#: The maximum number of values in the file with all aliases resolved: a few nested aliases can expand to gigabytes.
_MOST_VALUES = 200000
_DEFAULT = "~/.qlik/contexts.yml"


class Context(NamedTuple):
    """One context of a tenant. It has either C(api_key), or C(client_id) and C(client_secret)."""

    tenant_url: str
    api_key: Optional[str]
    client_id: Optional[str]
    client_secret: Optional[str]
    validate_certs: bool
    comment: str


class Contexts(NamedTuple):
    """The usable contexts by name, and a warning for each skipped entry."""

    usable: Dict[str, Context]
    skipped: List[str]


def contexts_file(path: str) -> str:
    """Return the path of the contexts file for an option or an environment variable.

    :param path: a file, or a folder as in QLIK_CLI_USER_HOME_DIR. An empty string counts as unset.
    """
    path = path or os.environ.get("QLIK_CLI_USER_HOME_DIR") or _DEFAULT
    if not os.path.isdir(os.path.expanduser(path)):
        return path
    files = [os.path.join(path, ".qlik", "contexts.yml"), os.path.join(path, "contexts.yml")]
    return next((file for file in files if os.path.exists(os.path.expanduser(file))), files[0])


def read_contexts(path: str) -> Contexts:
    """Return the contexts in a file (facts: qlik-cli contexts; the format is undocumented, so any key may be missing).

    :param path: the result of C(contexts_file).
    :raises AnsibleError: if the file is missing or does not have the format of qlik-cli.
    """
    path = os.path.expanduser(path)
    try:
        content = _parsed(read_file(path, _MOST_BYTES))
    except OSError as error:
        raise AnsibleError("Cannot read the qlik-cli contexts in %s: %s." % (path, error.strerror)) from None
    except OverflowError:
        raise AnsibleError(
            "%s: its YAML aliases (*name) expand to more than %d values. Replace the aliases with their values."
            % (path, _MOST_VALUES)
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        # The parser's message is not shown because it quotes the file, which contains credentials.
        raise AnsibleError("%s is not a valid YAML file of qlik-cli." % path) from None
    contexts = content.get("contexts") if isinstance(content, dict) else None
    if not isinstance(contexts, dict):
        raise AnsibleError("%s has no contexts. Create one with the qlik-cli command 'qlik context create'." % path)
    usable: Dict[str, Context] = {}
    skipped: List[str] = []
    for name, entry in contexts.items():
        problem = _problem(str(name), entry)
        if problem:
            skipped.append("The context %r in %s is skipped: %s." % (str(name), path, problem))
        else:
            usable[str(name)] = _context(entry)
    return Contexts(usable, skipped)


def _parsed(content: bytes) -> Any:
    """Return the value of a YAML document.

    :raises OverflowError: if its aliases expand to too many values.
    """
    loader = yaml.SafeLoader(content)
    node = loader.get_single_node()
    if node is None:
        return None
    if _values_in(node, {}) > _MOST_VALUES:
        raise OverflowError
    return loader.construct_document(node)


def _values_in(node: yaml.Node, known: Dict[int, float]) -> float:
    """Return the number of values in a node, including its aliases; infinite if the node contains itself."""
    if id(node) not in known:
        known[id(node)] = float("inf")
        children = [] if isinstance(node, yaml.ScalarNode) else node.value
        parts = [part for child in children for part in (child if isinstance(child, tuple) else (child,))]
        known[id(node)] = 1 + sum(_values_in(part, known) for part in parts)
    return known[id(node)]


def _context(entry: Mapping[str, Any]) -> Context:
    api_key = _api_key(entry)
    oauth = api_key is None
    return Context(
        tenant_url=str(entry["server"]),
        api_key=api_key,
        client_id=str(entry["oauth-client-id"]) if oauth else None,
        client_secret=str(entry["oauth-client-secret"]) if oauth else None,
        validate_certs=not entry.get("insecure"),
        comment=str(entry.get("comment") or ""),
    )


def _problem(name: str, entry: Any) -> str:
    """Return why an entry cannot be used, or an empty string."""
    if not can_be_host(name):
        return "its name cannot be the name of a host"
    if not isinstance(entry, dict):
        return "it is not a dictionary"
    if entry.get("server-type") not in (None, "cloud"):
        return "its server-type is not cloud"
    if not entry.get("server"):
        return "it has no server"
    try:
        base_url(str(entry["server"]))
    except InvalidInput:
        # Neither the reason nor the server is shown, because a URL can contain a password.
        return "its server is not the URL of a tenant"
    if _api_key(entry) is None and not (entry.get("oauth-client-id") and entry.get("oauth-client-secret")):
        return "it has no credential"
    return ""


def _api_key(entry: Mapping[str, Any]) -> Optional[str]:
    headers = entry.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        scheme, _space, key = str(value).strip().partition(" ")
        if str(name).lower() == "authorization" and scheme.lower() == "bearer" and key.strip():
            return key.strip()
    return None
