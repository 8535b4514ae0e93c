import Domain
import FoundationEssentials
import HTTPTypes
import Testing

@testable import Web

/// Preview and apply, progress, custom fields and logs, as pages.
struct SyncPageTests {
    private func connected(isApplied: Bool = true) -> Site {
        let site = Site()
        site.tables.connection = Connection(
            id: Connection.ID(site.tables.freshID()), companyID: site.tables.company.id,
            pipedriveCompanyID: PipedriveCompany.ID(77), pipedriveCompanyName: "Acme Pipes",
            ownerUserID: PipedriveUser.ID(5), state: .live, connectedAt: site.tables.now)
        site.tables.isApplied = isApplied
        return site
    }

    private func run(
        _ site: Site, _ state: SyncRun.State, mode: SyncRun.Mode = .preview, phase: SyncRun.Phase = .done,
        counts: [RecordKind: SyncRun.Counts] = [:], outcome: String? = nil
    ) -> SyncRun {
        SyncRun(
            id: SyncRun.ID(site.tables.freshID()), state: state, startedBy: .manual,
            startedAt: site.tables.now.addingTimeInterval(-65),
            finishedAt: state == .running ? nil : site.tables.now, counts: counts, tokenCost: 40, outcome: outcome,
            mode: mode,
            progress: SyncRun.Progress(phase: phase, kind: .person, done: 500, expected: 2000))
    }

    private func change(
        _ site: Site, _ action: SyncChange.Action, _ name: String, _ fields: [SyncChange.Field] = [], id: Int64 = 1
    ) -> SyncChange {
        SyncChange(
            id: id, kind: .person, recordID: 7, localID: nil, action: action, name: name, fields: fields,
            happenedAt: site.tables.now)
    }

    @Test func `a run that waits says for what, on pages and to programs`() async {
        let site = connected()
        let waiting = run(site, .running, mode: .full, phase: .read, outcome: "The day's tokens are spent")
        site.tables.runs = [waiting]
        for path in ["/apps/pipedrive?tab=sync", "/apps/pipedrive/runs/\(waiting.id.text)"] {
            let page = await site.get(path).text
            #expect(page.components(separatedBy: "The day&#39;s tokens are spent").count == 2, "\(path)")
        }
        #expect(await site.get("/apps/pipedrive/progress").text.contains("\"waiting\":\"The day's tokens are spent\""))
        site.tables.runs = [run(site, .running, mode: .full, phase: .read)]
        #expect(await site.get("/apps/pipedrive/progress").text.contains("\"waiting\":null"))
    }

    @Test func `the first sync is previewed, and one click applies it`() async {
        let site = connected(isApplied: false)
        #expect(await site.submit("/apps/pipedrive/sync", "").field("Location")?.hasSuffix("preview-first") == true)
        #expect(site.tables.started == ["preview"])
        let preview = run(
            site, .completed, counts: [.person: SyncRun.Counts(read: 9, created: 5, linked: 4, createdThere: 2)])
        site.tables.previews = [preview]
        site.tables.currentPreview = preview.id
        site.tables.changes[preview.id] = [
            change(site, .created, "Anna <b>", [SyncChange.Field(name: "emails", before: "", after: "anna@x.example")]),
            change(
                site, .linked, "Bo", [SyncChange.Field(name: "phones", before: "+31 1", after: "+31 1\n+31 2")], id: 2),
        ]
        let page = await site.get("/apps/pipedrive?tab=sync").text
        #expect(page.contains("Your first sync") && page.contains("Apply and sync now"))
        #expect(page.contains("Anna &lt;b&gt; (anna@x.example)"))
        #expect(page.contains("Bo (Phone: +31 1 → +31 1, +31 2)"))
        #expect(page.contains("and 4 more") && page.contains("It costs about 50"))
        #expect(page.contains("<td class=\"number\" data-label=\"Create in Pipedrive\">2</td>"))
        let form = "preview=\(preview.id.text)"
        #expect(await site.submit("/apps/pipedrive/apply", form).field("Location")?.hasSuffix("applying") == true)
        #expect(site.tables.started == ["preview", "full of \(preview.id.text)"])
    }

