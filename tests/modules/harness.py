# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules of the collection in this process, and holds them to what every module promises."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.process import HANDOVER, ROLE_CONTEXT
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow
from ansible_collections.qlikops.cloud.plugins.plugin_utils._worker import carry_out
from local_tenant.client import LocalTenant, OrganizationHandle, TenantHandle
from modules.examples import NOUNS_OF_KINDS

Json = Any
Result = dict[str, Any]
PACKAGE = "ansible_collections.qlikops.cloud.plugins.modules"
#: Those that talk to a tenant. The others are parts of roles, which run on the controller and have nothing to run here.
MODULES = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("*.py")
    if "def main" in path.read_text()
)
CREDENTIALS = ("api_key", "access_token", "client_id", "client_secret")
LIFECYCLE = "qlik_tenant_lifecycle"
#: Those that talk to the organization of a tenant.
ORGANIZATION = ("qlik_organization_tenant_info", LIFECYCLE)
#: The key of each module's resource in its result.
NOUNS = {**NOUNS_OF_KINDS, "qlik_space_member": "member", "qlik_api_key": "api_key"}
#: What only the server knows of a resource before it has written it.
SERVER_MADE = {
    "id",
    "tenant_id",
    "created",
    "created_at",
    "created_by",
    "created_date",
    "modified_date",
    "last_updated",
    "last_updated_at",
    "updated_by",
    "updated_at",
    # What the caller may do in a space, which its members decide.
    "meta",
    "links",
    "invite_expiry",
    "published_at",
    # What becomes of the secrets of a client is not documented.
    "client_secrets",
}
#: Old copies in answers about users, which some answers carry and some do not, and which nobody should rely on.
LEGACY = {"roles", "groups"}
#: Lists of a resource whose order means nothing.
UNORDERED = {"assigned_roles", "assigned_groups", "assigned_scopes"}
READS = ("POST /groups/actions/filter", "POST /users/actions/filter", "POST /oauth/token")


class Run:
    """Runs a module on a tenant; what it wrote last is kept in ``output``."""

    def __init__(self, tenant: TenantHandle) -> None:
        self.tenant = tenant
        self.output = ""

    #: Whether an option that is None is handed over as null.
    with_nulls = False

    def __call__(
        self,
        module: str,
        *,
        check: bool = False,
        diff: bool = True,
        places: Json = None,
        **options: Json,
    ) -> Result:
        """The result of the module, also of a failure. An option that is None counts as left out.

        :param places: where options come from, as a role hands it over.
        """
        arguments: dict[str, Json] = {"tenant_url": self.tenant.url}
        proxy: dict[str, str] = {}
        if module in ORGANIZATION:
            arguments, proxy = of_organization(self.tenant, module, options)
        elif not options.keys() & set(CREDENTIALS):
            arguments["api_key"] = self.tenant.api_key
        if "tenant_uri" in options:
            del arguments["tenant_url"]
        arguments.update(options)
        if not self.with_nulls:
            arguments = {name: value for name, value in arguments.items() if value is not None}
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.ExitStack() as around:
            around.enter_context(mock.patch.dict(os.environ, proxy))
            around.enter_context(contextlib.redirect_stdout(stdout))
            around.enter_context(contextlib.redirect_stderr(stderr))
            result = self._carried_out(module, json.loads(json.dumps(arguments)), check, diff, places or {})
        self.output = stdout.getvalue() + stderr.getvalue() + json.dumps(result)
        result.pop("invocation", None)
        return result

    def _carried_out(
        self, module: str, arguments: Result, check: bool, diff: bool, places: Mapping[str, Json]
    ) -> Result:
        return carry_out(
            flow_of(module),
            f"qlikops.cloud.{module}",
            arguments,
            os.environ,
            check_mode=check,
            with_diff=diff,
            say_progress=lambda line: None,
            context={"places": places},
        )


def described(area: str, *items: Json, **more: Json) -> dict[str, Json]:
    """The options that describe the items of an area."""
    return {area: list(items), **more}


class Nulls(Run):
    """Runs modules and hands null over as null."""

    with_nulls = True


