internal import CFastCGI
internal import Glibc
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
        let head = head()
        guard let request = head.request() else { return .refused(.badRequest) }
        switch readBody(announced: head.announcedLength, maxBodyBytes: maxBodyBytes) {
        case .complete(let body):
            return .complete(FastCGIRequest(request: request, body: body, remoteAddress: head.remoteAddress))
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
    ///
    /// - Parameter isRead: whether all that the web server sent was read. Then the connection is closed at once. Else
    ///   libfcgi first waits until the web server has closed its side: with something unread a close would become a
    ///   reset, and could take the answer with it.
    func finish(isRead: Bool) -> Bool {
        if isRead { FCGX_Detach(pointer) }
        // The last stream that closes carries the end of the request: with the answer's, all of it is one write.
        FCGX_FClose(pointer.pointee.err)
        let isFlushed = FCGX_FClose(pointer.pointee.out) == 0
        FCGX_Finish_r(pointer)
        return isFlushed
    }

    /// Closes the connection, answered or not; does nothing where ``finish(isRead:)`` has closed it.
    func close() {
        FCGX_Free(pointer, 1)
    }

    private func head() -> RequestHead {
        var head = RequestHead()
        guard var entry = pointer.pointee.envp else { return head }
        while let pair = entry.pointee {
            pair.withMemoryRebound(to: UInt8.self, capacity: 1) {
                head.take(UnsafeBufferPointer(start: $0, count: strlen(pair)))
            }
            entry += 1
        }
        return head
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
            // Nearly always there is none: a byte's room is enough to see that.
            let piece = read(atMost: min(body.isEmpty ? 1 : 64 << 10, maxBodyBytes + 1 - body.count))
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
