# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the hosts of a play are the tenants that the user means, looked at before the first request."""

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
from ._variables import is_misspelt, templated, unknown_variables

#: What Ansible lists, whether the file exists or not, where no inventory is named.
_DEFAULT_SOURCES = ["/etc/ansible/hosts"]
_URL = "qlik_tenant_url"
_ENVIRONMENT = "QLIK_TENANT_URL"
#: What makes a role delete or disable objects that the description does not have.
_PRUNING = ("qlik_seed_prune", "qlik_seed_prune_users")
#: The roles that take these variables; a seed prunes, and an audit plans it.
_PRUNING_ROLES = ("qlik_seed", "qlik_audit")
#: What works on tenants only once the play has found out their addresses, or not at all.
_WITHOUT_ADDRESS = ("qlik_onboard", "qlik_awx")


class Finding(NamedTuple):
    """What is wrong with a play from the point of view of one host: mistakes make it fail, warnings do not."""

    mistakes: List[str]
    warnings: List[str]


def inventory_without_hosts(variables: Mapping[str, Any]) -> str:
    """A message if inventories are named and no host came of them; an empty text otherwise.

    Ansible only warns then, and a play on the implicit localhost would take the tenant of the environment.

    :param variables: those of a play or of a host, with Ansible's own.
    """
    sources = variables.get("ansible_inventory_sources")
    if variables["groups"]["all"] or not sources or list(sources) == _DEFAULT_SOURCES:
        return ""
    return (
        "%s: no host came of this inventory, so localhost would be the tenant in %s. Ansible's warnings say whether it"
        " could be read: correct it, or name no inventory to work on that tenant."
        % (", ".join(map(printable, sources)), _ENVIRONMENT)
    )


def look_at_play(action: Any, role: str, variables: Mapping[str, Any]) -> Finding:
    """What is wrong with the play of a task: its inventory, and the addresses and variables of its hosts.

    All hosts are looked at once, by the first one that gets here.

    :param action: the action plugin that runs the task.
    :param role: the role that asks, a key of C(SPECS).
    :param variables: all variables of the host, not templated.
    """
    unread = [
        "%s: this inventory could not be read, so tenants and variables may be missing. Ansible's warnings say why:"
        " correct it, or leave it out." % printable(str(path))
        for path in variables.get(FAILURES, ())
    ]
    problem = inventory_without_hosts(variables)
    if problem or unread:
        return Finding([problem] if problem else unread, [])
    host, hosts = str(variables["inventory_hostname"]), variables["ansible_play_hosts_all"]
    mistakes = []
    if len(hosts) > 1 and role not in _WITHOUT_ADDRESS and not _has_own_address(action, variables):
        text = "%s: %s has no address of its own, and in a play with several hosts none takes that of the environment."
        mistakes.append(text % (_URL, printable(host)) + " Set %s for it." % _URL)
        # One of them may be meant to be the address.
        mistakes += unknown_variables(variables).values()
    parts = Parts("play-%s-%s" % (role, action._task.get_play()._uuid))
    with parts.locked():
        found, warnings = parts.kept("found"), []
        if found is None:
            found, warnings = _look_at_hosts(action, role, variables, hosts)
            parts.keep("found", found)
    return Finding(mistakes + found.get(host, []), warnings + _ways_out(action))


def _has_own_address(action: Any, variables: Mapping[str, Any]) -> bool:
    """Whether a host does not depend on the environment of the command; the playbook can give its tasks another."""
    return _address(action, action._templar, variables) is not None


def _look_at_hosts(action: Any, role: str, variables: Mapping[str, Any], hosts: Iterable[str]) -> Any:
    """Mistakes by host, and warnings, that only a look at all hosts can find."""
    unknown: Dict[str, str] = {}
    at_address: Dict[str, List[str]] = defaultdict(list)
    pruning = set()
    hostvars = variables["hostvars"]
    play = action._task.get_play()
    for host in hosts:
        # Unlike hostvars alone these have the variables of the play and of the role too.
        of_host = hostvars._variable_manager.get_vars(
            play=play, host=hostvars._inventory.get_host(host), task=action._task, _hosts=hosts, _hosts_all=hosts
        )
        unknown.update({name: line for name, line in unknown_variables(of_host).items() if not is_misspelt(name)})
        templar = action._templar.copy_with_new_env(available_variables=of_host)
        address = None if role in _WITHOUT_ADDRESS else _address(action, templar, of_host)
        if address:
            at_address[address].append(str(host))
            if role in _PRUNING_ROLES and any(_is_on(name, of_host, templar) for name in _PRUNING):
                pruning.add(host)
    mistakes: Dict[str, List[str]] = {}
    warnings = list(unknown.values())
    for address, same in at_address.items():
        if len(same) == 1:
            continue
        *others, last = map(printable, sorted(same))
        text = "%s: %s and %s have the same address, %s" % (_URL, ", ".join(others), last, address)
        prunes = sorted(pruning.intersection(same))
        if prunes:
            text += ", and %s prunes: it would delete what only another host describes." % printable(prunes[0])
            mistakes.update(dict.fromkeys(same, [text + " Give each host its own address."]))
        else:
            warnings.append(text + ", so they describe one tenant. Give each host its own address.")
    return mistakes, warnings


def _address(action: Any, templar: Any, variables: Mapping[str, Any]) -> Optional[str]:
    """The address of a host, in one form for all spellings; an empty text where that cannot be said.

    It is in the variables of the host, or in the environment that the playbook gives its tasks.
    """
    try:
        given = str(templated(variables.get(_URL), variables, templar.template) or "").strip()
        for environment in [] if given else _environments(action._task):
            given = str((templar.template(environment) or {}).get(_ENVIRONMENT) or given).strip()
        return _usual_port(base_url(given)) if given else None
    except (AnsibleError, InvalidInput, AttributeError):
        # The module says what is wrong with it.
        return ""


def _environments(task: Any) -> Iterator[Any]:
    """What the playbook adds to the environment of a task, the most special last; that of the task itself is rendered
    for its host alone.
    """
    levels = [task.get_play().environment]
    parent = task._parent
    while parent is not None:
        levels.insert(1, parent.environment)
        parent = parent._parent
    for level in levels:
        yield from level if isinstance(level, list) else [level] if level else []


def _usual_port(address: str) -> str:
    """An address without the port that its scheme implies, and without the final dot of its host."""
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


def _ways_out(action: Any) -> List[str]:
    """Warnings where modules do not run on the controller, as the user who has the credentials."""
    connection = action._connection
    texts = []
    if connection.transport != "local":
        texts.append(
            "Modules of this play run on its hosts, by the connection %s, and take credentials there. Set"
            " ansible_connection: local in the vars of the play, which beats what an inventory says."
            % printable(str(connection.transport))
        )
    if connection.become is not None:
        texts.append(
            "Modules of this play run as another user, with credentials. Set ansible_become: false in the vars of"
            " the play, which beats what an inventory says."
        )
    return texts
