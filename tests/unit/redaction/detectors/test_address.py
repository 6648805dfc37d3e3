"""Street addresses of plain form."""

import pytest


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("I live at 12 Main Street.", "12 Main Street."),
        ("at 221B Baker St, London NW1 6XE", "221B Baker St, London NW1 6XE"),
        ("12 Main Street, Springfield, IL 62704", "12 Main Street, Springfield, IL 62704"),
        ("4783 Bay Rd Apt 4B is mine", "4783 Bay Rd Apt 4B"),
        ("717 6th St today", "717 6th St"),
        ("1600 Pennsylvania Ave. NW, Washington, DC 20500", "1600 Pennsylvania Ave. NW, Washington, DC 20500"),
        ("write to P.O. Box 1234", "P.O. Box 1234"),
        ("wohnt Lindenstraße 12a, 10969 Berlin", "Lindenstraße 12a, 10969 Berlin"),
        ("au 12 bis, rue de la Paix", "12 bis, rue de la Paix"),
        ("vive en Calle de Alcalá 45", "Calle de Alcalá 45"),
        ("abita in Via Roma, 10", "Via Roma, 10"),
        ("lives at 86036 Rua do Arenque 1634, ok", "86036 Rua do Arenque 1634"),
        ("my new address is PSC 6293, Box 8158\nAPO AP 04336", "PSC 6293, Box 8158\nAPO AP 04336"),
        ("137 Avenue Teboulbi near", "137 Avenue Teboulbi"),
        ("The bus station is on Villacher Strasse 89", "Villacher Strasse 89"),
        ("The office is at Király u. 15.", "Király u. 15"),
        ("it is the corner of Dalbraut 99 and Frederikke Coves", "the corner of Dalbraut 99 and Frederikke Coves"),
        (
            "in 0269 Stensås terrasse 38\n Suite 621\n ARENDAL\n Norway.",
            "0269 Stensås terrasse 38\n Suite 621\n ARENDAL\n Norway",
        ),
        (
            "validate 51709 Spinatsch 94 Apt. 615 Moosleerau Switzerland",
            "51709 Spinatsch 94 Apt. 615 Moosleerau Switzerland",
        ),
        ("to 12 Main St, Springfield, IL 62704, USA", "12 Main St, Springfield, IL 62704"),
        ("my zip code is 35350", "35350"),
        ("ZIP: 3520", "3520"),
        ("in London SW1A 1AA", "SW1A 1AA"),
        ("Springfield, IL 62704", "62704"),
        ("He lives on the north side of Joaquin Suarez 2906.", "Joaquin Suarez 2906"),
        ("mieszka ul. Jesionowa 127", "ul. Jesionowa 127"),
        ("wohnt in Postfach 1234", "Postfach 1234"),
        ("12 High Street, London. Card 4111 expired", "12 High Street"),
        ("Hauptstr. 5, 10115 Berlin. Ich bin da", "Hauptstr. 5, 10115 Berlin"),
        ("5 Main St, St. Louis, MO 63101", "5 Main St, St. Louis, MO 63101"),
        ("1600 Pennsylvania Avenue NW, Washington, D.C. 20500", "1600 Pennsylvania Avenue NW, Washington, D.C. 20500"),
    ],
)
def test_finds(text, address, found):
    assert found(text, "ADDRESS") == [address]


def test_of_a_block_below_a_name_each_line_is_by_itself(found):
    block = "Ann Lee\n\n583 Magrethevej 298\n Apt. 123\n Qaqortoq\n Greenland 07609"
    assert found(block, "ADDRESS") == ["583 Magrethevej 298", "Apt. 123", "07609"]
    assert found(block, "LOCATION") == ["Qaqortoq", "Greenland"]


@pytest.mark.parametrize(
    "text",
    [
        "10 minutes down the street",
        "2 Way radios",
        "5 Star hotels",
        "Main Street is long",
        "she drove 12 miles",
        "$12 Main Street fee",
        "see 3 Dr. Smith patients",
        "the box 12",
        "12 Monkeys",
        "a long way, 12 km",
        "via email 10 times",
        "Version 2.12 Main Street",
        "The 2007 Bowling Green Falcons",
        "Major John C. Scheidt Jr., 15 July 1985",
        "he was live on March 2, 2007",
        "154 Australians 27 Malaysia",
        "to close 140 stores",
        "During 1971, Mayo invested",
        "they moved to 12 cities",
        "the address is unknown",
        "a zip file of 12345 bytes",
        "is at 12:30",
    ],
)
def test_leaves(text, found):
    assert found(text, "ADDRESS") == []
