import HTTPTypes

/// The operations in use, as Pipedrive's official OpenAPI files of August 2026 describe them.
///
/// Version 2 wherever it exists; notes, users and webhooks exist in version 1 only.
enum PipedriveFacts {
    static let all = [
        deal, deals, dealProducts, dealDiscounts, dealFields, person, persons, organization, organizations, product,
        products, addPerson, changePerson, addOrganization, changeOrganization, addProduct, changeProduct,
        variations, changeVariation,
        personFields, organizationFields, productFields,
        pipelines, stages, currentUser, addNote, notes, addWebhook, webhooks, deleteWebhook, authorize, exchangeCode,
        refreshToken, revokeToken,
    ]

    /// The most records that a list answers at once.
    static let pageLimit = 500
    /// The most notes that are looked through for a reference.
    static let noteLimit = 100

    private typealias Fields = [String: PipedriveOperation.FieldType]

    private static let paging: Fields = ["limit": .integer, "cursor": .string, "sort_by": .string]
    private static let nextCursor: Fields = ["additional_data.next_cursor": .string]

    /// Puts the place of the record before each field's name.
    private static func fields(_ names: Fields, under place: String, and others: Fields = [:]) -> Fields {
        var result = others
        for (name, type) in names { result["\(place).\(name)"] = type }
        return result
    }

    // MARK: Deals

    static let deal = PipedriveOperation(
        interface: .v2, method: .get, path: "/deals/{id}",
        responseFields: fields(
            [
                "id": .integer, "title": .string, "status": .string, "is_deleted": .boolean, "is_archived": .boolean,
                "pipeline_id": .integer, "stage_id": .integer, "currency": .string, "value": .number,
                "person_id": .integer, "org_id": .integer, "stage_change_time": .string, "add_time": .string,
                "custom_fields": .object,
            ], under: "data"),
        tokenCost: 1)

    static let deals = PipedriveOperation(
        interface: .v2, method: .get, path: "/deals",
        query: [
            "limit": .integer, "cursor": .string, "sort_by": .string, "pipeline_id": .integer, "ids": .string,
            "updated_since": .string,
        ],
        responseFields: fields(
            [
                "id": .integer, "status": .string, "is_deleted": .boolean, "is_archived": .boolean,
                "stage_id": .integer, "person_id": .integer, "org_id": .integer, "stage_change_time": .string,
                "add_time": .string,
            ], under: "data[]", and: nextCursor),
        tokenCost: 10)

    static let dealProducts = PipedriveOperation(
        interface: .v2, method: .get, path: "/deals/{id}/products", query: paging,
        responseFields: fields(
            [
                "product_id": .integer, "product_variation_id": .integer, "name": .string, "comments": .string,
                "quantity": .number,
                "item_price": .number, "currency": .string, "tax": .number, "tax_method": .string,
                "discount": .number, "discount_type": .string, "billing_frequency": .string,
                "billing_frequency_cycles": .integer, "is_enabled": .boolean, "order_nr": .integer,
            ], under: "data[]", and: nextCursor),
        tokenCost: 10)

    static let dealDiscounts = PipedriveOperation(
        interface: .v2, method: .get, path: "/deals/{id}/discounts",
        responseFields: fields(["type": .string, "amount": .number, "description": .string], under: "data[]"),
        tokenCost: 10)

    static let dealFields = PipedriveOperation(
        interface: .v2, method: .get, path: "/dealFields", query: ["limit": .integer, "cursor": .string],
        responseFields: fields(
            [
                "field_name": .string, "field_code": .string, "field_type": .string, "is_custom_field": .boolean,
                "options[].id": .varying, "options[].label": .string,
            ], under: "data[]", and: nextCursor),
        tokenCost: 10)

    // MARK: Records that are synced

    private static let listing: Fields = [
        "limit": .integer, "cursor": .string, "sort_by": .string, "sort_direction": .string, "updated_since": .string,
        "ids": .string,
    ]

    private static let personValues: Fields = [
        "id": .integer, "name": .string, "org_id": .integer, "emails[].value": .string, "emails[].primary": .boolean,
        "emails[].label": .string, "phones[].value": .string, "phones[].primary": .boolean,
        "phones[].label": .string, "is_deleted": .boolean, "add_time": .string, "update_time": .string,
        "custom_fields": .object,
    ]

    static let person = PipedriveOperation(
        interface: .v2, method: .get, path: "/persons/{id}", responseFields: fields(personValues, under: "data"),
        tokenCost: 1)
    static let persons = PipedriveOperation(
        interface: .v2, method: .get, path: "/persons", query: listing,
        responseFields: fields(personValues, under: "data[]", and: nextCursor), tokenCost: 10)

