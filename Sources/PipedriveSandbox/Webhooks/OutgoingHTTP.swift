import Foundation
import FoundationNetworking
import Synchronization

/// The calls the sandbox makes itself: webhooks, the uninstall notice and the panel.
///
/// It follows no redirects.
final class OutgoingHTTP: NSObject, Sendable {
    /// What came back: a status and body, or the reason why nothing did.
    struct Answer: Sendable {
        var status: Int?
        var contentType: String?
        var body: [UInt8] = []
        var problem: String?
    }

    private struct Pending {
        var answer = Answer()
        let finish: CheckedContinuation<Answer, Never>
    }

    private let pending = Mutex<[Int: Pending]>([:])
    private let session = Mutex<URLSession?>(nil)

    /// Sends a request; never throws, a failure is an answer with a problem.
    func send(
        _ method: String, _ url: String, headers: [(String, String)], body: [UInt8]? = nil, timeLimit: Duration
    ) async -> Answer {
        guard let address = URL(string: url), address.host != nil else { return Answer(problem: "not a URL") }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body.map { Data($0) }
        request.timeoutInterval = 60
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let task = openSession().dataTask(with: request)
        let alarm = Task {
            do { try await Task.sleep(for: timeLimit) } catch { return }
            task.cancel()
        }
        defer { alarm.cancel() }
        return await withCheckedContinuation { continuation in
            pending.withLock { $0[task.taskIdentifier] = Pending(finish: continuation) }
            task.resume()
        }
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    private func openSession() -> URLSession {
        session.withLock { session in
            if let session { return session }
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpMaximumConnectionsPerHost = 16
            let new = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
            session = new
            return new
        }
    }
}

extension OutgoingHTTP: URLSessionDataDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        pending.withLock { $0[dataTask.taskIdentifier]?.answer.body += data }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard var done = pending.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let error {
            done.answer.problem = task.state == .canceling ? "no answer in time" : error.localizedDescription
        } else if let response = task.response as? HTTPURLResponse {
            done.answer.status = response.statusCode
            done.answer.contentType = response.value(forHTTPHeaderField: "Content-Type")
        }
        done.finish.resume(returning: done.answer)
    }
}
