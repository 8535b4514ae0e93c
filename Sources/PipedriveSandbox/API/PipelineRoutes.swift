/// Pipelines and stages, version 2.
///
/// They are read only, as the app's scopes have it.
enum PipelineRoutes {
    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v2/pipelines", cost: 5, query: Listing.query) { call in
            let listing = try Listing(call)
            return try call.store.read { state in
                listing.page(of: .pipeline, in: &state, for: call.user) { !$0.isDeleted }
            }
        },
        APIRoute("GET", "/api/v2/pipelines/{id}", cost: 1) { call in
            let id = try call.id()
            return .success(try call.store.read { try $0.record(.pipeline, id, for: call.user) })
        },
        APIRoute("GET", "/api/v2/stages", cost: 5, query: Listing.query.union(["pipeline_id"])) { call in
            let listing = try Listing(call, sortBy: [.id, .updatedAt, .addedAt, .orderNumber])
            let filter = try RecordFilter(call, of: .stage, links: ["pipeline_id"])
            return try call.store.read { state in
                listing.page(of: .stage, in: &state, for: call.user) { !$0.isDeleted && filter.admits($0) }
            }
        },
        APIRoute("GET", "/api/v2/stages/{id}", cost: 1) { call in
            let id = try call.id()
            return .success(try call.store.read { try $0.record(.stage, id, for: call.user) })
        },
    ]
}
