internal import CCurl
internal import HTTPTypes

extension OutgoingRequest {
    /// The header fields as libcurl's list, to be freed by the caller with `curl_slist_free_all`.
    func makeHeaderList() -> UnsafeMutablePointer<curl_slist>? {
        let computed: Set<String> = ["content-length", "host", "transfer-encoding"]
        var lines = request.headerFields
            .filter { !computed.contains($0.name.canonicalName) }
            // libcurl reads a bare "Name:" as "leave this out"; an empty value is spelled with a semicolon.
            .map { $0.value.isEmpty ? "\($0.name.rawName);" : "\($0.name.rawName): \($0.value)" }
        // Two that libcurl would add of itself: a wait for leave to send a large body, and a form's content type.
        if request.headerFields[.expect] == nil { lines.append("Expect:") }
        if request.headerFields[.contentType] == nil { lines.append("Content-Type:") }
        return lines.reduce(nil) { list, line in curl_slist_append(list, line) ?? list }
    }
}
