extension QuotePage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/quotes">Quotes</a></p>
        <header class="row"><h1>{{title}}</h1><span class="tag {{tone}}">{{state}}</span></header>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <dl class="facts">
        <dt>Customer</dt>
        <dd><a href="{{contactPath}}">{{contactName}}</a>{{#addressee}}, {{.}}{{/addressee}}
        {{#addresseeEmail}}({{.}}){{/addresseeEmail}}</dd>
        <dt>Valid until</dt><dd>{{validUntil}}</dd>
        {{#deal}}<dt>Pipedrive</dt><dd>{{.}}</dd>{{/deal}}
        {{#externalID}}<dt>External id</dt><dd><code>{{.}}</code></dd>{{/externalID}}
        {{#decidedBy}}<dt>Accepted by</dt><dd>{{.}}</dd>{{/decidedBy}}
        {{#declineReason}}<dt>Declined because</dt><dd>{{.}}</dd>{{/declineReason}}
        {{#publicURL}}<dt>Customer's page</dt><dd><a href="{{.}}">{{.}}</a></dd>{{/publicURL}}
        </dl>
        <div class="actions">
        {{#isConcept}}
        <form method="post" action="{{path}}/send">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button{{#needsPrice}} disabled{{/needsPrice}}>Send</button>
        </form>
        {{#needsPrice}}<span class="small">Set the missing price below first.</span>{{/needsPrice}}
        {{/isConcept}}
        {{#isAccepted}}
        <form method="post" action="{{path}}/invoice">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>Make invoice</button>
        </form>
        {{/isAccepted}}
        </div>
        <section class="card">
        \(DocumentTable.markup)
        {{#note}}<p class="text">{{.}}</p>{{/note}}
        </section>
        \(QuoteOriginBox.entryMarkup)
        \(MailBox.markup)
        <div class="columns abreast">
        {{^mail}}
        <section class="card">
        <h2>E-mail to the customer</h2>
        {{#hasEmail}}
        <p><strong>{{emailSubject}}</strong></p>
        <p class="text">{{emailBody}}</p>
        {{/hasEmail}}
        {{^hasEmail}}<p class="empty">There is no e-mail text. Write one below before you send the quote.</p>{{/hasEmail}}
        </section>
        {{/mail}}
        \(QuoteOriginBox.lineMarkup)
        </div>
        \(QuoteOriginBox.exchangeMarkup)
        \(editorMarkup)
        """)

    private static let editorMarkup = """
        {{#editor}}
        <section class="card">
        <h2>Change this quote</h2>
        <form method="post" action="{{path}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <table class="lines edit">
        <thead><tr><th>Description</th><th>Quantity</th><th>Price ({{currencyCode}})</th><th>Tax %</th></tr></thead>
        <tbody>
        {{#rows}}
        <tr>
        <td data-label="Description"><input type="hidden" name="line_origin" value="{{origin}}">\
        <input name="line_description" value="{{description}}" aria-label="Description" maxlength="2000"></td>
        <td data-label="Quantity"><input name="line_quantity" value="{{quantity}}" aria-label="Quantity" \
        inputmode="decimal"{{#isText}} readonly{{/isText}}></td>
        <td data-label="Price"><input name="line_price" value="{{price}}" aria-label="Price" \
        inputmode="decimal"{{#isText}} readonly{{/isText}}></td>
        <td data-label="Tax %"><input name="line_tax" value="{{taxRate}}" aria-label="Tax percentage" \
        inputmode="decimal"{{#isText}} readonly{{/isText}}></td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        <p class="small">Clear a description to remove its line; fill an empty row to add one.</p>
        <label>Valid until <input type="date" name="valid_until" value="{{validUntilDay}}" required></label>
        <label>Pipedrive deal number <input name="deal" value="{{dealNumber}}" inputmode="numeric"></label>
        <label>Note on the quote <textarea name="note" rows="3" maxlength="5000">{{noteText}}</textarea></label>
        <label>E-mail subject <input name="email_subject" value="{{subject}}" maxlength="255"></label>
        <label>E-mail text <textarea name="email_body" rows="8" maxlength="20000">{{body}}</textarea></label>
        <button>Save</button>
        </form>
        </section>
        {{/editor}}
        """
}
