import Domain
import FoundationEssentials
import HTTPTypes
import Pipedrive

extension PipedriveConfiguration {
    static func fixture(
        allowedHosts: [String] = [], oauthURL: String = "https://oauth.pipedrive.com"
    ) throws -> PipedriveConfiguration {
        try PipedriveConfiguration(
            clientID: "paydock-app", clientSecret: Secret("client-secret-value"), oauthURL: oauthURL,
            allowedHosts: allowedHosts, redirectURL: "https://paydock.example/oauth/pipedrive/callback")
    }
}

extension PipedriveAccess {
    static let fixture = PipedriveAccess(
        apiOrigin: APIOrigin(checked: "https://acme.pipedrive.com"), accessToken: Secret("access-token-value"))
}

extension WebhookEndpoint {
    static let fixture = WebhookEndpoint(
        path: "opaque", user: Secret("webhook-user-value"), password: Secret("webhook-password-value"))
}

/// Answers in the shapes of Pipedrive's official files; one suite holds them against those files.
enum Canned {
    static let lead = "35b0d604-eb0d-42d0-be11-eac8832051f0"

    static let deal = """
        {"success":true,"data":{"id":8,"title":"Website Jansen","owner_id":1,"person_id":5,"org_id":6,"pipeline_id":1,
        "stage_id":3,"value":1234567.89,"currency":"EUR","add_time":"2026-11-01T09:00:00Z",
        "update_time":"2026-11-23T10:00:00Z","stage_change_time":"2026-11-23T10:00:00.250Z","is_deleted":false,
        "is_archived":false,"status":"open","probability":null,"lost_reason":null,"visible_to":3,"close_time":null,
        "expected_close_date":"2026-12-31","label_ids":[1],"custom_fields":{"aaaa":42,"bbbb":[7,9],"cccc":
        {"value":99.95,"currency":"EUR"},"dddd":"Graag vóór kerst","eeee":null,"ffff":77}}}
        """

    static let dealProductsFirst = """
        {"success":true,"data":[{"id":1,"sum":0.3,"tax":21,"deal_id":8,"name":"Teller","product_id":11,
        "order_nr":1,"comments":"per klik","currency":"EUR","discount":0,"discount_type":"percentage","quantity":3,
        "item_price":0.1,"tax_method":"exclusive","is_enabled":true,"billing_frequency":"one-time"}],
        "additional_data":{"next_cursor":"bmV4dA=="}}
        """

    static let dealProductsLast = """
        {"success":true,"data":[{"id":2,"sum":1234567.89,"tax":5.5,"deal_id":8,"name":"Bouw","product_id":12,
        "order_nr":2,"comments":"","currency":"EUR","discount":12.5,"discount_type":"amount","quantity":0.25,
        "item_price":1234567.89,"tax_method":"inclusive","is_enabled":false,"billing_frequency":"monthly"}],
        "additional_data":{"next_cursor":null}}
        """

    static let dealDiscounts = """
        {"success":true,"data":[{"id":"30195b0e-7577-4f52-a5cf-f3ee39b9d1e0","type":"amount","amount":100.1,
        "description":"Kennismaking","deal_id":8},{"id":"30195b0e-7577-4f52-a5cf-f3ee39b9d1e1","type":"percentage",
        "amount":2.5,"description":"Trouw","deal_id":8}]}
        """

