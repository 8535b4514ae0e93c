/// The request bodies of the routes, from the OpenAPI files.
///
/// Where a link or date can be emptied in Pipedrive, null is allowed although the files do not say so.
extension BodyRules {
    private static let contactPoint = BodyRules(
        members: ["value": .string, "primary": .bool, "label": .string], required: ["value"])

    private static let address = BodyRules(
        members: Dictionary(uniqueKeysWithValues: State.addressParts.map { ($0, ValueRule.nullable(.string)) }),
        required: ["value"])

    private static let visibility = ValueRule.choice([1, 3, 5, 7])

    private static let frequency = ValueRule.choice([
        "one-time", "annually", "semi-annually", "quarterly", "monthly", "weekly",
    ])

    static let deal = BodyRules(
        members: [
            "title": .string, "owner_id": .integer, "person_id": .nullable(.integer), "org_id": .nullable(.integer),
            "pipeline_id": .integer, "stage_id": .integer, "value": .number, "currency": .choice(Currencies.choices),
            "is_deleted": .bool, "is_archived": .bool, "archive_time": .nullable(.time),
            "status": .choice(["open", "won", "lost"]), "probability": .nullable(.number),
            "lost_reason": .nullable(.string), "visible_to": visibility, "close_time": .nullable(.time),
            "won_time": .nullable(.time), "lost_time": .nullable(.time), "expected_close_date": .nullable(.date),
            "label_ids": .list(.integer), "custom_fields": .any,
        ], required: ["title"])

    static let person = BodyRules(
        members: [
            "name": .string, "owner_id": .integer, "org_id": .nullable(.integer), "add_time": .time,
            "emails": .list(.object(contactPoint)), "phones": .list(.object(contactPoint)), "visible_to": visibility,
            "label_ids": .list(.integer), "postal_address": .any, "notes": .any, "im": .any, "birthday": .any,
            "job_title": .any,
            "marketing_status": .choice(["no_consent", "unsubscribed", "subscribed", "archived"]),
            "custom_fields": .any,
        ], required: ["name"])

    static let organization = BodyRules(
        members: [
            "name": .string, "owner_id": .integer, "add_time": .time, "visible_to": visibility,
            "label_ids": .list(.integer), "address": .nullable(.object(address)), "website": .nullable(.string),
            "linkedin": .nullable(.string), "industry": .nullable(.integer), "annual_revenue": .nullable(.integer),
            "employee_count": .nullable(.integer), "custom_fields": .any,
        ], required: ["name"])

    /// Changes leave the time of adding alone.
    static let personChange = person.optional(without: ["add_time"])
    static let organizationChange = organization.optional(without: ["add_time"])

    static let product = BodyRules(
        members: [
            "name": .string, "code": .nullable(.string), "description": .nullable(.string),
            "unit": .nullable(.string), "tax": .number, "category": .nullable(.number), "owner_id": .integer,
            "is_linkable": .bool, "visible_to": visibility, "prices": .list(.object(price)), "custom_fields": .any,
            "billing_frequency": frequency, "billing_frequency_cycles": .nullable(.integer),
        ], required: ["name"])

    private static let price = BodyRules(
        members: [
            "product_id": .integer, "price": .number, "currency": .string, "cost": .number,
            "direct_cost": .nullable(.number), "notes": .string,
        ], required: ["price", "currency"])

    static let dealProduct = BodyRules(
        members: [
            "product_id": .integer, "item_price": .number, "quantity": .number, "tax": .number, "comments": .string,
            "discount": .number, "is_enabled": .bool, "tax_method": .choice(["exclusive", "inclusive", "none"]),
            "discount_type": .choice(["percentage", "amount"]), "product_variation_id": .nullable(.integer),
            "billing_frequency": frequency, "billing_frequency_cycles": .nullable(.integer),
            "billing_start_date": .nullable(.date),
        ], required: ["product_id", "item_price", "quantity"])

    private static let flag = ValueRule.choice([0, 1])

    static let note = BodyRules(
        members: [
            "content": .string, "lead_id": .nullable(.string), "deal_id": .nullable(.integer),
            "person_id": .nullable(.integer), "org_id": .nullable(.integer), "project_id": .nullable(.integer),
            "task_id": .nullable(.integer), "user_id": .integer, "add_time": .time, "pinned_to_lead_flag": flag,
            "pinned_to_deal_flag": flag, "pinned_to_organization_flag": flag, "pinned_to_person_flag": flag,
            "pinned_to_project_flag": flag, "pinned_to_task_flag": flag,
        ], required: ["content"])

    static let webhook = BodyRules(
        members: [
            "subscription_url": .string, "event_action": .choice(["create", "change", "delete", "*"]),
            "event_object": .choice([
                "activity", "deal", "lead", "note", "organization", "person", "pipeline", "product", "stage", "user",
                "deal_product", "deal_installment", "board", "phase", "project", "task", "*",
            ]),
            "name": .string, "user_id": .integer, "http_auth_user": .nullable(.string),
            "http_auth_password": .nullable(.string), "version": .choice(["1.0", "2.0"]),
        ], required: ["subscription_url", "event_action", "event_object", "name"])
}
