extension AttentionPage {
    static let template = PageTemplate(
        """
        <p class="crumb"><a href="/apps">App Store</a> › <a href="/apps/pipedrive">Pipedrive</a></p>
        <h1>Needs attention</h1>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <p>What is not certain is left to you: nothing is guessed, and nothing is created twice.</p>
        {{#pending}}<p class="notice">{{.}} that you decided are being done; reload in a moment.</p>{{/pending}}
        {{#hasSorts}}<nav class="pager" aria-label="On this page">
        {{#hasGroups}}<a href="#who">Who is this?</a>{{/hasGroups}}
        {{#hasConflicts}}<a href="#conflicts">Both sides changed the same field</a>{{/hasConflicts}}
        {{#hasOurs}}<a href="#ours">Could not go to Pipedrive</a>{{/hasOurs}}
        </nav>{{/hasSorts}}
        {{#isEmpty}}<p class="empty">Nothing waits for you.</p>{{/isEmpty}}
        \(groupsMarkup)\(Pager.markup(of: "matchPager"))
        \(conflictsMarkup)\(Pager.markup(of: "conflictPager"))
        \(oursMarkup)\(Pager.markup(of: "ourPager"))
        \(ignoredMarkup)
        """)

    private static let groupsMarkup = """
        {{#hasGroups}}<h2 id="who">Who is this?</h2>{{/hasGroups}}
        {{#groups}}
        <section class="card">
        <h3>{{title}}</h3>
        {{#shared}}<p>{{.}}</p>{{/shared}}
        {{#matches}}
        <div class="match">
        <p class="small">{{reason}}</p>
        <form method="post" action="/apps/pipedrive/attention/match">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="kind" value="{{kind}}"><input type="hidden" name="record" value="{{recordID}}">
        <div class="sides">
        <div class="side"><p class="small">{{record}}</p><p><strong>{{name}}</strong></p>
        <dl class="facts">{{#values}}<dt>{{label}}</dt><dd>{{text}}</dd>{{/values}}</dl></div>
        {{#candidates}}
        <div class="side ours"><p class="small">In PayDock</p><p><strong><a href="{{path}}">{{name}}</a></strong></p>
        <dl class="facts">{{#values}}<dt>{{label}}</dt><dd>{{text}}</dd>{{/values}}</dl>
        {{#remark}}<p class="small">{{.}}</p>{{/remark}}
        {{#canLink}}<button class="quiet" name="choice" value="{{localID}}">{{linkLabel}}</button>{{/canLink}}</div>
        {{/candidates}}
        </div>
        <p class="actions">
        {{#canCreate}}<button class="quiet" name="choice" value="create">{{createLabel}}</button>
        <button class="quiet" name="choice" value="ignore">Ignore</button>{{/canCreate}}
        {{#isMerge}}<button class="quiet" name="choice" value="ignore">Seen: leave it like this</button>{{/isMerge}}
        </p>
        </form>
        </div>
        {{/matches}}
        </section>
        {{/groups}}
        """

    private static let conflictsMarkup = """
        {{#hasConflicts}}
        <h2 id="conflicts">Both sides changed the same field</h2>
        {{#conflicts}}
        <section class="card">
        <h3><a href="{{path}}">{{name}}</a>: {{label}}</h3>
        <p class="small">{{record}}, {{noticedAt}}. The later change was kept.</p>
        <form method="post" action="/apps/pipedrive/attention/conflict">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="kind" value="{{kind}}"><input type="hidden" name="ours" value="{{localID}}">
        <input type="hidden" name="field" value="{{field}}">
        <div class="sides">
        <div class="side ours"><p class="small">Kept, from {{keptBy}}</p><p><strong>{{kept}}</strong></p>
        <button class="quiet" name="choice" value="kept">Keep this one</button></div>
        <div class="side"><p class="small">Not kept, from {{lostBy}}</p><p><strong>{{lost}}</strong></p>
        <button class="quiet" name="choice" value="other">Use the other one</button></div>
        </div>
        </form>
        </section>
        {{/conflicts}}
        {{/hasConflicts}}
        """

    private static let oursMarkup = """
        {{#hasOurs}}
        <h2 id="ours">Could not go to Pipedrive</h2>
        {{#ours}}
        <section class="card">
        <h3><a href="{{path}}">{{name}}</a></h3>
        <p>{{record}}. {{reason}}</p>
        {{#answer}}<p class="problem">Pipedrive says: {{.}}</p>{{/answer}}
        <form class="actions" method="post" action="/apps/pipedrive/attention/ours">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="kind" value="{{kind}}"><input type="hidden" name="ours" value="{{localID}}">
        {{#isRefused}}<button class="quiet" name="choice" value="retry">Try again</button>{{/isRefused}}
        {{^isRefused}}<button class="quiet" name="choice" value="create">Create in Pipedrive</button>{{/isRefused}}
        <button class="quiet" name="choice" value="ignore">Ignore</button>
        </form>
        </section>
        {{/ours}}
        {{/hasOurs}}
        """

    private static let ignoredMarkup = """
        {{#hasIgnored}}
        <details>
        <summary>Ignored</summary>
        <ul class="plain">
        {{#ignored}}
        <li class="row"><span><strong>{{name}}</strong> {{record}}</span>
        <form method="post" action="/apps/pipedrive/attention/{{#isOurs}}ours{{/isOurs}}{{^isOurs}}match{{/isOurs}}">
        <input type="hidden" name="csrf" value="{{formToken}}"><input type="hidden" name="kind" value="{{kind}}">
        <input type="hidden" name="{{#isOurs}}ours{{/isOurs}}{{^isOurs}}record{{/isOurs}}" value="{{id}}">
        <button class="quiet" name="choice" value="reopen">Ask again</button></form></li>
        {{/ignored}}
        </ul>
        </details>
        {{/hasIgnored}}
        """
}
