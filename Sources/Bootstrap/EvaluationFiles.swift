import Domain
import FoundationEssentials
public import Workflows

/// Reads the deals of an evaluation from a folder: `catalog.json` with the products, and every other `.json` file with a
/// list of deals. `docs/drafting.md` says what stands in them.
struct EvaluationFiles {
    private struct Item: Decodable {
        let code: String
        let name: String
        let description: String?
        let unit: String?
        let price: String
        let tax: Int?
    }

    private struct Deal: Decodable {
        let name: String
        let title: String
        let language: String
        let person: String?
        let organization: String?
        let fields: [String: String]?
        let notes: [String]?
        let products: [Line]?
        let expected: [String: String]
        let net: String?
    }

    /// A product on the deal itself.
    private struct Line: Decodable {
        let code: String
        let quantity: String
        let price: String
    }

    /// What is wrong with a file.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: URL
    private static let companyName = "Studio Noord"
    private static let currency = Currency.eur

    init(_ path: String) { folder = URL(filePath: path) }

    /// All cases, by file and in their order.
    func cases() throws -> [DraftEvaluation.Case] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        } catch {
            throw Problem(description: "\(folder.path) can't be read")
        }
        guard names.contains("catalog.json") else { throw Problem(description: "\(folder.path) has no catalog.json") }
        let catalog = try read([Item].self, "catalog.json").enumerated().map { try Self.product($0, $1) }
        let cases = try names.filter { $0 != "catalog.json" }.sorted().flatMap { name in
            try read([Deal].self, name).map { try Self.item($0, catalog) }
        }
        guard !cases.isEmpty else { throw Problem(description: "\(folder.path) has no file with deals") }
        return cases
    }

    private func read<Content: Decodable>(_ type: Content.Type, _ name: String) throws -> Content {
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
        } catch {
            throw Problem(description: "\(name): \(error)")
        }
    }

    private static func money(_ text: String, _ place: String) throws -> Money {
        guard let money = ScaledDecimal(text).flatMap({ Money($0, currency: currency) }) else {
            throw Problem(description: "\(place): \(text) is no amount")
        }
        return money
    }

    private static func quantity(_ text: String, _ place: String) throws -> Quantity {
        guard let quantity = ScaledDecimal(text).flatMap(Quantity.init) else {
            throw Problem(description: "\(place): \(text) is no quantity")
        }
        return quantity
    }

    private static func product(_ number: Int, _ item: Item) throws -> Product {
        let bytes = withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) }
        let id = Product.ID(
            UUID(
                uuid: (
                    0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]
                )))
        return Product(
            id: id, createdAt: Date(timeIntervalSince1970: 0), updatedAt: Date(timeIntervalSince1970: 0),
            details: ProductDetails(
                code: item.code, name: item.name, description: item.description, unit: item.unit,
                tax: Percentage(basisPoints: (item.tax ?? 21) * 100), prices: [try money(item.price, item.code)]))
    }

    private static func item(_ given: Deal, _ catalog: [Product]) throws -> DraftEvaluation.Case {
        func product(_ code: String) throws -> Product {
            guard let found = catalog.first(where: { $0.details.code == code }) else {
                throw Problem(description: "\(given.name): the catalog has no \(code)")
            }
            return found
        }
        var linked: [CatalogItem.ID: Product] = [:]
        let lines = try (given.products ?? []).enumerated().map { index, line in
            let (known, itemID) = (try product(line.code), CatalogItem.ID(Int64(index + 1)))
            linked[itemID] = known
            return DealProduct(
                itemID: itemID, name: known.details.name, quantity: try quantity(line.quantity, given.name),
                itemPrice: try money(line.price, given.name), tax: known.details.tax, taxMethod: .exclusive)
        }
        let deal = Domain.Deal(
            id: Domain.Deal.ID(1), title: given.title, status: .open, pipelineID: Pipeline.ID(1), stageID: Stage.ID(1),
            currency: currency, customFields: given.fields ?? [:])
        let context = DealContext(
            deal: deal, products: lines, person: given.person.map { Person(id: Person.ID(1), name: $0) },
            organization: given.organization.map { Organization(id: Organization.ID(1), name: $0) },
            notes: given.notes ?? [])
        var expected: [String: Quantity] = [:]
        for (code, text) in given.expected {
            _ = try product(code)
            expected[code] = try quantity(text, given.name)
        }
        return DraftEvaluation.Case(
            name: given.name,
            task: DraftingTask(
                context: context, catalog: catalog, linked: linked, language: given.language, companyName: companyName),
            expected: expected, net: try given.net.map { try money($0, given.name).minorUnits })
    }
}

extension Installation {
    /// Measures the configured drafter on the deals of a folder; needs no database. Throws with a sentence that names
    /// the file that can't be used.
    public func evaluateDrafter(folder: String) async throws -> DraftEvaluation.Report {
        let cases = try EvaluationFiles(folder).cases()
        return try await DraftEvaluation(try Environment.drafter(settings)).run(cases)
    }
}
