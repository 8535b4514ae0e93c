/// The pieces that sample names are put together from.
///
/// No combination means anybody.
enum SampleWords {
    static let firstNames = [
        "Anouk", "Bram", "Zoë", "Joris", "Renée", "Daniël", "Fenna", "Gijs", "Heleen", "Ilse", "Jürgen", "Käthe",
        "Lotte",
        "Mateo", "Noémie", "Oona", "Pieter", "Quirijn", "Roos", "Sönke", "Teun", "Uma", "Vasco", "Willemijn", "Xandra",
        "Yara", "Zeynep", "Åsa", "Björk", "Chloé", "Diederik", "Eloïse", "François", "Groningo", "Inês", "Łucja",
    ]
    static let lastHeads = [
        "Boter", "Linden", "Molen", "Zand", "Water", "Vries", "Haver", "Kers", "Duin", "Kolk", "Wilgen", "Heide",
        "Ganzen", "Maas", "Eiken", "Sluis", "Brug", "Hof", "Wester", "Ooster",
    ]
    static let lastTails = [
        "berg", "bloem", "dijk", "gaard", "huis", "kamp", "laar", "man", "meer", "poort", "stra", "veld", "waard",
        "winkel", "zoon", "boer",
    ]
    static let lastPrefixes = ["", "", "", "", "van ", "van der ", "de ", "ten "]
    static let foreignLastNames = [
        "Müllerhof", "Garçonnet", "Peña Rubial", "Østerlund", "Žakovič", "Đorđin", "Ó Fearghas",
    ]
    static let trades = [
        "Bakkerij", "Drukkerij", "Kwekerij", "Bouwbedrijf", "Schildersbedrijf", "Studio", "Atelier", "Transport",
        "Techniek", "Advies", "Zuivel", "Installaties", "Hoveniers", "Metaal", "Café", "Ingenieursbureau",
    ]
    static let forms = ["B.V.", "V.O.F.", "& Zonen", "Groep", "Nederland", "N.V.", ""]
    static let places = [
        ("Amersfoort", "3811"), ("Deventer", "7411"), ("Zwolle", "8011"), ("Gouda", "2801"), ("Breda", "4811"),
        ("Venlo", "5911"), ("Hoorn", "1621"), ("Leeuwarden", "8911"), ("Antwerpen", "2000"),
        ("'s-Hertogenbosch", "5211"),
    ]
    static let streets = [
        "Dorpsstraat", "Kade", "Molenweg", "Industrieweg", "Stationsplein", "Lindelaan", "Havenstraat",
    ]
    static let goods = [
        ("Tulpenbollen", "zak", 9.0), ("Narcisbollen", "zak", 9.0), ("Plantenbak", "stuk", 21.0),
        ("Werkbank", "stuk", 21.0), ("Bureaustoel", "stuk", 21.0), ("Onderhoud", "uur", 21.0),
        ("Tuinadvies", "uur", 21.0), ("Koffiebonen", "kg", 9.0), ("Drukwerk", "1000 st.", 21.0),
        ("Vakboek", "stuk", 9.0), ("Uitvoerkeuring", "stuk", 0.0), ("Zeevracht", "m³", 0.0),
        ("Licentie", "maand", 21.0), ("Scholing", "dag", 0.0), ("Verlichting", "meter", 21.0),
    ]
    static let variants = ["basis", "comfort", "groot", "extra"]
    static let openings = ["Offerte", "Aanvraag", "Vernieuwing", "Uitbreiding", "Levering", "Proefopdracht"]
}
