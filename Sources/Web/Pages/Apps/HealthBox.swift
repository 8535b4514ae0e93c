import Domain
import FoundationEssentials
import Workflows

/// What a person has to know about the connection beside its state, above the tabs of its settings.
struct HealthBox: Sendable {
    /// Scopes that were not granted.
    let missingScopes: [String]
    let lacksScopes: Bool
    /// Who serves the sync without seeing every record.
    let limitedOwner: String?
    /// Who took over, and when.
    let handedOver: String?
    let webhooks: String?
    let isHealthy: Bool
    /// What was wrong with the webhooks, and that it was put right.
    let trouble: String?
    let stillToTell: String?

    init(_ overview: Integration.Overview) {
        let health = overview.health
        let connection = overview.connection
        missingScopes = health.missingScopes
        lacksScopes = !health.missingScopes.isEmpty
        let owner = overview.grants.first { $0.userID == connection?.ownerUserID }
        limitedOwner = connection?.state == .live && owner?.isAdmin == false ? owner?.userName : nil
        let last = overview.audit.first { ["connected", "handed over", "disconnected"].contains($0.action) }
        handedOver =
            connection?.state == .live && last?.action == "handed over"
            ? last.map { "\($0.detail), \(DayText.instant($0.happenedAt))" } : nil
        webhooks = health.webhooks.map {
            "\($0.activeCount) of \($0.expectedCount) webhooks active, looked at \(DayText.instant($0.checkedAt))."
        }
        isHealthy = health.webhooks.map { $0.activeCount >= $0.expectedCount } ?? true
        trouble = health.webhooks.flatMap { webhooks in
            webhooks.trouble.flatMap { trouble in
                webhooks.troubledAt.map {
                    "Put right \(DayText.instant($0)): \(trouble). A catch-up run looked for what was missed."
                }
            }
        }
        stillToTell = health.revokingUntil.map { DayText.instant($0) }
    }

    static let markup = """
        {{#health}}
        {{#lacksScopes}}
        <section class="card problem" role="alert">
        <p>Pipedrive did not give PayDock {{#missingScopes}}<code>{{.}}</code> {{/missingScopes}}: what needs it waits. \
        Re-authorise to give it.</p>
        <form method="post" action="/apps/pipedrive/install">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>Re-authorise</button>
        </form>
        </section>
        {{/lacksScopes}}
        {{#limitedOwner}}
        <p class="notice">{{.}}, whose access serves the sync, is no administrator in Pipedrive: records that are hidden \
        from {{.}} do not sync.</p>
        {{/limitedOwner}}
        {{#handedOver}}
        <p class="notice">The access that served this connection has ended. It was handed over {{.}}; the webhooks were made \
        anew and a catch-up run was started.</p>
        {{/handedOver}}
        {{#stillToTell}}
        <p class="notice">Pipedrive could not be told yet that access has ended. Only the sealed refresh token is kept for \
        that, until {{.}}, and destroyed as soon as Pipedrive knows.</p>
        {{/stillToTell}}
        {{#webhooks}}
        <p class="small">{{#isHealthy}}<span class="tag good">Live updates</span>{{/isHealthy}}\
        {{^isHealthy}}<span class="tag bad">Live updates</span>{{/isHealthy}} {{.}}
        {{#trouble}}<span class="block">{{.}}</span>{{/trouble}}</p>
        {{/webhooks}}
        {{/health}}
        """
}
