"""National numbers behind their label, in the languages of those who carry them."""

from sallyport.redaction.codes import CODE, is_code
from sallyport.redaction.finding import NATIONAL_ID

_WHOSE = ("my", "your", "his", "her", "their")

type = NATIONAL_ID
labels: tuple[str, ...] = (
    *("national id", "national identity", "national identification", "national identification number"),
    *("nationalid", "national id number", "national identity card", "national identity number"),
    *("national insurance", "nino", "nin", "national insurance number", "national insurance no", "ni number"),
    *("identity card", "identity number", "id card", "id card number", "id number", "id no", "idcard", "id num"),
    *("identification number", "identification no", "identification card", "identification document"),
    *("government id", "state id", "citizen id", "citizen number", "citizen card", "resident id"),
    *("residence permit", "identity document", "personal id", "personal number", "personal identification number"),
    *("personal identity number", "personal code", "identity card number", "identitycard", "idnumber", "voter id"),
    *("national registration", "social insurance", "social insurance number", "sin", "nhs", "nhs number", "nhs no"),
    *("medicare", "medicare number", "medicare no", "health card", "health insurance number", "personalausweis"),
    *("personalausweisnummer", "ausweisnummer", "ausweis nr", "rentenversicherungsnummer", "svnr"),
    *("sozialversicherungsnummer", "ahv", "ahv nummer", "ahv nr", "avs", "nir", "insee", "secu"),
    *("securite sociale", "sécurité sociale", "numero de securite sociale", "numéro de sécurité sociale"),
    *("carte d identité", "carte nationale", "dni", "nie", "documento nacional", "cedula", "cédula"),
    *("cedula de identidad", "codice fiscale", "carta d identità", "carta di identità", "cartao de cidadao"),
    *("cartão de cidadão", "bilhete de identidade", "bi", "nuss", "curp", "ine", "bsn", "burgerservicenummer"),
    *("sofinummer", "rijksregisternummer", "registre national", "numero national", "pesel", "dowod osobisty"),
    *("dowód osobisty", "rodne cislo", "rodné číslo", "rc", "cnp", "egn", "oib", "emso", "jmbg", "personnummer"),
    *("samordningsnummer", "fodselsnummer", "fødselsnummer", "cpr", "cpr nummer", "cpr nr", "henkilotunnus"),
    *("henkilötunnus", "hetu", "kennitala", "isikukood", "asmens kodas", "personas kods", "amka", "tc kimlik"),
    *("kimlik", "tc kimlik no", "tckn", "pps", "pps number", "ppsn", "snils", "cpf", "rg", "rut", "run", "aadhaar"),
    *("aadhar", "uidai", "pan card", "pan number", "pan no", "pan", "rrn", "resident registration"),
    *("nric", "fin number", "hkid", "mykad", "nik", "ktp", "cccd", "cmnd", "emirates id", "iqama"),
    *("id document", "proof of identity", "identification"),
    *(f"{whose} {what}" for whose in _WHOSE for what in ("id", "id number", "id no", "id card", "id card number")),
    *("south african id", "sa id", "bvn", "teudat zehut"),
)
value = CODE


def accepts(written: str) -> bool:
    return is_code(written, digits=5, longest=20) and len(written) >= 6
