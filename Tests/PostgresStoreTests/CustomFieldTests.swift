import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// Custom fields of Pipedrive that hold VAT number, KvK number and language.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct CustomFieldTests {
    private static let mapping = FieldMapping(
        vatNumber: "vat", kvkNumber: "kvk", organizationLanguage: "olang", personLanguage: "plang")

    private static func connected(_ stores: Stores, _ direction: SyncDirection = .both) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = direction }
            try transaction.settings.save(settings)
            try transaction.syncPolicy.save(mapping: mapping)
        }
        try stores.sync(.organizations([]), .persons([]), .products([]))
    }

    private static func takeOver(_ page: RecordPage, _ stores: Stores) throws -> TakenOver {
        try stores.cron { try $0.pairs.takeOver(FreshRecords(page: page, readAt: try $0.syncPolicy.clock())) }
    }

    private static func acme(vat: String, kvk: String = "", language: String = "") -> RecordPage {
        .organizations([
            Organization(
                id: Organization.ID(5), name: "Acme Pipes", vatNumber: vat, kvkNumber: kvk, language: language)
        ])
    }

    @Test func `the choice is kept by code, and read back`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let field = CustomField(
                kind: .organization, code: "vat", name: "BTW", type: "varchar",
                options: [CustomField.Option(id: 3, label: "x")])
            try stores.cron { try $0.syncPolicy.save(customFields: [field], of: .organization) }
            let policy = try #require(try stores.web { try $0.syncPolicy.policy() })
            #expect(policy.mapping == Self.mapping && policy.customFields == [field])
        }
    }

    @Test func `values come in and go out`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(Self.acme(vat: "NL0012", kvk: "69599084", language: "Nederlands"), stores)
            let contact = try #require(try stores.linked(.organization, 5))
            #expect(contact.details.vatNumber == "NL0012" && contact.details.kvkNumber == "69599084")
            #expect(contact.details.language == "nl")
            try stores.api { transaction throws in
                var details = contact.details
                (details.vatNumber, details.language) = ("NL0099", "de")
                _ = try transaction.contacts.update(contact.id, details)
            }
            let now = Self.acme(vat: "NL0012", kvk: "69599084", language: "Nederlands")
            let write = try #require(try Self.takeOver(now, stores).writes.first)
            #expect(write.write.values == FieldValues([.vatNumber: "NL0099", .language: "de"]))
        }
    }

    @Test func `organizations are recognised by their number, however it is written`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let id = try stores.api {
                try $0.contacts.insert(
                    ContactDetails(kind: .organization, name: "Quite another name", vatNumber: "nl 0012.34")
                ).id
            }
            #expect(try Self.takeOver(Self.acme(vat: "NL001234"), stores).counts.linked == 1)
            #expect(try stores.linked(.organization, 5)?.id == id)
        }
    }

    @Test func `another field starts from nothing: that it is empty clears nothing here`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(Self.acme(vat: "NL0012"), stores)
            var other = Self.mapping
            other.vatNumber = "tax"
            try stores.web { try $0.syncPolicy.save(mapping: other) }
            let taken = try Self.takeOver(Self.acme(vat: ""), stores)
            #expect(try stores.linked(.organization, 5)?.details.vatNumber == "NL0012")
            #expect(taken.writes.first?.write.values == FieldValues([.vatNumber: "NL0012"]))
        }
    }

    @Test func `another field starts from nothing for a record that was gone, too`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(Self.acme(vat: "NL0012"), stores)
            let id = try #require(try stores.linked(.organization, 5)).id
            _ = try Self.takeOver(.organizations([.number(5, "Acme Pipes", isDeleted: true)]), stores)
            #expect(try stores.linked(.organization, 5) == nil)
            var other = Self.mapping
            other.vatNumber = "tax"
            try stores.web { try $0.syncPolicy.save(mapping: other) }
            _ = try Self.takeOver(Self.acme(vat: ""), stores)
            let contact = try #require(try stores.linked(.organization, 5))
            #expect(contact.id == id && contact.details.vatNumber == "NL0012")
        }
    }

    @Test func `a field that Pipedrive does not have any more clears nothing, and nothing goes out to it`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(Self.acme(vat: "NL0012"), stores)
            let without = RecordPage.organizations([Organization(id: Organization.ID(5), name: "Acme Pipes")])
            #expect(try Self.takeOver(without, stores).writes.isEmpty)
            #expect(try stores.linked(.organization, 5)?.details.vatNumber == "NL0012")
        }
    }

    @Test func `who connects to another Pipedrive company forgets the fields of the one before`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let field = CustomField(kind: .organization, code: "vat", name: "BTW", type: "varchar", options: [])
            try stores.cron { try $0.syncPolicy.save(customFields: [field], of: .organization) }
            try stores.web { try $0.syncPolicy.save(customFields: [], of: .organization) }
            #expect(try stores.web { try $0.syncPolicy.policy() }?.customFields.isEmpty == true)
        }
    }

    @Test func `what is left to other apps holds runs up, and nothing else`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            func take(_ urgency: CallUrgency) throws -> CallSlice {
                try stores.cron {
                    try $0.callBudgets.take(
                        calls: 1, spent: 0, as: urgency,
                        reading: BudgetReading(callLimit: 80, dayLimit: 1000, dayLeft: 400))
                }
            }
            #expect(try !take(.sync).isDayOver)
            try stores.web { transaction throws in
                var settings = try transaction.settings.settings()
                #expect(settings.reservePercent == IntegrationSettings.initialReservePercent)
                settings.reservePercent = 50
                try transaction.settings.save(settings)
            }
            #expect(try take(.sync).isDayOver && !take(.live).isDayOver)
        }
    }
}