    private static let organizationValues: Fields = [
        "id": .integer, "name": .string, "is_deleted": .boolean, "add_time": .string, "update_time": .string,
        "custom_fields": .object, "address.value": .string,
        "address.route": .string, "address.street_number": .string, "address.subpremise": .string,
        "address.postal_code": .string, "address.locality": .string, "address.country": .string,
    ]

    static let organization = PipedriveOperation(
        interface: .v2, method: .get, path: "/organizations/{id}",
        responseFields: fields(organizationValues, under: "data"), tokenCost: 1)
    static let organizations = PipedriveOperation(
        interface: .v2, method: .get, path: "/organizations", query: listing,
        responseFields: fields(organizationValues, under: "data[]", and: nextCursor), tokenCost: 10)

    private static let productValues: Fields = [
        "id": .integer, "name": .string, "code": .string, "description": .string, "unit": .string, "tax": .number,
        "is_linkable": .boolean, "is_deleted": .boolean, "add_time": .string, "update_time": .string,
        "prices[].price": .number, "prices[].currency": .string, "prices[].cost": .number,
        "prices[].direct_cost": .number, "prices[].notes": .string,
    ]

    static let product = PipedriveOperation(
        interface: .v2, method: .get, path: "/products/{id}", responseFields: fields(productValues, under: "data"),
        tokenCost: 1)
    static let products = PipedriveOperation(
        interface: .v2, method: .get, path: "/products", query: listing,
        responseFields: fields(productValues, under: "data[]", and: nextCursor), tokenCost: 10)

    // MARK: Records that are written

    private static let personSent: Fields = [
        "name": .string, "org_id": .integer, "emails": .array, "phones": .array, "custom_fields": .object,
    ]
    private static let organizationSent: Fields = ["name": .string, "address": .object, "custom_fields": .object]
    private static let productSent: Fields = [
        "name": .string, "code": .string, "description": .string, "unit": .string, "tax": .number,
        "is_linkable": .boolean, "prices": .array,
    ]

    static let addPerson = PipedriveOperation(
        interface: .v2, method: .post, path: "/persons", requestFields: personSent,
        responseFields: fields(personValues, under: "data"), tokenCost: 5)
    static let changePerson = PipedriveOperation(
        interface: .v2, method: .patch, path: "/persons/{id}", requestFields: personSent,
        responseFields: fields(personValues, under: "data"), tokenCost: 5)
    static let addOrganization = PipedriveOperation(
        interface: .v2, method: .post, path: "/organizations", requestFields: organizationSent,
        responseFields: fields(organizationValues, under: "data"), tokenCost: 5)
    static let changeOrganization = PipedriveOperation(
        interface: .v2, method: .patch, path: "/organizations/{id}", requestFields: organizationSent,
        responseFields: fields(organizationValues, under: "data"), tokenCost: 5)
    static let addProduct = PipedriveOperation(
        interface: .v2, method: .post, path: "/products", requestFields: productSent,
        responseFields: fields(productValues, under: "data"), tokenCost: 5)
    private static let variationValues: Fields = [
        "id": .integer, "name": .string, "prices": .array,
    ]

    /// No list of products has them.
    static let variations = PipedriveOperation(
        interface: .v2, method: .get, path: "/products/{id}/variations", query: ["limit": .integer, "cursor": .string],
        responseFields: fields(variationValues, under: "data[]", and: nextCursor), tokenCost: 10)
    static let changeVariation = PipedriveOperation(
        interface: .v2, method: .patch, path: "/products/{id}/variations/{product_variation_id}",
        requestFields: ["prices": .array], responseFields: fields(variationValues, under: "data"), tokenCost: 5)
    static let changeProduct = PipedriveOperation(
        interface: .v2, method: .patch, path: "/products/{id}", requestFields: productSent,
        responseFields: fields(productValues, under: "data"), tokenCost: 5)

    private static let fieldValues: Fields = [
        "field_name": .string, "field_code": .string, "field_type": .string, "is_custom_field": .boolean,
        "options[].id": .varying, "options[].label": .string,
    ]
    private static let fieldPaging: Fields = ["limit": .integer, "cursor": .string]

    static let personFields = PipedriveOperation(
        interface: .v2, method: .get, path: "/personFields", query: fieldPaging,
        responseFields: fields(fieldValues, under: "data[]", and: nextCursor), tokenCost: 10)
    static let organizationFields = PipedriveOperation(
        interface: .v2, method: .get, path: "/organizationFields", query: fieldPaging,
        responseFields: fields(fieldValues, under: "data[]", and: nextCursor), tokenCost: 10)
    static let productFields = PipedriveOperation(
        interface: .v2, method: .get, path: "/productFields", query: fieldPaging,
        responseFields: fields(fieldValues, under: "data[]", and: nextCursor), tokenCost: 10)

