# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that a bulk module shares with its single module."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from textwrap import indent


def as_suboptions(option: str, documentation: str) -> str:
    """The options of a single module as the suboptions of the list C(option) of its bulk module.

    :param documentation: YAML with C(options); its references C(O(name)) become C(O(option[].name)).
    :returns: YAML with C(options) that hold the suboptions alone.
    """
    suboptions = documentation.strip().split("options:\n", 1)[1].replace("O(", "O(%s[]." % option)
    return "options:\n  %s:\n    suboptions:\n%s\n" % (option, indent(suboptions, "    "))
