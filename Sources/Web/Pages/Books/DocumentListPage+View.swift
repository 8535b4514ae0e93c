extension DocumentListPage {
    static let template = PageTemplate(
        """
        <h1>{{title}}</h1>
        <nav class="tabs" aria-label="State">
        {{#states}}
        <a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a>
        {{/states}}
        </nav>
        {{#isEmpty}}<p class="empty">{{emptyText}}</p>{{/isEmpty}}
        {{^isEmpty}}
        <table class="list">
        <thead><tr><th>Number</th><th>Customer</th><th>State</th><th>{{dayHeading}}</th>\
        <th class="number">Total</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr><td><a href="{{path}}">{{number}}</a></td><td>{{contact}}</td>\
        <td><span class="tag {{tone}}">{{state}}</span></td><td>{{day}}</td><td class="number">{{total}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        {{/isEmpty}}
        \(Pager.markup)
        """)
}
