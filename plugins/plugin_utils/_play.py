# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the inventory, hosts, and variables of a play before the first request."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from collections import defaultdict
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import base_url
from ansible_collections.qlikops.cloud.plugins.module_utils._api.trust import without_final_dot
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, printable

from ._hosts import Parts
from ._inventory import FAILURES
from ._variables import is_misspelled, templated, unknown_variables

#: Ansible's list of sources if no inventory is set, whether the file exists or not.
_DEFAULT_SOURCES = ["/etc/ansible/hosts"]
_URL = "qlik_tenant_url"
_ENVIRONMENT = "QLIK_TENANT_URL"
#: The variables that make a role delete or disable unmanaged objects.
_PRUNING = ("qlik_seed_prune", "qlik_seed_prune_users")
#: The roles that use these variables: a seed prunes, and an audit plans it.
_PRUNING_ROLES = ("qlik_seed", "qlik_audit")
#: The playbooks and roles that do not require URLs of tenants at the start.
_WITHOUT_ADDRESS = ("qlik_onboard", "qlik_awx")


class Finding(NamedTuple):
    """The problems of a play for one host. Mistakes make the host fail, warnings do not."""

    mistakes: List[str]
    warnings: List[str]


def inventory_without_hosts(variables: Mapping[str, Any]) -> str:
    """Return a message if inventories are set but have no hosts, or an empty string.

    Ansible itself only warns, and a play on the implicit localhost would use the tenant of the environment.

    :param variables: the variables of a play or a host, including Ansible's own.
    """
    sources = variables.get("ansible_inventory_sources")
    if variables["groups"]["all"] or not sources or list(sources) == _DEFAULT_SOURCES:
        return ""
    return (
        "%s: This inventory has no hosts, so localhost would be the tenant in %s. Correct the inventory (see Ansible's"
        " warnings), or set no inventory to use that tenant." % (", ".join(map(printable, sources)), _ENVIRONMENT)
    )


def look_at_play(action: Any, role: str, variables: Mapping[str, Any]) -> Finding:
    """Return the problems with the play of a task: with its inventory, and with the URLs and variables of its hosts.

    The first host checks all hosts of the play.

    :param action: the action plugin that runs the task.
    :param role: the role of the task, a key of C(SPECS).
    :param variables: all variables of the host, not templated.
    """
    unread = [
        "%s: This inventory could not be read, so tenants and variables may be missing. Correct it (see Ansible's"
        " warnings), or remove it." % printable(str(path))
        for path in variables.get(FAILURES, ())
    ]
    problem = inventory_without_hosts(variables)
    if problem or unread:
        return Finding([problem] if problem else unread, [])
    host, hosts = str(variables["inventory_hostname"]), variables["ansible_play_hosts_all"]
    mistakes = []
    if len(hosts) > 1 and role not in _WITHOUT_ADDRESS and not _has_own_address(action, variables):
        text = "%s: Not set for the host %s, and the environment variable %s is not used in a play with several hosts."
        mistakes.append(text % (_URL, printable(host), _ENVIRONMENT) + " Set %s for the host." % _URL)
        # One of them may be a misspelling of the URL's variable.
        mistakes += unknown_variables(variables).values()
    parts = Parts("play-%s-%s" % (role, action._task.get_play()._uuid))
    with parts.locked():
        found, warnings = parts.kept("found"), []
        if found is None:
            found, warnings = _look_at_hosts(action, role, variables, hosts)
            parts.keep("found", found)
    return Finding(mistakes + found.get(host, []), warnings + _connection_warnings(action))


def _has_own_address(action: Any, variables: Mapping[str, Any]) -> bool:
    """Return whether a host has a URL in its variables or in the C(environment) keyword of the playbook."""
    return _address(action, action._templar, variables) is not None


