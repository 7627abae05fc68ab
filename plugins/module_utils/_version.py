# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version of the collection, as galaxy.yml says it (a test compares the two)."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

VERSION = "1.0.0"
