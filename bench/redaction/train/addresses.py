"""Addresses as people write them: of many countries, on one line or several, whole or in part."""

import re
from collections.abc import Callable
from random import Random

from bench.redaction.train import sources
from bench.redaction.train.people import People

_SLOT = re.compile(r"\{([A-Za-z]+)\}")
_STREETS = (
    "{n} {name} {end}|{n} {name} {end}|{n} {word} {end}|{n} {dir} {name} {end}|{n} {ord} {end}|{n} {dir} {ord} {end}|"
    "{name}straße {n}|{name}strasse {n}|{name}str. {n}|{name}weg {n}|{name} Straße {n}|{name}platz {n}|Am {name} {n}|"
    "{n} rue {name}|{n}, rue de {name}|{n} avenue de {town}|{n} boulevard {name}|{n} chemin {name}|{n} place {name}|"
    "rue {name} {n}|Rue de {town} {n}|Calle {name} {n}|Calle de {name}, {n}|Avenida {name} {n}|Plaza {name} {n}|"
    "C. {name} {n}|Via {name} {n}|Via {name}, {n}|Viale {name} {n}|Piazza {name} {n}|Rua {name} {n}|Rua {name}, {n}|"
    "Vicolo {name} {n}|{n} Rue {first} {name}|{n} {first} {name} {end}|{name} {first} {n}|{first} {name} {n}|"
    "{name}straat {n}|{name}laan {n}|{name}weg {n}|{name}gatan {n}|{name}vägen {n}|{name}veien {n}|{name}gata {n}|"
    "{name}gade {n}|{name}vej {n}|{name}katu {n}|{name}tie {n}|ul. {name} {n}|ulica {name} {n}|{name} utca {n}|"
    "{name} u. {n}.|{name} tér {n}.|{name} út {n}.|{name}ova {n}|Strada {name} {n}|{name} Sokak {n}|{name} Cad. No:{n}|"
    "Jl. {name} No. {n}|Jalan {name} {n}|{n} {name} Marg|{n}/{n} {name} Nagar|{name} {n}|{n} {name}|"
    "{n}{letter} {name} {end}|{n}-{n} {name} {end}|{name} {end} {n}|{name} terrasse {n}|{name}vegur {n}|"
    "{name}braut {n}|{name} tn {n}|{name} iela {n}|{name} g. {n}|{n} {name} {n}|"
    "{n} {name} {n}|Flat {n}, {n} {name} {end}"
).split("|")
_ENDS = (
    "Street|Street|St|St.|Avenue|Avenue|Ave|Ave.|Road|Road|Rd|Rd.|Lane|Ln|Drive|Drive|Dr|Court|Ct|Way|Place|Pl|Square|"
    "Terrace|Boulevard|Blvd|Highway|Parkway|Circle|Close|Crescent|Row|Trail|Hill|Gardens|Grove|Mews|Rise|Walk|Path|Loop|"
    "Alley|Plaza|Bypass|Extension|Station|Springs|Viaduct|Ridges|Mills|Radial|Haven|Points|Meadows|Burg|Port|Rapids|"
    "Fort|Route|Union|Point|Coves|Green|str"
).split("|")
_UNITS = (
    "Apt. {n}|Suite {n}|Suite {n}|Suite {n}|Apt {n}{letter}|Unit {n}|#{n}|Floor {n}|Flat {n}|Room {n}|{n}. OG|2e étage|"
    "Ste {n}|Bldg {letter}|Apt. {n}|Suite {n} Apt. {n}"
).split("|")
_TOWNS = (
    "{town}, {state} {zip}|{town}, {code} {zip}|{town}, {code} {zip}|{town} {code} {zip}|{town}, {code}|{zip} {town}|"
    "{zip} {town}|{town} {zip}|{town}|{town}|{town}, {country} {zip}|{town}, {country}|{zip} {town}, {country}|"
    "{postcode}|{town} {postcode}|{town}, {postcode}|{letter}-{zip} {town}|{town}, {state}|{zip}-{n} {town}|{TOWN}|"
    "{zip} {TOWN}|{TOWN}, {zip}|{TOWN}, {code} {zip}"
).split("|")
_COUNTRIES = ("{country}", "{country}", "{country} {zip}", "{group} {zip}")
_WHOLE = (
    "P.O. Box {n}|PO Box {n}, {town}|Unit {n} Box {n}\nDPO {apo} {zip}|PSC {n}, Box {n}\nAPO {apo} {zip}|"
    "USS {name}\nFPO {apo} {zip}|USNS {name} FPO {apo} {zip}|the corner of {name} {end} and {name} {end}|"
    "the corner of {street} and {street}|the corner of {street} and {name} {end}|corner of {name} and {name}|"
    "{first} and {street}|{name} and {street}|P.O. Box {n}, {town}, {code} {zip}|Postfach {n}, {zip} {town}"
).split("|")
_JOINTS = (", ", ", ", ", ", "\n", "\n", " ", "\n ", "\n ", ",\n", "\n, ", "\n> ")


class Addresses:
    def __init__(self, people: People, random: Random) -> None:
        self._people = people
        self._random = random
        self._groups = sources.own_list("groups")
        self._slots = self._drawn()

    def street(self) -> str:
        street = self._fill(self._random.choice(_STREETS))
        return f"{self._fill('{n}')} {street}" if self._random.random() < 0.06 else street

    def address(self) -> str:
        """A whole address, or as much of one as finds a house."""
        draw = self._random.random()
        if draw < 0.28:
            return self._faked()
        if draw < 0.38:
            return self._fill(self._random.choice(_WHOLE))
        parts = [self.street()]
        if self._random.random() < 0.35:
            parts.append(self._fill(self._random.choice(_UNITS)))
        if self._random.random() < 0.75:
            parts.append(self._fill(self._random.choice(_TOWNS)))
            if self._random.random() < 0.35:
                parts.append(self._fill(self._random.choice(_COUNTRIES)))
        return self._random.choice(_JOINTS).join(parts)

    def zip(self) -> str:
        return self._fill(self._random.choice(("{zip}", "{zip}", "{postcode}")))

    def _faked(self) -> str:
        whole = self._random.random() < 0.8
        address = self._people.faked(lambda faker: faker.address() if whole else faker.street_address())
        return address if self._random.random() < 0.4 else address.replace("\n", self._random.choice((", ", ", ", " ")))

    def _fill(self, template: str) -> str:
        """Values are drawn for the slots of a template from left to right."""
        return _SLOT.sub(lambda slot: self._slots[slot[1]](), template)

    def _drawn(self) -> dict[str, Callable[[], str]]:
        return {
            "n": lambda: str(int(10 ** self._random.uniform(0.3, 4.2))),
            "name": self._people.last,
            "first": self._people.first,
            "word": lambda: self._people.word().capitalize(),
            "end": lambda: self._random.choice(_ENDS),
            "dir": lambda: self._random.choice("N|S|E|W|North|West|N.|SW".split("|")),
            "ord": lambda: f"{self._random.randint(4, 99)}th",
            "letter": lambda: self._random.choice("ABCDEFGH"),
            "town": self._people.town,
            "TOWN": lambda: self._people.town().upper(),
            "state": self._people.state,
            "code": lambda: self._people.faker("en_US").state_abbr(),
            "country": self._people.country,
            "group": lambda: self._random.choice(self._groups),
            "zip": lambda: f"{self._random.randint(0, 99999):0{self._random.choice((4, 5, 5))}d}",
            "postcode": lambda: self._people.faker("en_GB").postcode(),
            "apo": lambda: self._random.choice(("AA", "AE", "AP")),
            "street": self.street,
        }
