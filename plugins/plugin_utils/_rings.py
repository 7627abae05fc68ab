# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes in rings: batches of hosts, of which a later one starts only if few hosts of the earlier ones have failed."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Sequence

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput, printable

from ._batches import Size, is_expected, split
from ._hosts import Parts
from ._variables import LIMIT_OF_RINGS, SIZES_OF_RINGS, plain, templated

Json = Dict[str, Any]

_NAMES = (SIZES_OF_RINGS, LIMIT_OF_RINGS)
_SIZE = re.compile(r"[0-9]{1,9}%?")
_LIMIT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)%?")
_SIZE_RULE = "must be a number of tenants from 1, or a percentage from 1% to 100%"
_SIZE_HINT = 'Use a list such as [1, 5%, 100%], or a text such as "1, 5%, 100%".'
#: A host whose name has other characters cannot be selected by its name alone.
_SIMPLE_NAME = re.compile(r"\w[\w.-]*", re.ASCII)
_MOST_NAMES = 10
#: The mark that the summary of a run that has stopped was made.
_STOPPED = "stopped"


def keywords_of(sizes: Any, limit: Any) -> Json:
    """Return the keywords of a play with rings. The dictionary is empty without rings.

    :param sizes: the value of C(qlik_serial). Null and blank mean no rings.
    :param limit: the value of C(qlik_max_fail_percentage). Null and blank mean no limit.
    :raises InvalidInput: if a value is invalid, or if there is a limit without rings.
    """
    serial, percentage = _sizes(plain(sizes)), _percentage(plain(limit))
    if not serial:
        if percentage is not None:
            text = "Requires %s, because without rings a failure cannot stop the run." % SIZES_OF_RINGS
            raise InvalidInput(text, "Set %s too, or omit both." % SIZES_OF_RINGS, LIMIT_OF_RINGS)
        return {}
    # Other strategies do not count failures, and mix the hosts of a ring with tasks of different progress.
    keywords: Json = {"serial": serial, "strategy": "linear"}
    return keywords if percentage is None else {**keywords, "max_fail_percentage": percentage}


def _sizes(value: Any) -> List[Size]:
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    sizes = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    if not sizes:
        raise InvalidInput("Must not be empty.", "Omit it to change all tenants at once.", SIZES_OF_RINGS)
    return [_size(size, index, len(sizes)) for index, size in enumerate(sizes)]


def _size(value: Any, index: int, count: int) -> Size:
    text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    number = int(text.rstrip("%")) if _SIZE.fullmatch(text) else 0
    is_share = text.endswith("%")
    if number < 1 or (is_share and number > 100):
        place = SIZES_OF_RINGS if count == 1 else "%s[%d]" % (SIZES_OF_RINGS, index)
        raise InvalidInput("%s %s." % (printable(repr(value)), _SIZE_RULE), _SIZE_HINT, place)
    return "%d%%" % number if is_share else number


def _percentage(value: Any) -> Optional[float]:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = str(value).strip() if isinstance(value, (int, float, str)) and not isinstance(value, bool) else ""
    match = _LIMIT.fullmatch(text)
    if not match or float(match[1]) > 100:
        raise InvalidInput("%s must be a percentage from 0 to 100." % printable(repr(value)), option=LIMIT_OF_RINGS)
    return float(match[1])


def rings_of(action: Any, variables: Json) -> Optional[Rings]:
    """Return the rings of the play of a task, from the place of its host, or C(None) without rings.

    :param action: the action plugin that runs the task.
    :param variables: all variables of the host, not templated.
    :raises InvalidInput: if a variable is invalid, or if it is not in effect in the keywords of the play.
    """
    values = (templated(variables.get(name), variables, action._templar.template) for name in _NAMES)
    keywords = keywords_of(*values)
    if not keywords:
        return None
    play = action._task.get_play()
    is_as_set = {
        "serial": [str(size) for size in play.serial] == [str(size) for size in keywords["serial"]],
        "max_fail_percentage": play.max_fail_percentage == keywords.get("max_fail_percentage"),
        "strategy": str(play.strategy).endswith(keywords["strategy"]),
        "order": play.order in (None, "", "inventory"),
        "any_errors_fatal": not action._task.any_errors_fatal,
    }
    wrong = [name for name, is_right in is_as_set.items() if not is_right]
    if wrong:
        raise InvalidInput(
            "%s: Not in effect in this play. Its keywords with other values: %s."
            % (" and ".join(_NAMES), ", ".join(wrong)),
            "Keywords cannot use variables of an inventory, so set both as extra variables, such as"
            " -e qlik_serial=1,5%,100%. In your own playbook, set the keywords with the filter qlikops.cloud.to_rings,"
            " and do not set order or any_errors_fatal.",
        )
    return Rings(str(play._uuid), variables, keywords)


