# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of a run as its documentation shows them: tables, and a plot of how cost grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

from benchmark.table import table

matplotlib.use("svg")
from matplotlib import pyplot

ALL = ["first run", "1% changed", "unchanged"]
PANELS = [
    ("seconds", "seconds", ALL),
    ("requests", "requests", ALL),
    ("memory_mb", "MB of the module's process", ["unchanged"]),
]


def draw_growth(rows: list[dict[str, Any]], path: Path) -> None:
    """An SVG with seconds, requests and memory over the number of groups, for ``qlik_groups``."""
    figure, panels = pyplot.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
    for panel, (measure, title, works) in zip(panels, PANELS):
        for work in works:
            points = [(row["size"], row[measure]) for row in rows if (row["way"], row["work"]) == ("qlik_groups", work)]
            panel.plot(*zip(*sorted(points)), marker="o", markersize=3, label=work)
        panel.set(title=title, xlabel="groups", ylim=0, xlim=0)
        panel.legend(frameon=False)
        panel.spines[["top", "right"]].set_visible(False)
    pyplot.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def tables(rows: list[dict[str, Any]], bounds: list[dict[str, Any]]) -> str:
    """RST: what was measured, and which bounds were reached."""
    measured = (
        [row["work"], row["size"] or "", row["way"], row["seconds"], row["requests"] or "", row.get("memory_mb", "")]
        for row in sorted(rows, key=lambda row: row["size"])
    )
    verdicts = {True: "yes", False: "**no**", None: "not measured"}
    judged = ([bound["what"], bound["measured"], bound["bound"], verdicts[bound["reached"]]] for bound in bounds)
    return "\n\n".join(
        [
            table(["work", "groups", "by", "seconds", "requests", "MB"], measured),
            table(["what", "measured", "bound", "reached"], judged),
        ]
    )
