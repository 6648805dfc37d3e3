"""The words of addresses in the countries whose addresses are read: kinds of streets, units, countries."""

from typing import Final

BEHIND_NAME: Final = (
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Ter|"
    r"Parkway|Pkwy|Highway|Hwy|Close|Crescent|Cres|Gardens|Grove|Mews|Row|Circle|Cir|Trail|Trl|Plaza|Alley|Quay|Str|"
    r"Turnpike|Esplanade|Loop|Walk|Rise|Parade|Pike|Points|Ridge|Vale|Wharf|Expressway|"
    r"Freeway|Causeway|Bypass|Route|Heights|Crossing|Coves?|Streets|Prairie|Islands|Spur|Vista|Commons)"
)
"""`12 Main Street`: English kinds of streets, and those that American addresses end in."""

BEFORE_NAME: Final = (
    r"(?:rue|avenue|av\.?|boulevard|bd|place|chemin|impasse|allée|quai|cours|route|passage|square|sentier|calle|avenida|"
    r"avda\.|paseo|plaza|carrera|camino|rua|rúa|travessa|praça|estrada|alameda|via|viale|vicolo|piazza|corso|strada|largo|"
    r"ul\.|ulica|aleja|al\.|plac|jalan|jl\.|strada|bulevardul|str\.|bulevar|vul\.|λεωφόρος|οδός|trg|náměstí|nám\.)"
)
"""`12 rue de la Paix`, `Calle de Alcalá 45`: kinds of streets that stand before the name."""

PREFIXES: Final = frozenset(
    {
        *("rue", "avenue", "boulevard", "place", "chemin", "impasse", "allée", "quai", "cours", "calle", "avenida"),
        *(
            "avda.",
            "paseo",
            "carrera",
            "camino",
            "rua",
            "rúa",
            "travessa",
            "praça",
            "estrada",
            "alameda",
            "via",
            "viale",
        ),
        *(
            "vicolo",
            "piazza",
            "corso",
            "strada",
            "largo",
            "ul.",
            "ulica",
            "aleja",
            "plac",
            "jalan",
            "jl.",
            "bulevardul",
        ),
        *("λεωφόρος", "οδός", "trg", "straße", "strasse", "allee", "platz", "plaza", "c/", "av", "av.", "pod"),
    }
)
SUFFIXES: Final = (
    *("straße", "strasse", "str.", "gasse", "platz", "allee", "damm", "ufer", "chaussee", "steig", "straat", "laan"),
    *("plein", "kade", "dreef", "gracht", "singel", "vej", "gade", "stræde", "vägen", "väg", "gatan", "gata", "gränd"),
    *(
        "torget",
        "veien",
        "vegen",
        "vegur",
        "gaten",
        "stræti",
        "straeti",
        "braut",
        "katu",
        "kuja",
        "polku",
        "utca",
        "körút",
    ),
    *("tänav", "iela", "gatvė", "weg", "gate", "dijk", "promenade", "terrasse"),
)
"""Endings of street names that a house number follows."""

SUFFIXES_ALSO_OF_WORDS: Final = ("weg", "gate", "braut", "steig", "promenade", "terrasse")
"""Only a name with a capital counts here: `propagate 5` is none."""

OWN_WORDS: Final = frozenset(
    {
        *(
            "straße",
            "strasse",
            "str.",
            "gate",
            "u.",
            "út",
            "tér",
            "utca",
            "körút",
            "utja",
            "allee",
            "weg",
            "platz",
            "ring",
        ),
        *("terrasse", "vej", "allé", "gade", "gata", "väg", "tee", "tänav", "iela"),
        *("caddesi", "cad.", "sokak", "sok.", "markt", "hof", "wei", "ulice", "utcája"),
    }
)
"""Kinds of streets that stand alone behind the name, and before the number: `Villacher Strasse 89`, `Király u. 15`."""

PARTICLES: Final = frozenset(
    {"de", "du", "des", "la", "le", "les", "do", "da", "dos", "del", "della", "dei", "delle", "di", "los", "las"}
)
"""What may stand small between the kind of a street and its name."""

UNIT: Final = (
    r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Floor|Flat|Room|Rm|Wohnung|Wohng|Top|Piso|Bât|Appt|Apartado|App|Lot|Bldg|Building)"
    r"\b\.?\s?#?\s?[A-Za-z]?[0-9]{0,5}[A-Za-z]?(?:-[0-9]{1,4})?(?!\w)|#\s?[0-9]{1,5}[A-Za-z]?(?!\w))"
)
COUNTRY: Final = (
    r"(?:United\sStates(?:\sof\sAmerica)?|USA|U\.S\.A?\.?|United\sKingdom|UK|Great\sBritain|England|Scotland|Wales|Ireland|"
    r"Germany|Deutschland|France|Spain|España|Italy|Italia|Portugal|Netherlands|The\sNetherlands|Belgium|Luxembourg|"
    r"Switzerland|Schweiz|Suisse|Austria|Österreich|Denmark|Danmark|Sweden|Sverige|Norway|Norge|Finland|Iceland|Estonia|"
    r"Latvia|Lithuania|Poland|Polska|Czech\sRepublic|Czechia|Slovakia|Slovenia|Croatia|Hungary|Romania|Bulgaria|Greece|"
    r"Cyprus(?:\s\(Greek\))?|Turkey|Malta|Serbia|Ukraine|Russia|Canada|Mexico|México|Brazil|Brasil|Argentina|Chile|"
    r"Uruguay|Colombia|Peru|Venezuela|Ecuador|Australia|New\sZealand|South\sAfrica|Nigeria|Kenya|Egypt|Morocco|Tunisia|"
    r"Israel|India|Pakistan|China|Japan|Singapore|Malaysia|Thailand|Vietnam|Indonesia|Philippines|Hong\sKong|Taiwan|"
    r"South\sKorea|UAE|United\sArab\sEmirates|Saudi\sArabia|Qatar|Greenland(?:er)?)"
)
POSTCODE: Final = (
    r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2}|[A-Z][0-9][A-Z]\s?[0-9][A-Z][0-9]|[0-9]{4}\s?[A-Z]{2}|[0-9]{3}\s[0-9]{2}|"
    r"[0-9]{2}-[0-9]{3}|[0-9]{4,6}(?:-[0-9]{3,4})?)(?![\w-])"
)
"""Of the United Kingdom, Canada, the Netherlands, Sweden, Poland, and digits alone."""
