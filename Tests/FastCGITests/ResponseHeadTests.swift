import HTTPTypes
import Testing

@testable import FastCGI

@Suite struct ResponseHeadTests {
    @Test func `a head is the status, the fields and a blank line`() throws {
        let head = ResponseHead(
            FastCGIResponse(
                response: HTTPResponse(status: .created, headerFields: [.location: "/deals/7"]), body: [1, 2]))
        #expect(
            String(decoding: try head.bytes(), as: UTF8.self)
                == "Status: 201 Created\r\nLocation: /deals/7\r\nContent-Length: 2\r\n\r\n")
    }

    @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
    func `no length is added where there is no body`(status: HTTPResponse.Status) throws {
        let head = try ResponseHead(FastCGIResponse(response: HTTPResponse(status: status))).bytes()
        #expect(!String(decoding: head, as: UTF8.self).contains("Content-Length"))
    }

    @Test(arguments: [[13, 10], [10], [13], [0]] as [[UInt8]])
    func `a value with a line break or NUL is refused by the field's name`(separator: [UInt8]) {
        let value = Array("/a".utf8) + separator + Array("Set-Cookie: b".utf8)
        let head = ResponseHead(status: .ok, fields: [("Location", value)])
        #expect { try head.bytes() } throws: { ($0 as? ResponseHead.LineBreak)?.name == "Location" }
    }
}
