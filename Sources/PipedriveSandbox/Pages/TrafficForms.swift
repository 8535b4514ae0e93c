/// The parts of the traffic page by which one interferes: faults, tokens and the budget.
struct TrafficForms {
    let sandbox: Sandbox

    var html: HTML {
        """
        <section class="card" id="faults"><h2>Faults</h2>\(faultTable)\(faultForm)</section>
        <section class="card" id="tokens"><h2>Tokens and budget</h2>\(grants)\(tokenForms)</section>
        """
    }

    private var faultTable: HTML {
        let faults = sandbox.faults.all
        if faults.isEmpty { return "<p class=\"faint\">No faults are set.</p>" }
        let rows = faults.map { fault -> HTML in
            let left = fault.remaining.map { "\($0) more" } ?? "every call"
            let chance = "\(Money.short(fault.probability * 100)) %"
            return """
                <tr><td>\(fault.id)</td><td class="path">\(fault.method ?? "any") \(fault.prefix)</td><td>\(fault.summary)</td>
                <td>\(left)</td><td class="number">\(chance)</td><td class="number"><form method="post" action="/faults/lift">
                <input type="hidden" name="id" value="\(fault.id)"><button class="quiet">Lift</button></form></td></tr>
                """
        }
        return """
            <div class="wide"><table><thead><tr><th>No.</th><th>Calls</th><th>What happens</th><th>How often</th>
            <th class="number">Chance</th><th></th></tr></thead><tbody>\(rows)</tbody></table></div>
            <form method="post" action="/faults/clear"><p><button class="quiet">Lift all faults</button></p></form>
            """
    }

    private var faultForm: HTML {
        """
        <form class="settings" method="post" action="/faults">
        <label>Path begins with, or with {id} is <input name="route" value="/api/" required></label>
        <label>Method <select name="method"><option value="">any</option><option>GET</option><option>POST</option>
        <option>PATCH</option><option>PUT</option><option>DELETE</option></select></label>
        <label>Status <input name="status" type="number" min="100" max="599" placeholder="as it is"></label>
        <label>Shape <select name="shape"><option value="">as it is</option><option value="html">an HTML page</option>
        <option value="half">half a body</option><option value="reset">connection reset</option></select></label>
        <label>When <select name="effect"><option value="before">before the effect</option>
        <option value="after">after the effect</option></select></label>
        <label>Delay in ms <input name="latency_ms" type="number" min="0"></label>
        <label>Drip, ms each <input name="drip_ms" type="number" min="1"></label>
        <label>How many calls <input name="count" type="number" min="1" placeholder="all"></label>
        <label>Chance, 0 to 1 <input name="probability" type="number" min="0" max="1" step="0.01" value="1"></label>
        <button>Set fault</button></form>
        """
    }

    private var grants: HTML {
        let state = sandbox.store.snapshot()
        let now = sandbox.clock()
        if state.grants.isEmpty { return "<p class=\"faint\">Nobody has allowed the app.</p>" }
        let rows = state.grants.map { grant -> HTML in
            let live = grant.accessTokens.filter { now < $0.expiresAt }
            let until = live.map(\.expiresAt).max().map(\.spaced) ?? "expired"
            let webhooks = state[.webhook].records(where: "owner_id", is: .int(grant.userID)).count
            return """
                <tr><td>\(state.user(grant.userID)?.name ?? "")</td><td>\(until)</td><td>\(grant.refreshedAt.spaced)</td>
                <td class="number">\(webhooks)</td><td class="path">\(grant.scope)</td></tr>
                """
        }
        return """
            <div class="wide"><table><thead><tr><th>User</th><th>Access until</th><th>Refreshed</th>
            <th class="number">Webhooks</th><th>Scope</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private var tokenForms: HTML {
        let plans = RateLimiter.Plan.allCases.map { plan -> HTML in "<option>\(plan.rawValue)</option>" }
        let isRotating = sandbox.store.snapshot().isRotating
        return """
            <div class="settings"><form method="post" action="/tokens/expire"><button class="quiet">Expire access tokens</button></form>
            <form method="post" action="/tokens/rotate">
            <button class="quiet">Turn rotation \(isRotating ? "off" : "on")</button></form>
            <form method="post" action="/limits"><label>Plan <select name="plan">\(plans)</select></label>
            <button class="quiet">Set budget</button></form></div>
            """
    }
}
