# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Files on the controller that contain personal data."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import Any, Iterable, Optional, Union

from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.module_utils._files import replace_file

#: The maximum length of a file name on Linux and macOS, in bytes.
LONGEST_NAME = 255
#: The number of hexadecimal digits of the hash in a shortened name.
_DIGITS = 32
_MODE = re.compile("0[0-7]{3}")


def mode_of(option: str, value: Any) -> Optional[int]:
    """Return the permissions in an option, or C(None) if it is omitted.

    :raises AnsibleActionFail: if the value is not an octal number in a string. YAML converts unquoted octal numbers.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not _MODE.fullmatch(value):
        raise AnsibleActionFail(
            '%s must be an octal number in quotes, such as "0640", not %r. Nothing was written.' % (option, value)
        )
    return int(value, 8)


def current_mode(path: str) -> Optional[int]:
    """Return the permissions of a regular file, or C(None) if it does not exist. Symbolic links are not followed."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


def desired_mode(path: str, mode: Optional[int]) -> int:
    """Return the permissions of a file after writing: C(mode), or the current permissions, or only the owner's."""
    current = current_mode(path)
    if mode is not None:
        return mode
    return 0o600 if current is None else current


def absolute(path: str) -> str:
    """Return the absolute path. Relative paths start at the working directory, and C(~) is the home folder."""
    return os.path.abspath(os.path.expanduser(path))


def write_file(path: str, content: Union[bytes, Iterable[bytes]], mode: Optional[int] = None) -> None:
    """Write a file completely or not at all. A symbolic link is replaced, not followed.

    :param content: the content as a whole or in parts.
    :param mode: the permissions. By default, an existing file keeps its permissions, and only the owner can access a
        new file.
    :raises OSError: if the file cannot be written.
    """
    replace_file(path, content, desired_mode(path, mode))


def file_name(text: str, longest: int = LONGEST_NAME) -> str:
    """Return the name of a file or folder for an external text, such as a hostname.

    The name is the text itself if possible, never contains a folder, and is unique to the text. Names that are too long
    are shortened and end with a hash.

    :param longest: the maximum length of the name in bytes.
    """
    name = text.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    # Unpaired surrogates are not allowed in names.
    name = re.sub("[\ud800-\udfff]", lambda surrogate: "%%u%04X" % ord(surrogate.group()), name)
    if name in ("", os.curdir, os.pardir):
        name = name.replace(".", "%2E") or "%"
    encoded = name.encode("utf-8")
    if len(encoded) <= longest:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:_DIGITS]
    beginning = encoded[: longest - _DIGITS - 2].decode("utf-8", "ignore")
    # A tilde follows a percent sign in no other name.
    return "%s%%~%s" % (beginning, digest)
