extension PasswordPage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>Password</h1>
        <p>You log in as {{email}}.</p>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <form method="post" action="/settings/password">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="email" value="{{email}}" autocomplete="username">
        <label>Present password
        <input type="password" name="password" autocomplete="current-password" required>
        </label>
        <label>New password, at least 8 characters
        <input type="password" name="new_password" autocomplete="new-password" minlength="8" required>
        </label>
        <button>Change the password</button>
        </form>
        <p class="small">Every other browser that is logged in as you is logged out.</p>
        </section>
        """)
}

extension ForgotPage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>{{title}}</h1>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        {{#isMailing}}
        <p>We mail you a link by which you choose a new one.</p>
        <form method="post" action="/forgot">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <label>E-mail
        <input type="email" name="email" value="{{email}}" autocomplete="username" required autofocus>
        </label>
        <button>Mail me a link</button>
        </form>
        {{/isMailing}}
        {{^isMailing}}
        <p>Passwords on this server are reset by whoever runs it. Ask them, or do it yourself:</p>
        <pre><code>paydock member reset --email you@example.com</code></pre>
        <p class="small">Not your server? Write to <a href="mailto:{{supportEmail}}">{{supportEmail}}</a>.</p>
        {{/isMailing}}
        <p class="small"><a href="/login">Back to log in</a></p>
        </section>
        """)
}

extension LinkPasswordPage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>{{title}}</h1>
        <p>{{paragraph}}</p>
        {{#problem}}<p class="problem" role="alert">{{.}}</p>{{/problem}}
        <form method="post" action="{{path}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <input type="hidden" name="email" value="{{email}}" autocomplete="username">
        <label>New password, at least 8 characters
        <input type="password" name="new_password" autocomplete="new-password" minlength="8" required autofocus>
        </label>
        <button>{{button}}</button>
        </form>
        </section>
        """)
}
