# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings for all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import settings

# Playbooks are run by the Ansible beside the Python that runs the tests, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

settings.register_profile("default", deadline=None, derandomize=True)
settings.load_profile("default")