class Mains(Run):
    """Runs the C(main) of modules, as a process of its own does, but in this process."""

    def _carried_out(
        self, module: str, arguments: Result, check: bool, diff: bool, places: Mapping[str, Json]
    ) -> Result:
        main: Callable[[], None] = importlib.import_module(f"{PACKAGE}.{module}").main
        internal: Result = {"_ansible_check_mode": check}
        if "inject_invocation" in basic.PASS_VARS:
            # ansible-core 2.21 leaves the options out of the result unless it is asked for them, as with -vvv.
            internal["_ansible_inject_invocation"] = True
        if places:
            internal[ROLE_CONTEXT] = {"places": dict(places)}
        handover = json.dumps({"diff": diff, "has_role_context": bool(places)})
        stdout = io.StringIO()
        with contextlib.ExitStack() as around:
            around.enter_context(mock.patch.dict(os.environ, {HANDOVER: handover}))
            around.enter_context(module_arguments({**arguments, **internal}))
            around.enter_context(contextlib.redirect_stdout(stdout))
            end = around.enter_context(pytest.raises(SystemExit))
            main()
        (line,) = (line for line in stdout.getvalue().splitlines() if line.startswith("{"))
        result: Result = json.loads(line)
        assert bool(result.get("failed")) == (end.value.code != 0), stdout.getvalue()
        return result


