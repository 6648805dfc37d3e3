"""Words that tell somebody's gender, and those that do not. German, French and Spanish get one form for both."""

from typing import Final

ENGLISH: Final = {
    "man": "person", "woman": "person", "men": "people", "women": "people", "male": "", "female": "",
    "gentleman": "person", "gentlemen": "people", "lady": "person", "ladies": "people", "guy": "person",
    "girl": "child", "girls": "children", "boy": "child", "boys": "children",
    "father": "parent", "mother": "parent", "dad": "parent", "mum": "parent", "mom": "parent", "daddy": "parent",
    "mummy": "parent", "mommy": "parent", "son": "child", "daughter": "child", "sons": "children",
    "daughters": "children", "brother": "sibling", "sister": "sibling", "brothers": "siblings", "sisters": "siblings",
    "husband": "partner", "wife": "partner", "fiancé": "partner", "fiancée": "partner", "girlfriend": "partner",
    "boyfriend": "partner", "uncle": "relative", "aunt": "relative", "nephew": "relative", "niece": "relative",
    "grandmother": "grandparent", "grandfather": "grandparent", "widow": "", "widower": "",
    "motherhood": "parenthood", "fatherhood": "parenthood", "maiden": "former", "bachelorette": "person",
    "actress": "actor", "waitress": "server", "waiter": "server", "hostess": "host", "stewardess": "flight attendant",
    "chairman": "chair", "chairwoman": "chair", "chairmanship": "chair", "salesman": "salesperson",
    "saleswoman": "salesperson", "saleslady": "salesperson", "businessman": "businessperson",
    "businesswoman": "businessperson", "policeman": "police officer", "policewoman": "police officer",
    "fireman": "firefighter", "foreman": "supervisor", "forewoman": "supervisor", "craftsman": "artisan",
    "craftswoman": "artisan", "sportsman": "athlete", "sportswoman": "athlete", "spokesman": "spokesperson",
    "spokeswoman": "spokesperson", "cameraman": "camera operator", "camerawoman": "camera operator",
    "draftsman": "drafter", "draughtsman": "drafter", "draughtswoman": "drafter", "handyman": "maintenance worker",
    "headmaster": "head teacher", "headmistress": "head teacher", "housewife": "homemaker",
    "househusband": "homemaker", "landlady": "landlord", "heroine": "hero", "seamstress": "tailor",
    "barmaid": "bartender", "barman": "bartender", "masseuse": "massage therapist", "masseur": "massage therapist",
    "ballerina": "ballet dancer", "servicewoman": "service member", "serviceman": "service member",
    "ombudsman": "ombudsperson", "councilman": "councillor", "councilwoman": "councillor",
    "congressman": "legislator", "congresswoman": "legislator", "freshman": "first-year student",
    "alumna": "graduate", "alumnus": "graduate", "alumnae": "graduates", "manageress": "manager",
    "governess": "tutor", "poetess": "poet", "editress": "editor", "heiress": "heir", "deliveryman": "courier",
    "mailman": "mail carrier", "postman": "mail carrier", "repairman": "repairer", "tradesman": "tradesperson",
    "tradeswoman": "tradesperson", "sorority": "association", "fraternity": "association", "womanhood": "adulthood",
    "manhood": "adulthood", "boyhood": "childhood", "girlhood": "childhood", "feminine": "", "masculine": "",
}  # fmt: skip

GERMAN: Final = {
    "mutter": "Elternteil", "vater": "Elternteil", "ehefrau": "Partner", "ehemann": "Partner", "sohn": "Kind",
    "tochter": "Kind", "töchter": "Kinder", "söhne": "Kinder", "bruder": "Geschwister", "schwester": "Geschwister",
    "weiblich": "", "männlich": "", "kauffrau": "Kaufperson", "kaufmann": "Kaufperson", "fachfrau": "Fachkraft",
    "fachmann": "Fachkraft", "krankenschwester": "Pflegefachkraft", "krankenpfleger": "Pflegefachkraft",
    "hausfrau": "Familienarbeit", "hausmann": "Familienarbeit", "ärztin": "Arzt", "anwältin": "Anwalt",
    "rechtsanwältin": "Rechtsanwalt", "schirmherrin": "Schirmherr", "geborene": "", "junge": "Kind",
    "mädchen": "Kind", "köchin": "Koch",
}  # fmt: skip