class Rings:
    """The rings of a play, from the place of one host.

    C(parts) has the results of the hosts of the play. A part has the lines of C(reason) if its host has failed.

    :param play: identifies the play within the run.
    :param variables: all variables of the host.
    :param keywords: the result of C(keywords_of).
    """

    def __init__(self, play: str, variables: Json, keywords: Json) -> None:
        self._variables = variables
        self._hosts = variables["ansible_play_hosts_all"]
        self._rings = split(self._hosts, keywords["serial"])
        self._limit = keywords.get("max_fail_percentage")
        position = self._hosts.index(variables["inventory_hostname"])
        ends = [0]
        for ring in self._rings:
            ends.append(ends[-1] + len(ring))
        self._number = next(number for number, end in enumerate(ends) if end > position)
        self._end = ends[self._number]
        self.total = len(self._hosts)
        self.parts = Parts("rings-%s" % play)

    def refuse_after_stop(self) -> None:
        """Check that the ring of the host may start.

        Ansible itself does not count hosts that have failed in an earlier play.

        :raises InvalidInput: if the previous ring has stopped the run.
        """
        if self._number > 1 and self._stops(self._number - 1):
            raise InvalidInput(self._stopped(self._number - 1), "This tenant is in a later ring.")

    def finished(self) -> List[str]:
        """Return the hosts of this ring and earlier ones that have a part, or that have failed without one."""
        alive, done = set(self._variables["ansible_play_hosts"]), self.parts.hosts()
        return [host for host in self._hosts[: self._end] if host in done or host not in alive]

    def progress(self, task: Any) -> List[str]:
        """Return lines on how far the run has got and how to continue, if it ends with the ring of the host.

        Call it once for each ring, after its last host. The list is empty if a later ring is certain to follow, or if
        the summary of a run that has stopped was made.

        :param task: the task of the role that every host of a later ring runs.
        """
        stopped = next((number for number in (self._number - 1, self._number) if number and self._stops(number)), 0)
        alive = set(self._variables["ansible_play_hosts"])
        later = self._hosts[self._end :]
        if stopped:
            if self.parts.is_marked(_STOPPED):
                return []
            self.parts.mark(_STOPPED)
            lines = [self._stopped(stopped)]
            if later:
                lines.append("Tenants of later rings, which were not started: %d." % len(later))
            lines.append(
                "To continue, correct the causes and run the same command again. It starts with the first ring, and"
                " tenants that are already seeded stay unchanged."
            )
        elif any(is_expected(task, host, self._variables) for host in later if host in alive):
            return []
        else:
            lines = ["Completed ring %d of %d." % (self._number, len(self._rings))]
        failed = self._failed(self.finished())
        if failed and len(failed) <= _MOST_NAMES and all(map(_SIMPLE_NAME.fullmatch, failed)):
            lines.append("To repeat only the failed tenants, add --limit %s" % ",".join(failed))
        return lines

    def _stopped(self, number: int) -> str:
        ring = self._rings[number - 1]
        failed = len(self._failed(ring))
        rule = "a ring in which all tenants fail stops the run"
        if self._limit is not None and failed < len(ring):
            rule = "%s is %g" % (LIMIT_OF_RINGS, self._limit)
        text = "Stopped after ring %d of %d: %d of %d tenants failed, and %s."
        return text % (number, len(self._rings), failed, len(ring), rule)

    def _stops(self, number: int) -> bool:
        """Return whether a finished ring stops the run. The first call decides."""
        name = "ring-%d" % number
        stops = self.parts.kept(name)
        if stops is None:
            ring = self._rings[number - 1]
            failed = len(self._failed(ring))
            # The same arithmetic as Ansible's.
            is_above = self._limit is not None and failed / len(ring) > self._limit / 100.0
            stops = is_above or failed == len(ring)
            self.parts.keep(name, stops)
        return bool(stops)

    def _failed(self, hosts: Sequence[str]) -> List[str]:
        """Return the hosts that have failed in the role or before it. Skipped hosts have not failed."""
        alive = set(self._variables["ansible_play_hosts"])
        parts = {host: self.parts.get(host) for host in hosts}
        return [host for host, part in parts.items() if (part["reason"] if part else host not in alive)]
