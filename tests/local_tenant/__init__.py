# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local tenant: a strict, in-memory imitation of the administrative REST API of a Qlik Cloud tenant.

It answers over HTTP as the published reference says the service does, and refuses what the service refuses, so that
clients can be tested, demonstrated and measured without an account. Start it with ``python -m local_tenant``.
"""

from __future__ import annotations
