internal import CFastCGI
internal import HTTPTypes

/// The request libfcgi has in hand: reading it, answering it, closing it.
struct AcceptedRequest {
    enum Reading {
        case complete(FastCGIRequest)
        /// Answered by the listener itself.
        case refused(HTTPResponse.Status)
        /// The body ended before its announced length: nobody is left to answer.
        case gone
    }

    private enum Body {
        case complete([UInt8])
        case tooLarge
        case malformed
        case gone
    }

    private let pointer: UnsafeMutablePointer<FCGX_Request>

    init(_ pointer: UnsafeMutablePointer<FCGX_Request>) {
        self.pointer = pointer
    }

    func read(maxBodyBytes: Int) -> Reading {
        let parameters = parameters()
        guard let request = RequestHead.request(from: parameters) else { return .refused(.badRequest) }
        switch readBody(announced: parameters["CONTENT_LENGTH"] ?? "", maxBodyBytes: maxBodyBytes) {
        case .complete(let body):
            return .complete(
                FastCGIRequest(
                    request: request, body: body, remoteAddress: parameters["REMOTE_ADDR"], parameters: parameters))
        case .tooLarge: return .refused(.contentTooLarge)
        case .malformed: return .refused(.badRequest)
        case .gone: return .gone
        }
    }

    /// Writes all of the bytes; false when the web server has hung up.
    func write(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
                let written = FCGX_PutStr(
                    piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count), pointer.pointee.out)
                guard written > 0 else { return false }
                rest = rest.dropFirst(Int(written))
            }
            return true
        }
    }

    /// Flushes the answer and ends the request; false when the web server has hung up.
    func finish() -> Bool {
        let isFlushed = FCGX_FClose(pointer.pointee.out) == 0
        FCGX_Finish_r(pointer)
        return isFlushed
    }

    /// Closes the connection, answered or not; does nothing where ``finish()`` has closed it.
    func close() {
        FCGX_Free(pointer, 1)
    }

    private func parameters() -> [String: String] {
        var parameters: [String: String] = [:]
        guard var entry = pointer.pointee.envp else { return parameters }
        parameters.reserveCapacity(48)
        while let pair = entry.pointee {
            let text = String(cString: pair)
            if let equals = text.utf8.firstIndex(of: 61) {
                parameters[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            entry += 1
        }
        return parameters
    }

    private func readBody(announced: String, maxBodyBytes: Int) -> Body {
        if announced.isEmpty { return readUnannounced(maxBodyBytes: maxBodyBytes) }
        // Digits only: no sign, no blanks, and no number that would wrap.
        guard announced.utf8.allSatisfy({ (48...57).contains($0) }), announced.utf8.count <= 18,
            let length = Int(announced)
        else { return .malformed }
        guard length <= maxBodyBytes else {
            drain(atMost: max(maxBodyBytes, 64 << 10))
            return .tooLarge
        }
        // One byte more than announced, so that the end of the body is seen, and a longer body too.
        let body = read(atMost: length + 1)
        if body.count < length || FCGX_GetError(pointer.pointee.in) != 0 { return .gone }
        return body.count == length ? .complete(body) : .malformed
    }

    /// A body without `CONTENT_LENGTH`, which a web server that does not buffer requests sends: read to its end.
    private func readUnannounced(maxBodyBytes: Int) -> Body {
        var body: [UInt8] = []
        while body.count <= maxBodyBytes {
            let piece = read(atMost: min(64 << 10, maxBodyBytes + 1 - body.count))
            if piece.isEmpty { return FCGX_GetError(pointer.pointee.in) == 0 ? .complete(body) : .gone }
            body += piece
        }
        drain(atMost: max(maxBodyBytes, 64 << 10))
        return .tooLarge
    }

    /// Reads what the web server is still sending, up to a bound, so that it comes to read the refusal.
    private func drain(atMost bound: Int) {
        var drainedCount = 0
        while drainedCount < bound {
            let piece = read(atMost: 64 << 10)
            if piece.isEmpty { return }
            drainedCount += piece.count
        }
    }

    private func read(atMost count: Int) -> [UInt8] {
        let count = min(count, Int(Int32.max))
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                initializedCount = max(0, Int(FCGX_GetStr(characters.baseAddress, Int32(count), pointer.pointee.in)))
            }
        }
    }
}
