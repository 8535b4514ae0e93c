import Domain
import FoundationEssentials

/// How pages and files name records, fields and what was done to them.
enum RecordWords {
    static func plural(_ kind: RecordKind) -> String {
        switch kind {
        case .organization: "Organizations"
        case .person: "Persons"
        case .product: "Products"
        }
    }

    static func singular(_ kind: RecordKind) -> String {
        switch kind {
        case .organization: "Organization"
        case .person: "Person"
        case .product: "Product"
        }
    }

    /// Pipedrive's number of a record.
    static func number(_ kind: RecordKind, _ record: Int64) -> String {
        let item = CatalogItem.ID(record)
        guard kind == .product, let variation = item.variation else { return String(record) }
        return "\(item.product), variation \(variation)"
    }

    /// What was done; of a preview, what would be.
    static func action(_ action: SyncChange.Action, isPreview: Bool = false) -> String {
        switch action {
        case .created: isPreview ? "create in PayDock" : "created in PayDock"
        case .linked: isPreview ? "link to an existing record" : "linked"
        case .updated: isPreview ? "change in PayDock" : "changed in PayDock"
        case .createdThere: isPreview ? "create in Pipedrive" : "created in Pipedrive"
        case .updatedThere: isPreview ? "change in Pipedrive" : "changed in Pipedrive"
        case .skipped: isPreview ? "leave alone" : "left alone"
        case .attention: isPreview ? "leave to you" : "left to you"
        case .refused: "refused by Pipedrive"
        case .gone: "gone in Pipedrive"
        case .merged: "merged in Pipedrive"
        case .postponed: "left alone: changed since the preview"
        }
    }

    static func field(_ name: String) -> String {
        SyncField(rawValue: name)?.label ?? (name == "reason" ? "Reason" : name)
    }

    /// A value as a person reads it.
    static func value(_ text: String, of field: String) -> String {
        guard let field = SyncField(rawValue: field) else { return text }
        if field == .language { return language(text) }
        return FieldText.shown(text, field)
    }

    private static func language(_ code: String) -> String {
        switch code {
        case "nl": "Dutch"
        case "en": "English"
        case "de": "German"
        default: code
        }
    }

    /// Our page of a record.
    static func path(_ kind: RecordKind, _ local: UUID) -> String {
        "/\(kind == .product ? "products" : "contacts")/\(local.uuidString.lowercased())"
    }
}
