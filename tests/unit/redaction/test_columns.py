"""The cells below a label, in the notations of tables."""

import pytest

from sallyport.redaction.columns import column_below


def below(text, label):
    column = column_below(text, text.index(label), text.index(label) + len(label))
    return column and [text[start:end] for start, end in column.cells]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("name,passport\nBob,X1\nAnn,X2", ["X1", "X2"]),
        ("passport;name\r\nX1;Bob\r\n", ["X1"]),
        ('"name","passport","x"\n"Bob","X1","1"', ["X1"]),
        ("| name | passport |\n|---|:--|\n| Bob | X1 |\n\nprose", ["X1"]),
        ("name\tpassport no\nBob\tX1", ["X1"]),
        ("a,passport\n1,2\n1,2,3\n1,4", ["2"]),
    ],
)
def test_a_column_goes_on_while_rows_have_as_many_cells(text, cells):
    assert below(text, "passport") == cells


@pytest.mark.parametrize(
    "text",
    [
        "passport\nX1",
        "name,passport",
        "my old and very long lost passport, she said\nwas here, X1",
        "name,passport\nprose follows",
        "a," + "b" * 5000 + ",passport\n1,2,3",
    ],
)
def test_leaves_what_is_no_table(text):
    assert below(text, "passport") is None
