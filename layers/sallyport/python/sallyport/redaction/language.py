"""Which language a text is in, by its smallest words: enough to know whether somebody else's engine can read it."""

import re
from collections import Counter

FEWEST = 3
"""Small words of one language; fewer tell nothing."""

LONGEST = 4000
"""Characters that are looked at."""

_WORD = re.compile(r"[^\W\d_]{1,6}")
_WORDS = {
    "en": "the of and to is was with for that you are this have from not will they been were your please",
    "es": "el los las una que por con para del está como más pero sus este han muy también nuestra usted",
    "fr": "le les des est une dans pour que sur avec pas vous nous cette sont mais ont été aux leur",
    "de": "der die das und ist nicht ein eine mit auf für von dem den sie wir auch wurde sich bitte",
    "it": "il che di per una sono con non della gli nel alla anche più questo del hanno è ma dei",
    "pt": "os as uma que não com para do da em dos mais como foi pelo são ao você seu também",
    "nl": "het een van en niet dat zijn op voor met ik je aan ook maar bij naar wordt heeft deze",
    "pl": "nie się jest na że do jak ale za od oraz przez dla został pan proszę tak czy być są",
    "sv": "och att det som en på är av för med inte den till har om ett jag kan vi från",
    "da": "og at det som en på er af for med ikke den til har om et jeg kan vi fra",
    "fi": "ja on ei että se hän oli mutta kun ovat joka myös tämä niin olen sen voi jos",
    "tr": "ve bir bu için ile çok daha olarak gibi ama olan kadar sonra değil ne var",
    "id": "yang dan di ini itu dengan untuk tidak dari pada adalah saya akan ke kami telah",
    "ro": "și este în care nu pe cu din pentru mai sunt la că au fost prin să ale",
    "cs": "je se na že to jsem ale jako za pro byl jsou nebo který od při tak už",
}
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES.setdefault(_word, []).append(_language)


def language_of(text: str) -> str | None:
    """ISO 639-1, of some languages in Latin letters; None when its words tell none, or two alike."""
    counts = Counter(
        language for word in _WORD.findall(text[:LONGEST].lower()) for language in _LANGUAGES.get(word, ())
    )
    first = counts.most_common(2)
    if not first or first[0][1] < FEWEST or (len(first) > 1 and first[0][1] == first[1][1]):
        return None
    return first[0][0]
