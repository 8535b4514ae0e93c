extension APIKeysPage {
    static let template = PageTemplate(
        """
        <h1>API keys</h1>
        <p>A key lets a program read and change all your books through the <a href="/api/v1/openapi.json">regular \
        API</a>.</p>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        {{#fresh}}
        <section class="card" role="status">
        <h2>Your new key</h2>
        <p><code>{{.}}</code></p>
        <p>Copy it now: it is shown this once, and nobody can look it up later.</p>
        </section>
        {{/fresh}}
        <table>
        <thead><tr><th>Name</th><th>Made</th><th>Last used</th><th></th></tr></thead>
        <tbody>
        {{#rows}}
        <tr>
        <td data-label="Name">{{name}}</td>
        <td data-label="Made">{{made}}</td>
        <td data-label="Last used">{{lastUsed}}</td>
        <td>
        {{#revoked}}{{.}}{{/revoked}}
        {{^revoked}}
        <form method="post" action="{{revokePath}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Revoke</button>
        </form>
        {{/revoked}}
        </td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        {{^rows}}<p class="empty">There is no key yet.</p>{{/rows}}
        <form class="inline card" method="post" action="/settings/api">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Name of the new key <input name="name" maxlength="100" required></label>
        <button>Make key</button>
        </form>
        """)
}