@contextlib.contextmanager
def module_arguments(arguments: Mapping[str, Json]) -> Iterator[None]:
    """Let AnsibleModule find these arguments, on every ansible-core that is supported."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:
        before = basic._ANSIBLE_ARGS
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": dict(arguments)}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = before
    else:
        with patch_module_args(dict(arguments)):
            yield


def flow_of(module: str) -> Flow:
    """What a module does."""
    flow: Flow = importlib.import_module(f"{PACKAGE}.{module}").FLOW
    return flow


def of_organization(tenant: TenantHandle, module: str, options: Mapping[str, Json]) -> tuple[Result, dict[str, str]]:
    """The connection options of a module about organizations, and the environment in which it finds its hosts."""
    organization = tenant if isinstance(tenant, OrganizationHandle) else cast(LocalTenant, tenant).organization
    arguments: Result = {"organization_url": organization.url}
    if not any(name.startswith("organization_client") for name in options):
        arguments["organization_client_id"] = organization.client_id
        arguments["organization_client_secret"] = organization.client_secret
    if module == LIFECYCLE:
        (register,) = organization.registers.values()
        arguments.update({"register_url": register.url, "ca_path": organization.authority})
        if not options.keys() & set(CREDENTIALS):
            arguments.update({"client_id": register.client_id, "client_secret": register.client_secret})
    return arguments, {"https_proxy": organization.proxy}


def writes_in(counters: Mapping[str, Json]) -> list[str]:
    """The routes that were called to write, whether or not the tenant accepted it."""
    return [
        route
        for route in counters["routes"]
        if route.split(" ")[0] in ("POST", "PATCH", "DELETE", "PUT") and route not in READS
    ]


def calls(tenant: TenantHandle, *, token: bool = False) -> int:
    """How many requests the tenant got since the counters were reset."""
    counters = tenant.counters()
    return int(counters["total"]) - (0 if token else int(counters["routes"].get("POST /oauth/token", 0)))


def texts(result: Result, key: str = "warnings") -> list[str]:
    """Warnings as texts; newer cores report objects."""
    found = []
    for entry in result.get(key, []):
        found.append(entry if isinstance(entry, str) else json.dumps(entry))
    return found


def without_server_made(predicted: Json, real: Json) -> tuple[Json, Json]:
    """A predicted and a real resource, both without what only the server can know, which is predicted as null."""
    if isinstance(predicted, dict) and isinstance(real, dict):
        predicted = without_legacy(predicted)
        shared = [name for name, value in predicted.items() if name not in SERVER_MADE and value is not None]
        real = {**real, **{name: by_name(real[name]) for name in UNORDERED & real.keys()}}
        predicted = {**predicted, **{name: by_name(predicted[name]) for name in UNORDERED & predicted.keys()}}
        pairs = {name: without_server_made(predicted[name], real.get(name)) for name in shared}
        return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}
    if isinstance(predicted, list) and isinstance(real, list) and len(predicted) == len(real):
        items = [without_server_made(one, other) for one, other in zip(predicted, real)]
        return [item[0] for item in items], [item[1] for item in items]
    return predicted, real


def by_name(items: Json) -> Json:
    """A list of roles or groups in an order of its own."""
    if not isinstance(items, list):
        return items
    # The sides of a diff have the names alone.
    return sorted(items, key=lambda item: str(item["name"] if isinstance(item, dict) else item))


def without_legacy(resource: Json) -> Json:
    """A resource without the old copies of its settings."""
    if isinstance(resource, dict) and "subject" in resource:
        return {name: value for name, value in resource.items() if name not in LEGACY}
    return resource


def differences(result: Result) -> list[dict[str, Json]]:
    """The entries of a diff whose sides differ."""
    diff = result["diff"]
    entries = diff if isinstance(diff, list) else [diff]
    return [entry for entry in entries if entry["before"] != entry["after"]]


def assert_five_steps(
    run: Run,
    module: str,
    options: Mapping[str, Json],
    read: Callable[[LocalTenant], Json],
    expected: Json,
    *,
    changed: bool = True,
    again: Mapping[str, Json] | None = None,
) -> Result:
    """Check run, look, run, look, run again.

    :param read: what of the tenant shows whether it was done, read without the collection.
    :param expected: what that must be after the run.
    :param again: options of the second run that differ from the first, such as a name that the first has changed.
    """
    tenant: Any = run.tenant
    before = tenant.state()
    tenant.reset_counters()
    predicted = run(module, check=True, **options)
    assert not predicted.get("failed"), predicted
    counters = tenant.counters()
    assert tenant.state() == before
    assert counters["writes"] == 0
    assert writes_in(counters) == []

    tenant.reset_counters()
    real = run(module, **options)
    assert not real.get("failed"), real
    assert real["changed"] is changed
    assert predicted["changed"] is changed
    assert predicted["diff"] == real["diff"]
    assert predicted.keys() == real.keys()
    one, other = without_server_made(predicted[NOUNS[module]], real[NOUNS[module]])
    assert one == other
    if "summary" in real:
        assert predicted["summary"] == real["summary"]
    assert bool(tenant.counters()["writes"]) is changed
    assert read(tenant) == expected

    current = tenant.state()
    tenant.reset_counters()
    second = run(module, **{**options, **(again or {})})
    assert not second.get("failed"), second
    assert second["changed"] is False
    assert differences(second) == []
    assert writes_in(tenant.counters()) == []
    assert tenant.state() == current
    if isinstance(real[NOUNS[module]], dict):
        assert without_legacy(second[NOUNS[module]]) == without_legacy(real[NOUNS[module]])
    return real


def assert_refused(run: Run, module: str, options: Mapping[str, Json], *words: str) -> Result:
    """The module fails with these words, changes nothing, and says the same in check mode."""
    tenant = run.tenant
    before = tenant.state()
    results = []
    for check in (True, False):
        tenant.reset_counters()
        result = run(module, check=check, **options)
        assert result.get("failed") is True, result
        assert not result.get("changed", False)
        assert "Traceback" not in run.output
        assert "Unexpected error in the collection" not in result["msg"]
        for word in words:
            assert word in result["msg"], result["msg"]
        assert tenant.counters()["writes"] == 0
        results.append(result)
    assert tenant.state() == before
    assert without_trace(results[0]["msg"]) == without_trace(results[1]["msg"])
    return results[1]


def without_trace(text: str) -> str:
    """A message without the id that every answer has of its own."""
    return re.sub(r"Trace ID \w+", "Trace ID", text)


def role_names(resource: Mapping[str, Json]) -> list[str]:
    """Names of the roles that a resource shows, sorted."""
    return sorted(role["name"] for role in resource["assignedRoles"])


def group_named(tenant: TenantHandle, name: str, kind: str = "idp") -> dict[str, Json] | None:
    """A group as the tenant holds it."""
    found = [item for item in tenant.groups() if (item["name"], item.get("providerType", "idp")) == (name, kind)]
    assert len(found) <= 1, found
    return found[0] if found else None


def user_of(tenant: TenantHandle, subject: str) -> dict[str, Json] | None:
    """A living user as the tenant holds it."""
    found = [item for item in tenant.users() if item["subject"] == subject and item["status"] != "deleted"]
    assert len(found) <= 1, found
    return found[0] if found else None


def role_named(tenant: TenantHandle, name: str) -> dict[str, Json] | None:
    """A role as the tenant holds it."""
    return next((item for item in tenant.roles() if item["name"] == name), None)


def role_id(tenant: TenantHandle, name: str) -> str:
    """Id of a role."""
    return next(str(item["id"]) for item in tenant.roles() if item["name"] == name)


def everyone_roles(tenant: TenantHandle) -> list[str]:
    """Names of the roles of the group of all users."""
    return role_names(tenant.state()["everyone"])


def space_named(tenant: TenantHandle, name: str) -> dict[str, Json] | None:
    """A space as the tenant holds it, with its assignments."""
    return next((item for item in tenant.spaces() if item["name"] == name), None)


def members_of(tenant: TenantHandle, name: str) -> Json:
    """Who is a member of a space, by id of the assignee, and with which roles."""
    space = space_named(tenant, name)
    assert space is not None
    return {item["assigneeId"]: sorted(item["roles"]) for item in space["assignments"]}
