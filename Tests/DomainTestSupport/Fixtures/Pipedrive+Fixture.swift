public import Domain
public import FoundationEssentials

extension Credentials {
    /// Good for an hour from the fixture's now.
    public static func fixture(
        accessToken: Secret = Secret("access-1"), refreshToken: Secret = Secret("refresh-1"),
        expiresAt: Date = .fixture.addingTimeInterval(3600),
        apiOrigin: APIOrigin = APIOrigin(checked: "https://acme.pipedrive.com"),
        scopes: Set<String> = Set(Credentials.requestedScopes)
    ) -> Credentials {
        Credentials(
            accessToken: accessToken, refreshToken: refreshToken, expiresAt: expiresAt, apiOrigin: apiOrigin,
            scopes: scopes)
    }
}

extension PipedriveUser {
    /// An administrator of the Pipedrive company 77.
    public static func fixture(
        id: ID = ID(5), companyID: PipedriveCompany.ID = PipedriveCompany.ID(77), companyName: String = "Acme Pipes",
        name: String = "Bo", isAdmin: Bool = true
    ) -> PipedriveUser {
        PipedriveUser(id: id, companyID: companyID, companyName: companyName, name: name, isAdmin: isAdmin)
    }
}

extension Connection {
    /// A live connection, made a day before the fixture's now.
    public static func fixture(
        id: ID = .numbered(50), companyID: Company.ID = .numbered(1),
        pipedriveCompanyID: PipedriveCompany.ID = PipedriveCompany.ID(77), pipedriveCompanyName: String = "Acme Pipes",
        ownerUserID: PipedriveUser.ID = PipedriveUser.ID(5), state: State = .live,
        connectedAt: Date = .fixture.addingTimeInterval(-86_400)
    ) -> Connection {
        Connection(
            id: id, companyID: companyID, pipedriveCompanyID: pipedriveCompanyID,
            pipedriveCompanyName: pipedriveCompanyName, ownerUserID: ownerUserID, state: state, connectedAt: connectedAt
        )
    }
}

extension Grant {
    /// The owner's grant.
    public static func fixture(
        userID: PipedriveUser.ID = PipedriveUser.ID(5), userName: String = "Bo", isAdmin: Bool = true,
        state: State = .live
    ) -> Grant {
        Grant(userID: userID, userName: userName, isAdmin: isAdmin, state: state)
    }
}

extension Deal {
    /// An open deal in stage 3 of pipeline 1.
    public static func fixture(
        id: ID = ID(7), title: String = "New website", status: Status = .open, isDeleted: Bool = false,
        isArchived: Bool = false, pipelineID: Pipeline.ID = Pipeline.ID(1), stageID: Stage.ID = Stage.ID(3),
        currency: Currency = .eur, value: Money? = nil, personID: Person.ID? = nil,
        organizationID: Organization.ID? = nil, stageChangedAt: Date? = nil, addedAt: Date? = nil,
        customFields: [String: String] = [:]
    ) -> Deal {
        Deal(
            id: id, title: title, status: status, isDeleted: isDeleted, isArchived: isArchived, pipelineID: pipelineID,
            stageID: stageID, currency: currency, value: value, personID: personID, organizationID: organizationID,
            stageChangedAt: stageChangedAt, addedAt: addedAt, customFields: customFields)
    }
}

extension DealProduct {
    /// One piece at 89 euro, 21 % on top.
    public static func fixture(
        itemID: CatalogItem.ID? = CatalogItem.ID(11), name: String = "Design", comments: String = "",
        quantity: Quantity = .one, itemPrice: Money = Money(minorUnits: 8900, currency: .eur),
        tax: Percentage = .standard, taxMethod: TaxMethod = .exclusive, discount: Discount = .none,
        billingFrequency: BillingFrequency = .oneTime, billingCycles: Int? = nil, isEnabled: Bool = true,
        exact: ExactFigures? = nil, problem: String? = nil
    ) -> DealProduct {
        DealProduct(
            itemID: itemID, name: name, comments: comments, quantity: quantity, itemPrice: itemPrice, tax: tax,
            taxMethod: taxMethod, discount: discount, billingFrequency: billingFrequency, billingCycles: billingCycles,
            isEnabled: isEnabled,
            exact: exact, problem: problem)
    }
}

extension Person {
    /// A person with one address.
    public static func fixture(
        id: ID = ID(101), name: String = "Anna de Vries", organizationID: Organization.ID? = nil,
        emails: [String] = ["anna@klant.example"], phones: [String] = [], isDeleted: Bool = false,
        updatedAt: Date? = nil
    ) -> Person {
        Person(
            id: id, name: name, organizationID: organizationID, emails: emails, phones: phones, isDeleted: isDeleted,
            updatedAt: updatedAt)
    }
}

