"""What is said of age, family, belief and health in a CV, and what stands there instead."""

import re
from typing import Final

_FEW = r"(?:\d|one|two|three|four|five|six|zwei|drei|vier|deux|trois|quatre|un|dos|tres|cuatro|twins?)"
_KIDS = (
    r"(?:children|child|kids?|sons?|daughters?|boys?|girls?|twins|teenagers|kinder[nr]?|söhnen?|töchtern?|"
    r"enfants?|filles?|fils|hijos?|hijas?)"
)
_PARENT = r"(?:mother|father|mum|mom|dad|parent|mutter|vater|mère|père|madre|padre|mama|papa)"
_CAPITAL = r"(?-i:[A-ZÀ-Ý])[\w'-]{1,24}"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|er|\.)?\s?(?:de |of )?[^\W\d]{3,10}(?: de)?,? \d{4}|[\d./-]{4,10})"
_NAMES = rf"{_CAPITAL}(?:[ ](?:of |the |and |de |für )?{_CAPITAL}){{0,3}}"


_BETWEEN = re.compile(r"(\[[^]]*\])| ")
_SPACE = r"(?:[ ]|\n(?=(?-i:[a-zß-ÿ])))"


def _words(*alternatives: str) -> re.Pattern[str]:
    """A space of theirs may be the end of a line that goes on with a small letter."""
    spaced = _BETWEEN.sub(lambda match: match[1] or _SPACE, "|".join(alternatives))
    return re.compile(rf"(?<![\w-])(?:{spaced})(?!\w)", re.IGNORECASE)


