extension ChangesPage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/apps">App Store</a> › <a href="/apps/pipedrive?tab=logs">Pipedrive logs</a></p>
        <header class="row"><h1>{{title}}</h1>
        <a class="button quiet" href="{{csvPath}}">Download CSV</a></header>
        {{#run}}
        <p>{{startedAt}}, {{startedBy}}, <span class="tag {{tone}}">{{state}}</span> {{duration}}, {{tokens}} API tokens.
        {{summary}}.</p>
        {{#outcome}}<p class="notice late">{{.}}</p>{{/outcome}}
        {{/run}}
        {{#isPreview}}<p>Nothing was written: this is what a run would do.</p>{{/isPreview}}
        {{#isLive}}<p>What travelled between runs: by webhook from Pipedrive, or because somebody changed a record in
        PayDock. The newest come first; kept for 30 days.</p>{{/isLive}}
        \(ProgressBox.markup)
        {{#isEmpty}}<p class="empty">No record was touched.</p>{{/isEmpty}}
        {{^isEmpty}}
        <section class="card">
        <table class="list changes">
        <thead><tr><th>Record</th><th>Name</th><th>What</th><th>Before and after</th></tr></thead>
        <tbody>
        {{#changes}}
        <tr><td>{{record}}<span class="small block">{{happenedAt}}</span></td>\
        <td>{{#path}}<a href="{{.}}">{{/path}}{{name}}{{#path}}</a>{{/path}}</td>\
        <td><span class="tag {{tone}}">{{what}}</span></td>\
        <td><ul class="plain values">{{#fields}}<li>{{^isReason}}<strong>{{label}}</strong> {{/isReason}}\
        {{#hasBefore}}<del>{{before}}</del> → {{/hasBefore}}{{after}}</li>{{/fields}}</ul></td></tr>
        {{/changes}}
        </tbody>
        </table>
        <p class="pager">{{#isFurther}}<a href="{{firstPath}}">First page</a>{{/isFurther}}\
        {{#nextPath}}<a href="{{.}}">Next page</a>{{/nextPath}}</p>
        </section>
        {{/isEmpty}}
        """)
}

extension ProgressBox {
    /// Shown where `progress` is there.
    static let markup = """
        {{#progress}}
        <section class="card" role="status">
        <h2>{{title}}</h2>
        <progress max="100" value="{{percent}}" aria-label="Progress">{{percent}} %</progress>
        {{#waiting}}<p class="notice">It waits, and goes on by itself: {{.}}.</p>{{/waiting}}
        <p>{{phase}}. {{records}}, {{elapsed}} so far. <span class="small">This page reloads itself.</span></p>
        </section>
        {{/progress}}
        """
}
