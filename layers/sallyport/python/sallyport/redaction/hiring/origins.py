"""Countries, peoples and large cities: what tells where somebody comes from."""

from typing import Final

from sallyport.redaction.hiring.tables import entries, word_set

_COUNTRIES = """\
Afghanistan:Afghan|Albania:Albanian|Algeria:Algerian|Angola:Angolan|Argentina:Argentine,Argentinian|
Armenia:Armenian|Australia:Australian|Austria:Austrian|Azerbaijan:Azerbaijani|Bangladesh:Bangladeshi|
Belarus:Belarusian|Belgium:Belgian|Bolivia:Bolivian|Bosnia:Bosnian|Botswana:|Brazil:Brazilian|Bulgaria:Bulgarian|
Cambodia:Cambodian|Cameroon:Cameroonian|Canada:Canadian|Chile:Chilean|China:Chinese|Colombia:Colombian|
Costa Rica:Costa Rican|Croatia:Croatian|Cuba:Cuban|Cyprus:Cypriot|Czech Republic:Czech|Czechia:|Denmark:Danish,Dane|
Dominican Republic:Dominican|Ecuador:Ecuadorian|Egypt:Egyptian|England:|Eritrea:Eritrean|Estonia:Estonian|
Ethiopia:Ethiopian|Finland:Finnish,Finn|France:French|Georgia:Georgian|Germany:German|Ghana:Ghanaian|Greece:Greek|
Guatemala:Guatemalan|Haiti:Haitian|Honduras:|Hong Kong:|Hungary:Hungarian|Iceland:Icelandic|India:Indian|
Indonesia:Indonesian|Iran:Iranian,Persian|Iraq:Iraqi|Ireland:Irish|Israel:Israeli|Italy:Italian|Jamaica:Jamaican|
Japan:Japanese|Jordan:Jordanian|Kazakhstan:Kazakh|Kenya:Kenyan|Korea:Korean|Kosovo:Kosovan|Kuwait:Kuwaiti|
Kurdistan:Kurdish|Latvia:Latvian|Lebanon:Lebanese|Libya:Libyan|Lithuania:Lithuanian|Luxembourg:|Malaysia:Malaysian|
Malta:Maltese|Mexico:Mexican|Moldova:Moldovan|Mongolia:Mongolian|Morocco:Moroccan|Myanmar:Burmese|Namibia:Namibian|
Nepal:Nepali,Nepalese|Netherlands:Dutch|New Zealand:|Nicaragua:|Nigeria:Nigerian|Norway:Norwegian|
Pakistan:Pakistani|Palestine:Palestinian|Panama:Panamanian|Paraguay:|Peru:Peruvian|Philippines:Filipino,Filipina|
Poland:Polish|Portugal:Portuguese|Puerto Rico:Puerto Rican|Qatar:Qatari|Romania:Romanian|Russia:Russian|
Rwanda:Rwandan|Saudi Arabia:Saudi|Scotland:Scottish|Senegal:Senegalese|Serbia:Serbian|Singapore:Singaporean|
Slovakia:Slovak|Slovenia:Slovenian|Somalia:Somali|South Africa:South African|South Korea:|Spain:Spanish|
Sri Lanka:Sri Lankan|Sudan:Sudanese|Sweden:Swedish|Switzerland:Swiss|Syria:Syrian|Taiwan:Taiwanese|
Tanzania:Tanzanian|Thailand:Thai|Tunisia:Tunisian|Turkey:Turkish|Türkiye:|Uganda:Ugandan|Ukraine:Ukrainian|
United Arab Emirates:Emirati|UAE:|United Kingdom:British|UK:|United States:|USA:American|Uruguay:Uruguayan|
Uzbekistan:Uzbek|Venezuela:Venezuelan|Vietnam:Vietnamese|Wales:Welsh|Yemen:Yemeni|Zambia:Zambian|
Zimbabwe:Zimbabwean|Deutschland:|Österreich:|Schweiz:|Frankreich:|Italien:|Spanien:|Türkei:|Polen:|Russland:|
Ukraine:|Syrien:|Allemagne:|Espagne:|Maroc:|Algérie:|Tunisie:|Sénégal:|Belgique:|Suisse:|Italie:|Liban:|Cameroun:|
España:|Francia:|Alemania:|Italia:|México:|Perú:|Marruecos:|Reino Unido:|Estados Unidos:|Côte d'Ivoire:Ivorian|
Northern Ireland:|Trinidad:|Barbados:"""

