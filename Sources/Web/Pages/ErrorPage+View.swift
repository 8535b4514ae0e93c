extension ErrorPage {
    static let template = PageTemplate(
        """
        <section class="narrow">
        <h1>{{title}}</h1>
        <p>{{message}}</p>
        <p><a class="button" href="{{backPath}}">{{backLabel}}</a></p>
        <p class="small">If this keeps happening, write to <a href="{{supportLink}}">{{supportEmail}}</a> \
        and name this reference: <code>{{reference}}</code>.</p>
        </section>
        """)
}
