# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the contexts of qlik-cli, in which it keeps servers and credentials."""

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

#: Of the file, in bytes.
_MOST_BYTES = 4 * 1024**2
#: Of the file, with all that its aliases stand for: a few of them, one in another, are gigabytes.
_MOST_VALUES = 200000
_DEFAULT = "~/.qlik/contexts.yml"


class Context(NamedTuple):
    """One context that leads to a tenant; exactly one of C(api_key) and the client's two is set."""

    tenant_url: str
    api_key: Optional[str]
    client_id: Optional[str]
    client_secret: Optional[str]
    validate_certs: bool
    comment: str


class Contexts(NamedTuple):
    """Contexts by name, and a text for each entry that is none."""

    usable: Dict[str, Context]
    skipped: List[str]


def contexts_file(path: str) -> str:
    """The file with the contexts that an option or an environment variable names.

    :param path: a file; or a folder, which is what QLIK_CLI_USER_HOME_DIR names for qlik-cli; empty counts as unset.
    """
    path = path or os.environ.get("QLIK_CLI_USER_HOME_DIR") or _DEFAULT
    if not os.path.isdir(os.path.expanduser(path)):
        return path
    files = [os.path.join(path, ".qlik", "contexts.yml"), os.path.join(path, "contexts.yml")]
    return next((file for file in files if os.path.exists(os.path.expanduser(file))), files[0])


def read_contexts(path: str) -> Contexts:
    """The contexts of a file (facts: qlik-cli contexts; its layout is not documented, so any key may be missing).

    :param path: what C(contexts_file) returned.
    :raises AnsibleError: when the file is missing or is not what qlik-cli writes.
    """
    path = os.path.expanduser(path)
    try:
        content = _parsed(read_file(path, _MOST_BYTES))
    except OSError as error:
        raise AnsibleError("The contexts of qlik-cli cannot be read from %s: %s." % (path, error.strerror)) from None
    except OverflowError:
        raise AnsibleError(
            "%s: its YAML aliases (*name) stand for more than %d values. Write the values out." % (path, _MOST_VALUES)
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        # The reason that the parser gives quotes the file, which holds credentials.
        raise AnsibleError("%s is not the YAML file that qlik-cli writes." % path) from None
    contexts = content.get("contexts") if isinstance(content, dict) else None
    if not isinstance(contexts, dict):
        raise AnsibleError("%s has no contexts. 'qlik context create' of qlik-cli makes one." % path)
    usable: Dict[str, Context] = {}
    skipped: List[str] = []
    for name, entry in contexts.items():
        problem = _problem(str(name), entry)
        if problem:
            skipped.append("The context %r in %s is left out: %s." % (str(name), path, problem))
        else:
            usable[str(name)] = _context(entry)
    return Contexts(usable, skipped)


def _parsed(content: bytes) -> Any:
    """The value of a YAML document.

    :raises OverflowError: when its aliases make it too large.
    """
    loader = yaml.SafeLoader(content)
    node = loader.get_single_node()
    if node is None:
        return None
    if _values_in(node, {}) > _MOST_VALUES:
        raise OverflowError
    return loader.construct_document(node)


def _values_in(node: yaml.Node, known: Dict[int, float]) -> float:
    """How many values a node stands for, those of its aliases included; infinite where it is part of itself."""
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
    """Why an entry leads to no tenant; nothing if it does."""
    if not can_be_host(name):
        return "its name cannot be the name of a host"
    if not isinstance(entry, dict):
        return "it is no mapping"
    if entry.get("server-type") not in (None, "cloud"):
        return "its server-type is not cloud"
    if not entry.get("server"):
        return "it has no server"
    try:
        base_url(str(entry["server"]))
    except InvalidInput:
        # Neither the reason nor the server is shown: an address can hold a password.
        return "its server is not the address of a tenant"
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
