public import Domain
public import FoundationEssentials

extension Percentage {
    /// The Dutch standard rate of 21 %.
    public static let standard = Percentage(basisPoints: 2100)
}

extension ContactDetails {
    /// A person with one address.
    public static func fixture(
        kind: Contact.Kind = .person, name: String = "Anna de Vries", organizationID: Contact.ID? = nil,
        emails: [String] = ["anna@klant.example"], phones: [String] = [], address: PostalAddress = PostalAddress(),
        vatNumber: String? = nil, kvkNumber: String? = nil, language: String? = nil, externalID: String? = nil
    ) -> ContactDetails {
        ContactDetails(
            kind: kind, name: name, organizationID: organizationID, emails: emails, phones: phones, address: address,
            vatNumber: vatNumber, kvkNumber: kvkNumber, language: language, externalID: externalID)
    }
}

extension Contact {
    /// A stored person.
    public static func fixture(
        id: ID = .numbered(10), createdAt: Date = .fixture, updatedAt: Date = .fixture, isArchived: Bool = false,
        details: ContactDetails = .fixture()
    ) -> Contact {
        Contact(id: id, createdAt: createdAt, updatedAt: updatedAt, isArchived: isArchived, details: details)
    }
}

extension ProductDetails {
    /// An active product at ten euro with 21 %.
    public static func fixture(
        code: String? = nil, name: String = "Hosting", description: String? = nil, unit: String? = nil,
        tax: Percentage = .standard, prices: [Money] = [Money(minorUnits: 1000, currency: .eur)], isActive: Bool = true
    ) -> ProductDetails {
        ProductDetails(
            code: code, name: name, description: description, unit: unit, tax: tax, prices: prices, isActive: isActive)
    }
}

extension Product {
    /// A stored product.
    public static func fixture(
        id: ID = .numbered(20), createdAt: Date = .fixture, updatedAt: Date = .fixture,
        details: ProductDetails = .fixture()
    ) -> Product {
        Product(id: id, createdAt: createdAt, updatedAt: updatedAt, details: details)
    }
}

extension DocumentLine {
    /// One piece at a hundred euro without tax, 21 % on top.
    public static func fixture(
        description: String = "Advice", quantity: Quantity = .one, unitPrice: Int64? = 10_000,
        taxMethod: TaxMethod = .exclusive, tax: Percentage = .standard, discount: Discount = .none,
        productID: Product.ID? = nil, isTextLine: Bool = false, billingFrequency: BillingFrequency = .oneTime,
        flag: String? = nil
    ) -> DocumentLine {
        DocumentLine(
            description: description, quantity: quantity, unitPrice: unitPrice, taxMethod: taxMethod, tax: tax,
            discount: discount, productID: productID, isTextLine: isTextLine, billingFrequency: billingFrequency,
            flag: flag)
    }
}

extension DocumentContent {
    /// One line for the fixture's contact: 121.00 with tax.
    public static func fixture(
        contactID: Contact.ID = .numbered(10), addressee: String? = nil, addresseeEmail: String? = nil,
        currency: Currency = .eur, lines: [DocumentLine] = [.fixture()], externalID: String? = nil,
        dealID: Deal.ID? = nil, leadID: String? = nil, note: String? = nil
    ) -> DocumentContent {
        DocumentContent(
            contactID: contactID, addressee: addressee, addresseeEmail: addresseeEmail, currency: currency,
            lines: lines, externalID: externalID, dealID: dealID, leadID: leadID, note: note)
    }
}

extension Quote {
    /// A concept, valid for 30 days.
    public static func fixture(
        id: ID = .numbered(30), number: String = "Q2026-0001", state: State = .concept,
        content: DocumentContent = .fixture(), email: EmailText = .empty,
        validUntil: CalendarDay = .fixture.adding(days: 30), publicToken: String = "quote-token",
        createdAt: Date = .fixture, updatedAt: Date = .fixture
    ) -> Quote {
        Quote(
            id: id, number: number, state: state, content: content, email: email, validUntil: validUntil,
            publicToken: publicToken, createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension NewQuote {
    /// A quote before it has a number.
    public static func fixture(
        content: DocumentContent = .fixture(), email: EmailText = .empty, validUntil: CalendarDay? = nil,
        publicToken: String = "quote-token", today: CalendarDay = .fixture
    ) -> NewQuote {
        NewQuote(content: content, email: email, validUntil: validUntil, publicToken: publicToken, today: today)
    }
}

extension Invoice {
    /// A concept, due in 30 days.
    public static func fixture(
        id: ID = .numbered(40), number: String = "2026-0001", state: State = .concept,
        content: DocumentContent = .fixture(), quoteID: Quote.ID? = nil, issuedOn: CalendarDay = .fixture,
        dueOn: CalendarDay = .fixture.adding(days: 30), paid: Int64 = 0, isOverdue: Bool = false,
        publicToken: String = "invoice-token", createdAt: Date = .fixture, updatedAt: Date = .fixture
    ) -> Invoice {
        Invoice(
            id: id, number: number, state: state, content: content, quoteID: quoteID, issuedOn: issuedOn, dueOn: dueOn,
            paid: paid, isOverdue: isOverdue, publicToken: publicToken, createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension NewInvoice {
    /// An invoice before it has a number.
    public static func fixture(
        content: DocumentContent = .fixture(), quoteID: Quote.ID? = nil, issuedOn: CalendarDay = .fixture,
        dueOn: CalendarDay? = nil, publicToken: String = "invoice-token"
    ) -> NewInvoice {
        NewInvoice(content: content, quoteID: quoteID, issuedOn: issuedOn, dueOn: dueOn, publicToken: publicToken)
    }
}

extension NewSubscription {
    /// An active monthly agreement.
    public static func fixture(
        name: String = "Care plan", content: DocumentContent = .fixture(),
        intervalUnit: Subscription.IntervalUnit = .month, intervalCount: Int = 1, startsOn: CalendarDay = .fixture,
        state: Subscription.State = .active
    ) -> NewSubscription {
        NewSubscription(
            name: name, content: content, intervalUnit: intervalUnit, intervalCount: intervalCount, startsOn: startsOn,
            state: state)
    }
}

extension EventDocument {
    /// What a quote for a deal says.
    public static func fixture(
        number: String = "Q2026-0001", total: Money = Money(minorUnits: 12_100, currency: .eur),
        isQuote: Bool = true, contactName: String = "Anna de Vries", dealID: Deal.ID? = Deal.ID(7),
        leadID: String? = nil
    ) -> EventDocument {
        EventDocument(
            number: number, total: total, isQuote: isQuote, contactName: contactName, dealID: dealID, leadID: leadID)
    }
}