extension Organization {
    /// An organization.
    public static func fixture(
        id: ID = ID(201), name: String = "Klant B.V.", address: PostalAddress = PostalAddress(),
        isDeleted: Bool = false, updatedAt: Date? = nil
    ) -> Organization {
        Organization(id: id, name: name, address: address, isDeleted: isDeleted, updatedAt: updatedAt)
    }
}

extension CatalogItem {
    /// A Pipedrive product at ten euro.
    public static func fixture(
        id: ID = ID(11), name: String = "Hosting", code: String? = nil, description: String? = nil,
        unit: String? = nil, tax: Percentage = .standard, prices: [Money] = [Money(minorUnits: 1000, currency: .eur)],
        isLinkable: Bool = true, isDeleted: Bool = false, updatedAt: Date? = nil
    ) -> CatalogItem {
        CatalogItem(
            id: id, name: name, code: code, description: description, unit: unit, tax: tax, prices: prices,
            isLinkable: isLinkable, isDeleted: isDeleted, updatedAt: updatedAt)
    }
}

extension DealContext {
    /// A deal of a person, with one product.
    public static func fixture(
        deal: Deal = .fixture(), products: [DealProduct] = [.fixture()], discounts: [DealDiscount] = [],
        person: Person? = .fixture(), organization: Organization? = nil
    ) -> DealContext {
        DealContext(
            deal: deal, products: products, discounts: discounts, person: person, organization: organization)
    }
}

extension DraftingTask {
    /// What a drafter gets to see of the fixture's deal.
    public static func fixture(
        context: DealContext = .fixture(), catalog: [Product] = [], linked: [CatalogItem.ID: Product] = [:],
        language: String = "nl", companyName: String = "Studio Noord"
    ) -> DraftingTask {
        DraftingTask(
            context: context, catalog: catalog, linked: linked, language: language, companyName: companyName)
    }
}

extension DraftProposal {
    /// The deal's first product, worded by its name.
    public static func fixture(
        lines: [Line] = [Line(source: .dealProduct(0), wording: nil, quantity: .one)],
        email: EmailText = EmailText(subject: "Offerte", body: "Beste Anna,"), drafter: String = "scripted"
    ) -> DraftProposal {
        DraftProposal(lines: lines, email: email, drafter: drafter)
    }
}

extension IntegrationSettings {
    /// Everything comes in, every event goes out.
    public static func fixture(
        directions: [RecordKind: SyncDirection] = [.organization: .pull, .person: .pull, .product: .pull],
        forwardedEvents: Set<BookEvent.Kind> = Set(BookEvent.Kind.forwarded)
    ) -> IntegrationSettings {
        IntegrationSettings(directions: directions, forwardedEvents: forwardedEvents)
    }
}

extension WebhookEvent {
    /// Deal 7 entered stage 3 of pipeline 1.
    public static func fixture(
        action: Action = .change, entity: String = "deal", entityID: Int64 = 7,
        companyID: PipedriveCompany.ID = PipedriveCompany.ID(77), eventID: String = "event-1",
        occurredAt: Date? = .fixture,
        enteredStage: EnteredStage? = EnteredStage(pipelineID: Pipeline.ID(1), stageID: Stage.ID(3))
    ) -> WebhookEvent {
        WebhookEvent(
            action: action, entity: entity, entityID: entityID, companyID: companyID, eventID: eventID,
            occurredAt: occurredAt, enteredStage: enteredStage)
    }
}

extension OutboxMessage {
    /// A note's first attempt.
    public static func fixture(
        id: ID = ID(1), companyID: Company.ID = .numbered(1), kind: Kind = .note, subject: String = "",
        attempt: Int = 1, hasUnclearAttempt: Bool = false, repeatSeconds: Double = 0, isProbe: Bool = false
    ) -> OutboxMessage {
        OutboxMessage(
            id: id, companyID: companyID, kind: kind, subject: subject, attempt: attempt,
            hasUnclearAttempt: hasUnclearAttempt, isProbe: isProbe, repeatSeconds: repeatSeconds)
    }
}

extension QuoteTrigger {
    /// Stage 3 of pipeline 1 asks for a quote since an hour before the fixture's now.
    public static func fixture(
        id: ID = .numbered(60), pipelineID: Pipeline.ID = Pipeline.ID(1), stageIDs: Set<Stage.ID> = [Stage.ID(3)],
        isOn: Bool = true, language: String? = nil, validityDays: Int = 30, unmetNeeds: UnmetNeeds = .line,
        since: Date = .fixture.addingTimeInterval(-3600)
    ) -> QuoteTrigger {
        QuoteTrigger(
            id: id, pipelineID: pipelineID, stageIDs: stageIDs, isOn: isOn, language: language,
            validityDays: validityDays, unmetNeeds: unmetNeeds,
            since: Dictionary(uniqueKeysWithValues: stageIDs.map { ($0, since) }))
    }
}