_PEOPLES = """\
African American|African-American|Afro-Caribbean|African|Asian|Arab|Arabic|Hispanic|Latino|Latina|Latinx|Latine|
Roma|Romani|Sinti|Tamil|Punjabi|Bengali|Gujarati|Igbo|Yoruba|Hausa|Zulu|Berber|Caucasian|Native American|Maori|
Māori|Aboriginal|Hindi|Urdu|deutsch|türkisch|polnisch|russisch|syrisch|italienisch|spanisch|französisch|
österreichisch|marocaine?|algérienn?e?|tunisienn?e?|sénégalaise?|libanaise?|marroquí|española?|mexicana?|
colombiana?|argentina?|peruana?|venezolana?|chilena?|ecuatoriana?"""

_CITIES = """\
Amsterdam|Athens|Auckland|Bangalore|Bengaluru|Barcelona|Beijing|Beirut|Belgrade|Berlin|Birmingham|Bogotá|Bogota|
Bologna|Bordeaux|Boston|Brussels|Bucharest|Budapest|Buenos Aires|Cairo|Cape Town|Caracas|Casablanca|Chennai|Chicago|
Cologne|Copenhagen|Dakar|Dallas|Damascus|Delhi|Detroit|Dhaka|Dortmund|Dresden|Dubai|Dublin|Düsseldorf|Edinburgh|
Essen|Frankfurt am Main|Frankfurt|Geneva|Glasgow|Granada|Hamburg|Hannover|Hanoi|Helsinki|Houston|Hyderabad|Istanbul|
Jakarta|Jerusalem|Johannesburg|Karachi|Kathmandu|Kigali|Kolkata|Krakow|Kraków|Kuala Lumpur|Kyiv|Kiev|Köln|Lagos|
Lahore|Leeds|Leipzig|Lille|Lima|Lisbon|Liverpool|London|Los Angeles|Lyon|Madrid|Manchester|Manila|Marseille|
Melbourne|Miami|Milan|Montréal|Montreal|Moscow|Mumbai|Munich|München|Málaga|Nairobi|Nantes|Naples|New Delhi|
New York City|New York|Nice|Nottingham|Nürnberg|Osaka|Oslo|Paris|Philadelphia|Porto|Prague|Pune|Quito|Riga|Riyadh|
Rome|Rotterdam|San Francisco|Santiago|Sarajevo|Seattle|Seoul|Sevilla|Seville|Shanghai|Sheffield|Shenzhen|Sofia|
Stockholm|Stuttgart|Sydney|Taipei|Tallinn|Tehran|Tel Aviv|Tirana|Tokyo|Toronto|Toulouse|Tunis|Turin|Valencia|
Vancouver|Vienna|Vilnius|Warsaw|Washington|Wien|Yerevan|Zagreb|Zurich|Zürich|Accra|Abuja|Addis Ababa|Algiers|
Kampala|Bradford|Bristol|Cardiff|Belfast|Ankara|Izmir|Aleppo|Baghdad|Kabul|Tbilisi|Strasbourg|Rennes|Grenoble|
Zaragoza|Bilbao|Monterrey|Guadalajara|São Paulo|Rio de Janeiro|Ahmedabad|Jaipur|Lucknow|Islamabad|Colombo"""


_PAIRS = [pair.partition(":") for pair in entries(_COUNTRIES)]
COUNTRIES: Final = sorted({name for name, _, _ in _PAIRS})
NATIONALITIES: Final = sorted({said.strip() for _, _, people in _PAIRS for said in people.split(",") if said.strip()})
PEOPLES: Final = entries(_PEOPLES)
CITIES: Final = entries(_CITIES)

SPOKEN: Final = word_set(
    """
    arabic armenian albanian azerbaijani bengali bulgarian burmese chinese croatian czech danish dutch english
    estonian filipino finnish french georgian german greek gujarati hausa hebrew hindi hungarian icelandic igbo
    indonesian irish italian japanese kazakh korean kurdish latvian lithuanian maltese mandarin mongolian nepali
    norwegian persian polish portuguese punjabi romanian russian serbian slovak slovenian somali spanish swedish
    tamil thai turkish ukrainian urdu uzbek vietnamese welsh yoruba zulu deutsch türkisch polnisch russisch
    italienisch spanisch französisch berber
    """
)
"""Those that are languages too: as a skill, they stay."""
