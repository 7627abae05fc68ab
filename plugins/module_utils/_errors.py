# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exceptions of the collection. Each one has a message and a hint for the user."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Type

_LONGEST_EXCERPT = 300
#: Limits on what a message shows of the errors in a response body: characters, errors, and parts of an error.
_LONGEST_EXPLANATION = 1000
_MOST_ENTRIES = 10
_MOST_PARTS = 3


class QlikError(Exception):
    """An error that ends a task. C(str(error)) is the text for the user.

    :param message: the problem, in full sentences.
    :param hint: what the user can do about it.
    """

    #: Whether the service may have carried out the request even though it failed. The transport sets it on the errors
    #: it raises: true for a write if the service may have carried out at least one attempt, false for a read.
    outcome_unknown = False
    #: The key of the fault in the transport's retry table. C(None): a retry does not help.
    fault: Optional[str] = None
    #: Seconds to wait before the next attempt, as the service requests.
    retry_after = 0.0
    #: The option that the error is about, if it is about one option.
    option = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = visible(message)
        self.hint = visible(hint)

    def __str__(self) -> str:
        return " ".join(part for part in (self._placed_message, self.hint) if part)

    def to_result(self) -> Dict[str, Any]:
        """Return the machine-readable form: the value of C(error) in a failed result."""
        return {"message": self._placed_message, "hint": self.hint}

    @property
    def _placed_message(self) -> str:
        return "%s: %s" % (self.option, self.message) if self.option else self.message


class InvalidInput(QlikError):
    """The input of a task is invalid. The error is detected before anything is written.

    :param option: the option that the error is about, if it is about one option.
    """

    #: The error response of the tenant, if it led to this error.
    response: Optional[ApiError] = None
    #: The value of the option, if it is a secret that stands where none should be, so that nothing may show it.
    secret = ""

    def __init__(self, message: str, hint: str = "", option: str = "") -> None:
        super().__init__(message, hint)
        self.option = option

    def to_result(self) -> Dict[str, Any]:
        result = self.response.to_result() if self.response else {}
        return dict(result, **super().to_result())


class InvalidForTenant(InvalidInput):
    """The input is invalid for the tenant in its current state, and can be valid for another.

    A check without the tenant ignores such an error.
    """


class NotAvailable(InvalidInput):
    """The tenant lacks something that the task requires, such as an API that is not rolled out to it yet.

    :param response: the error response of the tenant, if there was one.
    """

    def __init__(self, message: str, hint: str = "", response: Optional[ApiError] = None) -> None:
        super().__init__(message, hint)
        self.response = response


class InvalidDescription(InvalidInput):
    """All problems of a description.

    :param lines: one text per problem.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("")
        self.message = "\n".join(map(visible, lines))


def with_heading(problems: Sequence[str], most: Optional[int] = None) -> List[str]:
    """Return lines for several problems, with a heading that counts them. One problem has no heading.

    :param most: the maximum number of problems to show; C(None) for all.
    """
    shown = list(problems[:most])
    heading = ["There are %d problems:" % len(problems)] if len(problems) > 1 else []
    left = len(problems) - len(shown)
    return [*heading, *shown, *(["%d more problems are not shown." % left] if left else [])]


def counted(count: int, word: str, words: str = "") -> str:
    """Return a number with its word: C(1 problem), C(2 problems).

    :param words: the plural, if it is not the singular with C(s).
    """
    return "%d %s" % (count, word if count == 1 else words or word + "s")


def listed(items: Sequence[Any], most: int) -> str:
    """Return the first items for a message, and the number of the others.

    :param most: the maximum number of items to name.
    """
    left = len(items) - most
    return "; ".join([*map(str, items[:most]), *(["and %d more" % left] if left > 0 else [])])


class UnknownReferences(InvalidInput):
    """A description refers to resources that do not exist on the tenant.

    :param explanations: one text per missing resource.
    :param found: the result of the lookup, with the resources that do exist.
    """

    def __init__(self, explanations: List[str], hint: str = "", found: Any = None) -> None:
        super().__init__(" ".join(explanations), hint)
        self.explanations = explanations
        self.found = found


class MissingLibrary(QlikError):
    """A required Python library cannot be imported.

    :param library: its name on PyPI.
    :param import_error: the traceback of the failed import.
    """

    def __init__(self, library: str, import_error: str) -> None:
        python = sys.executable or "Python"
        reason = printable(import_error.strip().rpartition("\n")[2]).rstrip(".")
        super().__init__(
            "%s cannot import the library %s: %s." % (python, library, reason),
            "Install it for this Python, for example with `%s -m pip install %s`, or set `ansible_python_interpreter`"
            " to a Python that has it." % (python, library),
        )
        self.import_error = import_error


class NotReached(QlikError):
    """No connection to the tenant was established, so the request was not carried out."""

    fault: Optional[str] = "not reached"


class NeverReached(NotReached):
    """No connection is possible and a retry does not help: an unknown host name, or an invalid certificate."""

    fault = None


class ResponseLost(QlikError):
    """The request was sent, but no readable response arrived. The service may have carried it out."""

    outcome_unknown = True
    fault = "response lost"


class RateLimitWaitExceeded(QlikError):
    """The rate limit of the API requires a longer wait than the task allows."""


class Interrupted(QlikError):
    """The task received SIGINT or SIGTERM, so it starts no further request."""


class UnexpectedResponse(QlikError):
    """The response contradicts Qlik's reference, and a retry does not help."""

    outcome_unknown = True


