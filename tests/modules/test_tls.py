# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: a certificate that cannot be verified is refused, and what makes it verify is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from local_tenant.client import LocalTenant
from modules.harness import Run, assert_refused


@dataclass(frozen=True)
class Secure:
    """A tenant with TLS, and the certificate of the authority that signed its own."""

    tenant: LocalTenant
    ca: Path
    other_ca: Path


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "cert.pem"), append=True)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    with LocalTenant(tls_cert=folder / "cert.pem", tls_key=folder / "key.pem") as tenant:
        yield Secure(tenant, folder / "ca.pem", folder / "other.pem")


@pytest.fixture
def run_secure(secure: Secure, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The fixture ``run`` has cleaned the environment; these variables would change what is trusted."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    secure.tenant.reset()
    return Run(secure.tenant)


def test_unknown_authority(run_secure: Run, secure: Secure) -> None:
    assert_refused(run_secure, "qlik_group", {"name": "HR"}, "cannot be verified", "ca_path")
    other = {"name": "HR", "ca_path": str(secure.other_ca)}
    assert_refused(run_secure, "qlik_group", other, "cannot be verified", "ca_path")
    assert_refused(run_secure, "qlik_groups", {"groups": [{"name": "HR"}]}, "cannot be verified", "ca_path")


def test_ca_path(run_secure: Run, secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_secure("qlik_group", name="HR", ca_path=str(secure.ca))["changed"] is True
    monkeypatch.setenv("QLIK_CA_PATH", str(secure.ca))
    assert run_secure("qlik_group", name="HR")["changed"] is False


def test_no_verification(run_secure: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_secure("qlik_group", name="HR", validate_certs=False)["changed"] is True
    monkeypatch.setenv("QLIK_VALIDATE_CERTS", "false")
    assert run_secure("qlik_group", name="HR")["changed"] is False


def test_ca_path_beats_the_variables_of_the_library(
    run_secure: Run, secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.other_ca))
    assert run_secure("qlik_group", name="HR", ca_path=str(secure.ca))["changed"] is True


def test_no_verification_beats_the_variables_of_the_library(
    run_secure: Run, secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.other_ca))
    assert run_secure("qlik_group", name="HR", validate_certs=False)["changed"] is True
