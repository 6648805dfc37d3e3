"""sallyport_cli.toml_lines: on which line a field is set."""

import pytest

from sallyport_cli.toml_lines import line_of, lines_of

TEXT = '''# a table
version = "1"

[targets.one]
model = """
[not.a.table]
x = 1
"""
price = { input = 1, output = 2 } # one line
"odd.name" = 3

[routes]
mine.targets = [
  "one",
  "two", # ]
]

[[keys]]
name = "a"
[[keys]]
name = "b"
[keys.deep]
x = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("version",), 2),
        (("targets", "one"), 4),
        (("targets", "one", "model"), 5),
        (("targets", "one", "price", "output"), 9),
        (("targets", "one", "odd.name"), 10),
        (("routes",), 12),
        (("routes", "mine", "targets", 1), 13),
        (("keys", 0, "name"), 19),
        (("keys", 1), 20),
        (("keys", 1, "name"), 21),
        (("keys", 1, "deep", "x"), 23),
        (("targets", "one", "missing"), 4),
        (("targets", "two"), None),
        ((), None),
    ],
)
def test_a_field_has_its_line_and_a_missing_one_that_of_its_table(path, line):
    assert line_of(path, lines_of(TEXT)) == line


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_an_empty_file_has_no_lines(text):
    assert lines_of(text) == {}


def test_windows_line_ends_count_once():
    assert lines_of('a = 1\r\n\r\nb = """x\r\ny"""\r\nc = 2')[("c",)] == 5
