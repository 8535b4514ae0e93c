extension ContactListPage {
    static let template = PageTemplate(
        """
        <header class="row"><h1>Contacts</h1><a class="button" href="/contacts/new">New contact</a></header>
        <form class="search" method="get" action="/contacts" role="search">
        <input type="search" name="search" value="{{search}}" aria-label="Name or e-mail" placeholder="Name or e-mail">
        <button class="quiet">Search</button>
        </form>
        {{#isEmpty}}
        {{#isSearching}}<p class="empty">Nobody found. Search by the beginning of a name, or by a whole e-mail \
        address.</p>{{/isSearching}}
        {{^isSearching}}<p class="empty">No contacts yet. Connect Pipedrive in the App Store to bring yours in, or make \
        one by hand.</p>{{/isSearching}}
        {{/isEmpty}}
        {{^isEmpty}}
        <table class="list">
        <thead><tr><th>Name</th><th>Kind</th><th>E-mail</th><th>City</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr><td><a href="{{path}}">{{name}}</a></td><td>{{kind}}</td><td>{{email}}</td><td>{{city}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        {{/isEmpty}}
        \(Pager.markup)
        """)
}