    static let dealFields = """
        {"success":true,"data":[
        {"field_name":"Title","field_code":"title","field_type":"varchar","options":null,"subfields":null,
        "is_custom_field":false,"is_optional_response_field":false},
        {"field_name":"Pakket","field_code":"aaaa","field_type":"enum","options":[{"id":41,"label":"Basis"},
        {"id":42,"label":"Plus"}],"subfields":null,"is_custom_field":true,"is_optional_response_field":false},
        {"field_name":"Wensen","field_code":"bbbb","field_type":"set","options":[{"id":7,"label":"Logo"},
        {"id":9,"label":"Hosting"}],"subfields":null,"is_custom_field":true,"is_optional_response_field":false},
        {"field_name":"Budget","field_code":"cccc","field_type":"monetary","options":null,"subfields":null,
        "is_custom_field":true,"is_optional_response_field":false},
        {"field_name":"Wensen","field_code":"dddd","field_type":"text","options":null,"subfields":null,
        "is_custom_field":true,"is_optional_response_field":false},
        {"field_name":"Adviseur","field_code":"ffff","field_type":"user","options":null,"subfields":null,
        "is_custom_field":true,"is_optional_response_field":false}],"additional_data":{"next_cursor":null}}
        """

    static let person = """
        {"success":true,"data":{"id":5,"name":"Anna de Vries","org_id":6,"update_time":"2026-11-23T10:00:00Z",
        "emails":[{"value":"","primary":false,"label":"work"},{"value":"thuis@example.nl","primary":false,
        "label":"home"},{"value":"anna@example.nl","primary":true,"label":"work"}],
        "phones":[{"value":"06 1","primary":true,"label":"work"}],"is_deleted":false,"visible_to":3}}
        """

    static let organization = """
        {"success":true,"data":{"id":6,"name":"Jansen BV","is_deleted":false,"visible_to":3,
        "update_time":"2026-11-23T10:00:00Z","address":{"value":"Keizersgracht 1, Amsterdam","country":"Nederland",
        "locality":"Amsterdam","route":"Keizersgracht","street_number":"1","postal_code":"1015 AA"}}}
        """

    static let product = """
        {"success":true,"data":{"id":11,"name":"Teller","code":"T-1","unit":"klik","tax":21,"is_deleted":true,
        "is_linkable":true,"visible_to":3,"update_time":"2026-11-23T10:00:00Z","description":"Telt","category":"12",
        "custom_fields":{},"billing_frequency":"one-time",
        "prices":[{"product_id":11,"price":0.1,"currency":"EUR","cost":0,"direct_cost":null,"notes":""},
        {"product_id":11,"price":12,"currency":"JPY","cost":0,"direct_cost":null,"notes":""}]}}
        """

    static let variation = """
        {"success":true,"data":{"id":2,"name":"Rood","product_id":11,"prices":[{"product_variation_id":2,"price":5.25,
        "currency":"EUR","cost":2,"direct_cost":3,"notes":"inkoop"},{"product_variation_id":2,"price":7,
        "currency":"POINTS","cost":0,"direct_cost":null,"notes":""}]}}
        """

    /// A list of what a single answer holds.
    static func list(_ single: String, next: String? = nil) -> String {
        let data = single.replacing("{\"success\":true,\"data\":", with: "").dropLast()
        let cursor = next.map { "\"\($0)\"" } ?? "null"
        return "{\"success\":true,\"data\":[\(data)],\"additional_data\":{\"next_cursor\":\(cursor)}}"
    }

    static let pipelines = """
        {"success":true,"data":[{"id":2,"name":"Service","order_nr":2,"is_deleted":false},
        {"id":3,"name":"Weg","order_nr":3,"is_deleted":true},{"id":1,"name":"Verkoop","order_nr":1,
        "is_deleted":false}],"additional_data":{"next_cursor":null}}
        """

    static let stages = """
        {"success":true,"data":[{"id":3,"order_nr":2,"name":"Offerte","is_deleted":false,"pipeline_id":1},
        {"id":2,"order_nr":1,"name":"Gesprek","is_deleted":false,"pipeline_id":1},
        {"id":9,"order_nr":3,"name":"Oud","is_deleted":true,"pipeline_id":1},
        {"id":4,"order_nr":1,"name":"Nieuw","is_deleted":false,"pipeline_id":2}],
        "additional_data":{"next_cursor":null}}
        """

