# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of what the role qlik_awx ships, as AWX lays them out for ansible-runner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

ROOT = Path(__file__).parents[2]
ROLE = ROOT / "roles" / "qlik_awx"


class _UnsafeLoader(yaml.SafeLoader):
    """Gives what is tagged as no template as it stands there."""


_UnsafeLoader.add_constructor("!unsafe", lambda _loader, node: node.value)


class _UnsafeDumper(yaml.SafeDumper):
    """Tags every text, keys too, as no template."""

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


def shipped(name: str) -> Any:
    """One of the role's own variables, with the templates in it that are for AWX."""
    text = (ROLE / "vars" / "main.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_UnsafeLoader)[name]


def injected(inputs: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The environment that AWX makes of a credential: fields without a value are not defined, boxes are false."""
    credential_type = shipped("__qlik_awx_credential_type")
    fields = credential_type["inputs"]["fields"]
    assert inputs.keys() <= {field["id"] for field in fields}
    values = {field["id"]: False for field in fields if field["type"] == "boolean"} | dict(inputs)
    environment = ImmutableSandboxedEnvironment()
    injectors = credential_type["injectors"]
    file = folder / "injected"
    file.write_text(environment.from_string(injectors["file"]["template"]).render(values), encoding="utf-8")
    values["tower"] = {"filename": str(file)}
    return {name: environment.from_string(template).render(values) for name, template in injectors["env"].items()}


def lay_out(folder: Path, credential: Mapping[str, str], hosts: Mapping[str, Mapping[str, Any]]) -> Path:
    """A private data folder as AWX makes it: the project, the inventory as a script, the environment."""
    shutil.copytree(ROLE / "files" / "project", folder / "project")
    (folder / "env").mkdir()
    (folder / "inventory").mkdir()
    script = folder / "inventory" / "hosts"
    variables = {
        host: {"remote_tower_enabled": "true", "remote_tower_id": number, **own}
        for number, (host, own) in enumerate(hosts.items(), start=1)
    }
    inventory = {"all": {"hosts": list(hosts)}, "_meta": {"hostvars": variables}}
    script.write_text(f"#!{sys.executable}\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    # What AWX sets and nothing else: no interpreter for the modules, for example.
    environment = {
        **injected(credential, folder / "env"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
    }
    (folder / "env" / "envvars").write_text(json.dumps(environment), encoding="utf-8")
    (folder / "env" / "settings").write_text(json.dumps({"suppress_env_files": True}), encoding="utf-8")
    return folder


def run_job(folder: Path, name: str, arguments: str, **variables: Any) -> tuple[dict[str, Any], str]:
    """The statistics of a job of a template, and everything that AWX would show of it.

    :param variables: answers of the survey, which is left as it is else, and what a workflow hands over. Their texts
        are no templates, unlike those of the template of the job.
    """
    playbook = _prepare(folder, name, arguments, variables)
    command = ["ansible-runner", "run", str(folder), "--ident", "1", "--playbook", playbook]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 2), done.stdout + done.stderr
    return _result(folder)


class DistributedJob:
    """A job that AWX hands to a node: it transmits the folder, the node works, and AWX processes what comes back.

    :param folder: the private data folder.
    :param node: an empty folder, which is all that the node has.
    :param name: the name of the template. The other parameters are those of C(run_job).
    """

    def __init__(self, folder: Path, node: Path, name: str, arguments: str, **variables: Any) -> None:
        node.mkdir()
        self._folder = folder
        self._sent, self._returned = node.with_suffix(".sent"), node.with_suffix(".returned")
        playbook = _prepare(folder, name, arguments, variables)
        with open(self._sent, "wb") as sent:
            command = ["ansible-runner", "transmit", str(folder), "--ident", "1", "--playbook", playbook]
            subprocess.run(command, stdout=sent, check=True, timeout=120)
        with open(self._sent, "rb") as sent, open(self._returned, "wb") as returned:
            command = ["ansible-runner", "worker", "--private-data-dir", str(node)]
            self.worker = subprocess.Popen(command, stdin=sent, stdout=returned)

    def result(self) -> tuple[dict[str, Any], str]:
        """Wait for the node, and return what C(run_job) returns."""
        self.worker.wait(timeout=600)
        with open(self._returned, "rb") as returned:
            command = ["ansible-runner", "process", str(self._folder), "--ident", "1"]
            subprocess.run(command, stdin=returned, capture_output=True, check=False, timeout=120)
        return _result(self._folder)


def _prepare(folder: Path, name: str, arguments: str, variables: Mapping[str, Any]) -> str:
    """Write the variables and the command line of a job, and return its playbook."""
    (template,) = (each for each in shipped("__qlik_awx_job_templates") if each["name"] == name)
    asked = {question["variable"]: question["default"] for question in template.get("survey", ())}
    own = {key: value for key, value in template.get("variables", {}).items() if "__qlik_awx" not in str(value)}
    # A job always has some variables of AWX itself.
    of_awx = {"awx_job_id": 1, "awx_job_template_name": f"Qlik Cloud {name}"}
    written = (yaml.safe_dump(own) if own else "") + yaml.dump({**of_awx, **asked, **variables}, Dumper=_UnsafeDumper)
    shutil.rmtree(folder / "artifacts", ignore_errors=True)
    (folder / "env" / "extravars").write_text(written, encoding="utf-8")
    (folder / "env" / "cmdline").write_text(f"-v --diff {arguments}", encoding="utf-8")
    return f"{template.get('playbook', name)}.yml"


def _result(folder: Path) -> tuple[dict[str, Any], str]:
    artifacts = folder / "artifacts" / "1"
    events = [path.read_text(encoding="utf-8") for path in (artifacts / "job_events").iterdir()]
    (statistics,) = (event for event in map(json.loads, events) if event["event"] == "playbook_on_stats")
    return statistics["event_data"], "\n".join([*events, (artifacts / "stdout").read_text(encoding="utf-8")])
