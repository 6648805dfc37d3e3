"""What the model sees of a word and of its neighbours, the same in training and in use."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from sallyport.redaction.tagger.words import AFTER_SHIFT, BEFORE_SHIFT, FREQUENCY_SHIFT, LETTERS, KnownWords

_MARKS = frozenset(",.:;!?()'\"-/@&<>")
"""What stands between words and is told apart."""
LINE, PARAGRAPH = "\\n", "\\n\\n"


class Features(NamedTuple):
    """What a word shows for itself (`own`), and for the words before, after and two places away from it."""

    own: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    two_before: tuple[str, ...]
    two_after: tuple[str, ...]


class Look(NamedTuple):
    """What is known of one word by itself.

    `key` is the word as features spell it, `kind` its shape with what the table of words says of it. Its features are
    `only_its` and what it has in common with many, which can be added up once for all of them.
    """

    key: str
    kind: str
    only_its: Features
    shared: Features
    capital: bool
    word: bool
    value: int

    def parts(self) -> tuple[Features, ...]:
        return self.only_its, self.shared


def look(word: str, known: KnownWords) -> Look:
    """Features of a word for itself (`own`) and for the words before, after and two places away from it."""
    key, shape = _key(word), _shape(word)
    is_word = word[0].isalpha()
    value = _value(key, known) if is_word else 0
    end = key[-3:]
    spelled: tuple[str, ...] = (f"w{key}",)
    described = is_word and len(word) > 2
    if described:
        spelled += (f"p2{key[:2]}", f"p3{key[:3]}", f"x2{key[-2:]}", f"x3{end}", f"x4{key[-4:]}", f"X{shape}{end}")
    of_word = Features(spelled, (f"-w{key}", f"-x{end}"), (f"+w{key}", f"+x{end}"), (f"--w{key}",), (f"++w{key}",))
    kind, shared = _in_common(shape, value, is_word, described)
    return Look(key, kind, of_word, shared, is_word and not word[0].islower(), is_word, value)


@lru_cache(maxsize=4096)
def _in_common(shape: str, value: int, is_word: bool, described: bool) -> tuple[str, Features]:
    """The kind of words of one shape of which one thing is known, and the features that all of them have."""
    letters = "".join(letter for bit, letter in enumerate(LETTERS) if value >> bit & 1)
    frequency = str(value >> FREQUENCY_SHIFT & 7) if is_word else ""
    kind = f"{shape}{letters}{'' if not is_word else '-' if frequency == '0' else '=' if frequency < '5' else '+'}"
    left, right = value >> BEFORE_SHIFT & 63, value >> AFTER_SHIFT & 63
    own = [f"s{shape}", f"k{kind}", f"f{shape}{frequency}", *(f"g{letter}{shape}" for letter in letters)]
    if described:
        own += (f"c{left}/{right}", f"C{shape}{left}", f"D{shape}{right}")
    return kind, Features(
        tuple(own),
        (f"-k{kind}", f"-c{left}/{right}", f"-C{left}"),
        (f"+k{kind}", f"+c{left}/{right}", f"+C{right}"),
        (f"--k{kind}",),
        (f"++k{kind}",),
    )


def _value(key: str, known: KnownWords) -> int:
    return known.get(key) or (known.get(key[:-1]) if key[-1] == "." else 0)


def _key(word: str) -> str:
    if word[0] == "\n":
        return PARAGRAPH if word.count("\n") > 1 else LINE
    if word.isdigit():
        return f"#{min(len(word), 9)}"
    return word.lower() if word.isprintable() else "?"


def _shape(word: str) -> str:
    first = word[0]
    if first.isalpha():
        if word.islower():
            return "a"
        if word.isupper():
            return "I" if len(word) == 1 else "A." if word[-1] == "." else "A"
        return "Aa" if first.isupper() and word[1:].islower() else "aA" if first.islower() else "AaA"
    if first == "\n":
        return LINE
    return "#" if first.isdigit() else first if first in _MARKS else ""


def case_of(capitals: int, words: int) -> str:
    """How a line is written: `l` without any capital, `T` with most words capitalised, else as sentences are."""
    if capitals == 0 and words > 1:
        return "l"
    return "T" if words > 3 and 10 * capitals > 7 * words else ""


def cased(case: str, kind: str) -> str:
    return f"m{case}{kind}"


def cases(looks: Sequence[Look]) -> Iterator[str]:
    """The case of the line each token stands in, one for each token."""
    start = 0
    while start < len(looks):
        end = start
        while end < len(looks) and looks[end].key not in (LINE, PARAGRAPH):
            end += 1
        line = looks[start : end + 1]
        case = case_of(sum(each.capital for each in line), sum(each.word for each in line))
        yield from [case] * len(line)
        start = end + 1


def sequence(looks: Sequence[Look]) -> list[list[str]]:
    """All features of every token of a text, as training wants them; decoding adds the same ones up."""
    features = []
    count = len(looks)
    for at, (here, case) in enumerate(zip(looks, cases(looks), strict=True)):
        row = [feature for part in here.parts() for feature in part.own]
        if case:
            row.append(cased(case, here.kind))
        if at:
            before = looks[at - 1]
            row += [feature for part in before.parts() for feature in part.before]
            row += (f"-|{before.kind}|{here.kind}", f"-|w{before.key}|{here.kind}")
            if at > 1:
                row += [feature for part in looks[at - 2].parts() for feature in part.two_before]
                row.append(f"--|{looks[at - 2].key}|{before.key}")
        else:
            row.append("begin")
        if at + 1 < count:
            after = looks[at + 1]
            row += [feature for part in after.parts() for feature in part.after]
            row += (f"+|{here.kind}|{after.kind}", f"+|w{after.key}|{here.kind}")
            if at + 2 < count:
                row += [feature for part in looks[at + 2].parts() for feature in part.two_after]
        else:
            row.append("end")
        features.append(row)
    return features
