# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and replaces whole files."""

# This file is private to the collection: it can change without notice.

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from typing import Iterable, Union


def read_file(path: str, most: int) -> bytes:
    """Return the content of a regular file.

    :param most: the maximum size in bytes.
    :raises OSError: if it cannot be read, is larger, or is not a regular file, such as a pipe. C(strerror) has the
        reason.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(0, "it is larger than %d MiB" % (most // 1024**2))
    return content


def replace_file(path: str, content: Union[bytes, Iterable[bytes]], mode: int) -> None:
    """Replace a file atomically. A symbolic link is replaced, not followed.

    :param content: the content as a whole or in parts. If a part raises an exception, the file remains as it is.
    :param mode: the permissions.
    :raises OSError: if it cannot be written. No temporary file remains.
    """
    # The name does not contain that of the file, which may have the maximum length already.
    descriptor, scratch = tempfile.mkstemp(prefix=".qlik-", dir=os.path.dirname(path))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        os.replace(scratch, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(scratch)
        raise
