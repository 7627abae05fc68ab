# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start local tenants from a shell: ``python -m local_tenant --help``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from .app import Tenant
from .guesses import GuessError, Guesses, described
from .limits import LimitSettings
from .organization import SUBSCRIPTION_ID, Organization
from .server import Server
from .state import CALLER_ADDRESS, REGION, Hostnames


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_tenant",
        description="Serve a strict imitation of Qlik Cloud's administrative REST API. When it is ready two lines for "
        "a shell are printed; it serves until it is interrupted. All requests seem to come from "
        f"{CALLER_ADDRESS}.",
        epilog="guesses (what the published reference leaves open):\n  " + "\n  ".join(described()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=_whole, default=0, help="port of the first tenant; 0 takes free ones (0)")
    parser.add_argument("--tenants", type=_whole, default=1, help="number of tenants, each on its own port (1)")
    parser.add_argument(
        "--regions",
        default=REGION,
        metavar="A,B",
        help=f"regions of the organization; the tenants are in turns in them ({REGION})",
    )
    parser.add_argument(
        "--proxy",
        action="store_true",
        help="start a proxy that leads all host names of the organization here, with TLS",
    )
    parser.add_argument("--latency", type=_number, default=0.0, metavar="S", help="seconds before each answer (0)")
    parser.add_argument("--rate-limits", action="store_true", help="enforce the published rate limits")
    parser.add_argument("--tenant-cap", action="store_true", help="enforce the tenant-wide limit too")
    parser.add_argument(
        "--time-scale",
        type=_number,
        default=1.0,
        metavar="X",
        help="seconds of the limits' window per real second; Retry-After is in real seconds, rounded up (1)",
    )
    parser.add_argument("--groups", type=_whole, default=0, metavar="N", help="groups each tenant starts with (0)")
    parser.add_argument(
        "--guess", action="append", default=[], metavar="NAME=VALUE", help="decide an open question; can be repeated"
    )
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain in PEM; serves https")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key in PEM")
    parser.add_argument("--ready-file", type=Path, metavar="FILE", help="written when ready: JSON on all tenants")
    return parser


def _whole(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError("not a number from 0 to 1000000")
    return value


def _number(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError("not a number of at least 0")
    return value


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.tenants < 1:
        parser.error("argument --tenants: at least 1 is needed")
    if not options.time_scale:
        parser.error("argument --time-scale: it must be above 0")
    if bool(options.tls_cert) != bool(options.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    if options.port and options.port + options.tenants > 65_536:
        parser.error("argument --port: no port is above 65535")
    try:
        guesses = _guesses(options.guess)
        tls = _tls(options.tls_cert, options.tls_key)
    except (GuessError, OSError) as error:
        parser.error(str(error))
    try:
        return asyncio.run(_serve(options, guesses, tls))
    except OSError as error:
        print(f"local_tenant: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1


def _guesses(texts: list[str]) -> Guesses:
    changes: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise GuessError(f"argument --guess: {text!r} is not NAME=VALUE")
        changes[name] = value
    return Guesses().changed(changes)


def _tls(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if cert is None or key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


async def _serve(options: argparse.Namespace, guesses: Guesses, tls: ssl.SSLContext | None) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    limits = LimitSettings(options.rate_limits, options.time_scale, options.tenant_cap)
    hostnames = Hostnames()
    servers: list[Any] = []
    described_tenants: list[dict[str, str]] = []

    async def start(tenant: Tenant, port: int) -> str:
        server = Server(tenant, options.latency)
        servers.append(server)
        return f"{'https' if tls else 'http'}://{options.host}:{await server.start(options.host, port, tls)}"

    regions = options.regions.split(",")
    tenants = [
        Tenant(index + 1, guesses, limits, hostnames, options.groups, regions[index % len(regions)])
        for index in range(options.tenants)
    ]
    organization = Organization(guesses, limits, hostnames, tenants, regions)
    try:
        for index, tenant in enumerate(tenants):
            url = await start(tenant, options.port + index if options.port else 0)
            described_tenants.append(_described(tenant, url))
        described_organization: dict[str, Any] = {
            **_described(organization.console, await start(organization.console, 0)),
            "license_key": organization.license_key,
            "subscription_id": SUBSCRIPTION_ID,
            "registers": {
                region: _described(host, await start(host, 0)) for region, host in organization.registers.items()
            },
        }
        if options.proxy:
            # Needs a library that only tests have.
            from .front import Front

            front = Front(organization, options.latency)
            servers.append(front)
            described_organization["proxy"] = f"http://{options.host}:{await front.start(options.host)}"
            described_organization["authority"] = front.authority
        if options.ready_file is not None:
            ready = {"tenants": described_tenants, "organization": described_organization}
            _write_whole(options.ready_file, json.dumps(ready))
        print(f"export QLIK_TENANT_URL={described_tenants[0]['url']}")
        print(f"export QLIK_API_KEY={described_tenants[0]['api_key']}", flush=True)
        await stopped.wait()
    finally:
        for server in servers:
            await server.stop()
    return 0


def _described(tenant: Tenant, url: str) -> dict[str, str]:
    tokens = tenant.tokens
    return {
        "url": url,
        **tenant.first_keys(),
        "client_id": tokens.client_id,
        "client_secret": tokens.client_secret,
        "tenant_id": tenant.state.tenant.id,
    }


def _write_whole(path: Path, text: str) -> None:
    """Readers wait for the file to appear, so it must never be seen half written."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


if __name__ == "__main__":
    sys.exit(main())
