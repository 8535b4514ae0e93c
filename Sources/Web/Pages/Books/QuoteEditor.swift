import Domain

/// The form by which a concept is changed, and how it is read back.
struct QuoteEditor: Sendable {
    let rows: [Row]
    let subject: String
    let body: String
    let validUntilDay: String
    let noteText: String
    let currencyCode: String
    let dealNumber: String

    /// One line of the form; empty rows add lines.
    struct Row: Sendable {
        /// Which line of the quote this was; empty for a new one.
        let origin: String
        let description: String
        let isText: Bool
        let quantity: String
        let price: String
        let taxRate: String
    }

    private static let spareRows = 2

    init(_ quote: Quote) {
        let currency = quote.content.currency
        let lines = quote.content.lines.enumerated().map { index, line in
            Row(
                origin: String(index), description: line.description, isText: line.isTextLine,
                quantity: line.isTextLine ? "" : line.quantity.description,
                price: line.unitPrice.map { Money(minorUnits: $0, currency: currency).decimalText } ?? "",
                taxRate: line.isTextLine ? "" : line.tax.description)
        }
        let spare = Row(origin: "", description: "", isText: false, quantity: "", price: "", taxRate: "")
        rows = lines + Array(repeating: spare, count: Self.spareRows)
        subject = quote.email.subject
        body = quote.email.body
        validUntilDay = quote.validUntil.description
        noteText = quote.content.note ?? ""
        currencyCode = currency.code
        dealNumber = quote.content.dealID.map { "\($0)" } ?? ""
    }

    /// The form as it was sent, to be corrected.
    init(_ quote: Quote, sent form: FormFields) {
        rows = Self.rows(form).map { row in
            let origin = Int(row.origin).flatMap {
                quote.content.lines.indices.contains($0) ? quote.content.lines[$0] : nil
            }
            return Row(
                origin: row.origin, description: row.description, isText: origin?.isTextLine ?? false,
                quantity: row.quantity, price: row.price, taxRate: row.taxRate)
        }
        subject = form["email_subject"] ?? ""
        body = form["email_body"] ?? ""
        validUntilDay = form["valid_until"] ?? ""
        noteText = form["note"] ?? ""
        currencyCode = quote.content.currency.code
        dealNumber = form["deal"] ?? ""
    }

    /// What the form says.
    struct Revision: Sendable {
        let content: DocumentContent
        let email: EmailText
        let validUntil: CalendarDay
    }

    /// Reads the form. A row without a description is a line taken away. Throws `invalid` with a sentence per field.
    static func revision(_ form: FormFields, of quote: Quote) throws -> Revision {
        var problems: [String: String] = [:]
        var content = quote.content
        content.lines = rows(form).enumerated().compactMap { index, row in
            line(row, quote.content, problems: &problems, number: index + 1)
        }
        content.note = form.trimmed("note")
        content.dealID = deal(form.trimmed("deal"), problems: &problems)
        let validUntil = form.trimmed("valid_until").flatMap(CalendarDay.init)
        if validUntil == nil { problems["valid_until"] = "Valid until has to be a date such as 2026-04-11." }
        guard problems.isEmpty, let validUntil else {
            let sentences = problems.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
            throw Refusal(.invalid, sentences, fields: problems)
        }
        let email = EmailText(
            subject: form.trimmed("email_subject") ?? "", body: lineFeeds(form["email_body"] ?? ""))
        return Revision(content: content, email: email, validUntil: validUntil)
    }

    private static func deal(_ text: String?, problems: inout [String: String]) -> Deal.ID? {
        guard let text else { return nil }
        guard let number = Int64(text), number > 0 else {
            problems["deal"] = "The deal has to be Pipedrive's number of it."
            return nil
        }
        return Deal.ID(number)
    }

    private static func rows(_ form: FormFields) -> [Row] {
        let (origins, descriptions) = (form.all("line_origin"), form.all("line_description"))
        let (quantities, prices, taxes) = (form.all("line_quantity"), form.all("line_price"), form.all("line_tax"))
        func at(_ values: [String], _ index: Int) -> String {
            values.indices.contains(index) ? FormFields.trimmed(values[index]) ?? "" : ""
        }
        return descriptions.indices.map { index in
            Row(
                origin: at(origins, index), description: at(descriptions, index), isText: false,
                quantity: at(quantities, index), price: at(prices, index), taxRate: at(taxes, index))
        }
    }

    private static func line(
        _ row: Row, _ content: DocumentContent, problems: inout [String: String], number: Int
    ) -> DocumentLine? {
        guard !row.description.isEmpty else { return nil }
        let origin = Int(row.origin).flatMap { content.lines.indices.contains($0) ? content.lines[$0] : nil }
        var line = origin ?? DocumentLine(description: "", unitPrice: nil, tax: .zero)
        line.description = row.description
        guard !line.isTextLine else { return line }
        if let quantity = decimal(row.quantity.isEmpty ? "1" : row.quantity).flatMap(Quantity.init) {
            line.quantity = quantity
        } else {
            problems["line_quantity.\(number)"] = "The quantity of line \(number) has to be a number."
        }
        if let tax = decimal(row.taxRate.isEmpty ? "0" : row.taxRate).flatMap(Percentage.init) {
            line.tax = tax
        } else {
            problems["line_tax.\(number)"] = "The tax of line \(number) has to be between 0 and 100."
        }
        price(row.price, content.currency, &line, problems: &problems, number: number)
        return line
    }

    private static func price(
        _ text: String, _ currency: Currency, _ line: inout DocumentLine, problems: inout [String: String], number: Int
    ) {
        guard !text.isEmpty else {
            line.unitPrice = nil
            return
        }
        guard let amount = decimal(text), amount.scale <= currency.decimalDigits,
            let money = Money(amount, currency: currency)
        else {
            problems["line_price.\(number)"] =
                "The price of line \(number) has to be an amount with at most \(currency.decimalDigits) decimals."
            return
        }
        line.unitPrice = money.minorUnits
        line.flag = nil
    }

    /// People write `12,50` as well as `12.50`.
    static func decimal(_ text: String) -> ScaledDecimal? {
        ScaledDecimal(text.contains(".") ? text : String(text.map { $0 == "," ? "." : $0 }))
    }

    /// Browsers send CR LF.
    private static func lineFeeds(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" && $0 != "\0" }))
    }
}
