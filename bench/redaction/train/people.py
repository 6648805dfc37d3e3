"""People, places and organisations for templates: drawn from lists of many countries, a part of them invented."""

from collections.abc import Callable
from contextlib import suppress
from random import Random

from faker import Faker

from bench.redaction.train import sources
from bench.redaction.train.invention import Inventor

_LOCALES = (
    *("en_US",) * 7,
    *("en_GB",) * 4,
    *("en_IN", "en_CA", "en_AU", "en_IE", "en_NZ", "en_NG", "en_KE", "en_PK", "de_DE", "de_AT", "de_CH", "fr_FR"),
    *("fr_CA", "es_ES", "es_MX", "es_AR", "es_CL", "es_CO", "it_IT", "nl_NL", "nl_BE", "pt_BR", "pt_PT", "sv_SE"),
    *("no_NO", "da_DK", "fi_FI", "pl_PL", "cs_CZ", "sk_SK", "sl_SI", "hr_HR", "hu_HU", "ro_RO", "tr_TR", "id_ID"),
    *("vi_VN", "fil_PH", "zu_ZA", "lt_LT", "lv_LV", "et_EE", "yo_NG", "ig_NG", "ha_NG", "tw_GH", "sq_AL", "az_AZ"),
)
_ORG_ENDS = (
    "Inc|Inc.|LLC|Ltd|Ltd.|Limited|Corp|Corp.|Corporation|Company|Co.|Group|Holdings|Partners|Labs|Technologies|Systems|"
    "Solutions|Consulting|Bank|Insurance|Logistics|Media|Health|Foundation|GmbH|AG|SA|plc|Capital|Ventures|Studios|"
    "Analytics|Software|Energy|Foods|Pharma|Motors|Airlines|& Co|& Sons|University|College|Hospital|Clinic|High School|"
    "Institute|Academy|Council|Association|Restaurant|Cafe|Grill|Pizza|Hotel|Inn|Salon|Dental|Auto Repair|Plumbing|"
    "Church|Museum|Theatre|FC|United|Society|Party|Union|Trust|Times|Post|Records"
).split("|")
_ORG_STARTS = "Ministry of |Department of |Bank of |Institute of |Office of |Bureau of |College of ".split("|")
_ORG_TOPICS = "Health|Finance|Justice|Labour|Education|Defense|Agriculture|Commerce|Energy|Technology|Labor".split("|")
_TOWN_ORGS = "University|College|General Hospital|City Council|Police Department|High School|Bank|Airport|Times".split(
    "|"
)
_PLACE_STARTS = "Lake |Mount |Port |Fort |North |New |Upper |St. |San |Santa |South |East |West |Old |Cape ".split("|")
_PLACE_ENDS = " Valley| Park| County| Island| Hills| River| Beach| Square| Bay| Province| District| Bridge".split("|")
_REGIONS = "Asia|Europe|the Middle East|Latin America|Africa|Silicon Valley|North America|Southeast Asia".split("|")
_SHORT_COUNTRIES = "USA|UK|the UK|U.S.|the US|UAE|England|Scotland|America|US|the United States|Wales".split("|")
_PARTICLES = "van der|van|de|von|bin|al-|O'|Mc|de la|da|di|dos|Mac|El|ter|Le|la".split("|")
_INITIALS = "ABCDEFGHJKLMNPRSTW"


