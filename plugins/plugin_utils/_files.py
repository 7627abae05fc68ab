# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it can change without notice.

"""Files on the controller that hold personal data."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible_collections.qlikops.cloud.plugins.module_utils._files import replace_file

#: Bytes that a name may have on Linux and macOS.
LONGEST_NAME = 255
#: Of the hash that shortens a name, hexadecimal.
_DIGITS = 32
_MODE = re.compile("0[0-7]{3}")


def mode_of(option: str, value: Any) -> Optional[int]:
    """The permissions that an option asks for; C(None) where it is left out.

    :raises AnsibleActionFail: when the value is not an octal number as a text. YAML makes another number of one that is
        not in quotes.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not _MODE.fullmatch(value):
        raise AnsibleActionFail(
            '%s must be an octal number in quotes, such as "0640", and is %r. Nothing was written.' % (option, value)
        )
    return int(value, 8)


def current_mode(path: str) -> Optional[int]:
    """The permissions of a regular file; C(None) where there is none, as for a symbolic link, which is not followed."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


def desired_mode(path: str, mode: Optional[int]) -> int:
    """The permissions of a file after it is written: those asked for, or those it has, or the owner's alone."""
    current = current_mode(path)
    if mode is not None:
        return mode
    return 0o600 if current is None else current


def absolute(path: str) -> str:
    """A path as a whole; a relative one is one from where the command runs, and C(~) is the home of the user."""
    return os.path.abspath(os.path.expanduser(path))


def write_file(path: str, content: bytes, mode: Optional[int] = None) -> None:
    """Write a file as a whole or not at all; a symbolic link in its place is replaced, and not followed.

    :param mode: the permissions. Without them an existing file keeps its own, and a new one is the owner's alone.
    :raises OSError: when that cannot be done.
    """
    replace_file(path, content, desired_mode(path, mode))


def file_name(text: str, longest: int = LONGEST_NAME) -> str:
    """The name of a file or folder for a text from outside, such as the name of a host.

    It is the text itself where that can be a name, in no other folder, and no other text has the same name. What is
    too long is cut, and ends in a hash.

    :param longest: how many bytes the name may have.
    """
    name = text.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    # No name can have half a character (a lone surrogate).
    name = re.sub("[\ud800-\udfff]", lambda half: "%%u%04X" % ord(half.group()), name)
    if name in ("", os.curdir, os.pardir):
        name = name.replace(".", "%2E") or "%"
    encoded = name.encode("utf-8")
    if len(encoded) <= longest:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:_DIGITS]
    beginning = encoded[: longest - _DIGITS - 2].decode("utf-8", "ignore")
    # In no other name a tilde follows a percent sign.
    return "%s%%~%s" % (beginning, digest)
