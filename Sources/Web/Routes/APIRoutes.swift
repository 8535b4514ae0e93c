import Domain
import HTTPTypes
import Workflows

/// The regular API.
struct APIRoutes: Sendable {
    let useCases: UseCases

    var routes: [Route] {
        [
            Route(.get, "/api/v1/openapi.json", .api) { _ in
                WebResponse(.ok, type: "application/json", body: PackageResources.openapi_json)
            }
        ] + ContactAPI(useCases: useCases).routes + ProductAPI(useCases: useCases).routes
            + QuoteAPI(useCases: useCases).routes
            + InvoiceAPI(useCases: useCases).routes
            + SubscriptionAPI(useCases: useCases).routes
    }
}

extension WebResponse {
    /// `{"data":[…],"total":…,"limit":…,"offset":…}`.
    static func list<Element>(
        _ listing: Listing<Element>, page: PageRequest, _ value: (Element) throws -> JSONValue
    ) rethrows -> WebResponse {
        .json(
            .object([
                ("data", .array(try listing.items.map(value))), ("total", .integer(listing.total)),
                ("limit", .integer(page.limit)), ("offset", .integer(page.offset)),
            ]))
    }

    /// 201 with the new resource and its address.
    static func created(_ value: JSONValue, at path: String) -> WebResponse {
        WebResponse.json(value, status: .created).setting(.location, "/api/v1/\(path)")
    }
}

extension FormFields {
    /// A filter of a list. Throws `invalid` for a word that is none.
    func state<State: RawRepresentable<String> & CaseIterable>(_ name: String, as type: State.Type) throws -> State? {
        guard let text = trimmed(name) else { return nil }
        guard let state = State(rawValue: DocumentStatus.english(text)) else {
            throw Refusal(
                .invalid, "There is no such \(name).",
                fields: [name: "has to be one of " + State.allCases.map(\.rawValue).joined(separator: ", ")])
        }
        return state
    }

    /// An identifier to filter by. Throws `invalid` when it is none.
    func contact(_ name: String = "contact_id") throws -> Contact.ID? {
        guard let text = trimmed(name) else { return nil }
        guard let id = Contact.ID(text: text) else {
            throw Refusal(.invalid, "A contact's id is a UUID.", fields: [name: "has to be a UUID"])
        }
        return id
    }
}

/// The words of a document's status.
enum DocumentStatus {
    /// PayDock's API page shows the Dutch word for sent.
    static func english(_ word: String) -> String { word == "verzonden" ? "sent" : word }
}
