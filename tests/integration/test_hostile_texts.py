# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a tenant or of qlik-cli's contexts that are templates: none of them may ever be rendered.

Each of them touches a file when Ansible renders it, and so does whatever renders a part of it.
"""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from kinds import STANDALONE
from local_tenant.client import LocalTenant
from modules.keys import public
from suites import long_after_first

from .conftest import Play, PlaybookRun, RunPlaybook
from .test_contexts import Inventory

TOUCH = "lookup('pipe', 'touch $MARKER')"
#: Texts that run a command when they are rendered, alone or as the beginning of a text.
TEMPLATES = {
    "variable": "{{ %s }}" % TOUCH,
    "block": "{%% set x = %s %%}" % TOUCH,
    "header that moves the delimiters of variables": (
        "#jinja2:variable_start_string:'[%%',variable_end_string:'%%]'\n[%% %s %%]" % TOUCH
    ),
    "header that moves the delimiters of blocks": (
        "#jinja2:block_start_string:'<<',block_end_string:'>>'\n<< set x = %s >>" % TOUCH
    ),
    "header with letters as delimiters": (
        "#jinja2:variable_start_string:'run',variable_end_string:'end'\nrun %s end" % TOUCH
    ),
    "header with blanks, and another end of line": (
        "#jinja2: variable_start_string: '((', variable_end_string: '))'\r\n(( %s ))" % TOUCH
    ),
}
#: The same where no blank is allowed, as in the address of a page.
LINK = "https://example.com/{{lookup('pipe','touch${IFS}$MARKER')}}"
#: What is special to YAML, to Jinja, to Ansible or to a terminal.
FRAGMENTS = [
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{% raw %}",
        "#jinja2:",
        "#jinja2:trim_blocks:False",
        "# ",
        "!unsafe ",
        "!vault |",
    ),
    *("- ", "? ", ": ", "&a ", "*a", "|\n", ">\n", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "!!python/name:os.system "),
    *("'", '"', "\\", "`", "@", ",", "[", "]", "{", "}", "~", "\t", "\n", "\r\n", "  ", "\x85", "\u2028", "\u2029"),
    *("\ufeff", "\x07", "\x1b[31m", "\x7f", "\u202e", "\u2066", "\U0001f600", "e\u0301", "null", "007", "no", "1:30"),
    *('{"__ansible_unsafe": "x"}', '{"__ansible_type": "x"}', "True", "$MARKER", "`touch $MARKER`", "Ada", "a b"),
]
#: What a terminal acts on, and a line that looks as if it were one of Ansible's.
TERMINAL = "\x1b]0;title\x07red\x9b31m\x7f\u202etxt\u2066\nfatal: [prod]"
#: Names that YAML 1.1 gives another type, and words that mean something to Ansible.
TYPED = [
    "no",
    "Yes",
    "on",
    "true",
    "null",
    "~",
    "007",
    "1.10",
    "1e3",
    "0x1f",
    "12:30:00",
    "2026-01-01",
    ".inf",
    "=",
    "omit",
    "<<",
    "*",
    "~\n",
    "1\n",
    "2026-01-01\t10:00:00",
]


def hostile_texts(count: int) -> list[str]:
    """Texts that no two letters of case tell apart: every template, and templates within random fragments."""
    chance = random.Random(13)
    texts = [*TEMPLATES.values(), *TYPED]
    while len(texts) < count:
        template = chance.choice([*TEMPLATES.values(), ""])
        before, after = (chance.choices(FRAGMENTS, k=chance.randrange(4)) for _side in range(2))
        # Headers count only where a text begins.
        texts.append("".join([*([] if chance.random() < 0.4 else before), template, *after])[:200])
    return list({text.casefold(): text for text in texts if text.strip()}.values())


RunHostile = Callable[..., PlaybookRun]


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def run_hostile(run_playbook: RunPlaybook, marker: Path) -> RunHostile:
    """Run a playbook, and see that nothing was rendered that should not have been."""

    def run(what: str | list[Play], variables: Play | None = None, **more: Any) -> PlaybookRun:
        environment = {"MARKER": str(marker), **more.pop("environment", {})}
        done = run_playbook(what, variables, environment=environment, **more)
        assert not marker.exists(), done.output
        return done

    return run


def plant(tenant: LocalTenant, scopes: list[str] | None = None) -> None:
    """Put hostile texts wherever the tenant holds texts that people choose.

    :param scopes: what roles allow, if not texts that no tenant would take.
    """
    texts = hostile_texts(150)
    few = [*TEMPLATES.values(), "\x1b[31m{{ 1 }}\u202e", "[1, 2]", "007"]
    tenant.set_tenant(name=texts[2], settings={"auto_create_groups": True})
    tenant.plant_roles([{"name": text, "description": text, "assignedScopes": scopes or few} for text in few])
    tenant.plant_groups(
        [
            *({"name": text, "assignedRoles": ["Steward"]} for text in texts),
            *(
                {"name": text, "providerType": "custom", "description": text, "assignedRoles": few[:6]}
                for text in hostile_texts(50)
            ),
        ]
    )
    tenant.plant_users(
        [
            {"subject": text, "name": text, "email": f"user{number}@example.com", "assignedGroups": few[:3]}
            for number, text in enumerate(hostile_texts(50))
        ]
    )
    plant_baseline(tenant)
    plant_credentials(tenant)


def plant_credentials(tenant: LocalTenant) -> None:
    """Put hostile texts into what says who can sign in, and which programs."""
    texts = hostile_texts(35)
    tenant.plant(
        "oauth_clients",
        [{"clientName": text, "description": text, "allowedScopes": ["apps"], "clientSecrets": []} for text in texts],
    )
    key = {"kid": "k", "pem": public()}
    tenant.plant(
        "identity_providers",
        [
            {
                "protocol": "jwtAuth",
                "description": text,
                "options": {"issuer": text, "staticKeys": [{**key, "kid": text}]},
            }
            for text in texts
        ],
    )


def plant_baseline(tenant: LocalTenant) -> None:
    """Put hostile texts into what says where from, and for how long, a tenant can be used."""
    texts = hostile_texts(50)
    page = {"linkEnabled": True, "linkLabel": texts[0], "linkUrl": LINK, "message": "\n".join(TEMPLATES.values())}
    tenant.set_tenant(
        tenant_settings={"preferredStartPage": "management-console", "customizeNoAccess": page},
        api_key_settings={"max_keys": 7},
        session_policy={"inactivity_minutes": 30},
    )
    for area, cases in STANDALONE.items():
        values = (cases.hostile.value.format(number) for number in range(len(texts)))
        described = "description" in cases.settings
        tenant.plant(
            area,
            [
                {"name": text, **cases.hostile.form(value), **({"description": text} if described else {})}
                for text, value in zip(texts, values)
            ],
        )


def plant_malformed(tenant: LocalTenant) -> None:
    """Put into values of a certain form what no tenant should take, and no description can hold."""
    for area, cases in STANDALONE.items():
        texts = [*TEMPLATES.values(), TERMINAL]
        tenant.plant(area, [{"name": f"x{text}", **cases.hostile.form(text)} for text in texts])
    # The origin stands for the name that is missing.
    tenant.plant("csp_origins", [{"origin": f"{text}.example.com"} for text in TEMPLATES.values()])


@pytest.mark.parametrize("template", long_after_first(*TEMPLATES.values()), ids=TEMPLATES)
def test_the_templates_run_a_command_where_they_are_rendered(
    run_playbook: RunPlaybook, marker: Path, template: str
) -> None:
    task = {"name": "T", "ansible.builtin.debug": {"msg": "{{ text }}"}}
    run_playbook([task], {"text": template}, environment={"MARKER": str(marker)})
    assert marker.exists()


@pytest.mark.every_core
def test_export_and_seed(tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path) -> None:
    plant(tenant)
    plant_malformed(tenant)
    before = tenant.state()
    variables = {"qlik_export_dir": str(tmp_path / "exported"), "qlik_export_users": True}
    assert run_hostile("qlikops.cloud.export", variables).code == 0
    exported = tmp_path / "exported" / "localhost" / "qlik_tenant.yml"
    options = ["-e", f"@{exported}", "-vv"]
    text = exported.read_text(encoding="utf-8")
    assert all(line.isprintable() for line in text.split("\n"))
    left_out = [line for line in text.split("\n---\n")[0].split("\n") if line.startswith("# - ")]
    assert len(left_out) == len(STANDALONE) * (len(TEMPLATES) + 1) + len(TEMPLATES)

    for check in (True, False):
        run = run_hostile("qlikops.cloud.seed", options=options, check=check)
        assert (run.code, run.changed) == (0, 0), run.output
    assert tenant.state() == before

    audit = run_hostile("qlikops.cloud.audit", {"qlik_audit_report_dir": str(tmp_path / "same")}, options=options)
    assert audit.code == 0, audit.output
    report = json.loads((tmp_path / "same" / "qlik-audit.json").read_text(encoding="utf-8"))
    assert report["tenants"][0]["status"] == "in_sync", audit.output


@pytest.mark.long
def test_another_tenant_becomes_the_same(tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path) -> None:
    # A tenant takes only scopes that it knows.
    plant(tenant, scopes=["api-keys"])
    variables = {"qlik_export_dir": str(tmp_path / "exported"), "qlik_export_users": True}
    assert run_hostile("qlikops.cloud.export", variables).code == 0
    exported = tmp_path / "exported" / "localhost" / "qlik_tenant.yml"
    text = exported.read_text(encoding="utf-8")
    assert all(line.isprintable() for line in text.split("\n"))
    tenant.reset()
    for check in (True, False):
        run = run_hostile("qlikops.cloud.seed", options=["-e", f"@{exported}"], check=check)
        assert run.code == 0, run.output
        assert run.changed > 0
    assert run_hostile("qlikops.cloud.export", variables).code == 0
    assert exported.read_text(encoding="utf-8") == text


@pytest.mark.long
def test_a_plain_text_stays_readable_in_the_export(
    tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path
) -> None:
    names = ["Finance Analysts", "Zürich, 2nd floor (west)", "a/b@example.com: x-y_z."]
    tenant.plant_groups([{"name": name} for name in [*names, *TYPED]])
    run_hostile("qlikops.cloud.export", {"qlik_export_dir": str(tmp_path)})
    text = (tmp_path / "localhost" / "qlik_tenant.yml").read_text(encoding="utf-8")
    assert "!unsafe" not in text
    groups = yaml.safe_load(text)["qlik_seed_extra_groups"]
    assert sorted(group["name"] for group in groups) == sorted([*names, *TYPED])


class Unsafe(yaml.SafeDumper):
    """Marks templates, as people have to who describe an object that is called like one."""


def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    tag = "!unsafe" if "$MARKER" in text else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, text, style='"')


Unsafe.add_representer(str, represent_text)


def numbered(options: Play, number: int) -> Play:
    """Options with the number in the place of C({})."""
    return {
        name: value.replace("{}", str(number)) if isinstance(value, str) else value for name, value in options.items()
    }


def described_otherwise(texts: list[str]) -> Play:
    """The variables of an audit of what ``plant`` and ``plant_malformed`` have planted, every object another one.

    Half of the differences are accepted, in the same words, and half are not any more.
    """
    malformed = [f"x{text}" for text in texts]
    page = {"link_enabled": False, "link_label": "Help", "text": "Ask."}
    until = ["9999-12-31", "2020-01-01"]
    exceptions = [
        {"area": area, **exception} for area, cases in STANDALONE.items() for exception in cases.hostile.exceptions
    ]
    return {
        "qlik_seed_tenant_settings": {"preferred_start_page": "analytics-hub", "customize_no_access": page},
        **{
            cases.variable: [
                {"name": text, **numbered(cases.hostile.otherwise, number)}
                for number, text in enumerate([*texts, *malformed])
            ]
            for cases in STANDALONE.values()
        },
        "qlik_audit_exceptions": [
            {
                **{
                    key: [each.replace("OBJECT", text) for each in value]
                    if isinstance(value, list)
                    else value.replace("OBJECT", text)
                    for key, value in exception.items()
                },
                "reason": text,
                "owner": text,
                "until": until[number % 2],
            }
            for number, text in enumerate(texts)
            for exception in exceptions
        ],
    }


def report_before(texts: list[str]) -> str:
    """The report of an audit in which much else differed."""
    moment = "2026-01-01T00:00:00Z"
    stood = {"kind": "different", "accepted": False, "since": moment, "last_seen": moment, "in_sync_at": None}
    differences = [{"area": "csp_origins", "object": f"z{text}", "setting": text, **stood} for text in texts]
    tenant = {
        "host": "localhost",
        "areas": [],
        "read_at": moment,
        "differences": [{**each, "kind": each["setting"]} for each in differences],
    }
    return json.dumps({"schema_version": 4, "generated_at": moment, "tenants": [tenant]})


def test_audit_of_what_differs(tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path) -> None:
    plant(tenant)
    plant_malformed(tenant)
    folder, previous, unsafe = tmp_path / "reports", tmp_path / "previous.json", tmp_path / "unsafe.yml"
    templates = list(TEMPLATES.values())
    previous.write_text(report_before(templates), encoding="utf-8")
    unsafe.write_text(yaml.dump(described_otherwise(templates), Dumper=Unsafe), encoding="utf-8")
    described = {
        "qlik_audit_report_dir": str(folder),
        "qlik_audit_previous_report": str(previous),
        "qlik_audit_count_unmanaged": True,
        "qlik_audit_fail_on_drift": True,
        "qlik_seed_tenant": {"name": "Acme"},
        "qlik_seed_roles": [{"name": "Keys", "assigned_scopes": ["api-keys"]}],
        "qlik_seed_extra_groups": [{"name": "no", "assigned_roles": ["DataAdmin"]}],
        "qlik_seed_users": [{"subject": "007", "name": "Ada", "assigned_groups": []}],
    }
    run = run_hostile("qlikops.cloud.audit", described, options=["-vvvv", "-e", f"@{unsafe}"])
    assert run.code != 0
    report = json.loads((folder / "qlik-audit.json").read_text(encoding="utf-8"))
    (audited,) = report["tenants"]
    assert audited["status"] == "drift", run.output
    areas = {area["area"]: area for area in audited["areas"]}
    assert set(templates) <= {item["name"] for item in areas["groups"]["unmanaged_objects"]}
    for kind in STANDALONE:
        items = {item["name"]: item for item in areas[kind]["objects"]}
        assert items.keys() == {*templates, *(f"x{text}" for text in templates)}
        accepted = {"accepted"} if kind != "csp_origins" else set()
        assert {item["status"] for item in items.values()} == {"different", *accepted}
        assert {entry["reason"] for item in items.values() for entry in item["accepted"]} == set(templates)
    assert {entry["object"] for entry in audited["unmatched_exceptions"]} == {f"y{text}" for text in templates}
    assert {entry["kind"] for entry in audited["resolved"]} == set(templates)
    (settings,) = areas["tenant_settings"]["objects"]
    assert settings["before"]["customize_no_access"]["link_url"] == LINK
    for name in ("html", "xml"):
        page = (folder / f"qlik-audit.{name}").read_text(encoding="utf-8")
        assert all(line.isprintable() for line in page.split("\n"))


#: Ways of combining texts that make new ones of them.
EXPRESSIONS = {
    "whole": "{{ read[plural] }}",
    "joined": "{{ read[plural] | map(attribute=key) | join(', ') }}",
    "first": "{{ (read[plural] | first)[key] }}",
    "concatenated": "{{ (read[plural] | first)[key] ~ ' and ' ~ (read[plural] | last)[key] }}",
    "added": "{{ read[plural] | map(attribute=key) | list + ['x'] }}",
    "formatted": "{{ '%s %s' | format((read[plural] | first)[key], (read[plural] | last)[key]) }}",
    "through JSON": "{{ read[plural] | to_json | from_json }}",
    "through YAML": "{{ read[plural] | map(attribute=key) | list | to_yaml | from_yaml }}",
    "as a mapping": "{{ dict(read[plural] | map(attribute=key) | zip(read[plural])) }}",
    "as items": "{{ dict(read[plural] | map(attribute=key) | zip(read[plural])) | dict2items }}",
    "in words": "{% for item in read[plural] %}{{ item[key] }}{% endfor %}",
    "cut": "{{ (read[plural] | first)[key].split('\n')[0] | replace('x', 'y') | upper | lower }}",
}


@pytest.mark.parametrize(
    ("module", "plural", "key"),
    long_after_first(
        ("qlik_group_info", "groups", "name"),
        ("qlik_role_info", "roles", "description"),
        ("qlik_user_info", "users", "subject"),
    ),
)
def test_results_that_are_used_again(
    tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path, module: str, plural: str, key: str
) -> None:
    templates = list(TEMPLATES.values())
    tenant.plant_roles([{"name": text, "description": text} for text in templates])
    tenant.plant_groups([{"name": text, "assignedRoles": [text]} for text in templates])
    tenant.plant_users([{"subject": text, "name": text} for text in templates])
    facts = {f"fact{number}": text for number, text in enumerate(EXPRESSIONS.values())}
    names = list(facts)
    label = {"loop": "{{ read[plural] }}", "loop_control": {"label": "{{ item[key] }}"}}
    tasks: list[Play] = [
        {"name": "Read", f"qlikops.cloud.{module}": {}, "register": "read"},
        {"name": "Keep", "ansible.builtin.set_fact": facts},
        {"name": "Show", "ansible.builtin.debug": {"msg": [f"{{{{ {name} }}}}" for name in names]}},
        {"name": "Keep again", "ansible.builtin.set_fact": {f"again_{name}": f"{{{{ {name} }}}}" for name in names}},
        *(
            {"name": f"Show {name}", "ansible.builtin.debug": {"var": name}}
            for name in [*names, *(f"again_{name}" for name in names)]
        ),
        {"name": "Loop", "ansible.builtin.debug": {"msg": "{{ item[key] }}"}, **label},
        {
            "name": "Refuse",
            "ansible.builtin.assert": {"that": "false", "fail_msg": "{{ fact1 }}"},
            "ignore_errors": True,
            "register": "refused",
        },
        {"name": "Show why", "ansible.builtin.debug": {"msg": "{{ refused.msg }}"}},
        {"name": "Count", "ansible.builtin.set_stats": {"data": {"all": "{{ fact1 }}", "first": "{{ fact2 }}"}}},
        {
            "name": "Write",
            "ansible.builtin.copy": {"content": "{{ fact1 }}", "dest": str(tmp_path / "f"), "mode": "0600"},
        },
        {
            "name": "Ensure",
            "qlikops.cloud.qlik_group": {"name": "{{ item[key] }}", "assigned_roles": []},
            "register": "ensured",
            **label,
        },
        {"name": "Show ensured", "ansible.builtin.debug": {"msg": "{{ ensured.results | map(attribute='group') }}"}},
    ]
    run = run_hostile(
        tasks, {"key": key, "plural": plural}, options=["-vvvv"], environment={"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
    )
    assert run.failed == 0, run.output
    for template in templates:
        assert any(item[key] == template for item in run.tasks["Read"][plural])
    assert stat.S_ISREG((tmp_path / "f").stat().st_mode)


@pytest.mark.parametrize("template", long_after_first(*TEMPLATES.values()), ids=TEMPLATES)
def test_errors_in_the_words_of_the_tenant(
    tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path, template: str
) -> None:
    error = {"code": template, "title": template, "detail": template, "meta": {"title": template}}
    response = {"status": 400, "json": {"errors": [error], "traceId": template}}
    for path in ("/api/v1/tenants/me", "/api/v1/groups"):
        tenant.behave()
        tenant.misbehave({"match": {"path": path}, "action": response})
        seeded = run_hostile("qlikops.cloud.seed", {"qlik_seed_tenant": {"name": "Acme"}}, options=["-vvvv"])
        assert seeded.code != 0
        assert "$MARKER" in seeded.output
        audited = run_hostile("qlikops.cloud.audit", {"qlik_audit_report_dir": str(tmp_path / "reports")})
        assert audited.code == 2, audited.output
        assert "No tenant was audited." in audited.output
        assert "$MARKER" in (tmp_path / "reports" / "qlik-audit.html").read_text(encoding="utf-8")
    tasks: list[Play] = [
        {"name": "Read", "qlikops.cloud.qlik_group_info": {}, "register": "read", "ignore_errors": True},
        {"name": "Keep", "ansible.builtin.set_fact": {"reason": "{{ read.msg }}", "error": "{{ read.error }}"}},
        {"name": "Show", "ansible.builtin.debug": {"msg": "{{ reason }} {{ error.detail }} {{ error.code }}"}},
    ]
    assert "$MARKER" in run_hostile(tasks).tasks["Show"]["msg"]


def contexts(tenant: LocalTenant) -> dict[str, Any]:
    """Contexts whose every text is a template, where that leaves one that can be used."""
    connection = {"server": tenant.url, "headers": {"Authorization": f"Bearer {tenant.api_key}"}}
    templates = {name: text for name, text in TEMPLATES.items() if "\n" not in text}
    unusable = {
        f"server {name}": {**connection, "server": f"https://{text}.example.com"} for name, text in TEMPLATES.items()
    }
    clients = {
        f"client {name}": {
            "server": tenant.url,
            "oauth-client-id": text,
            "oauth-client-secret": text,
            "comment": text,
        }
        for name, text in TEMPLATES.items()
    }
    hosts = {
        name.replace("/", ""): {**connection, "comment": name}
        for name in [*templates.values(), "#jinja2:x", "{# x", "{{"]
    }
    return {**unusable, **clients, **hosts, **dict.fromkeys(TEMPLATES.values(), connection)}


@pytest.mark.long
@pytest.mark.parametrize("exposed", [True, False])
def test_inventory_of_contexts(
    tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path, marker: Path, exposed: bool
) -> None:
    inventory = Inventory(tmp_path)
    inventory.write(
        contexts(tenant),
        expose_credentials=exposed,
        keyed_groups=[
            {"prefix": "context", "key": "qlik_context"},
            {"prefix": "", "separator": "", "key": "qlik_client_id"},
            {"prefix": "", "separator": "", "key": "qlik_context"},
        ],
        compose={"composed": "qlik_context ~ '-' ~ qlik_client_id | default('')", "client": "qlik_client_id"},
        groups={"hostile": "'lookup' in qlik_client_id | default('')"},
    )
    listed = inventory.listed(MARKER=str(marker))
    assert listed["hostile"]["hosts"]
    shown = ["inventory_hostname", "inventory_hostname_short", "group_names", "groups", "ansible_play_hosts"]
    shown += ["qlik_context", "qlik_tenant_url", "qlik_client_id", "qlik_client_secret", "composed", "client"]
    play = {
        "name": "Use every variable",
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Show {{ inventory_hostname }}",
                "ansible.builtin.debug": {"msg": [f"{{{{ {name} | default('') }}}}" for name in shown]},
            },
            *(
                {"name": f"Show {name}", "ansible.builtin.debug": {"var": name}}
                for name in [*shown, "hostvars[inventory_hostname]", "vars"]
            ),
            {
                "name": "Keep",
                "ansible.builtin.set_fact": {f"kept_{name}": f"{{{{ {name} | default('') }}}}" for name in shown},
            },
            {"name": "Show again", "ansible.builtin.debug": {"msg": [f"{{{{ kept_{name} }}}}" for name in shown]}},
            {
                "name": "Look up",
                "ansible.builtin.debug": {
                    "msg": "{{ lookup('qlikops.cloud.qlik_context', qlik_context, path=qlik_contexts_path) }}"
                },
            },
            {
                "name": "Loop",
                "ansible.builtin.debug": {"msg": "{{ item }}"},
                "with_qlikops.cloud.qlik_context": ["{{ qlik_context }}"],
            },
        ],
    }
    playbook = tmp_path / "all.yml"
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    environment = {"QLIK_CONTEXTS_PATH": str(inventory.contexts)}
    for unsafe_lookups in ("false", "true"):
        environment["ANSIBLE_ALLOW_UNSAFE_LOOKUPS"] = unsafe_lookups
        done = inventory.command("ansible-playbook", str(playbook), "-vv", MARKER=str(marker), **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not marker.exists(), done.stdout


@pytest.mark.long
def test_export_seed_and_audit_of_hostile_hosts(tenant: LocalTenant, run_hostile: RunHostile, tmp_path: Path) -> None:
    inventory = Inventory(tmp_path)
    all_contexts = contexts(tenant)
    hostile = {**all_contexts["#jinja2:x"], "comment": next(iter(TEMPLATES.values()))}
    inventory.write({**all_contexts, "Acme, Inc.": hostile}, exclude=["client*"])
    variables = {
        "qlik_export_dir": str(tmp_path / "exported"),
        "qlik_audit_report_dir": str(tmp_path / "reports"),
        "qlik_seed_standard_groups": {},
    }
    for playbook in ("export", "seed", "audit"):
        run = run_hostile(f"qlikops.cloud.{playbook}", variables, inventory=str(inventory.source), options=["-vv"])
        assert run.code == 0, run.output
        assert "ok: [Acme, Inc.]" in run.output


@pytest.mark.long
def test_nothing_that_a_terminal_acts_on_is_in_a_message(
    tenant: LocalTenant, run_playbook: RunPlaybook, tmp_path: Path
) -> None:
    name = TERMINAL
    tenant.plant_roles([{"name": name}])
    task = {"name": "T", "qlikops.cloud.qlik_group": {"name": "Team", "assigned_roles": ["Nope"]}}
    for tasks in ([task], [{**task, "loop": [1]}]):
        run = run_playbook(tasks)
        result = run.tasks["T"]
        failed = result["results"][0] if "results" in result else result
        assert "<U+001B>]0;title" in failed["msg"]
        for text in (failed["msg"], failed["error"]["message"], failed["error"]["hint"]):
            assert text.isprintable(), text
        assert not set("\x1b\x07\x9b\x7f\u202e\u2066") & set(run.output)
        assert "\nfatal: [prod]" not in run.output

    plant_malformed(tenant)
    tenant.plant("csp_origins", [{"name": f"w{name}", "origin": "same.example.com"}])
    page = {"linkEnabled": True, "linkLabel": name, "linkUrl": "", "message": name}
    tenant.set_tenant(tenant_settings={"customizeNoAccess": page})
    previous = tmp_path / "previous.json"
    previous.write_text(report_before([name]), encoding="utf-8")
    described = {**described_otherwise([name]), "qlik_seed_roles": [{"name": name, "description": name}]}
    described["qlik_seed_csp_origins"] += [{"name": "Twin", "origin": "same.example.com", "directives": ["imgSrc"]}]
    for exception in described["qlik_audit_exceptions"]:
        exception["until"] = "2020-01-01"
    for playbook in ("export", "seed", "audit"):
        variables = {
            "qlik_audit_report_dir": str(tmp_path / "reports"),
            "qlik_audit_previous_report": str(previous),
            "qlik_export_dir": str(tmp_path / "exported"),
            **described,
        }
        run = run_playbook(f"qlikops.cloud.{playbook}", variables, check=True)
        assert run.code == 0, run.output
        assert not set("\x1b\x07\x9b\x7f\u202e\u2066") & set(run.output)
        assert "\nfatal: [prod]" not in run.output
        assert "]0;title" in run.output
        assert "has the same origin as" in run.output or playbook != "seed"
    for name in ("html", "xml"):
        text = (tmp_path / "reports" / f"qlik-audit.{name}").read_text(encoding="utf-8")
        assert all(line.isprintable() for line in text.split("\n"))
