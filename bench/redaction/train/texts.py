"""Texts of our own templates, with the spans of what was put in."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from bench.redaction.train import sources
from bench.redaction.train.addresses import Addresses
from bench.redaction.train.people import People

type Span = tuple[int, int, str]
type Text = tuple[str, list[Span]]

_TEMPLATES = Path(__file__).with_name("templates")
_SLOT = re.compile(r"\{(=?[A-Za-z]+)\}")
_NO_NAMES = 0.22
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_RELATIONS = "wife husband son daughter mother father brother sister boss friend cousin uncle girlfriend dog".split()
_PRODUCTS = (
    "iPhone|Android|Windows|Excel|Word|PowerPoint|Python|Java|Kubernetes|Docker|Linux|Slack|Zoom|Jira|React|PostgreSQL|"
    "laptop|phone|car|washing machine|Outlook|Gmail|Photoshop|Chrome|Alexa|ChatGPT|Tableau|Power BI|Camry|Galaxy S9|TV"
).split("|")
_IDS = ("??-#####", "######", "###-##-####", "INV-####", "ORD#######", "EMP####", "#########", "?#######")


class Texts:
    """Fills templates. A slot `{=first}` repeats a part of the person named last before it."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.people = People(self._random)
        self.addresses = Addresses(self.people, self._random)
        self._templates = {
            path.stem: [line.replace("\\n", "\n").replace("\\t", "\t") for line in path.read_text("utf-8").splitlines()]
            for path in sorted(_TEMPLATES.glob("*.txt"))
        }
        self._named = {
            **dict.fromkeys(("person",), ("PERSON", self.people.person)),
            "full": ("PERSON", self.people.full),
            "first": ("PERSON", self.people.first),
            "last": ("PERSON", self.people.last),
            "org": ("ORG", self.people.organisation),
            "city": ("LOCATION", self.people.town),
            "CITY": ("LOCATION", lambda: self.people.town().upper()),
            "country": ("LOCATION", self.people.country),
            "state": ("LOCATION", self.people.state),
            "loc": ("LOCATION", self.people.place),
            "address": ("ADDRESS", self.addresses.address),
            "street": ("ADDRESS", self.addresses.street),
        }
        self._unnamed = self._fillers()

    def texts(self, count: int) -> Iterator[Text]:
        """Of one to five templates of one kind each, some of them without any name."""
        kinds = [kind for kind in self._templates if kind != "nothing"]
        for _ in range(count):
            kind = self._random.choice(kinds)
            templates = [
                self._random.choice(self._templates["nothing" if self._random.random() < _NO_NAMES else kind])
                for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4, 5)))
            ]
            yield self._recased(self._joined([self.fill(each) for each in templates]))

    def replace_name(self, kind: str, name: str) -> str:
        """Another name in the place of one in a sentence that people wrote, of the same kind and number of words."""
        if kind == "PERSON":
            one = " " not in name
            return self._random.choice((self.people.first, self.people.last))() if one else self.people.full()
        if kind == "LOCATION":
            return self.people.place().removeprefix("the ")
        return self.people.organisation() if kind == "ORG" else self.addresses.address()

    def fill(self, template: str) -> Text:
        pieces: list[str] = []
        spans: list[Span] = []
        length, copied, latest = 0, 0, self.people.full()
        for slot in _SLOT.finditer(template):
            name = slot[1]
            if name.lstrip("=") not in self._named and name not in self._unnamed:
                continue
            kind, value = self._value(name, latest)
            if name in ("full", "first", "person"):
                latest = value
            pieces += (template[copied : slot.start()], value)
            length += len(pieces[-2])
            if kind:
                skipped = 4 if kind == "LOCATION" and value.startswith("the ") else 0
                spans.append((length + skipped, length + len(value), kind))
            length += len(value)
            copied = slot.end()
        pieces.append(template[copied:])
        text = "".join(pieces)
        return text, _whole_names(text, spans)

    def _value(self, name: str, latest: str) -> tuple[str | None, str]:
        if name == "=first":
            return "PERSON", latest.split()[0]
        if name == "=last":
            return "PERSON", latest.split()[-1]
        if name in self._named:
            kind, draw = self._named[name]
            return kind, draw()
        return None, self._unnamed[name]()

    def _joined(self, texts: list[Text]) -> Text:
        text, spans = texts[0]
        for more, its in texts[1:]:
            text += self._random.choice((" ", " ", "\n", "\n\n"))
            spans += [(start + len(text), end + len(text), kind) for start, end, kind in its]
            text += more
        return text, spans

    def _recased(self, made: Text) -> Text:
        """Sometimes all small, all capital, or without the full stop at the end."""
        text, spans = made
        chance = self._random.random()
        if chance < 0.07 and len(text.lower()) == len(text):
            return text.lower(), spans
        if chance < 0.10 and len(text.upper()) == len(text):
            return text.upper(), spans
        if chance < 0.15 and text.endswith((".", "?", "!")):
            return text[:-1], spans
        return text, spans

    def _fillers(self) -> dict[str, Callable[[], str]]:
        random, choose, english = self._random, self._random.choice, self.people.faker("en_US")
        groups = sources.own_list("groups")
        return {
            "email": lambda: self.people.faked(lambda faker: faker.email()),
            "phone": lambda: self.people.faked(lambda faker: faker.phone_number()),
            "date": lambda: english.date(choose(("%Y-%m-%d", "%d/%m/%Y", "%B %d, %Y", "%d %b %Y", "%B %Y", "%Y"))),
            "money": lambda: f"{choose('$€£')}{random.randint(10, 99_999):,}",
            "num": lambda: str(int(10 ** random.uniform(0, 4))),
            "id": lambda: english.bothify(choose(_IDS)).upper(),
            "product": lambda: choose(_PRODUCTS),
            "job": lambda: english.job() if random.random() < 0.5 else choose(self._jobs),
            "dow": lambda: choose(_DAYS),
            "month": lambda: choose(_MONTHS),
            "title": lambda: choose("Mr|Mr.|Mrs|Mrs.|Ms|Ms.|Dr|Dr.|Prof.|Miss|Sir|Professor".split("|")),
            "word": self.people.word,
            "Word": lambda: self.people.word().capitalize(),
            "nat": lambda: choose(groups),
            "age": lambda: str(random.randint(1, 99)),
            "time": lambda: choose(("9am", "14:30", "5 pm", "08:15", "12:05 PM", "noon")),
            "url": lambda: english.url(),
            "user": lambda: english.user_name(),
            "rel": lambda: choose(_RELATIONS),
            "zip": self.addresses.zip,
        }

    @property
    def _jobs(self) -> tuple[str, ...]:
        return (
            "CEO",
            "CTO",
            "CFO",
            "HR manager",
            "Sales Director",
            "Head of Marketing",
            "Project Manager",
            "nurse",
            "teacher",
            "Account Manager",
            "VP of Product",
            "chairman",
            "spokesman",
            "coach",
            "lawyer",
            "director",
        )


def _whole_names(text: str, spans: list[Span]) -> list[Span]:
    """`{first} {last}` is one name."""
    whole: list[Span] = []
    for span in spans:
        before = whole[-1] if whole else None
        if before and before[2] == span[2] == "PERSON" and text[before[1] : span[0]] == " ":
            whole[-1] = (before[0], span[1], span[2])
        else:
            whole.append(span)
    return whole
