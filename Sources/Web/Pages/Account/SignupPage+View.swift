extension SignupPage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>Sign up</h1>
        {{#problem}}
        <p class="problem" role="alert">{{.}}</p>
        {{/problem}}
        <form method="post" action="/signup">
        <input type="hidden" name="csrf" value="{{formToken}}">
        {{#next}}<input type="hidden" name="next" value="{{.}}">{{/next}}
        <label>Company
        <input name="company" value="{{company}}" autocomplete="organization" maxlength="200" required autofocus>
        </label>
        <label>E-mail
        <input type="email" name="email" value="{{email}}" autocomplete="username" required>
        </label>
        <label>Password, at least 8 characters
        <input type="password" name="password" autocomplete="new-password" minlength="8" required>
        </label>
        <button>Make the account</button>
        </form>
        <p class="small">You have an account? <a href="/login{{#next}}?next={{.}}{{/next}}">Log in</a></p>
        </section>
        """)
}
