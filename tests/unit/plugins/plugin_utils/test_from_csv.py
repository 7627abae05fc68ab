# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of directories and spreadsheets, good and bad."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.qlikops.cloud.plugins.filter.from_csv import from_csv
from hypothesis import given
from hypothesis import strategies as st

ADA = [{"name": "Ada", "roles": "Steward"}]


@pytest.mark.parametrize(
    "table",
    [
        "name,roles\nAda,Steward\n",
        "\ufeffname,roles\nAda,Steward",
        b"\xef\xbb\xbfname,roles\nAda,Steward",
        "name,roles\r\nAda,Steward\r\n",
        "name,roles\rAda,Steward\r",
        "name;roles\nAda;Steward\n",
        "name\troles\nAda\tSteward\n",
        '"name","roles"\n"Ada","Steward"\n',
        '"name";"roles"\n"Ada";"Steward"\n',
        " name , roles \nAda,Steward\n",
        "\n\nname,roles\n\nAda,Steward\n , \n,\n",
        "name;roles;;\nAda;Steward;;\n",
        "name;roles;;\nAda;Steward\n",
        "sep=;\nname;roles\nAda;Steward\n",
        '\ufeff"sep=;"\r\nname;roles\r\nAda;Steward\r\n',
        "sep=|\nname|roles\nAda|Steward\n",
        "SEP=\t\nname\troles\nAda\tSteward\n",
        "sep=,,\nname,roles\nAda,Steward\n",
        "#TYPE System.Management.Automation.PSCustomObject\r\nname,roles\r\nAda,Steward\r\n",
        "\n#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\nname;roles\nAda;Steward\n",
    ],
)
def test_forms_of_a_table(table: str | bytes) -> None:
    assert from_csv(table) == ADA


def test_cells() -> None:
    table = 'name,note\n"Finance, EMEA","say ""yes""\nand no"\n  Ada ,\n,7\n'
    assert from_csv(table) == [
        {"name": "Finance, EMEA", "note": 'say "yes"\nand no'},
        {"name": "  Ada "},
        {"note": "7"},
    ]


@pytest.mark.parametrize("table", ["name,roles\n", "name,roles", "name,roles\n,\n , \n"])
def test_only_titles(table: str) -> None:
    """What is deleted by pruning is what no table names, so one without rows has to be meant."""
    assert from_csv(table, allow_empty=True) == []
    with pytest.raises(AnsibleFilterError, match=r"has titles but no rows\. .*Set allow_empty"):
        from_csv(table)


@pytest.mark.parametrize(("end", "is_hinted"), [("", True), ("\n", False)])
def test_lines_that_a_lookup_has_joined(end: str, is_hinted: bool) -> None:
    """The lookup ansible.builtin.url joins lines with commas, so that all of them look like titles."""
    with pytest.raises(AnsibleFilterError) as refused:
        from_csv("Group,Finance,HR" + end, columns={"name": "Group"})
    assert ("split_lines=false" in str(refused.value)) is is_hinted


def test_missing_cells_at_the_end_are_blank() -> None:
    table = "name,roles,note\nAda\nBob,Steward\nEve,,x\n"
    assert from_csv(table) == [{"name": "Ada"}, {"name": "Bob", "roles": "Steward"}, {"name": "Eve", "note": "x"}]


@pytest.mark.parametrize("delimiter", [None, "\t", "\\t"])
def test_titles_with_more_commas_than_tabs(delimiter: str | None) -> None:
    table = "Group\tRoles, all of them, one by one\nFinance\tSteward, DataAdmin\n"
    assert from_csv(table, columns={"name": "Group"}, delimiter=delimiter) == [{"name": "Finance"}]


def test_a_tab_is_named() -> None:
    with pytest.raises(AnsibleFilterError, match=r"starts with 'a<TAB>b'.* The columns are a<TAB>b\."):
        from_csv("a\tb\n1\t2\n", columns={"name": "c"}, delimiter=",")


def test_lines_are_counted_from_the_first() -> None:
    with pytest.raises(AnsibleFilterError, match="Line 3: The row has 3 cells"):
        from_csv("sep=;\nname;roles\nAda;x;y\n")


def test_a_given_delimiter_counts_more_than_that_of_the_first_line() -> None:
    assert from_csv("sep=;\nname,roles\nAda,a;b\n", delimiter=",") == [{"name": "Ada", "roles": "a;b"}]


def test_blank_cells_beyond_the_titles() -> None:
    assert from_csv("name,roles\nAda,x,, \nBob\n") == [{"name": "Ada", "roles": "x"}, {"name": "Bob"}]


def test_one_column() -> None:
    assert from_csv("name\nAda; Countess\n") == [{"name": "Ada; Countess"}]


@pytest.mark.parametrize("title", ["Roles, all", '"Roles; all"'])
def test_a_given_delimiter(title: str) -> None:
    assert from_csv(f"Name;{title}\nAda;1,2\n", columns={"r": title.strip('"')}, delimiter=";") == [{"r": "1,2"}]


