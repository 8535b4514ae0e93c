import Domain
import Testing

@testable import LanguageModel

@Suite struct CatalogMatchingTests {
    private func names(_ text: String, _ catalog: [Product]) -> [String] {
        CatalogMatching(catalog).matches(in: [text]).compactMap { match in
            catalog.first { $0.id == match.productID }?.details.name
        }
    }

    private func quantity(_ text: String, of name: String) -> String? {
        CatalogMatching([.fixture(1, name)]).matches(in: [text]).first?.quantity.description
    }

    @Test func `case and diacritics make no difference`() {
        #expect(names("CAFÉ-INRICHTING", [.fixture(1, "Cafe inrichting")]) == ["Cafe inrichting"])
        #expect(names("massnahme stuck", [.fixture(1, "Maßnahme Stück")]) == ["Maßnahme Stück"])
        #expect(names("cafe\u{301}", [.fixture(1, "Café")]) == ["Café"])
    }

    @Test func `only whole words count`() {
        #expect(names("Logopedie aan huis", [.fixture(1, "Logo")]).isEmpty)
        #expect(names("websites", [.fixture(1, "Website")]).isEmpty)
    }

    @Test func `two thirds of a name are enough, half is not`() {
        #expect(
            names("website onderhoud", [.fixture(1, "Website onderhoud jaarlijks")]) == [
                "Website onderhoud jaarlijks"
            ])
        #expect(names("website", [.fixture(1, "Website onderhoud")]).isEmpty)
    }

    @Test func `stop words and single letters neither help nor hurt`() {
        #expect(names("onderhoud website", [.fixture(1, "Onderhoud van de website")]) == ["Onderhoud van de website"])
        #expect(names("van de voor het", [.fixture(1, "Van de"), .fixture(2, "A")]).isEmpty)
    }

    @Test func `the longer match takes the words of the shorter one`() {
        let catalog = [Product.fixture(1, "Website"), .fixture(2, "Website onderhoud")]
        #expect(names("Website onderhoud Jansen", catalog) == ["Website onderhoud"])
    }

    @Test func `products that fit equally well over the same words are all left to a person`() {
        let catalog = [Product.fixture(1, "Website onderhoud basis"), .fixture(2, "Website onderhoud plus")]
        #expect(names("website onderhoud", catalog).isEmpty)
        #expect(names("website onderhoud plus", catalog) == ["Website onderhoud plus"])
        #expect(names("logo", [.fixture(1, "Logo"), .fixture(2, "logo")]).isEmpty)
    }

    @Test func `a code beats a name, and a code of two characters is none`() {
        let catalog = [Product.fixture(1, "Uurtarief", code: "ADV-100"), .fixture(2, "Advies 100")]
        #expect(names("offerte ADV-100", catalog) == ["Uurtarief"])
        #expect(names("ab", [.fixture(1, "Iets", code: "AB")]).isEmpty)
    }

    @Test func `products that are not active are never offered`() {
        #expect(names("Logo", [.fixture(1, "Logo", isActive: false)]).isEmpty)
    }

    @Test(arguments: [
        ("3x Website", "3"), ("3 x website", "3"), ("3 × Website", "3"), ("3× Website", "3"), ("Website x3", "3"),
        ("Website 3x", "3"), ("Website × 4", "4"), ("10 stuks website", "10"), ("website (2 stuks)", "2"),
        ("12 uur website", "12"), ("website 1,5 uur", "1.5"), ("12u website", "12"), ("3 hours of website", "3"),
        ("1.000 stuks website", "1000"), ("5 website", "5"), ("Klant: 5 website", "5"), ("hosting en 5 website", "5"),
        ("Project 42 website", "1"), ("website 2026", "1"), ("website", "1"), ("website, 3x hosting", "1"),
        ("hosting 3x en website", "1"), ("0x website", "1"), ("999999999x website", "1"),
        ("99999999999999999999x website", "1"),
    ])
    func `the quantity is read from beside the match`(text: String, expected: String) {
        #expect(quantity(text, of: "Website") == expected)
    }

    @Test(arguments: [
        ("Website Jansen €5000", "Website Jansen"), ("Website – € 5.000,-", "Website"), ("EUR 100 korting", "korting"),
        ("Logo 100 euro", "Logo"), ("Aanpak 24/7 v2.0 B.V.", "Aanpak 24/7 v2.0 B.V."),
        ("Site bakkerij.nl", "Site bakkerij nl"), ("a\u{202E}b\u{0000}c", "ab c"), ("Kosten 500eur", "Kosten"),
    ])
    func `what a customer reads holds no amounts, links or invisible characters`(text: String, expected: String) {
        #expect(CustomerWording.plain(text, atMost: 80) == expected)
    }

    @Test func `a long title is cut at a word`() {
        #expect(CustomerWording.plain("aan het werk", atMost: 8) == "aan het")
        #expect(CustomerWording.plain("onderhoudswerkzaamheden", atMost: 9) == "onderhoud")
    }
}
