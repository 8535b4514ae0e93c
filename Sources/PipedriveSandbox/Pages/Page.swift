/// What every page has around its content.
struct Page {
    /// The app that this sandbox lets users install.
    static let appName = "PayDock"
    /// The name that its panel is registered under.
    static let panelName = "PayDock invoices"

    let title: String
    /// The word of the navigation that is marked.
    let place: String
    let company: String
    let viewer: User
    let users: [User]
    let companies: [(id: Int, name: String)]
    let companyID: Int
    /// Where one returns after choosing another user.
    let path: String
    /// The theme that was chosen; nil follows the reader's device.
    let isDark: Bool?
    var content: HTML = ""

    private static let places: [(name: String, path: String)] = [
        ("Deals", "/"), ("Persons", "/persons"), ("Organizations", "/organizations"), ("Products", "/products"),
        ("Marketplace", "/marketplace"), ("Traffic", "/traffic"),
        ("Model", "/model"),
    ]

    func reply(status: Int = 200) -> Reply { .html(html.text, status: status) }

    private var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="en"\(theme)><head><meta charset="utf-8"><title>\(title) – \(company)</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/style.css">
        <script src="/assets/page.js" defer></script></head>
        <body><header class="top"><a class="brand" href="/"><span class="mark">p</span>\(company)<small>sandbox</small></a>
        <nav>\(Self.places.map(link))</nav>\(companyForm)\(viewerForm)\(themeForm)</header>
        <main>\(content)</main></body></html>
        """
    }

    private var theme: HTML { isDark.map { $0 ? " data-theme=\"dark\"" : " data-theme=\"light\"" } ?? "" }

    private var themeForm: HTML {
        let other = isDark == true ? "light" : "dark"
        return """
            <form method="post" action="/theme"><input type="hidden" name="back" value="\(path)">
            <button class="theme" name="theme" value="\(other)" aria-label="Turn \(other)" title="Turn \(other)">◐</button></form>
            """
    }

    private func link(_ item: (name: String, path: String)) -> HTML {
        item.name == place
            ? "<a href=\"\(item.path)\" aria-current=\"page\">\(item.name)</a>"
            : "<a href=\"\(item.path)\">\(item.name)</a>"
    }

    private var companyForm: HTML {
        if companies.count < 2 { return .nothing }
        let options = companies.map { item -> HTML in
            item.id == companyID
                ? "<option value=\"\(item.id)\" selected>\(item.name)</option>"
                : "<option value=\"\(item.id)\">\(item.name)</option>"
        }
        return """
            <form class="viewer" method="post" action="/company">
            <label>Company <select name="company_id" data-submits>\(options)</select></label>
            <button class="quiet" data-spare>Switch</button></form>
            """
    }

    private var viewerForm: HTML {
        let options = users.map { user -> HTML in
            user.id == viewer.id
                ? "<option value=\"\(user.id)\" selected>\(user.name)</option>"
                : "<option value=\"\(user.id)\">\(user.name)</option>"
        }
        return """
            <form class="viewer" method="post" action="/viewer"><input type="hidden" name="back" value="\(path)">
            <label>View as <select name="user_id" data-submits>\(options)</select></label>
            <button class="quiet" data-spare>Switch</button></form>
            """
    }
}
