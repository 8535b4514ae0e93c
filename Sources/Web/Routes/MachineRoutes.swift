import Domain
import HTTPTypes
import Workflows

/// Health, metrics, the stylesheet, the icon, and webhooks.
struct MachineRoutes: Sendable {
    let useCases: UseCases
    let stylesheet: Stylesheet

    var routes: [Route] {
        [
            Route(.get, "/healthz", .machine) { _ in
                try useCases.probeDatabase()
                return .plain("ok")
            },
            Route(.get, "/metrics", .machine) { try metrics($0) },
            Route(.get, "/assets/paydock.css", .machine) { stylesheet.answer(version: $0.query["v"]) },
            Route(.get, "/favicon.ico", .machine) { _ in
                // Browsers ask for it unasked, and would count a 404 as an error of the page.
                WebResponse(.ok, type: "image/svg+xml", body: PackageResources.icon_svg)
                    .setting(.cacheControl, "public, max-age=86400")
            },
            Route(.get, "/robots.txt", .machine) { _ in .plain("User-agent: *\nDisallow: /") },
            Route(.post, "/webhooks/pipedrive/{id}", .machine, body: .bytes(limit: 2_000_000)) { try receive($0) },
        ]
    }

    private func metrics(_ call: Call) throws -> WebResponse {
        guard let address = call.request.remoteAddress, address.hasPrefix("127.") || address == "::1" else {
            throw Refusal(.notFound, "There is nothing here.")
        }
        var health: Messages.Health?
        do {
            health = try useCases.messages.health()
        } catch {
            // The figure is the report.
            health = nil
        }
        let text = MetricsText(health, now: useCases.now()).text
        return WebResponse(.ok, type: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
    }

    private func receive(_ call: Call) throws -> WebResponse {
        let verdict = try useCases.intake.receive(
            path: call.parameter("id"), authorization: call.request.request.headerFields[.authorization],
            body: call.request.body)
        switch verdict {
        case .stored, .ignored: return .plain("ok")
        case .unauthorized:
            return WebResponse.plain("These are not this webhook's credentials.", status: .unauthorized)
                .setting(.wwwAuthenticate, "Basic realm=\"PayDock webhooks\", charset=\"UTF-8\"")
        case .unknown: return .plain("There is no such webhook.", status: .notFound)
        }
    }
}
