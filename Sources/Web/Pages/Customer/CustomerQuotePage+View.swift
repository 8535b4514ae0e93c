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
        <section class="card noprint">
        <h2>Accept this quote</h2>
        <form method="post" action="{{path}}/accept">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Your name <input name="name" value="{{typedName}}" autocomplete="name" maxlength="200" required></label>
        <label>Your e-mail <input type="email" name="email" value="{{typedEmail}}" autocomplete="email" \
        maxlength="254" required></label>
        <button>Accept</button>
        </form>
        <details>
        <summary>Decline instead</summary>
        <form method="post" action="{{path}}/decline">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>Why, if you want to say <textarea name="reason" rows="3" maxlength="2000">{{typedReason}}</textarea>\
        </label>
        <button class="quiet">Decline</button>
        </form>
        </details>
        </section>
        {{/canDecide}}
        </article>
        """)
}
