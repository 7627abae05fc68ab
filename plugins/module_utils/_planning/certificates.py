# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and compares certificates and public keys by content, not by their text.

This reads only the required parts of DER (X.690; RFC 5280, RFC 7468, RFC 8017), and verifies no signature.
"""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from datetime import datetime, timezone
from typing import Any, List, NamedTuple, Optional

from .._errors import InvalidInput

CERTIFICATE, PUBLIC_KEY, RSA_PUBLIC_KEY = "CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY"
_NAMES = {CERTIFICATE: "a certificate", PUBLIC_KEY: "a public key", RSA_PUBLIC_KEY: "a public key"}
_PRIVATE = "PRIVATE"
_PEM = re.compile(r"\s*-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----\s*", re.DOTALL)
#: The maximum number of characters of a certificate.
_LONGEST = 64 * 1024
_INTEGER, _BIT_STRING, _SEQUENCE = 0x02, 0x03, 0x30
_UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x17, 0x18, 0xA0


class Element(NamedTuple):
    """An element of DER.

    :param der: the whole element, with its tag and length.
    """

    tag: int
    content: bytes
    der: bytes


class Pem(NamedTuple):
    """A certificate or a public key.

    :param label: C(CERTIFICATE), C(PUBLIC KEY), or C(RSA PUBLIC KEY).
    """

    label: str
    der: bytes

    @property
    def key(self) -> bytes:
        """The public key, in the same form for all labels."""
        if self.label == RSA_PUBLIC_KEY:
            return self.der
        info = _parts_of_certificate(self.der)[-1].der if self.label == CERTIFICATE else self.der
        *_algorithm, bits = _children(_whole(info).content)
        key = bits.content[1:]
        # An RSA key is complete in itself. All other keys require their algorithm.
        return key if key[:1] == bytes([_SEQUENCE]) else info

    @property
    def not_after(self) -> Optional[datetime]:
        """The expiry of a certificate; C(None) for a key, and for a time that cannot be read."""
        if self.label != CERTIFICATE:
            return None
        try:
            _not_before, end = _children(_parts_of_certificate(self.der)[-3].content)
            text = end.content.decode("ascii")
            if end.tag == _UTC_TIME:
                # RFC 5280: two digits of the year, from 1950 on.
                text = ("19" if int(text[:2]) >= 50 else "20") + text
            return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)
        except ValueError:
            return None

    def text(self) -> str:
        """Return the PEM text, with lines of 64 characters."""
        body = b64encode(self.der).decode("ascii")
        lines = [body[start : start + 64] for start in range(0, len(body), 64)]
        return "\n".join(["-----BEGIN %s-----" % self.label, *lines, "-----END %s-----" % self.label]) + "\n"


def read_pem(text: Any, option: str = "", labels: Any = (CERTIFICATE, PUBLIC_KEY, RSA_PUBLIC_KEY)) -> Pem:
    """Read a certificate or a public key in PEM, or a certificate in plain base64, with any white space.

    :param option: the path of the option, for the error.
    :param labels: the accepted labels.
    :raises InvalidInput: if the text is something else. The error never shows it, and has a private key as C(secret).
    """
    if isinstance(text, str) and _is_private(text):
        error = InvalidInput(
            "Must be a public key, not a private key.", "Use the public key or its certificate.", option
        )
        error.secret = text
        raise error
    allowed = " or ".join(dict.fromkeys(_NAMES[label] for label in labels))
    first_lines = " or ".join("-----BEGIN %s-----" % label for label in labels)
    wrong = InvalidInput("Must be %s in PEM." % allowed, "The first line must be %s." % first_lines, option)
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise wrong
    found = _PEM.fullmatch(text)
    label, body = (found[1], found[2]) if found else (CERTIFICATE, text)
    if label not in labels or (found and found[3] != label):
        raise wrong
    try:
        pem = Pem(label, b64decode("".join(body.split()), validate=True))
        _whole(pem.der)
        _check_shape(pem)
    except ValueError:
        raise wrong from None
    return pem


def _is_private(text: str) -> bool:
    """Return whether a text contains a private key, by its label or by its form (PKCS #1, PKCS #8, SEC 1)."""
    if re.search(r"-----BEGIN [A-Z0-9 ]*%s" % _PRIVATE, text):
        return True
    found = _PEM.fullmatch(text)
    try:
        der = b64decode("".join((found[2] if found else text).split()), validate=True)
        parts = _children(_whole(der).content)
    except ValueError:
        return False
    # All of them begin with a version of one byte; a public RSA key begins with its modulus.
    return len(parts) > 1 and parts[0].tag == _INTEGER and len(parts[0].content) == 1


def _check_shape(pem: Pem) -> None:
    """:raises ValueError: if the content contradicts the label."""
    tags = [part.tag for part in _children(_whole(pem.der).content)]
    expected = {
        CERTIFICATE: [_SEQUENCE, _SEQUENCE, _BIT_STRING],
        PUBLIC_KEY: [_SEQUENCE, _BIT_STRING],
        RSA_PUBLIC_KEY: [_INTEGER, _INTEGER],
    }
    if tags != expected[pem.label]:
        raise ValueError
    if pem.label != RSA_PUBLIC_KEY and not pem.key:
        raise ValueError


def _parts_of_certificate(der: bytes) -> List[Element]:
    """Return the serial number, algorithm, issuer, validity, subject, and key of a certificate.

    :raises ValueError: if this is not a certificate.
    """
    body = _children(_whole(der).content)[0]
    parts = _children(body.content)
    parts = parts[1:] if parts and parts[0].tag == _VERSION else parts
    if len(parts) < 6:
        raise ValueError
    return parts[:6]


def _whole(der: bytes) -> Element:
    """Return the only element of bytes, which must be a sequence.

    :raises ValueError: if they are something else.
    """
    (element,) = _children(der)
    if element.tag != _SEQUENCE:
        raise ValueError
    return element


def _children(content: bytes) -> List[Element]:
    """Return the elements of bytes, in their order.

    :raises ValueError: if they are not DER.
    """
    found = []
    position = 0
    while position < len(content):
        if position + 2 > len(content):
            raise ValueError
        tag, length = content[position], content[position + 1]
        start = position + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4 or start + size > len(content):
                raise ValueError
            length = int.from_bytes(content[start : start + size], "big")
            start += size
        end = start + length
        if end > len(content):
            raise ValueError
        found.append(Element(tag, content[start:end], content[position:end]))
        position = end
    return found
