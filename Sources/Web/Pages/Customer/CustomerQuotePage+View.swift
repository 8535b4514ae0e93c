extension CustomerQuotePage {
    static let template = PageTemplate(
        """
        <article class="document">
        <header>
        <p class="from">{{companyName}}</p>
        <h1>Quote {{number}}</h1>
        </header>
        {{#verdict}}<p class="notice {{verdictTone}}" role="status">{{.}}</p>{{/verdict}}
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <div class="columns">
        <address>{{contactName}}{{#addressee}}<br>{{.}}{{/addressee}}{{#addressLines}}<br>{{.}}{{/addressLines}}</address>
        <dl class="facts"><dt>Valid until</dt><dd>{{validUntil}}</dd></dl>
        </div>
        \(DocumentTable.markup)
        {{#note}}<p class="text">{{.}}</p>{{/note}}
        {{#canDecide}}
        <div class="actions noprint">
        <form method="post" action="{{path}}/accept">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>Accept</button>
        </form>
        <form method="post" action="{{path}}/decline">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="quiet">Decline</button>
        </form>
        </div>
        {{/canDecide}}
        </article>
        """)
}
