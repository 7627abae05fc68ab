# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that modules of many things share with the modules of each."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from textwrap import indent


def as_suboptions(place: str, documentation: str) -> str:
    """The options of a single module as suboptions of another one.

    :param place: the option that they are to be under: C(tenant) for a dictionary, C(groups[]) for a list of them.
    :param documentation: YAML with C(options); its references C(O(name)) become C(O(place.name)).
    :returns: YAML with C(options) that hold the suboptions alone.
    """
    suboptions = documentation.strip().split("options:\n", 1)[1].replace("O(", "O(%s." % place)
    return "options:\n  %s:\n    suboptions:\n%s\n" % (place.rstrip("[]"), indent(suboptions, "    "))