def test_columns_and_lists() -> None:
    table = (
        "displayName,userPrincipalName,dept,groups\nAda,ada@example.com,x,Falcon| Eagle ||\nBob,bob@example.com,,|\n"
    )
    columns = {"name": "displayName", "subject": "userPrincipalName", "email": " userPrincipalName ", "g": "groups"}
    ada, bob = from_csv(table, columns=columns, lists=["g"], separator="|")
    assert ada == {"name": "Ada", "subject": "ada@example.com", "email": "ada@example.com", "g": ["Falcon", "Eagle"]}
    assert bob == {"name": "Bob", "subject": "bob@example.com", "email": "bob@example.com"}


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (
            "name\nAda,a\nBob,b,c\n",
            {"delimiter": ","},
            ["Line 2: The row has 2 cells, but the line of titles has 1.", "Line 3: The row has"],
        ),
        ('name,roles\n"A\nda",x\nBob,b,c\n', {}, ["Line 4: The row has 3 cells, but the line of titles has 2."]),
        ("sep=;", {}, ["It is empty."]),
        ("name,\nAda,x\n", {}, ["Line 2: Column 2 has a cell but no title."]),
        ("name,name\nAda,x\n", {}, ["Line 1: The column 'name' appears twice."]),
        ("name,roles\nAda,x\n", {"columns": {"n": "Name"}}, ["columns.n", "no column 'Name'. Did you mean name?"]),
        ("name,roles\nAda,x\n", {"columns": {"n": "zzz"}}, ["The columns are name, roles."]),
        ("name,roles\nAda,x\n", {"lists": ["role"]}, ["lists: Unknown key 'role'. Did you mean roles?"]),
        ('name,roles\nAda,x\n"Bob,y\nEve,z\n', {}, ["Line 3: A quote is misplaced or not closed"]),
        ('"name,roles\nAda,x\n', {}, ["Line 1: A quote is misplaced or not closed"]),
        ('name,roles\n"Bob"s,y\n', {}, ["Line 2: A quote is misplaced"]),
        ("name\n" + "x" * 200000, {}, ["Line 2", "a cell is too long"]),
        ("name;a,b\nAda;x\n", {}, ["delimiter: The titles have the same number of commas and semicolons"]),
        ("", {}, ["It is empty."]),
        ("\ufeff\n  \n", {}, ["It is empty."]),
        (None, {}, ["It is null, not a string."]),
        ([], {}, ["It is a list, not a string."]),
        (7, {}, ["It is a number, not a string."]),
        ("name\nJos\udce9\n", {}, ["It is not UTF-8. Save it as CSV in UTF-8."]),
        (b"name\nJos\xe9\n", {}, ["It is not UTF-8. Save it as CSV in UTF-8."]),
        ("name".encode("utf-16"), {}, ["It is not UTF-8."]),
        ("n\0a\0m\0e\0", {}, ["It contains null bytes"]),
        ("x" * (16 * 1024 * 1024 + 1), {}, ["It has 16777217 characters. At most 16777216 are allowed."]),
        ("name\n", {"columns": {}}, ["columns: Must be a dictionary"]),
        ("name\n", {"columns": ["name"]}, ["columns: Must be a dictionary"]),
        ("name\n", {"columns": {"name": 7}}, ["columns: Must be a dictionary"]),
        ("name\n", {"lists": "name"}, ["lists: Must be a list of keys in the result."]),
        ("name\n", {"separator": ""}, ["separator: Must be a non-empty string"]),
        ("name\n", {"delimiter": ";;"}, ["delimiter: Must be a single character"]),
        ("name\n", {"delimiter": '"'}, ["delimiter: Must be a single character"]),
        ("name\n", {"delimiter": 7}, ["delimiter: Must be a single character"]),
        ("name\n", {"allow_empty": "no"}, ["allow_empty: Must be true or false."]),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, str) else None,
)
def test_bad_tables(table: Any, options: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        from_csv(table, **options)
    message = str(refused.value)
    assert re.match(r"Cannot read the table( that starts with .*?)?\.[ \n]", message)
    assert [word for word in words if word not in message] == []


def test_many_mistakes_are_counted() -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        from_csv("a,b\n" + "x,y,z\n" * 50)
    assert "Line 11: " in str(refused.value)
    assert "Line 12: " not in str(refused.value)
    assert "40 more mistakes are not shown." in str(refused.value)


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("\ufeffname,roles\r\nAda,x,y\r\n", "the table that starts with 'name,roles'"),
        ("\n\nname,roles\nAda,x,y\n", "the table that starts with 'name,roles'"),
        ("x" * 61 + ",b\nAda,x,y\n", "the table that starts with '%s'" % ("x" * 60)),
        (None, "the table"),
        ("", "the table"),
        ("name,Jos\udce9\n", "the table that starts with 'name,Jos<U+DCE9>'"),
    ],
)
def test_which_table_it_is(table: Any, name: str) -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        from_csv(table)
    assert str(refused.value).startswith(f"Cannot read {name}.")


def test_nothing_that_a_terminal_acts_on_is_in_a_message() -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        from_csv("\x1b]0;t\x07,\x1b]0;t\x07\na;b;c;d\n")
    assert str(refused.value).isprintable()


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), max_size=5),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_every_cell_is_read_as_it_was_written(rows: list[tuple[str, str]], delimiter: str, end: str, mark: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows([("one", "other"), *rows])
    assert from_csv(mark + file.getvalue(), allow_empty=True) == [{"one": one, "other": other} for one, other in rows]
