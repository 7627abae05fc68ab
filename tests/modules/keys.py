# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, certificates, and SAML metadata for tests."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PEM = serialization.Encoding.PEM
METADATA = """<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{url}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""


def key(name: str = "a", kind: str = "rsa") -> Key:
    """A private key, the same for the same name."""
    return _key(name, kind)


@lru_cache(maxsize=None)
def _key(name: str, kind: str) -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def public(name: str = "a", kind: str = "rsa", pkcs1: bool = False) -> str:
    """The public key in PEM."""
    form = serialization.PublicFormat.PKCS1 if pkcs1 else serialization.PublicFormat.SubjectPublicKeyInfo
    return key(name, kind).public_key().public_bytes(PEM, form).decode()


def private(name: str = "a", kind: str = "rsa", form: str = "PKCS8") -> str:
    """The private key in PEM: C(PKCS8) or C(TraditionalOpenSSL)."""
    no_encryption = serialization.NoEncryption()
    return key(name, kind).private_bytes(PEM, getattr(serialization.PrivateFormat, form), no_encryption).decode()


def certificate(name: str = "a", kind: str = "rsa", days: float = 400) -> str:
    """A certificate in PEM that ends in so many days, the same for the same arguments."""
    return _certificate(name, kind, days)


@lru_cache(maxsize=None)
def _certificate(name: str, kind: str, days: float) -> str:
    now = datetime.now(timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    builder = builder.public_key(key(name, kind).public_key()).serial_number(1)
    builder = builder.not_valid_before(now - timedelta(days=1000)).not_valid_after(now + timedelta(days=days))
    return builder.sign(key(name, kind), hashes.SHA256()).public_bytes(PEM).decode()


def bare(pem: str) -> str:
    """The base64 of PEM on one line."""
    return "".join(line for line in pem.splitlines() if not line.startswith("-----"))


def metadata(entity: str = "https://idp.example/e", url: str = "https://idp.example/sso", name: str = "a") -> str:
    """SAML metadata in base64."""
    text = METADATA.format(entity=entity, url=url, certificate=bare(certificate(name)))
    return base64.b64encode(text.encode()).decode()


def bare_of(text: str) -> str:
    """The base64 of a certificate in any form."""
    marks = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
    for mark in marks:
        text = text.replace(mark, "")
    return "".join(text.split())
