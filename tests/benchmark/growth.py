# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws how the cost of a bulk task grows with its size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

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
