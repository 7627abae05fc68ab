# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Origins, as browsers know them: a scheme, a host and perhaps a port."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from typing import Iterable, List

from .._errors import InvalidInput

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\]")
_PORT = re.compile("[0-9]{1,5}")
_HIGHEST_PORT = 65535
#: A content security policy can allow every port of a host.
_ANY_PORT = "*"


def check_origin(text: str, place: str, scheme: str = "") -> None:
    """Refuse what is no origin.

    :param place: the option that holds it.
    :param scheme: an example of the scheme that an origin has to begin with, nothing where it can do without.
    :raises InvalidInput: saying what an origin looks like.
    """
    found, separator, rest = text.partition("://")
    found, rest = (found, rest) if separator else ("", text)
    host, colon, port = without_slash(rest).partition("]:" if rest.startswith("[") else ":")
    if rest.startswith("[") and colon:
        host += "]"
    if "@" in text:
        # The text is not repeated: what stands in front of the sign can be a password.
        problem = "An origin has neither a user nor a password."
    elif any(character.isspace() for character in text):
        problem = "An origin has no blanks, and this one is %r." % text
    elif scheme and not separator:
        problem = "An origin begins with its scheme, and this one is %r." % text
    elif separator and not _SCHEME.fullmatch(found.lower()):
        problem = "%r is not a scheme." % found
    elif any(sign in without_slash(rest) for sign in "/?#"):
        problem = "An origin has no path, and this one is %r." % text
    elif not _HOST.fullmatch(host.lower()):
        problem = "There is no host like that of %r." % text
    elif colon and (scheme or port != _ANY_PORT) and (not _PORT.fullmatch(port) or not 1 <= int(port) <= _HIGHEST_PORT):
        problem = "The port of an origin is 1 to %d, and this one is %r." % (_HIGHEST_PORT, text)
    else:
        return
    example = "%sportal.example.com:8443" % (scheme and scheme + "://")
    raise InvalidInput(problem, "Write it like %s; the port can be left out." % example, place)


def same_origin(text: str) -> str:
    """An origin in the form in which equal ones are the same: in lower case, without a slash at its end."""
    return without_slash(text).lower()


def without_https(text: str) -> str:
    """The same of an origin that means https where it has no scheme."""
    text = same_origin(text)
    return text[len("https://") :] if text.startswith("https://") else text


def warnings_of_slashes(option: str, texts: Iterable[str]) -> List[str]:
    """A warning for each origin that ends with a slash."""
    slashed = [text for text in texts if without_slash(text) != text]
    text = "%s: %r ends with a slash, which no browser sends. %r is written instead."
    return [text % (option, each, without_slash(each)) for each in slashed]


def without_slash(text: str) -> str:
    """An origin as browsers send it, without a slash at its end."""
    return text[:-1] if text.endswith("/") and not text.endswith("//") else text
