extension CustomerInvoicePage {
    static let template = PageTemplate(
        """
        <article class="document">
        <header>
        <p class="from">{{companyName}}</p>
        <h1>Invoice {{number}}</h1>
        </header>
        {{#verdict}}<p class="notice {{verdictTone}}" role="status">{{.}}</p>{{/verdict}}
        <div class="columns">
        <address>{{contactName}}{{#addressee}}<br>{{.}}{{/addressee}}{{#addressLines}}<br>{{.}}{{/addressLines}}</address>
        <dl class="facts">
        <dt>Date</dt><dd>{{issuedOn}}</dd>
        <dt>Due</dt><dd>{{dueOn}}</dd>
        {{#paid}}<dt>Paid</dt><dd>{{.}}</dd>{{/paid}}
        <dt>Still due</dt><dd><strong>{{due}}</strong></dd>
        </dl>
        </div>
        \(DocumentTable.markup)
        {{#note}}<p class="text">{{.}}</p>{{/note}}
        </article>
        """)
}