PHRASES: Final = (
    ("age", "[removed]", _words(
        r"(?:aged?|âgée? de|im alter von):?\s\d\d(?: years(?: old)?| ans| jahren?)?",
        r"\d\d[- ]years?[- ]old(?![- ][a-z])",
        r"\d\d jahre alt",
        r"\d\d años de edad",
        r"(?:i am|i'm|j'ai|tengo|ich bin)\s\d\d(?:\syears old|\sans|\saños|\sjahre alt)?(?!\d|\s?%)",
        r"\d\d ans(?= *[,|·\n])", r"\d\d años(?= *[,|·\n])",
    )),
    ("age", "", re.compile(r"(?<![\w-])\d\d[- ]years?[- ]old[ -](?=[a-z])")),
    ("birth", "[removed]", _words(
        rf"(?:was )?(?:born|geboren|née?|nacid[oa])(?: and raised)?"
        rf"(?:,?\s(?:(?:on|in|am|le|el|à|a|en|the|de)\s){{0,2}}(?:{_DAY}|{_CAPITAL}(?:,? {_CAPITAL}){{0,2}})){{1,3}}",
    )),
    ("family", "leave", _words(
        r"(?:maternity|paternity|parental|adoption|family)[ -]leave",
        r"career break (?:to|for) (?:raise|raising|childcare|family|care for)[^.,;\n]{0,40}",
    )),
    ("family", "Auszeit", _words(r"elternzeit", r"mutterschutz", r"erziehungsurlaub", r"mutterschaftsurlaub")),
    ("family", "congé", _words(r"congé (?:de |d')?(?:maternité|paternité|parental|adoption)")),
    ("family", "baja", _words(
        r"(?:baja|permiso) (?:por|de) (?:maternidad|paternidad)", r"excedencia por cuidado de hijos",
    )),
    ("family", "[removed]", _words(
        rf"(?:(?:a |an |eine |einer |proud |single |working |stay-at-home |"
        rf"stolze[rn]? ){{0,3}}{_PARENT}) (?:of|von|to|de) {_FEW}(?: {_KIDS}){{0,2}}",
        rf"(?:single|stay-at-home|working|expectant) {_PARENT}s?",
        rf"(?:happily )?(?:married|verheiratet|mariée?|casad[oa])(?: (?:with|mit|avec|con|to))?(?:,? ?{_FEW} {_KIDS})?",
        rf"{_FEW} {_KIDS}(?=\s*[,.;|\n)]|$)",
        r"unmarried",
        r"divorced",
        r"widowed",
        r"engaged to be married",
        r"single status",
        r"ledig",
        r"geschieden",
        r"verwitwet",
        r"alleinerziehend",
        r"célibataire",
        r"divorcée?",
        r"veuve?",
        r"pacsée?",
        r"concubinage",
        r"solter[oa]",
        r"divorciad[oa]",
        r"viud[oa]",
        r"née (?-i:[A-Z])\w+",
    )),
    ("religion", "[removed]", _words(
        r"(?:practi[sc]ing |devout |born-again )?(?:christians?|muslims?|moslems?|catholics?|protestants?|hindus?|"
        r"sikhs?|buddhists?|jewish|jews?|jains?|mormons?|atheists?|agnostics?|evangelical|methodists?|baptists?|"
        r"lutherans?|anglicans?|quakers?|orthodox|sunni|shia|shi'a|ismaili|baha'i|zoroastrian|pentecostal)(?: faith|"
        r" religion| community| student(?:s'?)? (?:union|society|association))?",
        r"islam(?:ic)?",
        r"christianity",
        r"judaism",
        r"hinduism",
        r"buddhism",
        r"katholisch",
        r"evangelisch",
        r"römisch-katholisch",
        r"muslimisch",
        r"jüdisch",
        r"konfessionslos",
        r"catholique",
        r"musulmane?",
        r"juive?",
        r"protestante?",
        r"católic[oa]",
        r"musulmán",
        r"musulmana",
        r"judí[oa]",
        r"ramadan",
        r"bible study",
        r"sunday school(?: teacher)?",
        r"hijab",
        r"opus dei",
        r"salvation army",
        r"ymca",
        r"ywca",
    )),
    ("religion", "[removed]", re.compile(
        rf"(?:(?:St\.?|Saint|Holy|{_CAPITAL})(?:'s)?[ ]){{1,4}}(?:Church|Mosque|Synagogue|Gurdwara|Parish|Cathedral|"
        rf"Chapel|Ministries|Ministry of Youth)|(?<!\w)(?:church|mosque|synagogue|gurdwara|parish|kirchengemeinde|"
        rf"moschee|paroisse|mosquée|parroquia|mezquita|iglesia|kirche|église)(?!\w)"
    )),
    ("politics", "[removed]", re.compile(
        r"(?<!\w)(?:(?:Young |College |Junge )?(?:Labour|Conservative|Green|Republican|Democratic|Liberal|Socialist|"
        r"Communist|National|Workers'?|Tory)(?: Democrats?| Democratic| Socialist| National)? Party|(?:Young|"
        r"College) (?:Conservatives|Republicans|Democrats|Labour|Greens|Liberals|Socialists)|Junge Union|Jusos|"
        r"Junge Liberale|Grüne Jugend|CDU|CSU|SPD|FDP|AfD|Bündnis 90(?:/Die Grünen)?|Die Grünen|Die Linke|UKIP|"
        r"Liberal Democrats?|Sinn Féin|Plaid Cymru|Scottish National Party|Parti (?:socialiste|communiste|vert)|"
        r"Les Républicains|Rassemblement National|La France insoumise|Partido (?:Popular|Socialista|Comunista)|PSOE|"
        r"Podemos|Black Lives Matter|Momentum activist|Tea Party|Democratic Socialists of America)(?!\w)"
    )),
    ("politics", "[removed]", _words(r"political activist", r"party member", r"parteimitglied")),
    ("union", "[removed]", _words(
        r"(?:trade|labou?r|students?'?) unions?(?: (?:representative|member|steward|delegate|rep|president))?",
        r"union (?:representative|rep|member|steward|delegate|organi[sz]er)",
        r"shop steward",
        r"works council(?: member)?",
        r"betriebsrat(?:s?mitglied)?",
        r"betriebsrätin",
        r"gewerkschaft(?:s?mitglied|er|erin)?",
        r"ver\.di",
        r"ig metall",
        r"ig bce",
        r"(?-i:UNISON)",
        r"unite the union",
        r"teamsters",
        r"afl-cio",
        r"seiu",
        r"syndicat(?: \w+)?",
        r"syndicaliste",
        r"délégué[e]? syndical[e]?",
        r"cfdt",
        r"cgt",
        r"sindicato(?: \w+)?",
        r"sindicalista",
        r"ccoo",
        r"ugt",
    )),
    ("health", "[removed]", _words(
        r"wheelchair user",
        r"registered disabled",
        r"(?:with a |living with a )?disabilit(?:y|ies)",
        r"disabled",
        r"schwerbehindert(?:ung|e|er)?",
        r"grad der behinderung(?: \d+)?",
        r"rqth",
        r"travailleur handicapé",
        r"discapacidad(?: del \d+ ?%)?",
        r"pregnant",
        r"pregnancy",
        r"lgbt\w{0,4}\+?",
        r"gay",
        r"lesbian",
        r"bisexual",
        r"transgender",
        r"non-binary",
        r"queer",
        r"cancer survivor", r"(?:after|battling|survived) cancer",
        r"dyslexi[ac]",
        r"autistic",
        r"adhd",
        r"hiv[- ]positive",
        r"war veteran",
        r"military veteran",
    )),
    ("origin", "[removed]", _words(
        r"(?:first|second|third)[- ]generation (?:immigrant|migrant|american|student)",
        r"migrationshintergrund",
        r"refugee",
        r"asylum seeker",
        r"immigrants?",
        r"undocumented",
        r"daca(?: recipient)?",
        r"green card(?: holder)?",
        r"h-?1b(?: visa)?",
        r"(?:eu|us|uk|dual) citizen(?:ship)?",
        r"people? of colou?r",
        r"bame",
        r"bipoc",
        r"expatriate",
    )),
)  # fmt: skip
