/// A page: plain values, already worded, and the template that they go into.
protocol Page: Sendable {
    /// Stands in the window's title.
    var title: String { get }
    /// Which entry of the navigation is lit.
    var section: NavigationSection? { get }
    /// The HTML between header and footer.
    static var template: PageTemplate { get }
}

extension Page {
    var section: NavigationSection? { nil }
}

/// Entries of the navigation.
enum NavigationSection: String, CaseIterable, Sendable {
    case quotes = "Quotes"
    case invoices = "Invoices"
    case contacts = "Contacts"
    case products = "Products"
    case apps = "App Store"

    var path: String {
        switch self {
        case .apps: "/apps"
        default: "/\(rawValue.lowercased())"
        }
    }
}
