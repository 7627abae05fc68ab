# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Web origins (a scheme, a host, and an optional port), and URLs."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Iterable, List
from urllib.parse import urlsplit

from .._errors import InvalidInput

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\]")
_PORT = re.compile("[0-9]{1,5}")
_HIGHEST_PORT = 65535
#: A content security policy can allow every port of a host.
_ANY_PORT = "*"


def check_origin(text: str, place: str, scheme: str = "") -> None:
    """Check that C(text) is an origin.

    :param place: the option that holds it.
    :param scheme: an example of the required scheme; "" if the scheme is optional.
    :raises InvalidInput: if it is not an origin.
    """
    found, separator, rest = text.partition("://")
    found, rest = (found, rest) if separator else ("", text)
    host, colon, port = without_slash(rest).partition("]:" if rest.startswith("[") else ":")
    if rest.startswith("[") and colon:
        host += "]"
    if "@" in text:
        # The message does not show the text, because it may contain a password.
        problem = "An origin must not contain a user or a password."
    elif any(character.isspace() for character in text):
        problem = "The origin %r must not contain white space." % text
    elif scheme and not separator:
        problem = "The origin %r must begin with a scheme." % text
    elif separator and not _SCHEME.fullmatch(found.lower()):
        problem = "%r is not a scheme." % found
    elif any(sign in without_slash(rest) for sign in "/?#"):
        problem = "The origin %r must not have a path." % text
    elif not _HOST.fullmatch(host.lower()):
        problem = "The origin %r has an invalid host name." % text
    elif colon and (scheme or port != _ANY_PORT) and (not _PORT.fullmatch(port) or not 1 <= int(port) <= _HIGHEST_PORT):
        problem = "The port of the origin %r must be 1 to %d." % (text, _HIGHEST_PORT)
    else:
        return
    example = "%sportal.example.com:8443" % (scheme and scheme + "://")
    raise InvalidInput(problem, "Use the form %s; the port is optional." % example, place)


def check_url(text: str, option: str) -> None:
    """Check that C(text) is an absolute http or https URL without a password.

    :param option: the path of the option, for the error.
    :raises InvalidInput: if it is something else. The error never shows a password.
    """
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
        has_password = "@" in parts.netloc
    except ValueError:
        is_url = has_password = False
    if has_password:
        error = InvalidInput("Must not contain a user name or a password.", "Use the URL without them.", option)
        error.secret = text
        raise error
    if not is_url:
        raise InvalidInput("%r is not an http or https URL." % text, "Begin it with https:// and a host name.", option)


def same_origin(text: str) -> str:
    """Return an origin in a form in which equivalent origins are equal: in lower case, without a trailing slash."""
    return without_slash(text).lower()


def without_https(text: str) -> str:
    """Return an origin whose default scheme is https in a form in which equivalent origins are equal."""
    text = same_origin(text)
    return text[len("https://") :] if text.startswith("https://") else text


def warnings_of_slashes(option: str, texts: Iterable[str]) -> List[str]:
    """Return a warning for each origin that ends with a slash."""
    warning = "%s: %r ends with a slash, but browsers send origins without one. The task writes %r."
    origins = [text for text in texts if without_slash(text) != text]
    return [warning % (option, origin, without_slash(origin)) for origin in origins]


def without_slash(text: str) -> str:
    """Return an origin as browsers send it, without a trailing slash."""
    return text[:-1] if text.endswith("/") and not text.endswith("//") else text
