# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks descriptions without their tenants, and reports the problems of all hosts."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from ansible_collections.qlikops.cloud.plugins.module_utils._api.connection import base_url
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    InvalidInput,
    counted,
    visible,
    without_ci_commands,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._kinds.areas import AREAS
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.configuration import problems_without_tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.options import read_options
from ansible_collections.qlikops.cloud.plugins.module_utils._tasks.task import Flow, Task

from .._junit import Case, xml_of
from .._role import reason_of
from .._variables import SPECS, area_variable, is_omitted, templated
from .._worker import as_json
from .description import Description, read_description
from .source import file_and_line, warn_with_origin

#: GitHub shows this number of annotations for each step.
_MOST_ANNOTATIONS = 10
#: The beginning of a problem: the variable, and the path in it.
_PATH = re.compile(r"qlik_\w+(?:\.\w+|\[\d+\]|\['(?:[^'\\]|\\.)*'\]|\[\"(?:[^\"\\]|\\.)*\"\])*")
#: The end of the variable in such a path.
_END_OF_VARIABLE = re.compile(r"[.\[]")
_AREA_VARIABLES = {kind.area: area_variable(kind.area) for kind in AREAS}
_URL = "qlik_tenant_url"
#: How the names of variables with credentials end.
_CREDENTIALS = ("_key", "_token", "_secret")
#: The private parts of a JSON Web Key (RFC 7518).
_PRIVATE_PARTS = {"d", "p", "q", "dp", "dq", "qi", "k"}
_URL_WITH_PASSWORD = re.compile(r"://[^/\s]*@")
Json = Dict[str, Any]


class Problem(NamedTuple):
    """A problem in the description of a host.

    :param path: the variable, and the path in it; empty if the problem is not about one.
    :param text: the problem, which begins with the path.
    :param file: the file with the value, and its line; empty and 0 if Ansible does not tell them.
    """

    path: str
    text: str
    file: str = ""
    line: int = 0


def problem_of(text: str) -> Problem:
    """Return a problem from a message that can have several lines, and begins with its path if it has one."""
    line = visible(" ".join(text.split()))
    path = _PATH.match(line)
    return Problem(path.group() if path else "", line)


def problems_of(
    variables: Mapping[str, Any], template: Callable[[Any], Any], host: str, flow: Flow, mistakes: Sequence[str]
) -> Tuple[List[Problem], List[str]]:
    """Return the problems in the description of a host that can be detected without its tenant, and warnings.

    Variables that belong to no description are never rendered: they can require a vault, or a network.

    :param variables: all variables of the host, not templated.
    :param template: returns the value of a variable.
    :param flow: the flow of the module qlik_configuration.
    :param mistakes: the mistakes in the play.
    """
    rendered, texts = _rendered(variables, template)
    address = ""
    try:
        address = base_url(str(rendered[_URL]), _URL) if rendered.get(_URL) else ""
    except InvalidInput as error:
        texts.append(str(error))
    description, more = read_description(rendered, lambda value: value, host, keep_valid=True)
    warnings: List[str] = []
    texts = [*mistakes, *texts, *more, *_problems_of_description(description, address, flow, warnings)]
    problems = map(problem_of, dict.fromkeys(texts))
    named = ["%s: %s" % (visible(host), text) for text in warnings]
    return [_with_origin(problem, variables) for problem in problems], named


def _with_origin(problem: Problem, variables: Mapping[str, Any]) -> Problem:
    """Return a problem with the file and line of its value, or show them in a warning, as far as Ansible tells them."""
    file, line = file_and_line(variables, problem.path)
    if not file and not _may_show_secrets(variables):
        warn_with_origin(variables, problem.path, _without_commands(problem.text))
    return problem._replace(file=file, line=line)


def _may_show_secrets(variables: Mapping[str, Any]) -> bool:
    """Return whether the lines around a value in its file can contain a credential, or a command of GitHub Actions.

    Ansible shows these lines unchanged.
    """
    given = {name: value for name, value in variables.items() if str(name).startswith("qlik_")}
    if any(_has_secret(str(name), value) for name, value in given.items()):
        return True
    described = str({name: given[name] for name in given.keys() & SPECS["qlik_seed"].keys()})
    return is_on_github() and without_ci_commands(described) != described


