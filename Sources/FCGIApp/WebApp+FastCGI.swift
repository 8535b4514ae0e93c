import FastCGI
import Foundation
import HTTPTypes
import Web

extension WebApp {
    /// nginx gives every request its id; without one the process makes its own.
    func respond(to request: FastCGIRequest) async -> FastCGIResponse {
        let given = request.request.headerFields[.requestID]
        let answer = await respond(
            to: WebRequest(
                request: request.request, body: request.body, remoteAddress: request.remoteAddress,
                requestID: given ?? UUID().uuidString.lowercased()))
        return FastCGIResponse(response: answer.response, body: answer.body, further: answer.further)
    }
}
