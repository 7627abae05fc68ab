# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints: what each takes, and which one a path belongs to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from urllib.parse import unquote

from .call import Handler

CORE_API = "/api/core"
NO_QUERY: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Route:
    """One endpoint: tier of its rate limit, who may call it, which query parameters and which body it takes.

    ``access`` is ``open`` (no token), ``any``, ``read``, ``self`` (readers, and users about themselves), ``admin``
    (also for reading) or ``write``; ``body`` is ``none``, ``optional`` or ``required``; ``status`` is that of a success
    where it does not follow from the method.
    """

    method: str
    template: str
    handler: Handler
    tier: str = "1"
    access: str = "read"
    query: frozenset[str] = NO_QUERY
    body: str = "none"
    status: int = 0

    @property
    def service(self) -> str:
        """Whose error shape applies."""
        if self.template == "/users/actions/invite":
            return "invite"
        return self.template.removeprefix(CORE_API).split("/")[1]

    @property
    def success(self) -> int:
        """The status of a success, but for the redirects of ``me``."""
        if self.status:
            return self.status
        if "/actions/" in self.template and not self.template.endswith("/publish"):
            return 200
        return {"POST": 201, "PATCH": 204, "DELETE": 204}.get(self.method, 200) if self.writes else 200

    @property
    def writes(self) -> bool:
        """Whether a success changes the tenant."""
        return self.tier == "2"


class Routes:
    """The endpoints of a host, all below ``prefix`` but those whose templates begin with that of the core API."""

    def __init__(self, prefix: str, routes: Iterable[Route]) -> None:
        self._prefix = prefix
        self.by_template: dict[str, dict[str, Route]] = {}
        for route in routes:
            self.by_template.setdefault(route.template, {})[route.method] = route
        self._patterns = {
            template: re.compile(re.sub(r"{\w+}", "([^/]+)", template))
            for template in self.by_template
            if "{" in template
        }

    def find(self, path: str) -> tuple[str, dict[str, Route], tuple[str, ...]]:
        """Template, its routes by method, and ids of a path."""
        is_below = path.startswith(f"{self._prefix}/")
        inner = path[len(self._prefix) :] if is_below else path
        if self._prefix and is_below == inner.startswith(f"{CORE_API}/"):
            return "unknown", {}, ()
        if inner in self.by_template and inner not in self._patterns:
            return inner, self.by_template[inner], ()
        for template, pattern in self._patterns.items():
            found = pattern.fullmatch(inner)
            if found:
                return template, self.by_template[template], tuple(map(unquote, found.groups()))
        return "unknown", {}, ()
