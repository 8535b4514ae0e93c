import Domain

/// The form of a contact, filled in, and how it is read back.
struct ContactForm: Sendable {
    let action: String
    let buttonLabel: String
    let isPerson: Bool
    let name: String
    let emails: String
    let phones: String
    let street: String
    let postalCode: String
    let city: String
    let country: String
    let vatNumber: String
    let kvkNumber: String
    let language: String
    let externalID: String

    init(_ details: ContactDetails, action: String, buttonLabel: String) {
        self.action = action
        self.buttonLabel = buttonLabel
        isPerson = details.kind == .person
        name = details.name
        emails = details.emails.joined(separator: "\n")
        phones = details.phones.joined(separator: "\n")
        street = details.address.street ?? ""
        postalCode = details.address.postalCode ?? ""
        city = details.address.city ?? ""
        country = details.address.country ?? ""
        vatNumber = details.vatNumber ?? ""
        kvkNumber = details.kvkNumber ?? ""
        language = details.language ?? ""
        externalID = details.externalID ?? ""
    }

    /// Reads a form, or a query that fills one in. What the form has no field for stays as in `current`.
    static func details(_ fields: FormFields, changing current: ContactDetails? = nil) -> ContactDetails {
        var details = current ?? ContactDetails(kind: .organization, name: "")
        if let kind = fields["kind"].flatMap(Contact.Kind.init(rawValue:)) { details.kind = kind }
        details.name = String((fields.trimmed("name") ?? "").prefix(300))
        details.emails = lines(fields["emails"] ?? fields["email"])
        details.phones = lines(fields["phones"] ?? fields["phone"])
        details.address = PostalAddress(
            street: fields.trimmed("street"), postalCode: fields.trimmed("postal_code"), city: fields.trimmed("city"),
            country: fields.trimmed("country"))
        details.vatNumber = fields.trimmed("vat_number").map { String($0.prefix(255)) }
        details.kvkNumber = fields.trimmed("kvk_number").map { String($0.prefix(255)) }
        details.language = fields.trimmed("language")
        details.externalID = fields.trimmed("external_id")
        return details
    }

    private static func lines(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isNewline).compactMap { FormFields.trimmed(String($0)) }
    }

    /// The part of a template that shows a `form`.
    static let markup = """
        {{#form}}
        <form method="post" action="{{action}}">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <fieldset class="side">
        <legend>Kind</legend>
        <label class="choice"><input type="radio" name="kind" value="organization"{{^isPerson}} checked{{/isPerson}}> \
        <span>Organization</span></label>
        <label class="choice"><input type="radio" name="kind" value="person"{{#isPerson}} checked{{/isPerson}}> \
        <span>Person</span></label>
        </fieldset>
        <label>Name <input name="name" value="{{name}}" required maxlength="255"></label>
        <div class="columns">
        <label>E-mail addresses, one per line <textarea name="emails" rows="2">{{emails}}</textarea></label>
        <label>Telephone numbers, one per line <textarea name="phones" rows="2">{{phones}}</textarea></label>
        <label>Street and number <input name="street" value="{{street}}"></label>
        <label>Postal code <input name="postal_code" value="{{postalCode}}"></label>
        <label>City <input name="city" value="{{city}}"></label>
        <label>Country <input name="country" value="{{country}}"></label>
        <label>VAT number <input name="vat_number" value="{{vatNumber}}"></label>
        <label>Chamber of Commerce (KvK) number <input name="kvk_number" value="{{kvkNumber}}"></label>
        <label>Language <input name="language" value="{{language}}" maxlength="2" placeholder="nl, en or de"></label>
        <label>External id <input name="external_id" value="{{externalID}}" maxlength="255"></label>
        </div>
        <button>{{buttonLabel}}</button>
        </form>
        {{/form}}
        """
}
