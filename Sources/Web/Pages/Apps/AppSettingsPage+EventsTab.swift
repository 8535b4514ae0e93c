import Domain
import FoundationEssentials
import Workflows

/// Which events become notes, and how the notes fare.
struct EventsTab: Sendable {
    let rows: [Row]
    let figures: [Figure]
    let speed: String
    let held: String?
    let discarded: [Discarded]
    let hasDiscarded: Bool
    let isLive: Bool

    struct Row: Sendable {
        let event: String
        let note: String
        let isOn: Bool
    }

    struct Figure: Sendable {
        let label: String
        let value: String
    }

    /// A note that was given up.
    struct Discarded: Sendable {
        let id: String
        let createdAt: String
        let attempts: String
        let reason: String
    }

    init(_ settings: IntegrationSettings, _ notes: Integration.NoteOverview?, isLive: Bool, now: Date) {
        self.isLive = isLive
        rows = BookEvent.Kind.forwarded.map {
            Row(event: $0.rawValue, note: $0.noteText ?? "", isOn: settings.forwardedEvents.contains($0))
        }
        let known = notes?.figures ?? NoteFigures()
        figures = [
            Figure(label: "Posted in the last day", value: String(known.deliveredCount)),
            Figure(label: "Waiting", value: Self.waiting(known, now: now)),
            Figure(label: "Waiting for another attempt", value: String(known.retryingCount)),
            Figure(label: "Given up", value: String(known.discardedCount)),
        ]
        speed = Self.speed(known)
        held = notes?.held.map {
            "All notes wait until \(DayText.instant($0.until)), then one goes ahead: \($0.reason)."
        }
        discarded = (notes?.discarded ?? []).map {
            Discarded(
                id: "\($0.id)", createdAt: DayText.instant($0.createdAt), attempts: String($0.attemptCount),
                reason: $0.reason ?? "")
        }
        hasDiscarded = !discarded.isEmpty
    }

    private static func waiting(_ figures: NoteFigures, now: Date) -> String {
        guard let oldest = figures.oldestWaitingAt else { return String(figures.waitingCount) }
        return "\(figures.waitingCount), the oldest for \(DayText.duration(from: oldest, to: now))"
    }

    private static func speed(_ figures: NoteFigures) -> String {
        guard let seconds = figures.seconds else { return "No note was posted in the last day." }
        let late =
            switch figures.lateCount {
            case 0: "None took longer than the minute we promise."
            case 1: "One took longer than the minute we promise."
            default: "\(figures.lateCount) took longer than the minute we promise."
            }
        return
            "From event to note in the last day: half within \(time(seconds.p50)), 95 % within \(time(seconds.p95)), "
            + "99 % within \(time(seconds.p99)). \(late)"
    }

    /// `0.12 s`, `4.1 s`, `3 min`.
    private static func time(_ seconds: Double) -> String {
        if seconds >= 120 { return "\(Int((seconds / 60).rounded())) min" }
        let hundredths = Int((seconds * 100).rounded())
        if hundredths >= 1_000 { return "\(Int(seconds.rounded())) s" }
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    }
}

extension EventsTab {
    static let markup = """
        {{#events}}
        <section class="card">
        <h2>Outbound events</h2>
        <p>Each of these is posted as a note in the linked Pipedrive deal within one minute. A switch also counts for
        what already waits.</p>
        <form method="post" action="/apps/pipedrive/events">
        <input type="hidden" name="csrf" value="{{formToken}}">
        {{#rows}}
        <label class="choice"><input type="checkbox" name="event" value="{{event}}"{{#isOn}} checked{{/isOn}}> \
        <span><strong>{{note}}</strong> <code>{{event}}</code></span></label>
        {{/rows}}
        <button>Save</button>
        </form>
        </section>
        <section class="card">
        <h2>How notes fare</h2>
        {{#held}}<p class="problem" role="status">{{.}}</p>{{/held}}
        <table class="list">
        <tbody>
        {{#figures}}<tr><th scope="row">{{label}}</th><td>{{value}}</td></tr>
        {{/figures}}
        </tbody>
        </table>
        <p>{{speed}}</p>
        <form method="post" action="/apps/pipedrive/notes/test">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Deal number <input name="deal" inputmode="numeric" pattern="[0-9]+" required></label>
        <button class="quiet"{{^isLive}} disabled{{/isLive}}>Post a test note</button>
        </form>
        </section>
        {{#hasDiscarded}}
        <section class="card">
        <header class="row"><h2>Given up</h2>
        <form method="post" action="/apps/pipedrive/notes/retry">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Retry all</button>
        </form>
        </header>
        <table class="list">
        <thead><tr><th>Since</th><th>Attempts</th><th>Reason</th><th></th></tr></thead>
        <tbody>
        {{#discarded}}
        <tr><td>{{createdAt}}</td><td>{{attempts}}</td><td>{{reason}}</td>\
        <td><form method="post" action="/apps/pipedrive/messages/{{id}}/retry">\
        <input type="hidden" name="csrf" value="{{formToken}}"><input type="hidden" name="tab" value="events">\
        <button class="quiet">Retry</button></form></td></tr>
        {{/discarded}}
        </tbody>
        </table>
        </section>
        {{/hasDiscarded}}
        {{/events}}

        """
}
