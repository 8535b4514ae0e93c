extension MessagePage {
    static let template = PageTemplate(
        """
        <section class="narrow card">
        <h1>{{title}}</h1>
        <p>{{message}}</p>
        <p><a class="button" href="{{actionPath}}">{{actionLabel}}</a></p>
        </section>
        """)
}