def _has_secret(name: str, value: Any) -> bool:
    """Return whether a value, or a value in it, is a credential, a private key, or a URL with a password."""
    if isinstance(value, Mapping):
        is_private = "kty" in value and bool(_PRIVATE_PARTS & value.keys())
        return is_private or any(_has_secret(str(key), item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(_has_secret(name, item) for item in value)
    if not isinstance(value, str) or not value or "{{" in value:
        return False
    return name.endswith(_CREDENTIALS) or "PRIVATE KEY" in value or bool(_URL_WITH_PASSWORD.search(value))


def _rendered(variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Tuple[Dict[str, Any], List[str]]:
    """Return the variables with the rendered values of a description, and a line for each that cannot be rendered."""
    rendered, texts = dict(variables), []
    for name in sorted({_URL, *SPECS["qlik_seed"]} & variables.keys()):
        try:
            if is_omitted(name, variables, template):
                del rendered[name]
            else:
                rendered[name] = templated(variables[name], variables, template)
        except Exception as error:
            # Old releases of ansible-core pass on the exceptions of Python, such as those of a division by zero.
            rendered.pop(name, None)
            texts.append("%s: Cannot be rendered: %s" % (name, reason_of(error)))
    return rendered, texts


def _problems_of_description(description: Description, address: str, flow: Flow, warnings: List[str]) -> Iterator[str]:
    try:
        given = {**as_json(description.options), "tenant_url": address}
    except TypeError as error:
        # The value is one of a filter or lookup plugin.
        yield str(error)
        return
    options = read_options("qlikops.cloud.qlik_configuration", flow.spec, flow.rules, flow.may_be_empty, given, {})
    if options.refusal:
        yield options.refusal
        return
    task = Task(
        params=options.params,
        check_mode=True,
        with_diff=False,
        environ={},
        warn=warnings.append,
        log=lambda line: None,
        on_secret=lambda secret: None,
        places=description.places,
    )
    for path, text in problems_without_tenant(AREAS, task).separate():
        path = _AREA_VARIABLES.get(path, path)
        yield "%s: %s" % (path, text) if path else text


def lines_of(problems: Mapping[str, List[Problem]]) -> List[str]:
    """Return a line for each problem of each host, and the total.

    :param problems: the problems by host.
    """
    lines = [
        _without_commands("%s: %s%s" % (visible(host), problem.text, _place_in_words(problem)))
        for host, found in problems.items()
        for problem in found
    ]
    hosts = counted(len(problems), "host")
    wrong = sum(map(bool, problems.values()))
    if not lines:
        return ["No problems in the description%s of %s." % ("" if len(problems) == 1 else "s", hosts)]
    total = "%s in the descriptions of %d of %s." % (counted(len(lines), "problem"), wrong, hosts)
    return [*lines, total]


def _place_in_words(problem: Problem) -> str:
    return " (%s:%d)" % (visible(problem.file), problem.line) if problem.file else ""


def annotations_of(problems: Mapping[str, List[Problem]]) -> List[str]:
    """Return the commands that make GitHub show the problems in a pull request; none outside of GitHub Actions.

    A problem that several hosts share, such as one in a variable of all hosts, is shown once.

    :param problems: the problems by host.
    """
    if not is_on_github():
        return []
    hosts_by_problem: Dict[Problem, List[str]] = {}
    for host, found in problems.items():
        for problem in found:
            hosts_by_problem.setdefault(problem, []).append(host)
    commands = [_annotation(problem, hosts) for problem, hosts in hosts_by_problem.items()]
    if len(commands) > _MOST_ANNOTATIONS:
        shown = commands[: _MOST_ANNOTATIONS - 1]
        text = "%d more problems are only in the log of this step." % (len(commands) - len(shown))
        commands = [*shown, "::error title=%s::%s" % (_property("qlikops.cloud.validate"), _data(text))]
    return commands


def _annotation(problem: Problem, hosts: List[str]) -> str:
    """Return a command of GitHub Actions (workflow commands)."""
    properties = {"title": "qlikops.cloud.validate"}
    if problem.file:
        properties = {"file": problem.file, "line": str(problem.line), **properties}
    more = len(hosts) - 1
    named = "%s and %s" % (hosts[0], counted(more, "more host")) if more else hosts[0]
    shown = ",".join("%s=%s" % (name, _property(value)) for name, value in properties.items())
    return "::error %s::%s" % (shown, _data("%s: %s" % (named, problem.text)))


def _data(text: str) -> str:
    """Return a text escaped for a command of GitHub Actions, in which no other command can begin."""
    return without_ci_commands(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _without_commands(text: str) -> str:
    """Return a line in which GitHub Actions finds no command.

    It reads C(::) at the start of a line, behind white space, and C(##[) anywhere.
    """
    if not is_on_github():
        return text
    text = without_ci_commands(text)
    return text.replace("::", ": :", 1) if text.lstrip().startswith("::") else text


def is_on_github() -> bool:
    """Return whether the output of this run is read by GitHub Actions."""
    return bool(os.environ.get("GITHUB_ACTIONS"))


def junit_of(problems: Mapping[str, List[Problem]], generated_at: str) -> Iterator[bytes]:
    """Yield the problems as JUnit XML, with a suite for each host, and a failure for each problem.

    A host without problems has one case, which passes.

    :param problems: the problems by host.
    """
    return xml_of("qlik-validate", generated_at, ((host, _cases(found)) for host, found in problems.items()))


def _cases(problems: Iterable[Problem]) -> List[Case]:
    cases = [
        Case(_END_OF_VARIABLE.split(problem.path)[0] or "description", problem.path or "description", "failure", text)
        for problem in problems
        for text in ["%s%s" % (problem.text, _place_in_words(problem))]
    ]
    return cases or [Case("description", "description")]
