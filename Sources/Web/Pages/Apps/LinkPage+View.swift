extension LinkPage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>Connect Pipedrive</h1>
        <p>{{pipedriveUser}} installed PayDock for the Pipedrive company <strong>{{pipedriveCompany}}</strong>.</p>
        {{#target}}
        {{#mayConnect}}
        <p>Connect Pipedrive company <strong>{{pipedriveCompany}}</strong> to PayDock company \
        <strong>{{companyName}}</strong>?</p>
        <p class="small">You are logged in as {{memberEmail}}. Connect only if you started this install yourself.</p>
        {{#replaced}}
        <p class="notice">{{companyName}} was connected to the Pipedrive company <strong>{{.}}</strong> before. What was \
        linked to {{.}} rests from now on, and lives again when {{.}} is connected again. The quote trigger is switched off, \
        because stages differ from company to company.</p>
        {{/replaced}}
        <form method="post" action="/apps/pipedrive/link">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>Connect</button>
        <a class="button quiet" href="/apps">Not now</a>
        </form>
        {{/mayConnect}}
        {{^mayConnect}}
        <p class="problem">Only an owner of {{companyName}} can connect Pipedrive. You are logged in as \
        {{memberEmail}}. Log out, and log in as an owner: the install waits for one hour.</p>
        {{/mayConnect}}
        {{/target}}
        {{^target}}
        <p>Which PayDock company does it belong to?</p>
        <p class="actions">
        <a class="button" href="/login?next=%2Fapps%2Fpipedrive%2Flink">Link an existing company</a>
        <a class="button quiet" href="/signup?next=%2Fapps%2Fpipedrive%2Flink">Create a new account</a>
        </p>
        <p class="small">The install waits for you for one hour.</p>
        {{/target}}
        </section>
        """)
}