class People:
    """Each method draws one value; the same `random` gives the same values."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._fakers: dict[str, Faker] = {}
        names = [*sources.names_by_kind(), *sources.census_names()]
        self._inventors = {
            kind: Inventor(name for each, name in names if each == kind and name.isalpha())
            for kind in ("first", "last")
        }
        self._census = {
            kind: [name for each, name in sources.census_names() if each == kind] for kind in ("first", "last")
        }
        self._towns = [name for name, _, _ in sources.towns(40_000)]
        self._cities = [name for name, _, _ in sources.towns(600_000)]
        self._town_inventor = Inventor(name for name in self._towns if name.isalpha())
        self._countries = sources.countries()
        self._states = sources.states()
        self._regions = sources.own_list("regions")
        self._famous = sources.own_list("organisations")
        self._words = [word for word in sources.common_words() if word.isalpha() and 4 <= len(word) <= 9][:15_000]

    def faked(self, draw: Callable[[Faker], str]) -> str:
        """What `draw` makes of a random locale that knows how, in Latin letters."""
        for _ in range(8):
            with suppress(AttributeError):
                value = draw(self.faker(self._random.choice(_LOCALES)))
                if sources.latin(value.replace("\n", " ").translate(_PRINTED)):
                    return value
        return draw(self.faker("en_US"))

    def faker(self, locale: str) -> Faker:
        if locale not in self._fakers:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(self._random.random())
        return self._fakers[locale]

    def first(self) -> str:
        return self._name("first", lambda faker: faker.first_name())

    def last(self) -> str:
        return self._name("last", lambda faker: faker.last_name())

    def full(self) -> str:
        """First and last name, mostly of one country."""
        draw = self._random.random()
        if draw < 0.55:
            return self._same_country()
        if draw < 0.80:
            return f"{self.first()} {self.last()}"
        if draw < 0.87:
            return f"{self.first()} {self._random.choice(_INITIALS)}{self._random.choice(('.', '.', ''))} {self.last()}"
        if draw < 0.90:
            return f"{self._random.choice(_INITIALS)}. {self.last()}"
        if draw < 0.91:
            return f"{self._random.choice(_INITIALS)}. {self._random.choice(_INITIALS)}. {self.last()}"
        if draw < 0.935:
            return f"{self.first()} {self.first()} {self.last()}"
        if draw < 0.96:
            return f"{self.first()} {self.last()}{self._random.choice('- ')}{self.last()}"
        if draw < 0.97:
            return f"{self.first()}-{self.first()} {self.last()}"
        particle = self._random.choice(_PARTICLES)
        return f"{self.first()} {particle}{'' if particle[-1] in '-c' + chr(39) else ' '}{self.last()}"

    def person(self) -> str:
        draw = self._random.random()
        if draw < 0.66:
            return self.full()
        return self.first() if draw < 0.90 else self.last()

    def town(self) -> str:
        draw = self._random.random()
        if draw < 0.12:
            return self._town_inventor.invent(self._random)
        if draw < 0.45:
            return self._random.choice(self._cities)
        return self._random.choice(self._towns) if draw < 0.8 else self.faked(lambda faker: faker.city())

    def country(self) -> str:
        return self._random.choice(self._countries if self._random.random() < 0.75 else _SHORT_COUNTRIES)

    def state(self) -> str:
        return self._random.choice(self._states)[0 if self._random.random() < 0.85 else 1]

    def place(self) -> str:
        draw = self._random.random()
        if draw < 0.45:
            return self.town()
        if draw < 0.60:
            return self.country()
        if draw < 0.70:
            return self.state()
        if draw < 0.82:
            return self._random.choice(self._regions)
        if draw < 0.90:
            return self._random.choice(_PLACE_STARTS) + self._capital(self._random.choice((self.last, self.word))())
        if draw < 0.96:
            return self._capital(self._random.choice((self.last, self.word))()) + self._random.choice(_PLACE_ENDS)
        return self._random.choice(_REGIONS)

    def organisation(self) -> str:
        choose, draw = self._random.choice, self._random.random()
        if draw < 0.17:
            return self.faked(lambda faker: faker.company())
        if draw < 0.31:
            return f"{self._capital(self.word())} {choose(_ORG_ENDS)}"
        if draw < 0.40:
            return self._capital(self.word()) + self._capital(self.word()) + choose(("", "", " " + choose(_ORG_ENDS)))
        if draw < 0.52:
            return f"{self._capital(self.word())} {self._capital(self.word())} {choose(_ORG_ENDS)}"
        if draw < 0.59:
            return "".join(choose("ABCDEFGHIKLMNOPRSTUVW") for _ in range(choose((2, 3, 3, 3, 4, 4))))
        if draw < 0.77:
            return choose(self._famous)
        if draw < 0.81:
            return (
                f"{self.last()}{choose((' & ', ' and ', '-'))}{self.last()}{choose(('', '', ' LLP', ' LLC', ' Inc'))}"
            )
        if draw < 0.86:
            return f"{self.last()}{choose((chr(39) + 's', ''))} {choose(_ORG_ENDS)}"
        if draw < 0.89:
            return f"University of {self.town()}"
        if draw < 0.94:
            return f"{self.town()} {choose(_TOWN_ORGS)}"
        if draw < 0.97:
            return f"{self._capital(self.word())} of {self._capital(self.word())}"
        return choose(_ORG_STARTS) + choose((*_ORG_TOPICS, self.country()))

    def word(self) -> str:
        return self._random.choice(self._words)

    def _name(self, kind: str, draw: Callable[[Faker], str]) -> str:
        chance = self._random.random()
        if chance < 0.18:
            return self._inventors[kind].invent(self._random)
        return self._random.choice(self._census[kind]) if chance < 0.40 else self.faked(draw)

    def _same_country(self) -> str:
        return self.faked(lambda faker: f"{faker.first_name()} {faker.last_name()}")

    def _capital(self, word: str) -> str:
        return word[0].upper() + word[1:]


_PRINTED = str.maketrans(dict.fromkeys("0123456789,/#&()+:;@_\u00ba\u00aa\u2116\u00b0", " "))
