extension AccountNotePage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>{{title}}</h1>
        <p>{{paragraph}}</p>
        <pre><code>{{command}}</code></pre>
        <p class="small">Not your server? Write to <a href="mailto:{{supportEmail}}">{{supportEmail}}</a>.</p>
        <p><a class="button" href="/login">Back to log in</a></p>
        </section>
        """)
}
