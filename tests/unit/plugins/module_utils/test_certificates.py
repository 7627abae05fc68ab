# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys are read by what they say."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidInput
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.certificates import read_pem
from modules import keys

KINDS = ["rsa", "ec"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_makes_no_difference(kind: str) -> None:
    pem = keys.public("a", kind)
    lines = pem.splitlines()
    for other in (
        pem.replace("\n", "\r\n"),
        f"\n\n  {pem}\n",
        f"{lines[0]} {''.join(lines[1:-1])} {lines[-1]}",
        f"{lines[0]}\n{''.join(lines[1:-1])}\n{lines[-1]}",
        read_pem(pem).text(),
    ):
        assert read_pem(pem) == read_pem(other)
    assert read_pem(pem) != read_pem(keys.public("b", kind))
    certificate = keys.certificate("a", kind)
    assert read_pem(certificate) == read_pem(keys.bare(certificate)) != read_pem(keys.certificate("a", kind, days=5))


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_has_its_key(kind: str) -> None:
    assert read_pem(keys.certificate("a", kind)).key == read_pem(keys.public("a", kind)).key
    assert read_pem(keys.certificate("a", kind)).key != read_pem(keys.public("b", kind)).key
    if kind == "rsa":
        assert read_pem(keys.public(pkcs1=True)).key == read_pem(keys.public()).key


@pytest.mark.parametrize("days", [-3, 1, 400, 365 * 40])
def test_the_end_of_a_certificate(days: int) -> None:
    """From 2050 on, times are written in another way."""
    end = read_pem(keys.certificate(days=days)).not_after
    assert end is not None
    assert abs(end - (datetime.now(timezone.utc) + timedelta(days=days))) < timedelta(hours=1)
    assert read_pem(keys.public()).not_after is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
def test_a_private_key_is_recognized_and_not_shown(kind: str, form: str) -> None:
    pem = keys.private("a", kind, form)
    for text in (
        pem,
        pem.replace("\n", " "),
        keys.bare(pem),
        keys.public() + pem,
        f"-----BEGIN PUBLIC KEY-----\n{keys.bare(pem)}\n-----END PUBLIC KEY-----",
    ):
        with pytest.raises(InvalidInput) as error:
            read_pem(text, "pem")
        assert "Must be a public key, not a private key" in str(error.value)
        assert error.value.secret == text
        assert keys.bare(pem)[:40] not in str(error.value)


def test_an_encrypted_private_key_is_one() -> None:
    with pytest.raises(InvalidInput, match="Must be a public key, not a private key"):
        read_pem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        None,
        7,
        "AAAA",
        "MAA=",
        "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END CERTIFICATE-----",
        "x" * 100000,
    ],
)
def test_what_is_none(text: object) -> None:
    with pytest.raises(InvalidInput, match="pem: Must be a certificate or a public key in PEM. The first line"):
        read_pem(text, "pem")


def test_every_beginning_of_a_certificate_is_none() -> None:
    """No byte is read that is not there."""
    whole = keys.bare(keys.certificate("a", "ec"))
    for length in range(0, len(whole), 4):
        with pytest.raises(InvalidInput):
            read_pem(whole[:length])


def test_labels() -> None:
    wrong = keys.public().replace("PUBLIC KEY", "CERTIFICATE")
    with pytest.raises(InvalidInput):
        read_pem(wrong)
    with pytest.raises(InvalidInput):
        read_pem(keys.public(), labels=["CERTIFICATE"])
