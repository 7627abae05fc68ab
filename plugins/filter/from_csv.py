# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: from_csv
short_description: Read the groups and users of a directory out of CSV
version_added: 1.0.0
author:
  - qlikops contributors (@qlikops)
description:
  - Makes a list of dictionaries out of a table in CSV, one for each row, with the titles of the columns or the names of
    options as keys.
  - Exports of Entra ID and Okta are read as they are, and so is what a spreadsheet saves, with a byte-order mark, with
    semicolons or tabs instead of commas, and with the ends of lines of any system.
  - Two first lines that are not part of a table are skipped. Excel reads the delimiter from the line C(sep=;). Windows
    PowerShell writes the line C(#TYPE ...).
  - A blank cell is left out of its dictionary, and a row whose cells are all blank is left out. All other cells are
    texts, with the blanks around them if there are any. Cells that are missing at the end of a row are blank, and
    blank cells beyond the titles are left out.
  - A table that has a mistake is refused as a whole. Mistakes are named with their lines.
  - A table without rows is refused unless O(allow_empty) is set, because pruning deletes what no table names.
  - Ansible never renders what comes out as a template, whatever it looks like.
positional: _input
options:
  _input:
    description:
      - The table. Its first line that is not blank has the titles of the columns.
      - It is UTF-8, and has at most 16777216 characters.
    type: str
    required: true
  columns:
    description:
      - The titles of the columns to read, by the names that they get. One column can be read under several names.
      - Case matters in titles, blanks around them do not.
      - Without it all columns are read, under their titles. A column without a title is only allowed if it is blank.
    type: dict
  lists:
    description:
      - The names whose cells are lists, after O(columns) has given them. A blank element is left out of its list, and a
        list that has no others is left out like a blank cell.
    type: list
    elements: str
    default: []
  separator:
    description:
      - What stands between the elements of a list. Blanks around an element have no meaning.
    type: str
    default: ","
  delimiter:
    description:
      - The character between cells. V(\\t) stands for a tab.
      - By default it is the character that the line C(sep=) names. Without that line it is a tab where the titles have
        one, and otherwise the one of comma and semicolon that separates the titles.
    type: str
  allow_empty:
    description:
      - Whether the table can have titles and no rows. The result is then an empty list.
      - The lookup P(ansible.builtin.url#lookup) joins the lines of what it reads with commas, so that all of them look
        like titles. Read a table with C(split_lines=false).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Seed the groups of a spreadsheet
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
    - A dictionary for each row, in the order of the table.
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
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import InvalidDescription, InvalidInput, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._planning.references import nearest
from ansible_collections.qlikops.cloud.plugins.plugin_utils._plain import type_in_words
from ansible_collections.qlikops.cloud.plugins.plugin_utils._variables import plain

_MOST_CHARACTERS = 16 * 1024 * 1024
_DELIMITERS = {",": "commas", ";": "semicolons"}
_TAB = "\t"
#: What Excel and Windows PowerShell write in front of the titles.
_PREAMBLE = re.compile(
    r'\s*(?:("?)sep=(?P<delimiter>[^"\r\n])(?P=delimiter)*\1|#TYPE [^\r\n]*)(?=[\r\n]|$)', re.IGNORECASE
)
#: Of the first line of a table so many characters are its name in messages.
_LONGEST_NAME = 60
#: So many mistakes of a table are named.
_MOST_MISTAKES = 10


class _Row(NamedTuple):
    """The cells of a row, and the line where it begins: a cell can have several lines."""

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
    """The rows of a table as dictionaries, as the documentation says.

    :raises AnsibleFilterError: naming all that is wrong with the table or with what is asked of it.
    """
    try:
        options = _checked_options(columns, lists, separator, delimiter)
        text = _text_of(table)
        rows = _read(text, *options)
        if not isinstance(plain(allow_empty), bool):
            raise InvalidInput("It must be true or false.", option="allow_empty")
        if not rows and not allow_empty:
            raise _without_rows(text)
    except InvalidInput as error:
        separation = "\n" if "\n" in str(error) else " "
        raise AnsibleFilterError("%s cannot be read.%s%s" % (_name_of(table), separation, error)) from None
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
        raise InvalidInput("It must be a dictionary of titles by the names that they get.", option="columns")
    if not isinstance(lists, list) or not _are_texts(lists):
        raise InvalidInput("It must be a list of names.", option="lists")
    if not isinstance(separator, str) or not separator:
        raise InvalidInput("It must be a text that is not empty.", option="separator")
    if delimiter is not None and not (
        isinstance(delimiter, str) and len(delimiter) == 1 and delimiter not in '"\r\n\0'
    ):
        raise InvalidInput("It must be one character, and no quote and no end of a line.", option="delimiter")
    return columns, lists, separator, delimiter


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) and value.strip() for value in values)


def _name_of(table: Any) -> str:
    """What tells people which table it is: the filter does not know the name of its file."""
    text = plain(table)
    lines = text[:_LONGEST_NAME].lstrip("\ufeff").splitlines() if isinstance(text, str) else []
    first = _shown(next(filter(str.strip, lines), ""))
    return "The table that begins with %r" % first if first else "The table"


def _shown(text: str) -> str:
    """A part of a table in a message, where a tab is easily taken for a blank."""
    return printable(text.strip().replace(_TAB, "<TAB>"))


