# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings about names that are easily mistaken for other names."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import unicodedata
from typing import List

from .._planning.plan import Plan
from .._planning.settings import Params
from .._planning.snapshot import Snapshot, difference
from .base import Kind


def warnings_of_name(kind: Kind, name: str, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
    """Return the warnings about the name of a resource that does not exist on the tenant."""
    label, texts = kind.label(desired), []
    if name != name.strip():
        texts.append("The name of the %s has white space around it." % label)
    if any(unicodedata.category(character).startswith("C") for character in name):
        texts.append("The name of the %s contains invisible characters." % label)
    if plan.action == "created":
        return texts + [
            "The %s will be created next to the existing %s. The names differ %s."
            % (label, kind.label_of(other), difference(name, kind.name_of(other)))
            for other in snapshot.alike(kind.noun, kind.key(desired))
        ]
    for other in snapshot.near(kind.noun, kind.key(desired)):
        its_name = kind.name_of(other)
        differs = "" if its_name == name else "; the names differ %s" % difference(name, its_name)
        near = (label, kind.label_of(other), differs)
        texts.append("The %s does not exist, so nothing is deleted. The tenant has the %s%s." % near)
    return texts