class NotAttempted(QlikError):
    """The task did not attempt a change because an earlier one failed."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__("Not attempted: %s" % reason, hint)


class NotApplied(QlikError):
    """The tenant accepted a write, but does not show the written value."""


class Overtaken(QlikError):
    """Another client has replaced the value that the task wrote."""


class UnhandledError(QlikError):
    """A bug in the collection."""

    outcome_unknown = True

    def __init__(self, error: Exception) -> None:
        super().__init__("Unexpected error in the collection: %r." % error, "Report it as a bug.")


class ApiError(QlikError):
    """A response with an error status.

    :param request: method and path, C(POST /api/v1/groups).
    :param status: the HTTP status. The status in the body is ignored: in Qlik's reference it is a number, a string, or
        missing, depending on the service.
    :param body: the parsed body of any type, or C(None) if it is not JSON.
    :param excerpt: the beginning of a body that is not JSON.
    :param redact: returns a text without its secrets.
    """

    default_hint = ""

    def __init__(
        self,
        request: str,
        status: int,
        body: Any = None,
        excerpt: str = "",
        redact: Callable[[str], str] = lambda text: text,
    ) -> None:
        def as_text(value: Any) -> str:
            return printable(redact(str(value))) if isinstance(value, (str, int, float)) else ""

        self.request = request
        self.status = status
        entries = _error_entries(body)
        shown = entries[:_MOST_ENTRIES]
        first: Dict[str, Any] = shown[0] if shown else {}
        self.code = as_text(first.get("code"))
        self.title = as_text(first.get("title"))
        self.detail = as_text(first.get("detail"))
        self.trace_id = as_text(body.get("traceId")) if isinstance(body, dict) else ""
        texts = [text for text in (_describe(entry, as_text) for entry in shown) if text]
        if not texts and excerpt:
            texts = ["the response is not JSON and begins with: %s" % printable(redact(excerpt))]
        message = "%s returned HTTP status %d" % (request, status)
        if texts:
            message += ": %s" % _cut("; ".join(texts), _LONGEST_EXPLANATION)
        if len(entries) > len(shown):
            message += "; and %d more errors" % (len(entries) - len(shown))
        message = message.rstrip(".") + "."
        if self.trace_id:
            message += " Trace ID %s." % self.trace_id
        super().__init__(message, _HINTS_BY_CODE.get(self.code) or self.default_hint)

    def to_result(self) -> Dict[str, Any]:
        result = super().to_result()
        result.update(
            request=self.request,
            status=self.status,
            code=self.code or None,
            title=self.title or None,
            detail=self.detail or None,
            trace_id=self.trace_id or None,
        )
        return result


class BadRequest(ApiError):
    """400"""


class Unauthorized(ApiError):
    """401, which a deactivated tenant returns as well, with the code C(TENANT_DISABLED)."""

    default_hint = "The credential is invalid, expired, or revoked, or it belongs to another tenant."


class Forbidden(ApiError):
    """403"""

    default_hint = "The credential requires the role TenantAdmin (an OAuth client also the scope admin_classic)."


class NotFound(ApiError):
    """404"""


class Conflict(ApiError):
    """409"""


class RateLimited(ApiError):
    """429: the service did not carry out the request."""

    fault = "rate limited"


class ServerError(ApiError):
    """5xx: the service may have carried out the request."""

    default_hint = "The service failed. Run the task again later."
    outcome_unknown = True


class PassingServerError(ServerError):
    """408, 500, 502, 503, and 504: a retry may succeed."""

    fault = "server error"


class PartlyApplied(ApiError):
    """207 on PATCH /users/{id}: the service carried out some operations, but not all."""

    outcome_unknown = True


#: The beginning of a command in a log of a CI system.
_CI_COMMAND = re.compile(r"##(?=(?:vso)?\[)", re.IGNORECASE)
_CLASSES: Dict[int, Type[ApiError]] = {
    207: PartlyApplied,
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: PassingServerError,
    409: Conflict,
    429: RateLimited,
    500: PassingServerError,
    502: PassingServerError,
    503: PassingServerError,
    504: PassingServerError,
}

_HINTS_BY_CODE = {
    "TENANTS-21": "Set `license_key`.",
    "TENANTS-22": "The license allows no further tenant. A deactivated tenant counts until it is purged.",
    "TENANTS-23": "Set `license_key` to the signed key: the value of licenseKey in GET /api/v1/licenses/overview on a"
    " tenant of the same subscription.",
    "TENANT_DISABLED": "The tenant is deactivated. Reactivate it in My Qlik before its next purge date.",
    "CSRF-TOKEN-2": "Cookie sessions are not supported. Use an API key or an OAuth client.",
}


def api_error(request: str, status: int, *body: Any) -> ApiError:
    """Return the exception for an error response. The parameters are those of :class:`ApiError`."""
    fallback: Type[ApiError] = ServerError if status >= 500 else ApiError
    return _CLASSES.get(status, fallback)(request, status, *body)


def visible(text: str) -> str:
    """Return C(text) with its invisible characters spelled out, such as C(<U+001B>).

    Terminals interpret some of them as commands, and some reverse the direction of the text around them.
    """
    characters = without_ci_commands(text)
    return "".join(character if character.isprintable() else "<U+%04X>" % ord(character) for character in characters)


def without_ci_commands(text: str) -> str:
    """Return C(text) with a space in C(##[) and C(##vso[).

    In the logs of GitHub Actions and Azure Pipelines, they begin a command anywhere in a line.
    """
    return _CI_COMMAND.sub("## ", text)


def printable(text: str) -> str:
    """Return C(text) on one line, with every character visible, and cut to a length that fits into a message."""
    line = re.sub(r"\s+", " ", text[: 10 * _LONGEST_EXCERPT]).strip()
    return _cut(visible(line[: _LONGEST_EXCERPT + 1]), _LONGEST_EXCERPT)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def _error_entries(body: Any) -> List[Dict[str, Any]]:
    entries = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def _describe(entry: Dict[str, Any], as_text: Callable[[Any], str]) -> str:
    """Return one item of C(errors) as a text; C(meta) is an object or a list of objects (Qlik reference: tenants)."""
    parts = [" ".join(filter(None, (as_text(entry.get("code")), as_text(entry.get("title")))))]
    parts.append(as_text(entry.get("detail")))
    meta = entry.get("meta")
    for item in meta[:_MOST_PARTS] if isinstance(meta, list) else [meta]:
        if isinstance(item, dict):
            parts.append(" ".join(filter(None, (as_text(item.get("code")), as_text(item.get("title"))))))
    source: Optional[Any] = entry.get("source")
    if isinstance(source, dict):
        parts.append(as_text(source.get("pointer")) or as_text(source.get("parameter")))
    return ", ".join(part for part in parts if part)
