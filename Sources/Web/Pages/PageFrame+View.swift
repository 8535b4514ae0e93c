extension PageFrame {
    static let template = PageTemplate(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{pageTitle}} · PayDock</title>
        <link rel="stylesheet" href="{{stylesheet}}">
        </head>
        <body{{#isPlain}} class="plain"{{/isPlain}}>
        <a class="skip" href="#content">Skip to content</a>
        {{^isPlain}}
        <header class="bar">
        <a class="brand" href="/">PayDock</a>
        {{#member}}
        <nav aria-label="Main">
        {{#entries}}
        <a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}</a>
        {{/entries}}
        </nav>
        <form class="who" method="post" action="/logout">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <a href="/settings/members">Members</a>
        <a href="/settings/api">API keys</a>
        <a href="/settings/password">Password</a>
        <span title="{{memberEmail}}">{{companyName}}</span>
        <button class="quiet">Log out</button>
        </form>
        {{/member}}
        </header>
        {{/isPlain}}
        <main id="content">
        {{#notice}}
        <p class="notice" role="status">{{.}}</p>
        {{/notice}}
        {{{content}}}
        </main>
        <footer>
        {{#isPlain}}<p>Sent with PayDock.</p>{{/isPlain}}
        {{^isPlain}}<p>Need help? <a href="mailto:{{supportEmail}}">{{supportEmail}}</a></p>{{/isPlain}}
        </footer>
        </body>
        </html>

        """)
}
