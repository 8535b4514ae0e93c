extension AppSettingsPage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/apps">App Store</a></p>
        <header class="row"><h1>Pipedrive</h1><span class="tag {{status.tone}}">{{status.word}}</span></header>
        <p>{{status.sentence}}</p>
        {{#status}}
        {{#canInstall}}
        <form method="post" action="/apps/pipedrive/install">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>{{installLabel}}</button>
        </form>
        {{/canInstall}}
        {{#hasToAsk}}<p class="small">Only an owner of your company can connect Pipedrive.</p>{{/hasToAsk}}
        {{/status}}
        \(HealthBox.markup)
        {{#attention}}<p class="notice late"><a href="/apps/pipedrive/attention">{{.}}</a></p>{{/attention}}
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <nav class="tabs" aria-label="Settings">
        {{#tabs}}
        <a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a>
        {{/tabs}}
        </nav>
        \(syncMarkup)\(triggersMarkup)\(EventsTab.markup)\(logsMarkup)
        """)

    private static let syncMarkup = """
        {{#sync}}
        \(ProgressBox.markup)
        \(PreviewBox.markup)
        <section class="card">
        <header class="row"><h2>Sync</h2>
        {{#isOpen}}
        <form method="post" action="/apps/pipedrive/sync">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet" formaction="/apps/pipedrive/preview">Preview</button>
        <button>Sync now</button>
        </form>
        {{/isOpen}}
        {{^isOpen}}
        <form method="post" action="/apps/pipedrive/sync">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet"{{^isLive}} disabled{{/isLive}}>{{#isLive}}Preview{{/isLive}}{{^isLive}}Sync now{{/isLive}}</button>
        </form>
        {{/isOpen}}
        </header>
        <p>The full sync runs every night at 04:00 UTC.{{^isLive}} It starts once Pipedrive is connected.{{/isLive}}\
        {{#isFirst}} It begins once the first sync was previewed and applied; until then nothing is written, here or in
        Pipedrive.{{/isFirst}}</p>
        {{#lastRun}}
        <p>Last run: <a href="{{path}}">{{startedAt}}</a>, <span class="tag {{tone}}">{{state}}</span> {{summary}}</p>
        {{/lastRun}}
        {{^showsSettings}}
        <p><a class="button quiet" href="/apps/pipedrive?tab=sync&amp;edit=1">Change the settings</a></p>
        {{/showsSettings}}
        {{#showsSettings}}
        <form method="post" action="/apps/pipedrive/directions">
        <input type="hidden" name="csrf" value="{{formToken}}">
        {{#kinds}}
        <fieldset>
        <legend>{{label}}</legend>
        {{#choices}}
        <label class="choice"><input type="radio" name="{{field}}" value="{{value}}"{{#isChosen}} checked{{/isChosen}}> \
        <span><strong>{{name}}</strong> {{meaning}}</span></label>
        {{/choices}}
        </fieldset>
        {{/kinds}}
        <button>Save</button>
        </form>
        {{/showsSettings}}
        </section>
        {{#showsSettings}}
        \(FieldsBox.markup)
        {{#isLive}}
        <section class="card">
        <h2>Pipedrive's daily budget</h2>
        <p>Each call to Pipedrive costs tokens out of a daily budget that all apps of your company share. A run stops for the
        day when it would touch what is left to the others.</p>
        <form class="inline" method="post" action="/apps/pipedrive/reserve">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Percent left to other apps <input type="number" name="reserve" min="0" max="90" value="{{reserve}}" required></label>
        <button class="quiet">Save</button>
        </form>
        </section>
        {{/isLive}}
        {{/showsSettings}}
        {{/sync}}
        {{#sync}}{{#status}}
        {{#hasUsers}}
        <section class="card">
        <h2>Pipedrive users</h2>
        <ul class="plain">
        {{#users}}<li><strong>{{name}}</strong> {{remark}}</li>{{/users}}
        </ul>
        {{#isLive}}
        <p class="small">Each Pipedrive user who should see the panel gives access once.</p>
        <form method="post" action="/apps/pipedrive/install">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Add my Pipedrive user</button>
        </form>
        {{/isLive}}
        </section>
        {{/hasUsers}}
        {{#canDisconnect}}
        <section class="card">
        <h2>Disconnect</h2>
        <p>Removes the access to Pipedrive, unsubscribes the webhooks and stops further events. Contacts, products and \
        quotes that were synced stay in PayDock.</p>
        <form method="post" action="/apps/pipedrive/disconnect">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="danger">Disconnect</button>
        </form>
        </section>
        {{/canDisconnect}}
        {{/status}}{{/sync}}

        """

    private static let logsMarkup = """
        {{#logs}}
        <section class="card">
        <header class="row"><h2>The last 50 sync runs</h2>
        <a class="button quiet" href="/apps/pipedrive/changes">Live changes</a></header>
        {{#isEmpty}}
        <p class="empty">No run yet. The next one starts at 04:00 UTC, or at once with "Sync now" on the Sync tab.</p>
        {{/isEmpty}}
        {{^isEmpty}}
        <table class="list">
        <thead><tr><th>Started</th><th>By</th><th>Status</th><th>Duration</th><th>Records</th>\
        <th class="number">Tokens</th></tr></thead>
        <tbody>
        {{#runs}}
        <tr><td><a href="{{path}}">{{startedAt}}</a></td><td>{{startedBy}}</td><td><span class="tag {{tone}}">{{state}}</span></td>\
        <td>{{duration}}</td><td>{{summary}}{{#outcome}} <span class="small block">{{outcome}}</span>{{/outcome}}</td>\
        <td class="number" data-label="Tokens">{{tokens}}</td></tr>
        {{/runs}}
        </tbody>
        </table>
        {{/isEmpty}}
        </section>
        {{#hasTroubled}}
        <section class="card">
        <h2>Deliveries in trouble</h2>
        <table class="list">
        <thead><tr><th>Since</th><th>What</th><th>Status</th><th>Reason</th><th></th></tr></thead>
        <tbody>
        {{#troubled}}
        <tr><td>{{createdAt}}</td><td>{{what}}</td><td><span class="tag {{tone}}">{{state}}</span></td>\
        <td>{{reason}}</td><td><form method="post" action="/apps/pipedrive/messages/{{id}}/retry">\
        <input type="hidden" name="csrf" value="{{formToken}}"><button class="quiet">Retry</button></form></td></tr>
        {{/troubled}}
        </tbody>
        </table>
        </section>
        {{/hasTroubled}}
        {{#isHolding}}
        <section class="card">
        <h2>Needs attention: {{heldCount}} deals entered at once</h2>
        <p>Their quotes wait for your yes or no on the <a href="/apps/pipedrive?tab=triggers">Triggers tab</a>.</p>
        </section>
        {{/isHolding}}
        {{#attentionCount}}
        <section class="card">
        <header class="row"><h2>Needs attention</h2>
        <a class="button quiet" href="/apps/pipedrive/attention">Decide</a></header>
        <p>{{attentionCount}} wait for you: a record could belong to more than one contact or product, Pipedrive refused
            a change, or both sides changed the same field. What is not certain is not created, and nothing is
            guessed.</p>
        </section>
        {{/attentionCount}}
        {{#hasAudit}}
        <section class="card">
        <h2>History of the connection</h2>
        <table class="list">
        <thead><tr><th>When</th><th>What</th><th>How</th></tr></thead>
        <tbody>
        {{#audit}}
        <tr><td>{{happenedAt}}</td><td>{{action}}</td><td>{{detail}}</td></tr>
        {{/audit}}
        </tbody>
        </table>
        </section>
        {{/hasAudit}}
        {{/logs}}
        """
}