    // MARK: Pipelines

    static let pipelines = PipedriveOperation(
        interface: .v2, method: .get, path: "/pipelines", query: ["limit": .integer, "cursor": .string],
        responseFields: fields(
            ["id": .integer, "name": .string, "order_nr": .integer, "is_deleted": .boolean], under: "data[]",
            and: nextCursor),
        tokenCost: 5)

    static let stages = PipedriveOperation(
        interface: .v2, method: .get, path: "/stages", query: paging,
        responseFields: fields(
            [
                "id": .integer, "name": .string, "order_nr": .integer, "is_deleted": .boolean,
                "pipeline_id": .integer,
            ], under: "data[]", and: nextCursor),
        tokenCost: 5)

    // MARK: Users, notes, webhooks

    static let currentUser = PipedriveOperation(
        interface: .v1, method: .get, path: "/users/me",
        responseFields: fields(
            [
                "id": .integer, "name": .string, "company_id": .integer, "company_name": .string,
                "access[].app": .string, "access[].admin": .boolean,
            ], under: "data"),
        tokenCost: 2)

    static let addNote = PipedriveOperation(
        interface: .v1, method: .post, path: "/notes",
        requestFields: ["content": .string, "deal_id": .integer, "lead_id": .string],
        responseFields: fields(["id": .integer], under: "data"), tokenCost: 10)

    static let notes = PipedriveOperation(
        interface: .v1, method: .get, path: "/notes",
        query: ["deal_id": .integer, "lead_id": .string, "sort": .string, "limit": .integer],
        responseFields: fields(["id": .integer, "content": .string], under: "data[]"), tokenCost: 20)

    /// A lead that became a deal is marked deleted.
    static let lead = PipedriveOperation(
        interface: .v1, method: .get, path: "/leads/{id}", responseFields: fields(["id": .string], under: "data"),
        tokenCost: 2)

    static let convertedDeals = PipedriveOperation(
        interface: .v2, method: .get, path: "/deals",
        query: [
            "include_fields": .string, "sort_by": .string, "sort_direction": .string, "limit": .integer,
            "cursor": .string,
        ],
        responseFields: fields(
            ["id": .integer, "source_lead_id": .string, "is_deleted": .boolean], under: "data[]", and: nextCursor),
        tokenCost: 10)

    static let addWebhook = PipedriveOperation(
        interface: .v1, method: .post, path: "/webhooks",
        requestFields: [
            "subscription_url": .string, "event_action": .string, "event_object": .string, "name": .string,
            "http_auth_user": .string, "http_auth_password": .string, "version": .string,
        ],
        responseFields: fields(["id": .integer], under: "data"), tokenCost: 10)

    static let webhooks = PipedriveOperation(
        interface: .v1, method: .get, path: "/webhooks",
        responseFields: fields(
            ["id": .integer, "event_object": .string, "subscription_url": .string], under: "data[]"),
        tokenCost: 10)

    static let deleteWebhook = PipedriveOperation(
        interface: .v1, method: .delete, path: "/webhooks/{id}", tokenCost: 6)

    // MARK: OAuth

    static let authorize = PipedriveOperation(
        interface: .oauth, method: .get, path: "/oauth/authorize",
        query: ["client_id": .string, "redirect_uri": .string, "state": .string], tokenCost: 0)

    private static let tokenFields: Fields = [
        "access_token": .string, "token_type": .string, "refresh_token": .string, "scope": .string,
        "expires_in": .integer, "api_domain": .string,
    ]

    static let exchangeCode = PipedriveOperation(
        interface: .oauth, method: .post, path: "/oauth/token",
        requestFields: ["grant_type": .string, "code": .string, "redirect_uri": .string],
        responseFields: tokenFields, tokenCost: 0)

    /// The files list it as `/oauth/token/` because a path may stand there once; both are the same address.
    static let refreshToken = PipedriveOperation(
        interface: .oauth, method: .post, path: "/oauth/token",
        requestFields: ["grant_type": .string, "refresh_token": .string],
        responseFields: tokenFields, tokenCost: 0)

    /// Described on Pipedrive's page about OAuth, which points to RFC 7009.
    static let revokeToken = PipedriveOperation(
        interface: .oauth, method: .post, path: "/oauth/revoke",
        requestFields: ["token": .string, "token_type_hint": .string], tokenCost: 0, isProseOnly: true)
}
