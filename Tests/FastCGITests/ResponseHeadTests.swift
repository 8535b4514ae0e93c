import HTTPTypes
import Testing

@testable import FastCGI

@Suite struct ResponseHeadTests {
    @Test func `a head is the status, the fields and a blank line`() {
        let head = ResponseHead(
            FastCGIResponse(
                response: HTTPResponse(status: .created, headerFields: [.location: "/deals/7"]), body: [1, 2]))
        #expect(
            String(decoding: head.bytes, as: UTF8.self)
                == "Status: 201 Created\r\nLocation: /deals/7\r\nContent-Length: 2\r\n\r\n")
    }

    @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
    func `no length is added where there is no body`(status: HTTPResponse.Status) {
        let head = ResponseHead(FastCGIResponse(response: HTTPResponse(status: status))).bytes
        #expect(!String(decoding: head, as: UTF8.self).contains("Content-Length"))
    }

    @Test(arguments: [[13, 10], [10], [13], [0]] as [[UInt8]])
    func `a value with a line break or NUL starts no line`(separator: [UInt8]) {
        let value = Array("/a".utf8) + separator + Array("Set-Cookie: b".utf8)
        var response = HTTPResponse(status: HTTPResponse.Status(code: 299, reasonPhrase: "Fine\r\nX-Reason: c"))
        response.headerFields.append(HTTPField(name: .location, value: value))
        response.headerFields.append(HTTPField(name: .location, lenientValue: value))
        let head = String(decoding: ResponseHead(FastCGIResponse(response: response)).bytes, as: UTF8.self)
        let names = head.split(separator: "\r\n").map { $0.prefix { $0 != ":" } }
        #expect(names == ["Status", "Location", "Location", "Content-Length"])
        #expect(head.utf8.allSatisfy { $0 != 0 })
    }
}
