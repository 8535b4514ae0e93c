public import Domain

extension Company {
    /// A Dutch company.
    public static func fixture(
        id: ID = .numbered(1), name: String = "Studio Noord", currency: Currency = .eur, country: String = "NL",
        timeZone: String = "Europe/Amsterdam"
    ) -> Company {
        Company(id: id, name: name, currency: currency, country: country, timeZone: timeZone)
    }
}

extension Member {
    /// The company's owner.
    public static func fixture(
        id: ID = .numbered(2), companyID: Company.ID = .numbered(1), email: String = "anna@noord.example",
        role: Role = .owner
    ) -> Member {
        Member(id: id, companyID: companyID, email: email, role: role)
    }
}

extension Session {
    /// The owner's browser.
    public static func fixture(
        member: Member = .fixture(), company: Company = .fixture(), csrfToken: Secret = Secret("csrf"),
        tokenHash: [UInt8] = Array("session".utf8)
    ) -> Session {
        Session(member: member, company: company, csrfToken: csrfToken, tokenHash: tokenHash)
    }
}
