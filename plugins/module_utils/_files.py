# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are read as a whole, and replaced as a whole."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress


def read_file(path: str, most: int) -> bytes:
    """What is in a regular file.

    :param most: the largest size in bytes.
    :raises OSError: when it cannot be read, is something else than a file, such as a pipe that nobody writes to, or is
        larger. C(strerror) says what it is.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(0, "it is larger than %d MiB" % (most // 1024**2))
    return content


def replace_file(path: str, content: bytes, mode: int) -> None:
    """Write a file as a whole or not at all; a symbolic link in its place is replaced, and not followed.

    :param mode: the permissions.
    :raises OSError: when that cannot be done. Nothing is left behind then.
    """
    # Not after the file: its name can be as long as names may be.
    descriptor, scratch = tempfile.mkstemp(prefix=".qlik-", dir=os.path.dirname(path))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        os.replace(scratch, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(scratch)
        raise
