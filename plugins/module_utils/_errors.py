# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong, as one family of exceptions that know how to explain themselves to a person."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Type

_LONGEST_EXCERPT = 300
#: The most that a message says of the errors in a body: characters, entries, and parts of an entry.
_LONGEST_EXPLANATION = 1000
_MOST_ENTRIES = 10
_MOST_PARTS = 3


class QlikError(Exception):
    """Anything that ends a task: C(str(error)) is a text for people.

    :param message: what was wrong, in full sentences.
    :param hint: what the user can do about it.
    """

    #: Whether a request that fails so may have been carried out all the same. The transport sets it on what it raises:
    #: true for a write of which one attempt at least may have been carried out, false for what only reads.
    outcome_unknown = False
    #: The kind of fault in the transport's table of what may be repeated, or C(None): repeating does not help.
    fault: Optional[str] = None
    #: Seconds that the service asks to wait before the next attempt.
    retry_after = 0.0
    #: The option that the error is about, if it is about a single one.
    option = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = visible(message)
        self.hint = visible(hint)

    def __str__(self) -> str:
        return " ".join(part for part in (self._placed_message, self.hint) if part)

    def to_result(self) -> Dict[str, Any]:
        """The machine-readable form, for the key C(error) of a failed result."""
        return {"message": self._placed_message, "hint": self.hint}

    @property
    def _placed_message(self) -> str:
        return "%s: %s" % (self.option, self.message) if self.option else self.message


class InvalidInput(QlikError):
    """The task asks for something that is known to be impossible, before anything is written.

    :param option: the option that it is about, if it is about a single one.
    """

    #: What the tenant answered, where only its refusal led to the reason.
    response: Optional[ApiError] = None

    def __init__(self, message: str, hint: str = "", option: str = "") -> None:
        super().__init__(message, hint)
        self.option = option

    def to_result(self) -> Dict[str, Any]:
        result = self.response.to_result() if self.response else {}
        return dict(result, **super().to_result())


class NotAvailable(InvalidInput):
    """The tenant does not have what a task is about, such as an API that is not rolled out to it yet.

    :param response: how the tenant refused it, if it did.
    """

    def __init__(self, message: str, hint: str = "", response: Optional[ApiError] = None) -> None:
        super().__init__(message, hint)
        self.response = response


class InvalidDescription(InvalidInput):
    """All that is wrong with what a task describes.

    :param lines: a text for each problem.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("")
        self.message = "\n".join(map(visible, lines))


class UnknownReferences(InvalidInput):
    """Resources that a description names and the tenant does not have; C(explanations) holds a text for each.

    :param found: what the others that were looked for are.
    """

    def __init__(self, explanations: List[str], hint: str = "", found: Any = None) -> None:
        super().__init__(" ".join(explanations), hint)
        self.explanations = explanations
        self.found = found


class MissingLibrary(QlikError):
    """A library cannot be imported.

    :param library: its name on PyPI.
    :param import_error: the traceback of the import.
    """

    def __init__(self, library: str, import_error: str) -> None:
        python = sys.executable or "Python"
        reason = printable(import_error.strip().rpartition("\n")[2]).rstrip(".")
        super().__init__(
            "%s cannot import the library %s: %s." % (python, library, reason),
            "Install it for this Python, for example with `%s -m pip install %s`, or set ansible_python_interpreter to"
            " a Python that has it." % (python, library),
        )
        self.import_error = import_error


class NotReached(QlikError):
    """No connection to the tenant was made, so the request was not carried out."""

    fault: Optional[str] = "not reached"


class NeverReached(NotReached):
    """The same for a reason that stays, such as an unknown host name or a certificate that does not verify."""

    fault = None


class ResponseLost(QlikError):
    """The request was sent, and no answer arrived that can be read: it may have been carried out."""

    outcome_unknown = True
    fault = "answer lost"


class RateLimitWaitExceeded(QlikError):
    """The API asks to wait longer than the task may wait."""


class Interrupted(QlikError):
    """The task got SIGINT or SIGTERM, so nothing more was begun."""


class UnexpectedResponse(QlikError):
    """The answer is not what Qlik's reference says it should be, and asking again would not help."""

    outcome_unknown = True


