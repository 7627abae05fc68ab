# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assembles the report from its tenants, one at a time, so that a report of any size fits into memory."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import json
import tempfile
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional

from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION

from .history import add_history, new_in, new_unmanaged_in
from .report import DRIFT

#: The version of the JSON report, described by C(roles/qlik_audit/files/qlik-audit.schema.json).
SCHEMA_VERSION = 4
#: The collection and its version, as the report names them.
GENERATOR = "qlikops.cloud %s" % VERSION
Json = Dict[str, Any]


class Tenants:
    """The tenants of a report, in a temporary file with a line for each.

    Every iteration reads them again. The file is deleted with the object.

    :param folder: the folder of the file.
    """

    def __init__(self, folder: Optional[str] = None) -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="qlik-", dir=folder)  # noqa: SIM115
        self._count = 0

    def append(self, tenant: Json) -> None:
        """Add a tenant at the end."""
        self._file.write(json.dumps(tenant).encode("ascii") + b"\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Json]:
        self._file.flush()
        with open(self._file.name, "rb") as file:
            yield from map(json.loads, file)


def report_of(
    tenants: Iterable[Json],
    generated_at: str,
    count_unmanaged: bool,
    previous: Optional[Mapping[str, Any]] = None,
    revision: Optional[Json] = None,
    folder: Optional[str] = None,
) -> Json:
    """Return the whole report, in the format of the JSON report. Its C(tenants) can be read any number of times.

    :param tenants: sorted by host.
    :param previous: the result of C(read_previous).
    :param revision: the Git revision of the description.
    :param folder: the folder for temporary files.
    """
    counts = dict.fromkeys(("in_sync", "drift", "failed", "not_audited"), 0)
    objects = dict.fromkeys((*DRIFT, "failed", "unmanaged", "accepted"), 0)
    changes = dict.fromkeys(("new", "new_unmanaged", "resolved"), 0)
    described = in_sync = 0
    finished = Tenants(folder)
    report: Json = {
        "schema_version": SCHEMA_VERSION,
        "generator": GENERATOR,
        "generated_at": generated_at,
        "count_unmanaged": count_unmanaged,
        "summary": {},
        "tenants": finished,
        "revision": revision,
        "previous_report": {"generated_at": previous["generated_at"]} if previous else None,
    }
    for tenant in tenants:
        add_history(tenant, generated_at, previous)
        counts[tenant["status"]] += 1
        for area in tenant["areas"]:
            for kind in objects:
                objects[kind] += area[kind]
            described += len(area["objects"])
            in_sync += sum(item["status"] == "in_sync" for item in area["objects"])
        changes["new"] += len(new_in(tenant, report))
        changes["new_unmanaged"] += len(new_unmanaged_in(tenant, report))
        changes["resolved"] += len(tenant["resolved"])
        finished.append(tenant)
    report["summary"] = {
        "tenants": {"all": len(finished), **counts},
        "objects": objects,
        "share": {"tenants": _share(counts["in_sync"], len(finished)), "objects": _share(in_sync, described)},
        "changes": changes if previous else None,
    }
    return report


def _share(part: int, whole: int) -> Optional[float]:
    """Return a share in percent, rounded down so that only the whole is 100. C(None) if the whole is 0."""
    return part * 1000 // whole / 10 if whole else None
