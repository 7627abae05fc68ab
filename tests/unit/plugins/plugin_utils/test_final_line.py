# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The final line of a task that signals interrupt."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest
from ansible_collections.qlikops.cloud.plugins.plugin_utils import _interruption

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("are_simultaneous", [False, True])
def test_two_signals_show_one_line(monkeypatch: pytest.MonkeyPatch, are_simultaneous: bool) -> None:
    """In ansible-core 2.16, a worker receives SIGINT from the terminal, then SIGTERM from the command of Ansible."""
    reading, writing = os.pipe()
    monkeypatch.setattr(_interruption, "_terminal", lambda: writing)
    received: list[int] = []

    def receive(number: int, frame: Any) -> None:
        received.append(number)

    interrupted: list[int] = []

    def final_line() -> str:
        if not are_simultaneous:
            os.kill(os.getpid(), signal.SIGTERM)
        return "Interrupted: 1 of 2 groups written."

    before = {number: signal.signal(number, receive) for number in SIGNALS}
    try:
        with _interruption.final_line_shown("qlik_groups", interrupted.append, final_line):
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            # Not os.kill: another thread of the process could receive one of them before the mask is removed.
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            if are_simultaneous:
                signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert os.read(reading, 1000).decode() == "\nqlik_groups: Interrupted: 1 of 2 groups written.\n"
    os.close(reading)
    assert interrupted == [signal.SIGINT]
    assert received == [signal.SIGINT, signal.SIGTERM]