def _look_at_hosts(action: Any, role: str, variables: Mapping[str, Any], hosts: Iterable[str]) -> Any:
    """Return the mistakes by host, and the warnings, that concern several hosts."""
    unknown: Dict[str, str] = {}
    hosts_by_address: Dict[str, List[str]] = defaultdict(list)
    pruning = set()
    hostvars = variables["hostvars"]
    play = action._task.get_play()
    for host in hosts:
        # Unlike hostvars, these include the variables of the play and of the role.
        of_host = hostvars._variable_manager.get_vars(
            play=play, host=hostvars._inventory.get_host(host), task=action._task, _hosts=hosts, _hosts_all=hosts
        )
        unknown.update({name: line for name, line in unknown_variables(of_host).items() if not is_misspelled(name)})
        templar = action._templar.copy_with_new_env(available_variables=of_host)
        address = None if role in _WITHOUT_ADDRESS else _address(action, templar, of_host)
        if address:
            hosts_by_address[address].append(str(host))
            if role in _PRUNING_ROLES and any(_is_on(name, of_host, templar) for name in _PRUNING):
                pruning.add(host)
    mistakes: Dict[str, List[str]] = {}
    warnings = list(unknown.values())
    for address, same in hosts_by_address.items():
        if len(same) == 1:
            continue
        *others, last = map(printable, sorted(same))
        text = "%s: %s and %s have the same URL, %s" % (_URL, ", ".join(others), last, address)
        prunes = sorted(pruning.intersection(same))
        if prunes:
            text += ", and %s prunes, so it would delete objects in the descriptions of the others."
            mistakes.update(dict.fromkeys(same, [text % printable(prunes[0]) + " Set a different URL for each host."]))
        else:
            warnings.append(text + ", so they describe the same tenant. Set a different URL for each host.")
    return mistakes, warnings


def _address(action: Any, templar: Any, variables: Mapping[str, Any]) -> Optional[str]:
    """Return the normalized URL of a host, an empty string if it is invalid, or C(None) if it is not set.

    The URL is in the variables of the host, or in the C(environment) keyword of the playbook.
    """
    try:
        given = str(templated(variables.get(_URL), variables, templar.template) or "").strip()
        for environment in [] if given else _environments(action._task):
            given = str((templar.template(environment) or {}).get(_ENVIRONMENT) or given).strip()
        return _usual_port(base_url(given)) if given else None
    except (AnsibleError, InvalidInput, AttributeError):
        # The module reports the error.
        return ""


def _environments(task: Any) -> Iterator[Any]:
    """Yield the C(environment) keywords around a task, the most specific last. The keyword of the task itself is
    rendered only for its own host.
    """
    levels = [task.get_play().environment]
    parent = task._parent
    while parent is not None:
        levels.insert(1, parent.environment)
        parent = parent._parent
    for level in levels:
        yield from level if isinstance(level, list) else [level] if level else []


def _usual_port(address: str) -> str:
    """Return a URL without the default port of its scheme, and without the final dot of its host."""
    parts = urlsplit(address)
    host, port = without_final_dot(parts.hostname or ""), parts.port
    if port is None or port == {"https": 443, "http": 80}[parts.scheme]:
        return "%s://%s" % (parts.scheme, host)
    return "%s://%s:%d" % (parts.scheme, host, port)


def _is_on(name: str, variables: Mapping[str, Any], templar: Any) -> bool:
    try:
        return bool(boolean(templated(variables.get(name), variables, templar.template), strict=False))
    except AnsibleError:
        return False


def _connection_warnings(action: Any) -> List[str]:
    """Return warnings if modules do not run on the controller as the user of the command, who has the credentials."""
    connection = action._connection
    texts = []
    if connection.transport != "local":
        texts.append(
            "The modules of this play run on its hosts through the connection %s and send credentials there. Set"
            " ansible_connection: local in the vars of the play, which override the inventory."
            % printable(str(connection.transport))
        )
    if connection.become is not None:
        texts.append(
            "The modules of this play run as another user, who gets the credentials. Set ansible_become: false in the"
            " vars of the play, which override the inventory."
        )
    return texts