def _text_of(table: Any) -> str:
    """The table as a text without a byte-order mark.

    :raises InvalidInput: when it is none that can be read.
    """
    text = plain(table)
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        if not isinstance(text, str):
            hint = "Join its lines: table | join('\\n')" if isinstance(text, list) else ""
            raise InvalidInput("It is %s, not a string." % type_in_words(text), hint)
        # What is no UTF-8 in a file becomes a lone surrogate when Ansible reads it.
        text.encode("utf-8")
    except UnicodeError:
        raise InvalidInput("It is not UTF-8.", "Save it as CSV in UTF-8.") from None
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput("It has %d characters, and at most %d are allowed." % (len(text), _MOST_CHARACTERS))
    if "\0" in text:
        raise InvalidInput("It has null bytes, as UTF-16 and spreadsheets themselves have.", "Save it as CSV in UTF-8.")
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
    mistakes = ["Line %d: the column %r is there twice." % (header.line, title) for title in _repeated(titles)]
    if columns is None:
        columns = {title: title for title in titles if title}
    for name, title in columns.items():
        if title.strip() not in titles:
            mistakes.append("columns.%s: there is no column %r.%s" % (name, title, nearest(title, titles)))
            mistakes[-1] += " Columns are %s." % ", ".join(filter(None, map(_shown, titles)))
    mistakes += ["lists: there is no %r.%s" % (name, nearest(name, columns)) for name in lists if name not in columns]
    _refuse(mistakes)
    places = {name: titles.index(title.strip()) for name, title in columns.items()}
    described = []
    for line, cells in rows:
        while len(cells) > len(titles) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(titles):
            mistakes.append("Line %d: there are %d cells, and %d titles." % (line, len(cells), len(titles)))
            continue
        cells = cells + [""] * (len(titles) - len(cells))
        stray = [number for number, (title, cell) in enumerate(zip(titles, cells), 1) if cell.strip() and not title]
        mistakes += ["Line %d: column %d has a cell and no title." % (line, number) for number in stray]
        texts = {name: cells[place] for name, place in places.items() if cells[place].strip()}
        values = {name: _parts(text, separator) if name in lists else text for name, text in texts.items()}
        described.append({name: value for name, value in values.items() if value})
    _refuse(mistakes)
    return described


def _without_preamble(text: str) -> Tuple[str, Optional[str]]:
    """The table with the lines in front of its titles blank, so that its lines keep their numbers; the delimiter that
    one of them names.
    """
    delimiter = None
    while True:
        found = _PREAMBLE.match(text)
        if found is None:
            return text, delimiter
        delimiter = found["delimiter"] or delimiter
        text = re.sub(r"[^\r\n]", "", found[0]) + text[found.end() :]


def _without_rows(text: str) -> InvalidInput:
    """Why a table that has only titles is refused."""
    hint = "Set allow_empty to true if the list can be empty."
    if len(text.splitlines()) == 1 and not text.endswith(("\n", "\r")):
        hint = (
            "Its text has no line end: the lookup ansible.builtin.url joins lines with commas unless it gets"
            " split_lines=false. " + hint
        )
    return InvalidInput("It has titles but no rows.", hint)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """The rows that have anything in them.

    :raises InvalidInput: when a quote is misplaced.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(begin, cells)
            begin = reader.line_num + 1
    except csv.Error as error:
        # Of a quote that is not closed the module csv says where the text ends, or that a cell is too long.
        raise InvalidInput(
            "Line %d: a quote is misplaced or not closed, or a cell is too long (%s)." % (begin, error),
            'A cell with a quote in it is written as "say ""yes""".',
        ) from None


def _delimiter_of(text: str) -> str:
    """The character that parts the titles: a tab where they have one, since no title has a tab in it.

    :raises InvalidInput: when it can be one as well as another.
    """
    counts = {}
    for delimiter in (_TAB, *_DELIMITERS):
        try:
            header = next(_rows(text, delimiter), None)
        except InvalidInput:
            # Where this is no delimiter, a quote can begin in the middle of a cell.
            continue
        counts[delimiter] = len(header.cells) if header else 0
    if counts.pop(_TAB, 0) > 1:
        return _TAB
    most = max(counts.values(), default=0)
    likely = [delimiter for delimiter, count in counts.items() if count == most]
    if most > 1 and len(likely) > 1:
        names = " and ".join(_DELIMITERS[delimiter] for delimiter in likely)
        raise InvalidInput("The titles have as many %s: say which of them parts cells." % names, option="delimiter")
    return likely[0] if likely else ","


def _repeated(titles: Sequence[str]) -> List[str]:
    return [title for title in dict.fromkeys(titles) if title and titles.count(title) > 1]


def _parts(cell: str, separator: str) -> List[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]


def _refuse(mistakes: List[str]) -> None:
    """Refuse a table with mistakes.

    :raises InvalidInput: naming the first of them, if there are any.
    """
    if mistakes:
        more = len(mistakes) - _MOST_MISTAKES
        named = [printable(mistake) for mistake in mistakes[:_MOST_MISTAKES]]
        raise InvalidDescription(named + (["There are %d more mistakes." % more] if more > 0 else []))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """Filters by name."""
        return {"from_csv": from_csv}
