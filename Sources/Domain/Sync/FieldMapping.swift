/// Which custom fields of Pipedrive hold what it has no field for, by their codes.
public struct FieldMapping: Hashable, Sendable {
    /// Of organizations: the VAT number.
    public var vatNumber: String?
    /// Of organizations: the KvK number.
    public var kvkNumber: String?
    /// Of organizations: the language of documents.
    public var organizationLanguage: String?
    /// Of persons: the language of documents.
    public var personLanguage: String?

    /// Makes a mapping.
    public init(
        vatNumber: String? = nil, kvkNumber: String? = nil, organizationLanguage: String? = nil,
        personLanguage: String? = nil
    ) {
        self.vatNumber = vatNumber
        self.kvkNumber = kvkNumber
        self.organizationLanguage = organizationLanguage
        self.personLanguage = personLanguage
    }
}

/// A custom field of Pipedrive.
public struct CustomField: Hashable, Sendable {
    /// One choice of a field that offers some.
    public struct Option: Hashable, Sendable {
        /// Pipedrive's identifier.
        public let id: Int64
        /// As people read it.
        public let label: String

        /// Makes an option.
        public init(id: Int64, label: String) {
            self.id = id
            self.label = label
        }
    }

    /// Of which records.
    public let kind: RecordKind
    /// How its value is found in a record: 40 hexadecimal digits.
    public let code: String
    /// As people read it; not unique.
    public let name: String
    /// Pipedrive's word for its type.
    public let type: String
    /// What can be chosen; empty for a field of text.
    public let options: [Option]

    /// Makes a field.
    public init(kind: RecordKind, code: String, name: String, type: String, options: [Option] = []) {
        self.kind = kind
        self.code = code
        self.name = name
        self.type = type
        self.options = options
    }
}

/// What the sync goes by.
public struct SyncPolicy: Hashable, Sendable {
    /// The direction of each kind.
    public var rules: [RecordKind: SyncRule]
    /// The chosen custom fields.
    public var mapping: FieldMapping
    /// Custom fields as last read, to choose from and to translate by.
    public var customFields: [CustomField]
    /// Whether a run wrote before: nothing is written before a preview.
    public var isApplied: Bool

    /// Makes a policy.
    public init(
        rules: [RecordKind: SyncRule], mapping: FieldMapping = FieldMapping(), customFields: [CustomField] = [],
        isApplied: Bool
    ) {
        self.rules = rules
        self.mapping = mapping
        self.customFields = customFields
        self.isApplied = isApplied
    }
}
