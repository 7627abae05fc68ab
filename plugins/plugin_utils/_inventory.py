# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory plugins have in common: what can be a host, how one is added, and what is left of a failure."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from functools import wraps
from typing import Any, Callable, Mapping

from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import is_plain

#: Ansible has groups of these names, and takes no empty ones.
_NO_HOSTS = ("", "all", "ungrouped")
#: The variable of all hosts that has the paths of the inventories that could not be read.
FAILURES = "__qlik_inventory_failures"


def with_failures_remembered(parse: Callable[..., None]) -> Callable[..., None]:
    """The method C(parse) of an inventory plugin, which leaves a variable to all hosts where it fails.

    Ansible only warns of an inventory that fails, and goes on with the others. The implicit localhost sees the variable
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
    """Whether a text from outside may be the name of a host."""
    # Names of hosts become names of files, in host_vars and in exports, and ansible-core before 2.19 renders them.
    return name not in _NO_HOSTS and "/" not in name and is_plain(name)


def name_problem(plugin: Any, name: str) -> str:
    """Why a host of this name cannot be added to the inventory; empty if it can.

    :param plugin: an inventory plugin.
    """
    if not can_be_host(name):
        return "it cannot be the name of a host"
    # Ansible would put the hosts of that group, with their variables, in the place of this host.
    return "it is the name of a group of the inventory" if name in plugin.inventory.groups else ""


def add_host(plugin: Any, name: str, variables: Mapping[str, Any]) -> None:
    """Add a host that is a tenant, and what the options of a constructed inventory make of its variables.

    :param plugin: a constructed inventory plugin.
    :param variables: texts from outside among them are marked as no templates already.
    """
    plugin.inventory.add_host(name)
    everything = {"ansible_connection": "local", **variables}
    for variable, value in everything.items():
        plugin.inventory.set_variable(name, variable, value)
    strict = plugin.get_option("strict")
    plugin._set_composite_vars(plugin.get_option("compose"), everything, name, strict=strict)
    plugin._add_host_to_composed_groups(plugin.get_option("groups"), everything, name, strict=strict)
    plugin._add_host_to_keyed_groups(plugin.get_option("keyed_groups"), everything, name, strict=strict)
