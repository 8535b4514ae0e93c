extension InvoicePage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/invoices">Invoices</a></p>
        <header class="row"><h1>{{title}}</h1><span class="tag {{tone}}">{{state}}</span></header>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <dl class="facts">
        <dt>Customer</dt><dd><a href="{{contactPath}}">{{contactName}}</a></dd>
        <dt>Date</dt><dd>{{issuedOn}}</dd>
        <dt>Due</dt><dd>{{dueOn}}</dd>
        <dt>Paid</dt><dd>{{paid}}</dd>
        <dt>Still due</dt><dd>{{due}}</dd>
        {{#deal}}<dt>Pipedrive</dt><dd>{{.}}</dd>{{/deal}}
        {{#quotePath}}<dt>From</dt><dd><a href="{{.}}">its quote</a></dd>{{/quotePath}}
        {{#publicURL}}<dt>Customer's page</dt><dd><a href="{{.}}">{{.}}</a></dd>{{/publicURL}}
        </dl>
        {{#isConcept}}
        <form method="post" action="{{path}}/send">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>Send</button>
        </form>
        {{/isConcept}}
        {{#isOpen}}
        <form class="inline card" method="post" action="{{path}}/payments">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Amount received ({{currencyCode}}) <input name="amount" value="{{dueAmount}}" inputmode="decimal" \
        required></label>
        <label>On <input type="date" name="paid_on"></label>
        <button>Register payment</button>
        </form>
        {{/isOpen}}
        <section class="card">
        \(DocumentTable.markup)
        {{#note}}<p class="text">{{.}}</p>{{/note}}
        </section>
        \(MailBox.markup)
        """)
}
