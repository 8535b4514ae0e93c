extension PanelCustomerPage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/contacts">Contacts</a></p>
        <header class="row"><h1>{{title}}</h1></header>
        <p>For {{origin}}. Once saved, the customer is linked and you are back in Pipedrive.\
        {{#returnAddress}} <a href="{{.}}">Back without saving</a>{{/returnAddress}}</p>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        {{#isUnseen}}<p class="empty">Its details are being fetched from Pipedrive. Reload this page in a moment to have \
        the form filled in, or fill it in yourself.</p>{{/isUnseen}}
        {{#hasNobody}}<p class="empty">This deal has neither a person nor an organization in Pipedrive. The customer is \
        made all the same; give the deal one in Pipedrive, and the panel shows it.</p>{{/hasNobody}}
        {{#hasCandidates}}
        <section class="card">
        <h2>Is it one of these?</h2>
        <ul class="plain">
        {{#candidates}}
        <li class="row"><span><a href="{{path}}">{{name}}</a> <span class="small">{{detail}}</span></span>
        <form method="post" action="{{linkPath}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="contact" value="{{contactID}}">
        <button class="quiet">Link this customer</button>
        </form></li>
        {{/candidates}}
        </ul>
        </section>
        {{/hasCandidates}}
        <section class="card">
        \(ContactForm.markup)
        </section>
        """)
}
