extension ContactPage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/contacts">Contacts</a></p>
        <header class="row"><h1>{{title}}</h1>{{#isArchived}}<span class="tag">Archived</span>{{/isArchived}}</header>
        {{#origin}}<p>For {{.}}. Give the contact the same e-mail address as in Pipedrive, and the sync links the two.</p>\
        {{/origin}}
        {{#organizationPath}}<p><a href="{{.}}">Its organization</a></p>{{/organizationPath}}
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        {{^isNew}}
        <section class="card">
        <h2>Documents</h2>
        {{#hasDocuments}}
        <ul class="plain">
        {{#documents}}
        <li><a href="{{path}}">{{label}}</a> <span class="tag {{tone}}">{{state}}</span></li>
        {{/documents}}
        </ul>
        {{/hasDocuments}}
        {{^hasDocuments}}<p class="empty">No quotes or invoices yet.</p>{{/hasDocuments}}
        </section>
        {{/isNew}}
        <section class="card">
        \(ContactForm.markup)
        </section>
        {{#deletePath}}
        <form method="post" action="{{.}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button class="danger quiet">Delete contact</button>
        <span class="small">Nothing is deleted in Pipedrive.</span>
        </form>
        {{/deletePath}}
        """)
}
