/// What an app may look up about the company's setting: users' rights, filters, and the old lists of fields.
enum SettingRoutes {
    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v1/userSettings", cost: 2) { _ in
            .success([
                "marketplace_team": false, "list_limit": 100, "beta_app": false,
                "prevent_salesphone_callto_override": false, "file_upload_destination": "s3",
                "callto_link_syntax": "callto:[number]", "autofill_deal_expected_close_date": true,
                "person_duplicate_condition": "name && (org_id || email || phone)",
            ])
        },
        APIRoute("GET", "/api/v1/users/{id}/permissions", cost: 10) { call in
            let id = try call.id()
            guard let user = try call.store.read({ $0.user(id) }) else { throw Refusal.notFound("User not found") }
            return .success(.object(permissions(of: user)))
        },
        APIRoute("GET", "/api/v1/filters", cost: 20, query: ["type"]) { call in
            let type = call.request.value("type")
            return .success(.array(SampleFilter.all.filter { type == nil || $0.type == type }.map { .object($0.json) }))
        },
        APIRoute("GET", "/api/v1/filters/{id}", cost: 2, query: ["include_field_code"]) { call in
            let id = try call.id()
            guard let filter = SampleFilter.all.first(where: { $0.id == id }) else {
                throw Refusal.notFound("Filter not found")
            }
            return .success(.object(filter.json))
        },
        APIRoute("GET", "/api/v1/leadLabels", cost: 10) { _ in .success(leadLabels) },
        APIRoute("GET", "/api/v1/leadSources", cost: 2) { _ in
            .success([["name": "API"], ["name": "Manually created"], ["name": "Web forms"]])
        },
        APIRoute("GET", "/api/v1/leadFields", cost: 20, query: ["start", "limit"]) { call in
            let (start, limit) = try call.startAndLimit()
            let fields = try call.store.read { $0.fields[.deal] ?? [] }.filter { $0.isCustom || $0.code == "title" }
            let page = fields.enumerated().dropFirst(start).prefix(limit).map { leadField($1, number: $0 + 1) }
            return .success(
                .array(page),
                beside: [
                    "additional_data": [
                        "start": .int(start), "limit": .int(limit),
                        "more_items_in_collection": .bool(start + page.count < fields.count),
                    ]
                ])
        },
    ]

    /// Administrators may everything; regular users may not touch settings or other users' figures.
    private static func permissions(of user: User) -> JSONObject {
        let everyones = [
            "can_add_products", "can_add_prospects_as_leads", "can_convert_deals_to_leads", "can_create_own_workflow",
            "can_delete_activities", "can_delete_deals", "can_edit_products", "can_follow_other_users",
            "can_merge_deals", "can_merge_organizations", "can_merge_people", "can_modify_labels",
            "can_see_deals_list_summary", "can_see_other_users", "can_share_filters", "can_share_insights",
            "can_use_api", "can_use_email_tracking",
        ]
        let administrators = [
            "can_add_custom_fields", "can_bulk_edit_items", "can_change_visibility_of_items",
            "can_delete_custom_fields", "can_edit_custom_fields", "can_edit_deals_closed_date",
            "can_edit_shared_filters", "can_export_data_from_lists", "can_see_company_wide_statistics",
            "can_see_hidden_items_names", "can_see_other_users_statistics", "can_see_security_dashboard",
            "can_use_import",
        ]
        return JSONObject(everyones.map { ($0, true) } + administrators.map { ($0, .bool(user.isAdmin)) })
    }

    private static let leadLabels: JSON = .array(
        [("Hot", "red"), ("Warm", "yellow"), ("Cold", "blue")].enumerated().map { place, label in
            [
                "id": .string(RandomText.uuid(from: 77, UInt64(place + 1))), "name": .string(label.0),
                "color": .string(label.1), "add_time": "2024-03-01T09:20:00.000Z",
                "update_time": "2024-03-01T09:20:00.000Z",
            ]
        })

    /// A field as version 1 lists it.
    private static func leadField(_ field: FieldDefinition, number: Int) -> JSON {
        let options = field.options.map { JSON.object(["id": .int($0.id), "label": .string($0.label)]) }
        return [
            "id": .int(number), "key": .string(field.code), "name": .string(field.name), "order_nr": .int(number),
            "field_type": .string(field.type), "add_time": "2024-03-01 09:16:26", "update_time": "2024-03-01 09:16:26",
            "last_updated_by_user_id": 1, "created_by_user_id": 1, "active_flag": true,
            "edit_flag": .bool(field.isCustom), "index_visible_flag": true, "details_visible_flag": true,
            "add_visible_flag": true, "important_flag": false, "bulk_edit_allowed": true, "searchable_flag": false,
            "filtering_allowed": true, "sortable_flag": true, "mandatory_flag": .bool(!field.isCustom),
            "options": options.isEmpty ? .null : .array(options),
        ]
    }
}
