# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the files of a drift report."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import Any, Iterable, List, Mapping, Optional

from .._files import desired_mode, write_file
from .formats import json_of, jsonl_of, junit_of, omitted_in_words, plans_of
from .pages import details_of, overview_of, page_of
from .prometheus import prometheus_of

#: The names of the files by format.
NAMES = {
    "html": "qlik-audit.html",
    "json": "qlik-audit.json",
    "jsonl": "qlik-audit.jsonl",
    "junit": "qlik-audit.xml",
    "plans": "qlik-audit-plans.json",
    "prometheus": "qlik-audit.prom",
}
_WRITERS = {"json": json_of, "jsonl": jsonl_of, "plans": plans_of, "prometheus": prometheus_of}
#: The folder with the details of a report for many tenants. Its name has the time of the report.
_DETAILS = re.compile(r"qlik-audit-\d{8}T\d{6}Z", re.ASCII)


def write_reports(
    folder: str, report: Mapping[str, Any], formats: Iterable[str], mode: Optional[int], most_tenants: int
) -> None:
    """Write a report in all formats. Each file is replaced as a whole.

    :param mode: the permissions of the files, as for C(write_file).
    :param most_tenants: the maximum number of tenants on one page, and in JUnit XML with all cases.
    :raises OSError: if a file cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    for name in formats:
        path = os.path.join(folder, NAMES[name])
        if name == "html":
            _write_page(path, report, mode, most_tenants)
        elif name == "junit":
            write_file(path, junit_of(report, most_tenants), mode)
        else:
            write_file(path, _WRITERS[name](report), mode)


def own_paths(folder: str) -> List[str]:
    """Return the paths of all files that a report can have, and of the existing folders with details."""
    details = _details_in(folder) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in (*NAMES.values(), *details)]


def omissions(report: Mapping[str, Any], formats: Iterable[str], most_tenants: int) -> List[str]:
    """Return a line about what the files omit."""
    if "junit" in formats and len(report["tenants"]) > most_tenants:
        return ["%s: %s" % (NAMES["junit"], omitted_in_words(most_tenants))]
    return []


def _write_page(path: str, report: Mapping[str, Any], mode: Optional[int], most_tenants: int) -> None:
    """Write the page, and for many tenants the folder with their details, which no earlier page refers to."""
    folder, details = os.path.split(path)[0], ""
    if len(report["tenants"]) > most_tenants:
        details = "qlik-audit-%s" % re.sub("[-:]", "", report["generated_at"])
        _write_details(os.path.join(folder, details), report, os.path.basename(path), desired_mode(path, mode))
        write_file(path, overview_of(report, details), mode)
    else:
        write_file(path, page_of(report), mode)
    for name in _details_in(folder):
        if name != details:
            shutil.rmtree(os.path.join(folder, name))


def _details_in(folder: str) -> List[str]:
    """Return the names of the folders with details of this report and of earlier ones, without links."""
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    return [entry.name for entry in found if _DETAILS.fullmatch(entry.name)]


def _write_details(folder: str, report: Mapping[str, Any], overview: str, mode: int) -> None:
    scratch = tempfile.mkdtemp(prefix=".qlik-", dir=os.path.dirname(folder))
    try:
        for name, content in details_of(report, overview):
            with open(os.path.join(scratch, name), "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), mode)
        # Whoever can read the files can open the folder.
        os.chmod(scratch, 0o700 | (mode & 0o444) | (mode & 0o444) >> 2)
        if os.path.isdir(folder) and not os.path.islink(folder):
            shutil.rmtree(folder)
        os.rename(scratch, folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
