extension ProductListPage {
    static let template = PageTemplate(
        """
        <h1>Products</h1>
        <form class="search" method="get" action="/products" role="search">
        <input type="search" name="search" value="{{search}}" aria-label="Name or code" placeholder="Name or code">
        <button class="quiet">Search</button>
        </form>
        {{#isEmpty}}
        {{#isSearching}}<p class="empty">Nothing found. Search by the beginning of a name or a code.</p>{{/isSearching}}
        {{^isSearching}}<p class="empty">No products yet. Connect Pipedrive in the App Store to bring your catalog in, \
        or add products through the API.</p>{{/isSearching}}
        {{/isEmpty}}
        {{^isEmpty}}
        <table class="list">
        <thead><tr><th>Code</th><th>Name</th><th>Unit</th><th class="number">Tax</th><th class="number">Price</th></tr>\
        </thead>
        <tbody>
        {{#rows}}
        <tr><td>{{code}}</td><td>{{name}}{{^isActive}} <span class="tag">Not for sale</span>{{/isActive}}</td>\
        <td>{{unit}}</td><td class="number">{{taxRate}}</td><td class="number">{{prices}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        {{/isEmpty}}
        \(Pager.markup)
        """)
}
