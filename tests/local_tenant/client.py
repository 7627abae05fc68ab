# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A handle on local tenants for tests: starts the server, and makes every control call.

Needs nothing but the standard library; the server that it starts needs the package's own requirements.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, cast

Json = Any
START_SECONDS = 30.0


class LocalTenantError(Exception):
    """The server did not start, or refused a control call."""


class TenantHandle:
    """One running tenant: where it is, credentials for it, and its control calls."""

    def __init__(self, description: Mapping[str, Json]) -> None:
        self.url: str = description["url"]
        self._take_keys(description)
        self.client_id: str = description["client_id"]
        self.client_secret: str = description["client_secret"]
        self.tenant_id: str = description["tenant_id"]

    def _take_keys(self, keys: Mapping[str, Json]) -> None:
        self.api_key: str = keys["api_key"]
        self.api_key_without_rights: str = keys["api_key_without_rights"]
        self.api_key_without_roles: str = keys["api_key_without_roles"]
        self._keys_have_changed = False

    def control(self, method: str, name: str, body: Json = None) -> Json:
        """One control call. Raises LocalTenantError with the reason when it is refused."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/control/{name}", data, method=method)
        # The certificate is whatever the test made; only this handle's own server is asked here.
        context = ssl._create_unverified_context() if self.url.startswith("https") else None
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise LocalTenantError(error.read().decode(errors="replace")) from None

    def counters(self) -> dict[str, Json]:
        """``routes`` (by method and template), ``total``, ``statuses``, ``rate_limited``, ``writes``, peak."""
        return cast(dict[str, Json], self.control("GET", "counters"))

    def reset_counters(self) -> None:
        """Forget counters and the request log."""
        self.control("DELETE", "counters")

    def requests(self) -> list[dict[str, Json]]:
        """The request log: id, method, path, query, route, status and api_version; never a token."""
        return cast(list[dict[str, Json]], self.control("GET", "requests")["requests"])

    def state(self) -> dict[str, Json]:
        """All that the tenant holds, as the API would show it to an administrator."""
        return cast(dict[str, Json], self.control("GET", "state"))

    def groups(self) -> list[dict[str, Json]]:
        """All groups, without Everyone."""
        return cast(list[dict[str, Json]], self.state()["groups"])

    def users(self) -> list[dict[str, Json]]:
        """All users, deleted ones included."""
        return cast(list[dict[str, Json]], self.state()["users"])

    def roles(self) -> list[dict[str, Json]]:
        """All roles."""
        return cast(list[dict[str, Json]], self.state()["roles"])

    def spaces(self) -> list[dict[str, Json]]:
        """All spaces, each with its ``assignments``."""
        state = self.state()
        members: dict[str, list[Json]] = {space["id"]: [] for space in state["spaces"]}
        for assignment in state["assignments"]:
            members[assignment["spaceId"]].append(assignment)
        return [{**space, "assignments": members[space["id"]]} for space in state["spaces"]]

    def reset(self) -> None:
        """Back to a fresh tenant with the options it was started with."""
        self.control("POST", "reset")
        if self._keys_have_changed:
            self._take_keys(self.control("GET", "api_keys/first"))

    def guess(self, **values: bool | float | str) -> dict[str, Json]:
        """Decide open questions; all guesses as they are now.

        ``api_key_jti`` gives the API keys of this handle new tokens; those of before are good, too.
        """
        guesses = cast(dict[str, Json], self.control("PUT", "guesses", values))
        if "api_key_jti" in values:
            self._take_keys(self.control("GET", "api_keys/first"))
            self._keys_have_changed = True
        return guesses

    def limits(self, **values: Json) -> dict[str, Json]:
        """Change rate limits and capacities; all of them as they are now. Starts counting anew."""
        return cast(dict[str, Json], self.control("PUT", "limits", values))

    def misbehave(self, *rules: Mapping[str, Json]) -> None:
        """Add rules ``{"match": {...}, "action": {...}}``."""
        self.control("POST", "faults", list(rules))

    def behave(self) -> None:
        """Remove all rules."""
        self.control("DELETE", "faults")

    def faults(self) -> list[dict[str, Json]]:
        """The rules with how often each was seen and used."""
        return cast(list[dict[str, Json]], self.control("GET", "faults")["rules"])

    def plant_groups(self, groups: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add or change groups by (name, providerType); their ids."""
        return self._plant("groups", groups)

    def plant_users(self, users: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add or change users by subject; their ids."""
        return self._plant("users", users)

    def plant_roles(self, roles: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add or change roles by name; their ids."""
        return self._plant("roles", roles)

    def plant_spaces(self, spaces: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add or change spaces by name: ``type``, ``description``, ``owner`` (a subject) and ``members``; their ids.

        A member is ``{group, providerType}``, ``{user}`` (a subject) or ``{assigneeId, type}``, each with ``roles``.
        """
        return self._plant("spaces", spaces)

    def plant_assignments(self, assignments: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add or change members, each with its ``space`` (name or id); the ids of the assignments."""
        return self._plant("assignments", assignments)

    def plant_items(self, items: Sequence[Mapping[str, Json]]) -> list[str]:
        """Put content into a ``space`` (name or id): ``name``, ``resourceType``, ``owner``, ``listed``; its ids."""
        return self._plant("items", items)

    def plant_api_keys(self, keys: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add or change API keys, each of a ``user`` (subject or id) or, for SCIM, with a ``sub``; their ids.

        ``id``, ``description``, ``status`` (active or revoked), ``createdBy``; ``created`` or ``ageDays``, ``expiry``
        or ``daysLeft``. Dates are ISO 8601 times with Z.
        """
        return self._plant("api_keys", keys)

    def plant_audit_events(self, events: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add events to the audit log, each with an ``eventType``; their ids.

        ``eventTime``, or ``ageDays`` and ``ageSeconds``; ``user`` (a subject or any id; none for Qlik itself) and
        ``actor`` (likewise, or ``{sub, subType}``); ``data``, ``source``, ``extensions``, ``eventTypeVersion``.
        """
        return self._plant("audit_events", events)

    def audit_events(self) -> list[dict[str, Json]]:
        """All events, also those that the API does not show yet or any more, in the order in which they came.

        A log that fails is a fault: ``misbehave({"match": {"path": "/audits"}, "action": {"status": 403}})``; a tenant
        without one is ``set_tenant(missing_services=["audits"])``.
        """
        return cast(list[dict[str, Json]], self.control("GET", "audit_events")["events"])

    def api_key_token(self, key_id: str) -> str:
        """The token of an API key, also of a planted one."""
        return cast(str, self.control("POST", "api_keys/token", {"id": key_id})["token"])

    def token_of(self, user: str, *, actor: Json = None, scopes: Sequence[str] | None = None) -> str:
        """A token of a user (subject or id) who is signed in; what is written with it is written by that user.

        :param actor: who acts in the name of the user: a subject, an id, or ``{sub, subType}``.
        :param scopes: those of an OAuth token; without them the user's roles decide alone.
        """
        body = {"user": user, "actor": actor, "scopes": None if scopes is None else list(scopes)}
        return cast(str, self.control("POST", "tokens", body)["token"])

    def send_as(self, user: str, method: str, path: str, body: Json = None, **token: Json) -> Json:
        """Send a request to the API as a user who is signed in, and return its response.

        :param path: the path, such as ``/api/v1/groups``.
        :param token: what ``token_of`` takes.
        """
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token_of(user, **token)}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request) as response:
            content = response.read()
        return json.loads(content) if content else None

    def let_pass(self, days: float = 0, seconds: float = 0) -> None:
        """Let time pass: every date that the tenant holds moves into the past, and tokens come nearer to their end."""
        self.control("POST", "let_pass", {"seconds": days * 86_400 + seconds})

    def plant(self, kind: str, items: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add things of a kind in ``kinds.py``, such as ``csp_origins``: with the fields of the API; their ids.

        An item with the ``id`` of an existing one (``clientId`` of an OAuth client) changes it.
        """
        return self._plant(kind, items)

    def remove(self, kind: str, ids: Sequence[str]) -> int:
        """Take these things away; how many there were."""
        return cast(int, self.control("DELETE", kind, list(ids))["removed"])

    def remove_groups(self, ids: Sequence[str]) -> int:
        """Take groups away; how many there were."""
        return cast(int, self.control("DELETE", "groups", list(ids))["removed"])

    def remove_users(self, ids: Sequence[str]) -> int:
        """Take users away without a trace; how many there were."""
        return cast(int, self.control("DELETE", "users", list(ids))["removed"])

    def remove_roles(self, ids: Sequence[str]) -> int:
        """Take roles away; how many there were."""
        return cast(int, self.control("DELETE", "roles", list(ids))["removed"])

    def remove_spaces(self, ids: Sequence[str]) -> int:
        """Take spaces away with their members; how many there were."""
        return cast(int, self.control("DELETE", "spaces", list(ids))["removed"])

    def remove_assignments(self, ids: Sequence[str]) -> int:
        """Take members out of their spaces, by the ids of the assignments; how many there were."""
        return cast(int, self.control("DELETE", "assignments", list(ids))["removed"])

    def remove_items(self, ids: Sequence[str]) -> int:
        """Take content away; how much there was."""
        return cast(int, self.control("DELETE", "items", list(ids))["removed"])

    def set_tenant(self, **values: Json) -> None:
        """Change ``disabled``, ``alias``, ``name``, ``taken_aliases``, ``token_lifetime``, ``space_types``.

        Or a singleton in ``kinds.py``, such as ``session_policy``, by its fields; ``tenant_settings`` by the names of
        the API, or None. Or ``missing_services``: what is not rolled out to it, by the first part of its paths. Or
        ``caller_address``, from which everybody seems to call. Or ``qlik_account``: whether people can sign in with it,
        None where that follows from the identity providers.
        """
        self.control("PUT", "tenant", values)

    def sign_in(self, provider: str, **how: Json) -> dict[str, Json]:
        """Let a person sign in with a provider; ``signed_in``, ``error``, and ``user_id``.

        Pending options are verified and, unless ``promote`` is false, made live, or refused with an ``error``.
        ``client_secret`` is the secret that the other side asks for. With a ``subject`` (and ``name``, ``groups``) the
        person becomes a user.
        """
        return cast(dict[str, Json], self.control("POST", "sign_in", {"provider": provider, **how}))

    def revoke_tokens(self, which: str = "oauth") -> int:
        """End tokens: ``oauth``, ``api_key``, one of the other keys' names, or ``all``; how many there were."""
        return cast(int, self.control("POST", "tokens/revoke", {"which": which})["revoked"])

    def _plant(self, kind: str, items: Sequence[Mapping[str, Json]]) -> list[str]:
        return cast(list[str], self.control("POST", kind, [dict(item) for item in items])["ids"])


class OrganizationHandle(TenantHandle):
    """The organization of all running tenants: where its console is, and credentials for it and for its regions.

    Its control calls are about the console, the register hosts and the tenants that were made: the requests to all of
    them are counted together, and they share the faults and the guesses.
    """

    def __init__(self, description: Mapping[str, Json], authority: Path) -> None:
        super().__init__(description)
        self.license_key: str = description["license_key"]
        self.subscription_id: str = description["subscription_id"]
        self.registers = {region: TenantHandle(host) for region, host in description["registers"].items()}
        #: What leads all host names of the organization here, and the certificate of its authority; empty without it.
        self.proxy: str = description.get("proxy", "")
        self.authority = str(authority)

    def set(self, **values: Json) -> None:
        """Change the ``quota``, or of ``tenants`` by id ``is_purged``, ``may_be_deactivated`` and ``created_at``."""
        self.control("PUT", "organization", values)

    def plant_tenants(self, tenants: Sequence[Mapping[str, Json]]) -> list[str]:
        """Add tenants: ``name``, ``region``, ``alias``, ``status``, ``subscription_id`` and more; their ids."""
        return self._plant("tenants", tenants)

    def made(self) -> list[dict[str, Json]]:
        """The tenants that were made since the beginning, with how often each was deactivated and reactivated."""
        return [tenant for tenant in self.state()["tenants"] if not tenant["is_first"]]


class LocalTenant(TenantHandle):
    """Context manager that runs a server; itself the handle on its first tenant, ``tenants`` has all."""

    tenants: tuple[TenantHandle, ...]
    organization: OrganizationHandle

    def __init__(
        self,
        *,
        tenants: int = 1,
        latency: float = 0.0,
        rate_limits: bool = False,
        tenant_cap: bool = False,
        time_scale: float = 1.0,
        groups: int = 0,
        regions: Sequence[str] = ("us",),
        proxy: bool = False,
        guesses: Mapping[str, bool | float | str] | None = None,
        tls_cert: Path | str | None = None,
        tls_key: Path | str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        python: str = sys.executable,
    ) -> None:
        """Options as on the command line; ``python`` is the interpreter that has the server's requirements."""
        self._command = [python, "-m", "local_tenant", "--host", host, "--port", str(port)]
        self._command += ["--tenants", str(tenants), "--latency", str(latency), "--time-scale", str(time_scale)]
        self._command += ["--groups", str(groups), "--regions", ",".join(regions)] + ["--proxy"] * proxy
        self._command += ["--rate-limits"] * rate_limits + ["--tenant-cap"] * tenant_cap
        for name, value in (guesses or {}).items():
            self._command += ["--guess", f"{name}={value}"]
        if tls_cert and tls_key:
            self._command += ["--tls-cert", str(tls_cert), "--tls-key", str(tls_key)]
        self._process: subprocess.Popen[bytes] | None = None
        self._files: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> LocalTenant:
        """Start the server and wait until it is ready. Raises LocalTenantError with what it said otherwise."""
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        with tempfile.TemporaryDirectory(prefix="local-tenant-") as folder, tempfile.TemporaryFile() as said:
            ready = Path(folder) / "ready.json"
            self._process = subprocess.Popen(
                [*self._command, "--ready-file", str(ready)],
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            self._wait_for(ready, said)
            descriptions = json.loads(ready.read_text(encoding="utf-8"))
        organization = descriptions["organization"]
        descriptions = descriptions["tenants"]
        super().__init__(descriptions[0])
        if "authority" in organization:
            self._files = tempfile.TemporaryDirectory(prefix="local-tenant-")
            (Path(self._files.name) / "authority.pem").write_text(organization["authority"], encoding="utf-8")
        self.organization = OrganizationHandle(
            organization, Path(self._files.name if self._files else "") / "authority.pem"
        )
        self.tenants = (self, *(TenantHandle(item) for item in descriptions[1:]))
        return self

    def stop(self) -> None:
        """Stop the server; nothing happens if it does not run."""
        files, self._files = self._files, None
        if files is not None:
            files.cleanup()
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> LocalTenant:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_for(self, ready: Path, said: Any) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                self.stop()
                said.seek(0)
                raise LocalTenantError(f"the server did not start: {said.read().decode(errors='replace').strip()}")
            time.sleep(0.01)
