extension DraftPage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="{{backPath}}">{{backLabel}}</a></p>
        <h1>{{title}}</h1>
        <p class="small">Asked for on {{requestedAt}}.\
        {{#isTrial}} A trial makes no quote and no contact, and writes nothing to Pipedrive.{{/isTrial}}</p>
        {{#isWaiting}}
        <p class="notice" role="status">Being drafted. This page looks again by itself.</p>
        {{#isLate}}<p class="notice late">It takes longer than usual. If it stays like this, the queue drainer may not be \
        running.</p>{{/isLate}}
        {{/isWaiting}}
        {{#reason}}<p class="problem" role="alert">{{.}}</p>{{/reason}}
        {{#comparison}}
        <section class="card">
        <h2>What would change</h2>
        {{#isEmpty}}<p class="empty">Nothing: the quote says what its deal asks for.</p>{{/isEmpty}}
        {{^isEmpty}}
        <table class="list">
        <thead><tr><th>Line</th><th>Now</th><th>On the quote</th><th></th></tr></thead>
        <tbody>
        {{#changes}}
        <tr><td>{{text}}</td><td>{{figures}}</td><td>{{#before}}{{.}}{{/before}}</td>\
        <td><span class="tag {{tone}}">{{word}}</span></td></tr>
        {{/changes}}
        </tbody>
        </table>
        {{#isEmailChanged}}<p>The e-mail below differs from the quote's.</p>{{/isEmailChanged}}
        {{#canTake}}
        <form method="post" action="{{path}}" class="actions">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="record" value="{{recordID}}">
        <button>Take lines and e-mail over</button>
        <span class="small">Replaces what quote {{number}} says. Without this nothing changes.</span>
        </form>
        {{/canTake}}
        {{/isEmpty}}
        </section>
        {{/comparison}}
        {{#draft}}
        <section class="card">
        <h2>Lines with totals</h2>
        \(DocumentTable.markup)
        {{#tableProblem}}<p class="problem">{{.}}</p>{{/tableProblem}}
        </section>
        <div class="columns abreast">
        \(DraftBox.originMarkup)
        <section class="card">
        <h2>E-mail to the customer</h2>
        <p><strong>{{emailSubject}}</strong></p>
        <p class="text">{{emailBody}}</p>
        </section>
        </div>
        \(DraftBox.exchangeMarkup)
        {{/draft}}
        """)
}
