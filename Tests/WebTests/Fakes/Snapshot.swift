import Foundation
import HTTPTypes
import Testing
import Web

/// Compares an exchange with the file that a reviewer reads: request line, blank line, answer.
func expectSnapshot(
    _ name: String, _ request: String, _ answer: WebResponse, location: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Snapshots/\(name).txt")
    let fields = answer.response.headerFields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    let text = "\(request)\n\n\(answer.status)\n\(fields)\n\n\(answer.text)\n"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text == expected, "The answer differs from Snapshots/\(name).txt", sourceLocation: location)
}