class NotBegun(QlikError):
    """Nothing was tried, because of something that failed before."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__("Not begun: %s" % reason, hint)


class NotApplied(QlikError):
    """The tenant accepted a write, and still does not hold what was written."""


class Overtaken(QlikError):
    """The tenant held what was written, or would have, and holds what somebody else has written since."""


class UnhandledError(QlikError):
    """A fault of the collection itself."""

    outcome_unknown = True

    def __init__(self, error: Exception) -> None:
        super().__init__("The collection met something that it does not handle: %r." % error, "Please report it.")


class ApiError(QlikError):
    """An answer with an error status.

    :param request: method and path, C(POST /api/v1/groups).
    :param status: the HTTP status; the one in the body is not trusted (Qlik's reference gives it as a number,
        a text or not at all, depending on the service).
    :param body: the parsed body, whatever its type, or C(None) where it is no JSON.
    :param excerpt: the beginning of a body that is no JSON.
    :param redact: takes out of a text what must not be shown.
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
            texts = ["the answer is no JSON and begins with: %s" % printable(redact(excerpt))]
        message = "%s was answered with HTTP status %d" % (request, status)
        if texts:
            message += ": %s" % _cut("; ".join(texts), _LONGEST_EXPLANATION)
        if len(entries) > len(shown):
            message += "; and %d errors more" % (len(entries) - len(shown))
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
    """401: also what a deactivated tenant answers, with code C(TENANT_DISABLED)."""

    default_hint = "The credential is wrong, expired or revoked, or it belongs to another tenant."


class Forbidden(ApiError):
    """403"""

    default_hint = "The credential needs the role TenantAdmin (an OAuth client also the scope admin_classic)."


class NotFound(ApiError):
    """404"""


class Conflict(ApiError):
    """409"""


class RateLimited(ApiError):
    """429: the request was not carried out."""

    fault = "rate limited"


class ServerError(ApiError):
    """5xx: the request may have been carried out all the same."""

    default_hint = "This is a fault of the service. Run the task again later."
    outcome_unknown = True


class PassingServerError(ServerError):
    """408, 500, 502, 503 and 504: the next attempt may succeed."""

    fault = "server error"


class PartlyApplied(ApiError):
    """207 on PATCH /users/{id}: some operations were carried out and some were not."""

    outcome_unknown = True


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
    "TENANTS-21": "Give license_key.",
    "TENANTS-22": "The licence has no tenant left. A deactivated tenant counts until it is purged.",
    "TENANTS-23": "Is license_key the signed key, licenseKey of GET /api/v1/licenses/overview on a tenant of the same"
    " subscription?",
    "TENANT_DISABLED": "The tenant is deactivated. Reactivate it in My Qlik before its next purge date.",
    "CSRF-TOKEN-2": "A cookie session cannot be used here. Use an API key or an OAuth client.",
}


def api_error(request: str, status: int, *body: Any) -> ApiError:
    """The exception for an error answer; the parameters are those of :class:`ApiError`."""
    fallback: Type[ApiError] = ServerError if status >= 500 else ApiError
    return _CLASSES.get(status, fallback)(request, status, *body)


def visible(text: str) -> str:
    """C(text) with its invisible characters spelt out, such as C(<U+001B>): terminals act on some of them, and some
    turn around what is beside them."""
    return "".join(character if character.isprintable() else "<U+%04X>" % ord(character) for character in text)


def printable(text: str) -> str:
    """C(text) on one line, with every character visible, and cut to a length that fits into a message."""
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
    """One entry of C(errors) as a text; C(meta) is an object or a list of objects (Qlik reference: tenants)."""
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
