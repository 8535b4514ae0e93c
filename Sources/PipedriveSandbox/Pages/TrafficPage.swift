/// What the app asked and what it was told: the newest requests and webhooks.
struct TrafficPage {
    private static let rowLimit = 200

    let desk: PageDesk
    let request: Request

    func reply() async throws -> Reply {
        let entries = desk.sandbox.traffic.entries
        let deliveries = await desk.sandbox.queue.all
        let totals = desk.sandbox.traffic.totals
        let tokens = totals.reduce(0) { $0 + $1.tokens }
        let (spent, limits) = desk.sandbox.limiter.report
        let content: HTML = """
            <div class="head"><h1>Traffic</h1><p class="sum">\(count(entries.count)) requests, \(count(tokens)) tokens;
            \(count(spent)) of \(count(limits.dailyTokens)) tokens used today</p></div>
            <section class="card"><h2>Requests</h2>\(requests(entries))</section>
            <section class="card"><h2>Webhooks</h2>\(webhooks(deliveries))</section>
            <section class="card"><h2>Tokens per route</h2>\(report(totals))</section>
            \(TrafficForms(sandbox: desk.sandbox).html)
            """
        return try desk.page("Traffic", place: "Traffic", for: request, content: content).reply()
    }

    private func requests(_ entries: [Traffic.Entry]) -> HTML {
        if entries.isEmpty { return "<p class=\"faint\">No requests yet.</p>" }
        let rows = entries.suffix(Self.rowLimit).reversed().map { entry -> HTML in
            let fault = entry.faultID.map { "fault \($0)" }
            let remarks = (entry.problems + [fault].compactMap { $0 }).joined(separator: "; ")
            return """
                <tr><td class="clock" title="\(entry.at.spaced)">\(entry.at.clock)</td>
                <td>\(status(entry.status == 0 ? nil : entry.status, isGood: entry.status < 400))</td><td>\(entry.method)</td>
                <td class="path">\(entry.path)<small>\(remarks)</small></td>
                <td>\(entry.isValid ? "valid" : "off")</td><td class="number">\(entry.cost)</td><td class="number">\(entry.milliseconds) ms</td></tr>
                """
        }
        return """
            <div class="wide"><table><thead><tr><th>UTC</th><th>Status</th><th>Method</th><th>Path</th><th>Request</th>
            <th class="number">Tokens</th><th class="number">Took</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private func webhooks(_ deliveries: [Delivery]) -> HTML {
        if deliveries.isEmpty { return "<p class=\"faint\">No webhooks sent yet.</p>" }
        let rows = deliveries.suffix(Self.rowLimit).reversed().map { delivery -> HTML in
            let attempts = delivery.attempts.map { attempt -> HTML in
                "\(status(attempt.status, isGood: attempt.isSuccess)) <small>\(attempt.problem ?? "\(attempt.milliseconds) ms")</small> "
            }
            let answers: HTML = delivery.isLost ? "lost while banned" : attempts.isEmpty ? "waiting" : "\(attempts)"
            return """
                <tr><td>\(delivery.number)</td><td>\(delivery.meta["entity"]?.text ?? "") \(delivery.meta["entity_id"]?.text ?? "")</td>
                <td>\(delivery.meta["action"]?.text ?? "")</td><td class="path">\(delivery.url)</td><td class="answers">\(answers)</td></tr>
                """
        }
        return """
            <div class="wide"><table><thead><tr><th>No.</th><th>What</th><th>Action</th><th>To</th><th>Answers</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private func report(_ totals: [(route: String, count: Int, tokens: Int)]) -> HTML {
        if totals.isEmpty { return "<p class=\"faint\">Nothing was spent.</p>" }
        let rows = totals.map { total -> HTML in
            """
            <tr><td class="path">\(total.route)</td><td class="number">\(total.count)</td><td class="number">\(total.tokens)</td></tr>
            """
        }
        return """
            <div class="wide"><table><thead><tr><th>Route</th><th class="number">Requests</th><th class="number">Tokens</th></tr>
            </thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private func count(_ number: Int) -> String { Money.number(Double(number), decimals: 0) }

    private func status(_ status: Int?, isGood: Bool) -> HTML {
        guard let status else { return "<span class=\"chip lost\">none</span>" }
        return "<span class=\"chip \(isGood ? "won" : "lost")\">\(status)</span>"
    }
}