    static let currentUser = """
        {"success":true,"data":{"id":77,"name":"Bob","email":"bob@example.nl","company_id":900,
        "company_name":"Studio Noord","company_domain":"acme","access":[{"app":"campaigns","admin":true},
        {"app":"sales","admin":true,"permission_set_id":"62cc4d7f"}],"active_flag":true}}
        """

    static let note = #"{"success":true,"data":{"id":501,"content":"<b>x</b>","deal_id":8,"active_flag":true}}"#

    static let notes = """
        {"success":true,"data":[{"id":503,"content":"Ref AAAA-1111","active_flag":false},
        {"id":502,"content":"📨 Invoice sent<br>Ref 7K3F-92QX","active_flag":true},
        {"id":501,"content":"Ref 7K3F-92QX, older","active_flag":true}],"additional_data":{"pagination":{"start":0,
        "limit":100,"more_items_in_collection":false}}}
        """

    static let webhook = """
        {"success":true,"status":"ok","data":{"id":31,"company_id":900,"event_action":"*","event_object":"deal",
        "subscription_url":"https://paydock.example/webhooks/pipedrive/opaque","version":"2.0","is_active":1,
        "type":"application","http_auth_user":"u","http_auth_password":"p","name":"PayDock deal"}}
        """

    static let webhooks = """
        {"success":true,"status":"ok","data":[{"id":31,"event_action":"*","event_object":"deal",
        "subscription_url":"https://paydock.example/webhooks/pipedrive/opaque","version":"2.0","is_active":1}]}
        """

    static let webhookGone = #"{"success":true,"status":"ok"}"#

    static let tokens = """
        {"access_token":"new-access-value","token_type":"Bearer","refresh_token":"new-refresh-value",
        "scope":"deals:full,contacts:full","expires_in":3599,"api_domain":"https://acme.pipedrive.com"}
        """

    /// Everything that the ports can ask, answered.
    static let replies: [StubTransport.Reply] = [
        .get("/api/v2/deals/8", deal), .get("/api/v2/deals", list(deal)),
        .get("/api/v2/deals/8/products", query: "cursor=bmV4dA%3D%3D", dealProductsLast),
        .get("/api/v2/deals/8/products", dealProductsFirst), .get("/api/v2/deals/8/discounts", dealDiscounts),
        .get("/api/v2/dealFields", dealFields), .get("/api/v2/persons/5", person),
        .get("/api/v2/organizations/6", organization), .get("/api/v2/products/11", product),
        .get("/api/v2/persons", list(person, next: "cDI=")),
        .get("/api/v2/organizations", list(organization)), .get("/api/v2/products", list(product)),
        .init(method: .post, path: "/api/v2/persons", body: person),
        .init(method: .patch, path: "/api/v2/persons/5", body: person),
        .init(method: .post, path: "/api/v2/organizations", body: organization),
        .init(method: .patch, path: "/api/v2/organizations/6", body: organization),
        .init(method: .post, path: "/api/v2/products", status: 201, body: product),
        .init(method: .patch, path: "/api/v2/products/11", body: product),
        .get("/api/v2/products/11/variations", list(variation)),
        .init(method: .patch, path: "/api/v2/products/11/variations/2", body: variation),
        .get("/api/v2/personFields", dealFields), .get("/api/v2/organizationFields", dealFields),
        .get("/api/v2/productFields", dealFields),
        .get("/api/v2/pipelines", pipelines), .get("/api/v2/stages", stages),
        .get("/api/v1/users/me", currentUser), .get("/api/v1/notes", notes),
        .init(method: .post, path: "/api/v1/notes", body: note),
        .init(method: .post, path: "/api/v1/webhooks", status: 201, body: webhook),
        .get("/api/v1/webhooks", webhooks), .init(method: .delete, path: "/api/v1/webhooks/31", body: webhookGone),
        .init(method: .post, path: "/oauth/token", body: tokens), .init(method: .post, path: "/oauth/revoke"),
    ]
}