GERMAN_STEMS: Final = (
    "ingenieur|entwickler|leiter|berater|manager|assistent|informatiker|mathematiker|physiker|chemiker|biolog|"
    "techniker|mechaniker|mechatroniker|elektroniker|lehrer|dozent|professor|doktorand|student|absolvent|praktikant|"
    "mitarbeiter|sachbearbeiter|referent|redakteur|journalist|architekt|designer|programmierer|administrator|"
    "analyst|controller|buchhalter|verkäufer|trainer|betreuer|koordinator|direktor|präsident|geschäftsführer|"
    "projektleiter|teamleiter|gruppenleiter|abteilungsleiter|erzieher|pfleger|apotheker|übersetzer|dolmetscher|"
    "forscher|wissenschaftler|betriebswirt|volkswirt|jurist|psycholog|soziolog|ökonom|steuerberater|prüfer|"
    "konstrukteur|meister|gesell|auszubildend|volontär|werkstudent|spezialist|expert|tester|einkäufer|planer|"
    "disponent|laborant|optiker|bibliothekar|sekretär|moderator|autor|künstler|schauspieler|kellner|sportler|schüler|"
    "freund|partner|bürger|trainee|vertriebler|vorsitzend|vertreter|beamt|statiker|geolog"
)
"""Words whose feminine form ends in -in (-innen); it is written as the other, which then says nothing."""

FRENCH: Final = {
    "mère": "parent", "père": "parent", "épouse": "conjoint", "époux": "conjoint", "fille": "enfant", "fils": "enfant",
    "directrice": "directeur", "développeuse": "développeur", "ingénieure": "ingénieur", "rédactrice": "rédacteur",
    "traductrice": "traducteur", "chercheuse": "chercheur", "vendeuse": "vendeur", "consultante": "consultant",
    "étudiante": "étudiant", "infirmière": "infirmier", "avocate": "avocat", "assistante": "assistant",
    "formatrice": "formateur", "coordinatrice": "coordinateur", "animatrice": "animateur", "diplômée": "diplômé",
    "conseillère": "conseiller", "technicienne": "technicien", "chargée": "chargé",
    "déléguée": "délégué", "enseignante": "enseignant", "serveuse": "serveur", "programmeuse": "programmeur",
    "présidente": "président", "gérante": "gérant", "acheteuse": "acheteur", 
    "passionnée": "passionné", "motivée": "motivé", "apprentie": "apprenti",
    "femme": "personne", "homme": "personne", "féminin": "", "masculin": "", "informaticienne": "informaticien",
    "monitrice": "moniteur", "institutrice": "instituteur", "éducatrice": "éducateur", "conductrice": "conducteur",
}  # fmt: skip

SPANISH: Final = {
    "madre": "progenitor", "padre": "progenitor", "esposa": "pareja", "esposo": "pareja", "marido": "pareja",
    "hija": "descendiente", "hijo": "descendiente", "hijas": "descendientes", "hijos": "descendientes",
    "ingeniera": "ingeniero", "desarrolladora": "desarrollador", "directora": "director", "profesora": "profesor",
    "abogada": "abogado", "enfermera": "enfermero", "administradora": "administrador", "consultora": "consultor",
    "licenciada": "licenciado", "graduada": "graduado", "arquitecta": "arquitecto",
    "contadora": "contador", "jefa": "jefe", "traductora": "traductor", "investigadora": "investigador",
    "programadora": "programador", "diseñadora": "diseñador", "coordinadora": "coordinador", "gestora": "gestor",
    "supervisora": "supervisor", "vendedora": "vendedor", "camarera": "camarero", "asesora": "asesor",
    "maestra": "maestro", "alumna": "alumno", "redactora": "redactor", "fundadora": "fundador",
 "mujer": "persona", "hombre": "persona", "femenino": "", "masculino": "",
    "psicóloga": "psicólogo", "bióloga": "biólogo", "secretaria": "secretario", "presidenta": "presidente",
}  # fmt: skip
