# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The origins of the content security policy (second reference, CSP origins)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .._api.client import API
from .._planning.origins import check_origin, warnings_of_slashes, without_https, without_slash
from .._planning.plan import Plan
from .._planning.references import Resource
from .._planning.settings import TEXT, Params, Setting
from .._planning.snapshot import Snapshot
from .._planning.values import ChoiceSet
from .base import in_snake_case
from .listed import Listed, ListSearch
from .renaming import RenameRules
from .search import Search
from .writing import WriteRules

DIRECTIVES = (
    "childSrc",
    "connectSrc",
    "connectSrcWSS",
    "fontSrc",
    "formAction",
    "frameAncestors",
    "frameSrc",
    "imgSrc",
    "mediaSrc",
    "objectSrc",
    "scriptSrc",
    "styleSrc",
    "workerSrc",
)


class Origin(Setting):
    """The origin, compared without case. The tenant stores it without https://."""

    def target(self, desired: Params, current: Any, snapshot: Snapshot) -> Any:
        return without_slash(desired[self.option])

    def warnings(self, desired: Params) -> List[str]:
        texts = [desired[self.option]] if self.is_given(desired) else []
        return super().warnings(desired) + warnings_of_slashes(self.option, texts)

    def comparable(self, value: Any) -> Any:
        return None if value is None else without_https(value)

    def predict(self, resource: Resource, target: Any) -> None:
        resource[self.api] = self.comparable(target)

    def shown(self, value: Any) -> Any:
        return self.comparable(value)


class Directives(ChoiceSet):
    """The directives of the origin. In the API, each directive is a boolean, which responses omit if it is false."""

    def __init__(self) -> None:
        super().__init__("directives", DIRECTIVES)

    def current(self, resource: Resource) -> Any:
        # In module results, the names are in snake case.
        switches = {name.lower().replace("_", ""): value for name, value in resource.items()}
        return [name for name in DIRECTIVES if switches.get(name.lower()) is True]

    def payload(self, desired: Params, target: Any) -> Dict[str, Any]:
        return {name: name in target for name in DIRECTIVES}

    def predict(self, resource: Resource, target: Any) -> None:
        for name in DIRECTIVES:
            resource.pop(name, None)
        resource.update(dict.fromkeys(target, True))


class CspOrigin(Listed):
    """The kind of C(qlik_csp_origin) and C(qlik_csp_origins)."""

    noun = "csp_origin"
    plural = "csp_origins"
    words = "CSP origins"
    word = "CSP origin"
    collection = API + "/csp-origins"
    renaming = RenameRules()
    # The reference does not document whether PUT resets an omitted directive.
    writing = WriteRules(is_replaced=True)
    blank = {"origin": None, "createdDate": None, "modifiedDate": None}
    settings = (
        Setting("name", TEXT, longest=512),
        Origin("origin", TEXT, is_required=True, longest=256),
        Setting("description", TEXT, missing="", may_be_empty=True, longest=1024),
        Directives(),
    )

    @property
    def search(self) -> Search:
        return ListSearch(self, self.key_option, nameless_by="origin")

    def check(self, desired: Params) -> None:
        super().check(desired)
        if desired.get("origin") is not None:
            check_origin(desired["origin"], "origin")

    def warnings(self, desired: Params, plan: Plan, snapshot: Snapshot) -> List[str]:
        texts = super().warnings(desired, plan, snapshot)
        origin = without_https(str((plan.predicted or {}).get("origin")))
        others = [] if plan.action != "created" else snapshot.resources(self.noun)
        return texts + [
            "The %s has the same origin as the %s." % (self.label(desired), self.label_of(other))
            for other in others
            if without_https(str(other.get("origin"))) == origin and snapshot.planned(self.noun, other) is not None
        ]

    def to_user(self, resource: Optional[Resource]) -> Any:
        if resource is None:
            return None
        directives = next(setting for setting in self.settings if setting.option == "directives")
        return {**in_snake_case(resource), "directives": directives.current(resource)}
