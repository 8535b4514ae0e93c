internal import HTTPTypes

/// Turns FastCGI parameters into a swift-http-types request.
enum RequestHead {
    /// The request, or nil when the method or the path could not be one.
    static func request(from parameters: [String: String]) -> HTTPRequest? {
        guard let method = parameters["REQUEST_METHOD"].flatMap(HTTPRequest.Method.init(rawValue:)),
            let path = path(from: parameters)
        else { return nil }
        let isSecure = parameters["HTTPS"].map { !$0.isEmpty && $0 != "off" } ?? false
        return HTTPRequest(
            method: method, scheme: parameters["REQUEST_SCHEME"] ?? (isSecure ? "https" : "http"),
            authority: parameters["HTTP_HOST"] ?? parameters["SERVER_NAME"], path: path,
            headerFields: fields(from: parameters))
    }

    private static func path(from parameters: [String: String]) -> String? {
        var path = parameters["REQUEST_URI"] ?? ""
        if path.isEmpty {
            path = (parameters["SCRIPT_NAME"] ?? "") + (parameters["PATH_INFO"] ?? "")
            if let query = parameters["QUERY_STRING"], !query.isEmpty { path += "?" + query }
        }
        guard path.hasPrefix("/") || path == "*", path.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { return nil }
        return path
    }

    private static func fields(from parameters: [String: String]) -> HTTPFields {
        var fields = HTTPFields()
        fields.reserveCapacity(parameters.count)
        for (key, value) in parameters where key.hasPrefix("HTTP_") && key != "HTTP_HOST" {
            let name = String(decoding: key.utf8.dropFirst(5).map { $0 == 95 ? 45 : $0 | 32 }, as: UTF8.self)
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        // CGI's own names for these two win over what the client's header says.
        if let value = parameters["CONTENT_TYPE"], !value.isEmpty { fields[.contentType] = value }
        if let value = parameters["CONTENT_LENGTH"], !value.isEmpty { fields[.contentLength] = value }
        return fields
    }
}
