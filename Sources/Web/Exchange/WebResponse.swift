public import HTTPTypes

/// One answer for the web server to send.
public struct WebResponse: Sendable {
    /// Status and header fields.
    public var response: HTTPResponse
    /// The whole body, or its beginning.
    public var body: [UInt8]
    /// What comes after the beginning, piece by piece, so that a long file is never in memory; nil is the end.
    public var further: (@Sendable () throws -> [UInt8]?)?

    /// Makes a response value.
    public init(response: HTTPResponse, body: [UInt8] = []) {
        self.response = response
        self.body = body
    }

    init(_ status: HTTPResponse.Status, type: String, body: [UInt8]) {
        self.init(response: HTTPResponse(status: status), body: body)
        response.headerFields[.contentType] = type
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> WebResponse {
        WebResponse(status, type: "text/html; charset=utf-8", body: Array(text.utf8))
    }

    static func plain(_ text: String, status: HTTPResponse.Status = .ok) -> WebResponse {
        WebResponse(status, type: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
    }

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> WebResponse {
        WebResponse(status, type: "application/json", body: value.bytes)
    }

    static func empty(_ status: HTTPResponse.Status) -> WebResponse {
        WebResponse(response: HTTPResponse(status: status))
    }

    /// Sends the browser on with a GET.
    static func redirect(_ location: String, status: HTTPResponse.Status = .seeOther) -> WebResponse {
        var answer = empty(status)
        answer.response.headerFields[.location] = location
        return answer
    }

    func setting(_ name: HTTPField.Name, _ value: String) -> WebResponse {
        var copy = self
        copy.response.headerFields[name] = value
        return copy
    }

    func setting(named name: String, _ value: String) -> WebResponse {
        var copy = self
        copy.response.headerFields[named: name] = value
        return copy
    }

    func adding(cookie: String) -> WebResponse {
        var copy = self
        copy.response.headerFields.append(HTTPField(name: .setCookie, value: cookie))
        return copy
    }
}
