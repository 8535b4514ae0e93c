import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes

/// Sorts Pipedrive's status codes by what has to happen next.
///
/// Reasons hold the operation and the status, never words from the answer: those can quote customer data.
enum AnswerSorting {
    /// Nil for 2xx.
    static func failure(of answer: IncomingResponse, to operation: PipedriveOperation) -> CRMFailure? {
        let status = answer.response.status.code
        let label = operation.label
        switch status {
        case 200..<300: return nil
        case 401:
            return CRMFailure(.unauthorized, status: status, reason: "The access token was refused by \(label)")
        case 402:
            return CRMFailure(
                .wait(seconds: retryAfter(answer)), status: status,
                reason: "The Pipedrive plan does not allow \(label)", holdsConnection: true)
        case 403: return forbidden(answer, label)
        case 429: return tooMany(answer, label)
        case 408, 425, 500...:
            return CRMFailure(
                .transient(mayHaveTakenEffect: !operation.isRepeatable, retryAfterSeconds: retryAfter(answer)),
                status: status, reason: "Pipedrive could not answer \(label)")
        case 400..<500:
            return CRMFailure(
                .rejected, status: status, reason: "Pipedrive refused \(label)", message: Self.words(answer))
        default:
            return CRMFailure(
                .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil), status: status,
                reason: "Pipedrive sent \(label) elsewhere")
        }
    }

    /// A missing scope and Cloudflare's page pass with time or a new consent; a missing permission does not.
    private static func forbidden(_ answer: IncomingResponse, _ label: String) -> CRMFailure {
        if isPage(answer) {
            return CRMFailure(
                .wait(seconds: retryAfter(answer)), status: 403, reason: "Pipedrive's front door blocks \(label)",
                holdsConnection: true)
        }
        let root = JSONDocument(answer.body)?.root
        let words = [root?["error"]?.text, root?["error_info"]?.text, root?["message"]?.text].compactMap(\.self)
        if words.contains(where: { $0.lowercased().contains("scope") }) {
            return CRMFailure(
                .wait(seconds: retryAfter(answer)), status: 403, reason: "The granted scopes do not cover \(label)")
        }
        let code = root?["code"]?.text.flatMap { isLabel($0) ? ", code \($0)" : nil } ?? ""
        return CRMFailure(
            .rejected, status: 403, reason: "The Pipedrive user may not do this: \(label)\(code)",
            message: Self.words(answer))
    }

    /// What Pipedrive says about a refusal, for the customer; at most 500 characters.
    private static func words(_ answer: IncomingResponse) -> String? {
        guard let root = JSONDocument(answer.body)?.root else { return nil }
        return [root["error"], root["message"]].compactMap { RecordReading.filled($0) }.first
            .map { String($0.prefix(500)) }
    }

    private static func tooMany(_ answer: IncomingResponse, _ label: String) -> CRMFailure {
        let wait = retryAfter(answer)
        guard header(answer, "x-daily-ratelimit-token-remaining") == "0" else {
            return CRMFailure(
                .wait(seconds: wait), status: 429, reason: "Too many requests in a short time: \(label)",
                holdsConnection: true)
        }
        // The daily budget comes back at midnight of a time zone that is not published: ask rarely.
        return CRMFailure(
            .wait(seconds: max(wait ?? 0, 900)), status: 429,
            reason: "The Pipedrive company's daily API budget is used up: \(label)", holdsConnection: true)
    }

    /// `Retry-After` in seconds or as a date, else the rest of Pipedrive's own window; at most a day.
    static func retryAfter(_ answer: IncomingResponse) -> Int? {
        let day = 86_400
        if let text = header(answer, "retry-after") {
            if let seconds = Int(text), seconds >= 0 { return min(max(seconds, 1), day) }
            if let until = Timestamp.httpDate(text), let now = header(answer, "date").flatMap(Timestamp.httpDate) {
                return min(max(1, Int(until.timeIntervalSince(now))), day)
            }
        }
        guard let text = header(answer, "x-ratelimit-reset"), let reset = ScaledDecimal(text)?.rounded(toScale: 0),
            (0...Int64(day)).contains(reset)
        else { return nil }
        return max(Int(reset), 2)
    }

    /// What the answer says about the budget. Headers of daily tokens are undocumented, and missing now and then.
    static func budget(_ answer: IncomingResponse) -> BudgetReading {
        func number(_ name: String) -> Int? { header(answer, name).flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
        return BudgetReading(
            callLimit: number("x-ratelimit-limit").flatMap { $0 > 0 ? $0 : nil },
            dayLimit: number("x-daily-ratelimit-token-limit"), dayLeft: number("x-daily-ratelimit-token-remaining"))
    }

    /// The beginning of the body, on one line.
    static func excerpt(_ answer: IncomingResponse) -> String {
        let text = String(decoding: answer.body.prefix(300), as: UTF8.self)
        return String(text.unicodeScalars.map { $0.value < 32 || $0.value == 0xFFFD ? " " : Character($0) })
    }

    private static func header(_ answer: IncomingResponse, _ name: String) -> String? {
        HTTPField.Name(name).flatMap { answer.response.headerFields[$0] }
    }

    private static func isPage(_ answer: IncomingResponse) -> Bool {
        if answer.response.headerFields[.contentType]?.lowercased().contains("html") == true { return true }
        return answer.body.first { $0 > 32 } == UInt8(ascii: "<")
    }

    /// Pipedrive's machine codes, such as `feature_capping_deals_limit`, are safe to repeat.
    private static func isLabel(_ text: String) -> Bool {
        (1...60).contains(text.utf8.count) && text.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }
    }
}
