import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What a person decides is done, on the right side, once.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct AttentionTests {
    private static func connected(_ stores: Stores, _ direction: SyncDirection = .both) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = direction }
            try transaction.settings.save(settings)
        }
        try stores.sync(.organizations([]), .persons([]), .products([]))
    }

    private static func takeOver(_ persons: [Person], _ stores: Stores) throws -> TakenOver {
        try stores.cron {
            try $0.pairs.takeOver(FreshRecords(page: .persons(persons), readAt: try $0.syncPolicy.clock()))
        }
    }

    private static func list(_ stores: Stores) throws -> AttentionList {
        try stores.web { try $0.attention.list(passing: [:], limit: 100) }
    }

    private static let ada = Person.number(1, "Ada", emails: ["info@example.com"], phones: ["+31 1"])

    /// One person of Pipedrive who could be two of ours.
    private static func twofold(_ stores: Stores) throws -> [UUID] {
        try connected(stores)
        let ids = try stores.api { transaction throws in
            try ["Ada A.", "Ada B."].map { try transaction.addContact($0, emails: ["info@example.com"]).rawValue }
        }
        _ = try takeOver([ada], stores)
        return ids
    }

    @Test func `candidates stand beside the record with what they say`() throws {
        try withStores { stores throws in
            let ids = try Self.twofold(stores)
            let match = try #require(try Self.list(stores).matches.first)
            #expect(match.recordID == 1 && match.name == "Ada" && match.values[.phones] == "+31 1")
            #expect(match.keys == ["email info@example.com"])
            #expect(Set(match.candidates.map(\.localID)) == Set(ids))
            #expect(match.candidates.allSatisfy { $0.values[.emails] == "info@example.com" && $0.linkedTo == nil })
            #expect(try stores.web { try $0.attention.count() } == 1)
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.attention.list(passing: [:], limit: 9) } == AttentionList())
        }
    }

    @Test func `link to this one links, once, and only to what is still there`() throws {
        try withStores { stores throws in
            let ids = try Self.twofold(stores)
            func link(_ id: UUID) throws -> AttentionAnswer {
                try stores.web { try $0.attention.answer(.link(id), .person, 1) }
            }
            #expect(try link(UUID()) == .gone)
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.attention.answer(.link(ids[0]), .person, 1) } == .settled)
            #expect(try link(ids[1]) == .done)
            #expect(try link(ids[0]) == .settled)
            #expect(try stores.web { try $0.attention.count() } == 0)
            #expect(try Self.takeOver([Self.ada], stores).counts.linked == 1)
            #expect(try stores.linked(.person, 1)?.id.rawValue == ids[1])
            #expect(try stores.contactCount() == 2 && Self.list(stores).matches.isEmpty)
        }
    }

    @Test func `a candidate that was linked meanwhile is refused`() throws {
        try withStores { stores throws in
            let ids = try Self.twofold(stores)
            _ = try stores.web { try $0.snapshots.link(.person, 7, to: Contact.ID(ids[0])) }
            #expect(try Self.list(stores).matches.first?.candidates.first { $0.localID == ids[0] }?.linkedTo == 7)
            #expect(try stores.web { try $0.attention.answer(.link(ids[0]), .person, 1) } == .taken)
            try stores.raw("update books.contact set archived_at = clock_timestamp() where name = 'Ada B.'")
            #expect(try stores.web { try $0.attention.answer(.link(ids[1]), .person, 1) } == .gone)
            #expect(try stores.web { try $0.attention.count() } == 1)
        }
    }

    @Test func `create new makes one in PayDock, ignore leaves it until it is asked again`() throws {
        try withStores { stores throws in
            _ = try Self.twofold(stores)
            func answer(_ choice: MatchChoice?) throws -> AttentionAnswer {
                try stores.web { try $0.attention.answer(choice, .person, 1) }
            }
            #expect(try answer(nil) == .settled)
            #expect(try answer(.ignore) == .done && answer(.ignore) == .settled)
            #expect(try Self.takeOver([Self.ada], stores).counts.skipped == 1)
            #expect(try Self.list(stores).matches.map(\.isIgnored) == [true])
            #expect(try answer(nil) == .done)
            #expect(try stores.web { try $0.attention.count() } == 1)
            #expect(try answer(.create) == .done)
            #expect(try Self.takeOver([Self.ada], stores).counts.created == 1)
            #expect(try stores.linked(.person, 1)?.details.name == "Ada")
            #expect(try stores.contactCount() == 3)
        }
    }

    @Test func `a merge that was looked at is put away`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(
                [.number(1, "Ada", emails: ["a@example.com"]), .number(2, "Bo", emails: ["b@example.com"])], stores)
            try stores.cron { try $0.touched.merge(.person, from: 1, into: 2) }
            let match = try #require(try Self.list(stores).matches.first)
            #expect(match.isMerge && match.candidates.count == 2)
            #expect(try stores.web { try $0.attention.answer(.create, .person, 2) } == .settled)
            #expect(try stores.web { try $0.attention.answer(.ignore, .person, 2) } == .done)
            #expect(try Self.list(stores).matches.isEmpty)
        }
    }

    /// Two linked persons, of whom number 1 was merged into number 2: their contacts.
    private static func merged(_ stores: Stores) throws -> (gone: Contact.ID, kept: Contact.ID) {
        try connected(stores)
        _ = try takeOver(
            [.number(1, "Ada", emails: ["a@example.com"]), .number(2, "Bo", emails: ["b@example.com"])], stores)
        let both = (try #require(try stores.linked(.person, 1)).id, try #require(try stores.linked(.person, 2)).id)
        try stores.cron { try $0.touched.merge(.person, from: 1, into: 2) }
        return both
    }

    private static let survivor = Person.number(2, "Bo", emails: ["b@example.com", "a@example.com"])

    @Test func `after a merge the other contact can be used, once, and the former one rests`() throws {
        try withStores { stores throws in
            let (gone, kept) = try Self.merged(stores)
            func use(_ id: Contact.ID) throws -> AttentionAnswer {
                try stores.web { try $0.attention.answer(.link(id.rawValue), .person, 2) }
            }
            let match = try #require(try Self.list(stores).matches.first)
            #expect(match.values[.emails] == "b@example.com", "what the survivor said last")
            #expect(try use(kept) == .taken)
            #expect(try use(Contact.ID(UUID())) == .gone)
            #expect(try use(gone) == .done)
            #expect(try use(gone) == .settled && use(kept) == .settled)
            #expect(try Self.list(stores).matches.map(\.isDecided) == [true])
            _ = try Self.takeOver([Self.survivor], stores)
            #expect(try stores.linked(.person, 2)?.id == gone)
            #expect(try Self.list(stores).matches.isEmpty)
            let standing = try stores.cron { try $0.pairs.standing(kept.rawValue) }
            guard case .stays = standing else {
                Issue.record("The former contact would be made in Pipedrive")
                return
            }
            try stores.sync(.persons([Self.survivor]))
            #expect(try stores.number("select count(*) as value from pipedrive.sync_task") == 0)
            #expect(try stores.contactCount() == 2 && stores.linked(.person, 2)?.id == gone)
            let before = try stores.versions(of: "pipedrive.link", "books.contact")
            _ = try Self.takeOver([Self.survivor], stores)
            try stores.sync(.persons([Self.survivor]))
            #expect(try stores.versions(of: "pipedrive.link", "books.contact") == before)
        }
    }

    @Test func `a contact that was archived or linked meanwhile is refused, at the click and after it`() throws {
        try withStores { stores throws in
            let (gone, kept) = try Self.merged(stores)
            func use() throws -> AttentionAnswer {
                try stores.web { try $0.attention.answer(.link(gone.rawValue), .person, 2) }
            }
            try stores.raw("update books.contact set archived_at = clock_timestamp() where id = \(gone.rawValue)")
            #expect(try use() == .gone)
            try stores.raw("update books.contact set archived_at = null where id = \(gone.rawValue)")
            #expect(try use() == .done)
            _ = try stores.web { try $0.snapshots.link(.person, 7, to: gone) }
            _ = try Self.takeOver([Self.survivor], stores)
            #expect(try stores.linked(.person, 2)?.id == kept && stores.linked(.person, 7)?.id == gone)
            let match = try #require(try Self.list(stores).matches.first)
            #expect(match.isMerge && !match.isDecided)
            #expect(try use() == .taken)
        }
    }

    @Test func `a pair that is being written moves afterwards`() throws {
        try withStores { stores throws in
            let (gone, kept) = try Self.merged(stores)
            #expect(try stores.web { try $0.attention.answer(.link(gone.rawValue), .person, 2) } == .done)
            try stores.raw(
                "update pipedrive.link set push_until = clock_timestamp() + interval '1 hour' where record_id = 2")
            #expect(Set(try Self.takeOver([Self.survivor], stores).busy) == [2])
            #expect(try stores.linked(.person, 2)?.id == kept)
            try stores.raw("update pipedrive.link set push_until = null")
            _ = try Self.takeOver([Self.survivor], stores)
            #expect(try stores.linked(.person, 2)?.id == gone)
        }
    }

    @Test func `each sort has pages of its own, and each question stands on one`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            try stores.raw(
                """
                insert into pipedrive.attention (company_id, pipedrive_company_id, kind, record_id, name, reason, choice)
                select \(stores.company), 77, 'person', n, 'Name', 'Why', case when n <= 2 then 'ignore' end
                from generate_series(1, 7) n
                """)
            try stores.raw(
                """
                insert into pipedrive.local_attention (company_id, pipedrive_company_id, kind, local_id, name, reason)
                select \(stores.company), 77, 'person', gen_random_uuid(), 'Name', 'Why' from generate_series(1, 4)
                """)
            try stores.raw(
                """
                insert into pipedrive.conflict (company_id, pipedrive_company_id, kind, local_id, field, record_id, name,
                    kept, lost, is_remote_kept)
                select \(stores.company), 77, 'person', gen_random_uuid(), 'name', n, 'n', 'a', 'b', true
                from generate_series(1, 3) n
                """)
            func page(_ passing: [AttentionSort: Int]) throws -> AttentionList {
                try stores.web { try $0.attention.list(passing: passing, limit: 3) }
            }
            let pages = try [0, 3, 6].map { try page([.matches: $0]) }
            #expect(pages.map { $0.matches.map(\.recordID) } == [[3, 4, 5], [6, 7, 1], [2]])
            #expect(pages.map(\.further) == [[.matches, .ours], [.matches, .ours], [.ours]])
            #expect(pages.allSatisfy { $0.conflicts.count == 3 && $0.ours == pages[0].ours })
            let second = try page([.ours: 3, .conflicts: 3])
            #expect(second.ours.count == 1 && second.conflicts.isEmpty && second.matches == pages[0].matches)
            #expect(Set((pages[0].ours + second.ours).map(\.localID)).count == 4)
        }
    }

    /// A pair whose name both sides changed; Pipedrive's was kept unless ours is the later.
    private static func conflict(_ stores: Stores, remoteLater: Bool) throws -> Contact.ID {
        try connected(stores)
        _ = try takeOver([.number(1, "Ada", emails: ["ada@example.com"])], stores)
        let id = try #require(try stores.linked(.person, 1)).id
        try rename(id, "Ours", stores)
        let theirs = Person(
            id: Person.ID(1), name: "Theirs", emails: ["ada@example.com"],
            updatedAt: Date(timeIntervalSinceNow: remoteLater ? 60 : -60))
        let taken = try takeOver([theirs], stores)
        for change in taken.writes {
            let after = RecordPage.persons([.number(1, "Ours", emails: ["ada@example.com"])])
            try stores.cron { try $0.pairs.settle(change, .done(after), run: nil) }
        }
        return id
    }

    private static func rename(_ id: Contact.ID, _ name: String, _ stores: Stores) throws {
        try stores.api { transaction throws in
            var details = try #require(try transaction.contacts.contact(id)).details
            details.name = name
            _ = try transaction.contacts.update(id, details)
        }
    }

    @Test(arguments: [true, false])
    func `use the other one brings the value that lost to both sides`(remoteLater: Bool) throws {
        try withStores { stores throws in
            let id = try Self.conflict(stores, remoteLater: remoteLater)
            let conflict = try #require(try Self.list(stores).conflicts.first)
            #expect(conflict.isRemoteKept == remoteLater)
            #expect(conflict.kept == (remoteLater ? "Theirs" : "Ours"))
            #expect(conflict.lost == (remoteLater ? "Ours" : "Theirs"))
            func settle() throws -> AttentionAnswer {
                try stores.web { try $0.attention.settle(.person, ours: id.rawValue, .name, usesOther: true) }
            }
            #expect(try settle() == .done && settle() == .settled)
            #expect(try stores.web { try $0.contacts.contact(id) }?.details.name == conflict.lost)
            // It is an edit like any other: it goes to Pipedrive, whatever stands there.
            #expect(try stores.cron { try $0.pairs.standing(id.rawValue) } == .linked(.person, 1))
            let there = Person.number(1, conflict.kept, emails: ["ada@example.com"])
            let write = try #require(try Self.takeOver([there], stores).writes.first)
            #expect(write.write.values == FieldValues([.name: conflict.lost]))
            #expect(try Self.list(stores).conflicts.isEmpty)
        }
    }

    @Test func `a field that was changed since stays as it is`() throws {
        try withStores { stores throws in
            let id = try Self.conflict(stores, remoteLater: true)
            try Self.rename(id, "Newer", stores)
            let answer = try stores.web { try $0.attention.settle(.person, ours: id.rawValue, .name, usesOther: true) }
            #expect(answer == .changed("Newer"))
            #expect(try stores.web { try $0.contacts.contact(id) }?.details.name == "Newer")
        }
    }

    @Test func `keeping it as it is ends the conflict, and a direction can hold the other value back`() throws {
        try withStores { stores throws in
            let id = try Self.conflict(stores, remoteLater: true).rawValue
            try stores.web { try $0.settings.save(.initial) }
            let held = try stores.web { try $0.attention.settle(.person, ours: id, .name, usesOther: true) }
            #expect(held == .heldByDirection)
            try stores.raw(
                """
                insert into pipedrive.conflict (company_id, pipedrive_company_id, kind, local_id, field, record_id, name,
                    kept, lost, is_remote_kept)
                select company_id, pipedrive_company_id, kind, local_id, 'name', record_id, 'n', 'Theirs', 'Ours', true
                from pipedrive.link
                """)
            #expect(try stores.web { try $0.attention.settle(.person, ours: id, .name, usesOther: false) } == .done)
            #expect(try Self.list(stores).conflicts.isEmpty)
            #expect(try stores.linked(.person, 1)?.details.name == "Theirs")
        }
    }

    @Test func `what Pipedrive refused is tried again, and ours that share an address are made when a person says so`()
        throws
    {
        try withStores { stores throws in
            try Self.connected(stores)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
            let creation = try #require(try stores.cron { try $0.pairs.reserve(.person, locals: [id]) }.first)
            try stores.cron { try $0.pairs.settle(creation, .refused("Name is too long"), run: nil) }
            let ours = try #require(try Self.list(stores).ours.first)
            #expect(ours.answer == "Name is too long" && ours.name == "Bo")
            func answer(_ choice: LocalChoice) throws -> AttentionAnswer {
                try stores.web { try $0.attention.answer(choice, .person, ours: id) }
            }
            #expect(try answer(.ignore) == .done && answer(.retry) == .settled)
            #expect(try Self.list(stores).ours.map(\.isIgnored) == [true])
            #expect(try answer(.reopen) == .done && answer(.retry) == .done && answer(.retry) == .settled)
            let again = try stores.cron { try $0.pairs.standing(id) }
            guard case .fresh = again else {
                Issue.record("It does not go out again")
                return
            }
            let twin = try stores.api { try $0.addContact("Bo too", emails: ["bo@example.com"]) }.rawValue
            let shared = try stores.cron { try $0.pairs.standing(twin) }
            guard case .stays = shared else {
                Issue.record("Two that share an address went out")
                return
            }
            #expect(try stores.web { try $0.attention.answer(.create, .person, ours: twin) } == .done)
            #expect(try stores.cron { try $0.pairs.standing(twin) } == .fresh(.person, organization: nil))
        }
    }
}
