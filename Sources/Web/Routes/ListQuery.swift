import Domain

/// Which part of a list a request asks for.
enum ListQuery {
    /// For a page: 50 rows, a wrong offset is the start.
    static func page(_ query: FormFields) -> PageRequest {
        PageRequest(limit: 50, offset: query["offset"].flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) } ?? 0)
    }

    /// For the API. Throws `invalid` naming what is out of bounds.
    static func strictPage(_ query: FormFields) throws -> PageRequest {
        let limit = query["limit"].map { Int($0) } ?? 100
        let offset = query["offset"].map { Int($0) } ?? 0
        var problems: [String: String] = [:]
        if limit.map({ (1...500).contains($0) }) != true { problems["limit"] = "has to be from 1 to 500" }
        if offset.map({ (0...100_000_000).contains($0) }) != true { problems["offset"] = "has to be 0 or more" }
        guard problems.isEmpty, let limit, let offset else {
            throw Refusal(.invalid, "These parameters are not right.", fields: problems)
        }
        return PageRequest(limit: limit, offset: offset)
    }
}