    @Test func `a preview that is out of date is not applied`() async {
        let site = connected()
        let preview = run(site, .completed)
        site.tables.previews = [preview]
        let page = await site.get("/apps/pipedrive?tab=sync").text
        #expect(page.contains("The preview is out of date") && !page.contains("Apply and sync now"))
        let answer = await site.submit("/apps/pipedrive/apply", "preview=\(preview.id.text)")
        #expect(answer.status == 409 && answer.text.contains("nothing was changed"))
        #expect(site.tables.started.isEmpty)
        #expect(await site.submit("/apps/pipedrive/apply", "preview=x").status == 400)
        #expect(await site.submit("/apps/pipedrive/apply", "").status == 400)
    }

    @Test func `a run at work shows how far it is, and its page looks again`() async throws {
        let site = connected()
        #expect(await site.get("/apps/pipedrive?tab=sync").field("Refresh") == nil)
        site.tables.runs = [run(site, .running, mode: .full, phase: .read)]
        let page = await site.get("/apps/pipedrive?tab=sync")
        #expect(page.field("Refresh") == "2; url=/apps/pipedrive?tab=sync")
        #expect(page.text.contains("Reading persons. 500 of about 2000 records read, 1 min 5 s so far."))
        #expect(page.text.contains("value=\"12\"") && !page.text.contains("type=\"radio\""))
        let editing = await site.get("/apps/pipedrive?tab=sync&edit=1")
        #expect(editing.field("Refresh") == nil && editing.text.contains("type=\"radio\""))
        let progress = await site.get("/apps/pipedrive/progress").text
        #expect(
            progress.contains("\"state\":\"running\"") && progress.contains("\"phase\":\"read\"")
                && progress.contains("\"done\":500") && progress.contains("\"expected\":2000")
                && progress.contains("\"elapsed_seconds\":65"))
    }

    @Test func `logs lead to each record of a run, and to a file`() async {
        let site = connected()
        let done = run(site, .completed, mode: .full, counts: [.person: SyncRun.Counts(read: 2, updated: 1)])
        site.tables.runs = [done]
        #expect(
            await site.get("/apps/pipedrive?tab=logs").text.contains("href=\"/apps/pipedrive/runs/\(done.id.text)\""))
        site.tables.changes[done.id] = (1...101).map { place in
            change(
                site, .updated, "Person \(place)", [SyncChange.Field(name: "name", before: "Old", after: "=1+1")],
                id: Int64(place))
        }
        let page = await site.get("/apps/pipedrive/runs/\(done.id.text)").text
        #expect(page.contains("<strong>Name</strong> <del>Old</del> → =1+1"))
        #expect(page.contains("Person 100<") && !page.contains("Person 101<"))
        #expect(page.contains("?after=100"))
        #expect(await site.get("/apps/pipedrive/runs/\(done.id.text)?after=100").text.contains("Person 101<"))
        let file = await site.get("/apps/pipedrive/runs/\(done.id.text).csv")
        #expect(file.field("Content-Type") == "text/csv; charset=utf-8; header=present")
        #expect(file.field("Content-Disposition")?.contains("attachment; filename=\"sync-run-") == true)
        let lines = file.text.components(separatedBy: "\r\n")
        #expect(lines.count == 103 && lines[0].hasSuffix("Name,What,Field,Before,After"))
        #expect(lines[1].hasSuffix("Person,7,,Person 1,changed in PayDock,Name,Old,'=1+1"))
        #expect(await site.get("/apps/pipedrive/runs/nothing").status == 404)
        let unknown = SyncRun.ID(site.tables.freshID()).text
        #expect(await site.get("/apps/pipedrive/runs/\(unknown)").status == 404)
        #expect(await site.get("/apps/pipedrive/runs/\(unknown).csv").status == 404)
    }

    @Test func `a long file is made piece by piece, each line once`() async throws {
        let site = connected()
        let done = run(site, .completed, mode: .full)
        site.tables.runs = [done]
        site.tables.changes[done.id] = (1...4500).map { change(site, .gone, "Person \($0)", id: Int64($0)) }
        let file = await site.get("/apps/pipedrive/runs/\(done.id.text).csv")
        let first = String(decoding: file.body, as: UTF8.self)
        #expect(first.contains("Person 2000,") && !first.contains("Person 2001,"))
        let second = String(decoding: try #require(try file.further?()), as: UTF8.self)
        #expect(second.hasPrefix("20") && second.contains("Person 2001,") && second.contains("Person 4000,"))
        let third = String(decoding: try #require(try file.further?()), as: UTF8.self)
        #expect(third.components(separatedBy: "\r\n").count == 501)
        #expect(try file.further?() == nil)
    }

    @Test func `live changes stand apart`() async {
        let site = connected()
        site.tables.changes[nil] = [change(site, .gone, "Away")]
        let page = await site.get("/apps/pipedrive/changes").text
        #expect(page.contains("Live changes") && page.contains("Away") && page.contains("gone in Pipedrive"))
        #expect(await site.get("/apps/pipedrive/changes.csv").text.contains("Away,gone in Pipedrive,,,\r\n"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("=SUM(A1)", "'=SUM(A1)"), ("+31 6", "'+31 6"), ("-1", "'-1"), ("@x", "'@x"),
        ("\tx", "'\tx"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "\"a\nb\""),
        ("=\"x\"", "\"'=\"\"x\"\"\""), ("", ""), ("Zoë 🌷", "Zoë 🌷"), ("＝1", "'＝1"),
    ])
    func `a cell is quoted, and nothing that a spreadsheet would run`(given: String, cell: String) {
        #expect(ChangesCSV.cell(given) == cell)
    }

    @Test func `custom fields are chosen by name and kept by code`() async {
        let site = connected()
        #expect(await site.get("/apps/pipedrive?tab=sync").text.contains("No custom fields are known"))
        site.tables.customFields = [
            CustomField(kind: .organization, code: "aaa111x", name: "BTW", type: "varchar"),
            CustomField(kind: .organization, code: "bbb222x", name: "BTW", type: "varchar"),
            CustomField(kind: .organization, code: "ccc", name: "KvK", type: "varchar_auto"),
            CustomField(kind: .organization, code: "ddd", name: "Since", type: "date"),
            CustomField(
                kind: .person, code: "eee", name: "Taal", type: "enum",
                options: [CustomField.Option(id: 1, label: "Nederlands")]),
        ]
        site.tables.mapping.organizationLanguage = "deleted"
        let page = await site.get("/apps/pipedrive?tab=sync").text
        #expect(page.contains("<option value=\"aaa111x\">BTW (aaa111)</option>"))
        #expect(page.contains("<option value=\"deleted\" selected>Deleted in Pipedrive</option>"))
        #expect(!page.contains("Since") && page.contains("<option value=\"eee\">Taal</option>"))
        let form = "vat_number=bbb222x&kvk_number=ccc&organization_language=&person_language=eee"
        #expect(await site.submit("/apps/pipedrive/fields", form).field("Location")?.hasSuffix("done=saved") == true)
        #expect(site.tables.mapping == FieldMapping(vatNumber: "bbb222x", kvkNumber: "ccc", personLanguage: "eee"))
        for bad in ["vat_number=ddd", "vat_number=eee", "vat_number=none", "vat_number=ccc&kvk_number=ccc"] {
            #expect(await site.submit("/apps/pipedrive/fields", bad).status == 422)
        }
        #expect(site.tables.mapping.vatNumber == "bbb222x")
        #expect(await site.submit("/apps/pipedrive/fields/refresh", "").status == 303)
        #expect(site.tables.queued == ["subscribe fields"])
    }

    @Test func `a share of the day is left to other apps`() async {
        let site = connected()
        #expect(await site.submit("/apps/pipedrive/reserve", "reserve=45").status == 303)
        #expect(site.tables.settings.reservePercent == 45)
        for bad in ["reserve=91", "reserve=-1", "reserve=x", ""] {
            #expect(await site.submit("/apps/pipedrive/reserve", bad).status == 422)
        }
        #expect(await site.get("/apps/pipedrive?tab=sync").text.contains("value=\"45\""))
    }

    @Test func `new directions before the first sync make a new preview`() async {
        let site = connected(isApplied: false)
        let answer = await site.submit("/apps/pipedrive/directions", "direction_person=both")
        #expect(answer.field("Location")?.hasSuffix("done=preview-anew") == true)
        #expect(site.tables.started == ["preview"])
        #expect(
            await site.submit("/apps/pipedrive/directions", "direction_person=both").field("Location")?
                .hasSuffix("done=saved") == true)
    }
}
