extension LoginPage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>Log in</h1>
        {{#hasPendingInstall}}
        <p>Log in to finish connecting Pipedrive.</p>
        {{/hasPendingInstall}}
        {{#problem}}
        <p class="problem" role="alert">{{.}}</p>
        {{/problem}}
        <form method="post" action="/login">
        <input type="hidden" name="csrf" value="{{formToken}}">
        {{#next}}<input type="hidden" name="next" value="{{.}}">{{/next}}
        <label>E-mail
        <input type="email" name="email" value="{{email}}" autocomplete="username" required autofocus>
        </label>
        <label>Password
        <input type="password" name="password" autocomplete="current-password" required>
        </label>
        <button>Log in</button>
        </form>
        <p class="small"><a href="/forgot">Forgot your password?</a> · <a href="/signup{{#next}}?next={{.}}{{/next}}">No account yet?</a></p>
        </section>
        """)
}
