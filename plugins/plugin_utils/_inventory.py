# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Common code of the inventory plugins: valid hostnames, adding hosts, and remembering failures."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from functools import wraps
from typing import Any, Callable, Mapping

from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import is_plain

#: Names that Ansible uses for groups, and the empty name, which it does not accept.
_NO_HOSTS = ("", "all", "ungrouped")
#: The variable of all hosts with the paths of the inventories that could not be read.
FAILURES = "__qlik_inventory_failures"


def with_failures_remembered(parse: Callable[..., None]) -> Callable[..., None]:
    """Decorate the method C(parse) of an inventory plugin: if it fails, it sets a variable for all hosts.

    Ansible only warns about a failed inventory and continues with the others. The implicit localhost has the variable
    too.
    """

    @wraps(parse)
    def remembering(plugin: Any, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        try:
            parse(plugin, inventory, loader, path, cache)
        except Exception:
            failed = inventory.groups["all"].get_vars().get(FAILURES, [])
            inventory.set_variable("all", FAILURES, [*failed, wrap_var(path)])
            raise

    return remembering


def can_be_host(name: str) -> bool:
    """Return whether an external text may be the name of a host."""
    # Names of hosts become file names in host_vars and in exports, and ansible-core before 2.19 renders them.
    return name not in _NO_HOSTS and "/" not in name and is_plain(name)


def name_problem(plugin: Any, name: str) -> str:
    """Return why a host with this name cannot be added to the inventory, or an empty string.

    :param plugin: an inventory plugin.
    """
    if not can_be_host(name):
        return "it cannot be the name of a host"
    # Ansible would use the hosts of that group and their variables instead of this host.
    return "it is the name of a group of the inventory" if name in plugin.inventory.groups else ""


def add_host(plugin: Any, name: str, variables: Mapping[str, Any]) -> None:
    """Add the host of a tenant, and apply the options of a constructed inventory to its variables.

    :param plugin: a constructed inventory plugin.
    :param variables: the host variables. External texts must already be marked as unsafe.
    """
    plugin.inventory.add_host(name)
    all_variables = {"ansible_connection": "local", **variables}
    for variable, value in all_variables.items():
        plugin.inventory.set_variable(name, variable, value)
    strict = plugin.get_option("strict")
    plugin._set_composite_vars(plugin.get_option("compose"), all_variables, name, strict=strict)
    plugin._add_host_to_composed_groups(plugin.get_option("groups"), all_variables, name, strict=strict)
    plugin._add_host_to_keyed_groups(plugin.get_option("keyed_groups"), all_variables, name, strict=strict)
