# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: from_csv
short_description: Convert CSV to a list of dictionaries, for example of groups or users
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Converts a CSV table to a list of dictionaries, one per row. The keys are the column titles, or the names that you
    choose with O(columns).
  - Exports from Entra ID and Okta, and files saved by spreadsheets, need no conversion. They can have a byte order
    mark, semicolons or tabs instead of commas, and the line endings of any system.
  - The leading lines C(sep=;), which tells Excel the delimiter, and C(#TYPE ...), written by Windows PowerShell, are
    skipped.
  - Empty cells are omitted from the dictionaries, and empty rows from the list. All other cells are strings, including
    any spaces around them. Missing cells at the end of a row count as empty. Empty cells beyond the titles are ignored.
  - If the table has an error, the filter fails and reports all errors with their line numbers.
  - A table without rows is rejected unless O(allow_empty) is set, because pruning deletes objects that are not listed.
  - Ansible never renders the result as a template.
positional: _input
options:
  _input:
    description:
      - The table. Its first non-empty line has the column titles.
      - Must be UTF-8 and have at most 16777216 characters.
    type: str
    required: true
  columns:
    description:
      - The columns to read, as a dictionary of column titles by key in the result. A column can have several keys.
      - Titles are case-sensitive. Spaces around them are ignored.
      - By default, all columns are read, with their titles as keys. A column without a title must be empty.
    type: dict
  lists:
    description:
      - The keys in the result whose cells are lists. Empty elements are omitted. A list without elements is omitted
        like an empty cell.
    type: list
    elements: str
    default: []
  separator:
    description:
      - The separator between the elements of a list. Spaces around elements are ignored.
    type: str
    default: ","
  delimiter:
    description:
      - The character between cells. V(\\t) means a tab.
      - By default, the character in the line C(sep=) is used. Without this line, it is a tab if the titles contain one,
        and otherwise the comma or semicolon that separates the titles.
    type: str
  allow_empty:
    description:
      - Whether to accept a table with titles but no rows. The result is an empty list.
      - The lookup P(ansible.builtin.url#lookup) joins lines with commas, so that all lines look like titles. Set
        C(split_lines=false) to read a table.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Manage the groups in a spreadsheet
  qlikops.cloud.qlik_groups:
    groups: "{{ table | qlikops.cloud.from_csv(columns=columns, lists=['assigned_roles']) }}"
  vars:
    table: |
      Group;Owner;Qlik roles
      Finance Analysts;ada@example.com;SharedSpaceCreator, DataSpaceCreator
      Data Stewards;grace@example.com;Steward
      Guests;ada@example.com;
    columns:
      name: Group
      assigned_roles: Qlik roles
"""

RETURN = r"""
_value:
  description:
    - One dictionary per row, in the order of the table.
  type: list
  elements: dict
  sample:
    - name: Finance Analysts
      assigned_roles:
        - SharedSpaceCreator
        - DataSpaceCreator
    - name: Guests
"""

import csv
import io
import re
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    InvalidDescription,
    InvalidInput,
    printable,
    with_heading,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import type_in_words
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import plain

_MOST_CHARACTERS = 16 * 1024 * 1024
_DELIMITERS = {",": "commas", ";": "semicolons"}
_TAB = "\t"
#: The lines that Excel and Windows PowerShell write before the titles.
_PREAMBLE = re.compile(
    r'\s*(?:("?)sep=(?P<delimiter>[^"\r\n])(?P=delimiter)*\1|#TYPE [^\r\n]*)(?=[\r\n]|$)', re.IGNORECASE
)
#: The number of characters of the first line that identify a table in messages.
_LONGEST_NAME = 60
#: The maximum number of mistakes in a message.
_MOST_MISTAKES = 10


class _Row(NamedTuple):
    """The cells of a row, and the number of its first line. A cell can have several lines."""

    line: int
    cells: List[str]


def from_csv(
    table: Any,
    columns: Optional[Mapping[str, str]] = None,
    lists: Sequence[str] = (),
    separator: str = ",",
    delimiter: Optional[str] = None,
    allow_empty: bool = False,
) -> List[Dict[str, Any]]:
    """Return the rows of a table as dictionaries. The documentation describes the parameters.

    :raises AnsibleFilterError: listing all mistakes in the table or in the parameters.
    """
    try:
        options = _checked_options(columns, lists, separator, delimiter)
        text = _text_of(table)
        rows = _read(text, *options)
        if not isinstance(plain(allow_empty), bool):
            raise InvalidInput("Must be true or false.", option="allow_empty")
        if not rows and not allow_empty:
            raise _without_rows(text)
    except InvalidInput as error:
        separation = "\n" if "\n" in str(error) else " "
        raise AnsibleFilterError("Cannot read %s.%s%s" % (_name_of(table), separation, error)) from None
    wrapped: List[Dict[str, Any]] = wrap_var(rows)
    return wrapped


def _checked_options(
    columns: Any, lists: Any, separator: Any, delimiter: Any
) -> Tuple[Optional[Dict[str, str]], List[str], str, Optional[str]]:
    columns, lists, separator, delimiter = (plain(option) for option in (columns, lists, separator, delimiter))
    delimiter = _TAB if delimiter == r"\t" else delimiter
    if columns is not None and not (
        isinstance(columns, dict) and columns and _are_texts([*columns, *columns.values()])
    ):
        raise InvalidInput("Must be a dictionary of column titles by key in the result.", option="columns")
    if not isinstance(lists, list) or not _are_texts(lists):
        raise InvalidInput("Must be a list of keys in the result.", option="lists")
    if not isinstance(separator, str) or not separator:
        raise InvalidInput("Must be a non-empty string.", option="separator")
    if delimiter is not None and not (
        isinstance(delimiter, str) and len(delimiter) == 1 and delimiter not in '"\r\n\0'
    ):
        raise InvalidInput("Must be a single character other than a quote or a line break.", option="delimiter")
    return columns, lists, separator, delimiter


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) and value.strip() for value in values)


def _name_of(table: Any) -> str:
    """Return a phrase that identifies the table by its first line. The filter does not know the name of its file."""
    text = plain(table)
    lines = text[:_LONGEST_NAME].lstrip("\ufeff").splitlines() if isinstance(text, str) else []
    first = _shown(next(filter(str.strip, lines), ""))
    return "the table that starts with %r" % first if first else "the table"


def _shown(text: str) -> str:
    """Return a part of a table for a message, with visible tabs."""
    return printable(text.strip().replace(_TAB, "<TAB>"))


def _text_of(table: Any) -> str:
    """Return the table as a string without a byte order mark.

    :raises InvalidInput: if it cannot be read.
    """
    text = plain(table)
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        if not isinstance(text, str):
            hint = "Join its lines: table | join('\\n')" if isinstance(text, list) else ""
            raise InvalidInput("It is %s, not a string." % type_in_words(text), hint)
        # Ansible converts invalid UTF-8 in a file to unpaired surrogates.
        text.encode("utf-8")
    except UnicodeError:
        raise InvalidInput("It is not UTF-8.", "Save it as CSV in UTF-8.") from None
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput("It has %d characters. At most %d are allowed." % (len(text), _MOST_CHARACTERS))
    if "\0" in text:
        raise InvalidInput("It contains null bytes, like UTF-16 and spreadsheet files.", "Save it as CSV in UTF-8.")
    return text.removeprefix("\ufeff")


def _read(
    text: str, columns: Optional[Dict[str, str]], lists: List[str], separator: str, delimiter: Optional[str]
) -> List[Dict[str, Any]]:
    text, of_first_line = _without_preamble(text)
    rows = _rows(text, delimiter or of_first_line or _delimiter_of(text))
    header = next(rows, None)
    if header is None:
        raise InvalidInput("It is empty.")
    titles = [title.strip() for title in header.cells]
    mistakes = ["Line %d: The column %r appears twice." % (header.line, title) for title in _repeated(titles)]
    if columns is None:
        columns = {title: title for title in titles if title}
    for name, title in columns.items():
        if title.strip() not in titles:
            mistakes.append("columns.%s: The table has no column %r.%s" % (name, title, nearest(title, titles)))
            mistakes[-1] += " The columns are %s." % ", ".join(filter(None, map(_shown, titles)))
    mistakes += ["lists: Unknown key %r.%s" % (name, nearest(name, columns)) for name in lists if name not in columns]
    _check_no_mistakes(mistakes)
    positions = {name: titles.index(title.strip()) for name, title in columns.items()}
    described = []
    for line, cells in rows:
        while len(cells) > len(titles) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(titles):
            text = "Line %d: The row has %d cells, but the line of titles has %d."
            mistakes.append(text % (line, len(cells), len(titles)))
            continue
        cells = cells + [""] * (len(titles) - len(cells))
        stray = [number for number, (title, cell) in enumerate(zip(titles, cells), 1) if cell.strip() and not title]
        mistakes += ["Line %d: Column %d has a cell but no title." % (line, number) for number in stray]
        texts = {name: cells[position] for name, position in positions.items() if cells[position].strip()}
        values = {name: _parts(text, separator) if name in lists else text for name, text in texts.items()}
        described.append({name: value for name, value in values.items() if value})
    _check_no_mistakes(mistakes)
    return described


def _without_preamble(text: str) -> Tuple[str, Optional[str]]:
    """Return the table and the delimiter in its preamble. The preamble is blanked, so that lines keep their numbers."""
    delimiter = None
    while True:
        found = _PREAMBLE.match(text)
        if found is None:
            return text, delimiter
        delimiter = found["delimiter"] or delimiter
        text = re.sub(r"[^\r\n]", "", found[0]) + text[found.end() :]


def _without_rows(text: str) -> InvalidInput:
    """Return the error for a table without rows."""
    hint = "Set allow_empty=true if the list may be empty."
    if len(text.splitlines()) == 1 and not text.endswith(("\n", "\r")):
        hint = (
            "If you read it with the lookup ansible.builtin.url, set split_lines=false, because the lookup joins lines"
            " with commas. " + hint
        )
    return InvalidInput("It has titles but no rows.", hint)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Yield the rows that are not empty.

    :raises InvalidInput: if a quote is misplaced.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(begin, cells)
            begin = reader.line_num + 1
    except csv.Error as error:
        # For an unclosed quote, the module csv reports the end of the text or a cell that is too long.
        raise InvalidInput(
            "Line %d: A quote is misplaced or not closed, or a cell is too long (%s)." % (begin, error),
            'Double the quotes in a quoted cell: "say ""yes""".',
        ) from None


def _delimiter_of(text: str) -> str:
    """Return the character that separates the titles: a tab if they contain one, because no title contains a tab.

    :raises InvalidInput: if the delimiter is ambiguous.
    """
    counts = {}
    for delimiter in (_TAB, *_DELIMITERS):
        try:
            header = next(_rows(text, delimiter), None)
        except InvalidInput:
            # If this is not the delimiter, a quote can start in the middle of a cell.
            continue
        counts[delimiter] = len(header.cells) if header else 0
    if counts.pop(_TAB, 0) > 1:
        return _TAB
    most = max(counts.values(), default=0)
    likely = [delimiter for delimiter, count in counts.items() if count == most]
    if most > 1 and len(likely) > 1:
        names = " and ".join(_DELIMITERS[delimiter] for delimiter in likely)
        raise InvalidInput("The titles have the same number of %s. Set the delimiter." % names, option="delimiter")
    return likely[0] if likely else ","


def _repeated(titles: Sequence[str]) -> List[str]:
    return [title for title in dict.fromkeys(titles) if title and titles.count(title) > 1]


def _parts(cell: str, separator: str) -> List[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]


def _check_no_mistakes(mistakes: List[str]) -> None:
    """Check that the list of mistakes is empty.

    :raises InvalidInput: listing the first mistakes otherwise.
    """
    if mistakes:
        raise InvalidDescription(with_heading(list(map(printable, mistakes)), _MOST_MISTAKES))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """Filters by name."""
        return {"from_csv": from_csv}
