extension AppStorePage {
    static let template = PageTemplate(
        """
        <h1>App Store</h1>
        <section class="card">
        <header class="row">
        <h2>Pipedrive</h2>
        {{#isConnected}}<span class="tag good">Connected to {{connectedTo}}</span>{{/isConnected}}
        </header>
        <p>Connect your Pipedrive CRM to PayDock: sync contacts and products, get quotes from deals, and see invoicing \
        events in the deal feed.</p>
        {{#isConnected}}
        <p><a class="button" href="/apps/pipedrive">Settings</a></p>
        {{/isConnected}}
        {{^isConnected}}
        <form method="post" action="/apps/pipedrive/install">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>Install</button>
        <a class="button quiet" href="/apps/pipedrive">Settings</a>
        </form>
        {{/isConnected}}
        <details{{^isConnected}} open{{/isConnected}}>
        <summary>What PayDock may do in Pipedrive</summary>
        <table class="list">
        <thead><tr><th>Scope</th><th>Used for</th></tr></thead>
        <tbody>
        {{#scopes}}
        <tr><td><code>{{name}}</code></td><td>{{use}}</td></tr>
        {{/scopes}}
        </tbody>
        </table>
        </details>
        </section>
        """)
}
