internal import CCurl
internal import HTTPTypes

/// One exchange inside libcurl: owns the easy handle, the header list and the error buffer, and frees them.
///
/// Touched on the loop's thread only; libcurl's callbacks find it through an unretained pointer, valid because the
/// table drops a transfer only after taking its handle out of the multi handle.
final class Transfer {
    let submission: Submission
    let easy: UnsafeMutableRawPointer
    var head = ResponseHeadReader()
    private(set) var body: [UInt8] = []
    private var sentByteCount = 0
    private var isTooLarge = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Nil when libcurl has no memory or does not know an option.
    init?(_ submission: Submission, userAgent: String) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.submission = submission
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure(userAgent: userAgent) else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// What libcurl's verdict means to the caller.
    func outcome(_ code: CURLcode) -> Result<IncomingResponse, HTTPTransportError> {
        guard code == CURLE_OK else {
            let words = errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText)
            let detail = words.map { String(cString: $0) } ?? ""
            return failure(isTooLarge ? .tooLarge : HTTPTransportError.Code(code), detail: detail)
        }
        var status = 0
        _ = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        guard (200...599).contains(status) else { return failure(.other, detail: "status \(status)") }
        let response = HTTPResponse(status: .init(code: status), headerFields: head.fieldsWithoutEncoding())
        return .success(
            IncomingResponse(response: response, body: body, elapsed: .now - submission.submittedAt))
    }

    func failure(
        _ code: HTTPTransportError.Code, detail: String
    ) -> Result<IncomingResponse, HTTPTransportError> {
        .failure(
            HTTPTransportError(
                code: code, place: submission.request.place, mayHaveReachedServer: mayHaveReachedServer,
                detail: detail))
    }

    /// A connection that stood and was about to be written to counts as reached, even if nothing was counted yet.
    private var mayHaveReachedServer: Bool {
        var requestByteCount = 0
        var readyAfter: curl_off_t = 0
        _ = ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &requestByteCount)
        _ = ccurl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &readyAfter)
        return requestByteCount > 0 || readyAfter > 0
    }

    /// Takes a piece of the body; false when there is too much of it.
    func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= submission.request.maxResponseBytes - body.count else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: piece)
        return true
    }

    /// Takes a line of the head; false when the head is too large.
    func receiveHead(_ line: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = !head.read(line)
        return !isTooLarge
    }

    /// Copies the next piece of the body to be sent and returns its size.
    func supply(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = submission.request.body else { return 0 }
        let piece = body[sentByteCount...].prefix(room.count)
        room.copyBytes(from: piece)
        sentByteCount += piece.count
        return piece.count
    }

    /// libcurl asks to send the body again from its start, after a kept connection turned out dead.
    ///
    /// The server may have acted on the first copy, so only a request that is safe to repeat is.
    func rewind(to offset: Int) -> Bool {
        guard submission.request.request.method.isRepeatable, offset == 0 else { return false }
        sentByteCount = 0
        return true
    }

    private func configure(userAgent: String) -> Bool {
        let outgoing = submission.request
        headerList = outgoing.makeHeaderList()
        let context = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            ccurl_set_string(easy, CURLOPT_URL, submission.address.url),
            ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            ccurl_set_string(easy, CURLOPT_PROXY, ""),
            ccurl_set_string(easy, CURLOPT_USERAGENT, userAgent),
            ccurl_set_string(easy, CURLOPT_ACCEPT_ENCODING, ""),
            ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
            ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1),
            ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1),
            ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1),
            ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2),
            ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, submission.timeLeft.wholeMilliseconds)),
            ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, outgoing.connectTimeout.wholeMilliseconds)),
            ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList),
            ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
            ccurl_set_transfer_callback(easy, CURLOPT_WRITEFUNCTION, receiveBodyPiece),
            ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context),
            ccurl_set_transfer_callback(easy, CURLOPT_HEADERFUNCTION, receiveHeadLine),
            ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context),
        ]
        return codes.allSatisfy { $0 == CURLE_OK } && configureMethod(context: context)
    }

    private func configureMethod(context: UnsafeMutableRawPointer) -> Bool {
        let outgoing = submission.request
        let method = outgoing.request.method
        var codes: [CURLcode] = []
        if outgoing.body != nil || [.post, .put, .patch].contains(method) {
            let count = outgoing.body?.count ?? 0
            codes = [
                ccurl_set_long(easy, CURLOPT_POST, 1),
                ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(count)),
                ccurl_set_transfer_callback(easy, CURLOPT_READFUNCTION, supplyBodyPiece),
                ccurl_set_pointer(easy, CURLOPT_READDATA, context),
                ccurl_set_seek_callback(easy, rewindBody),
                ccurl_set_pointer(easy, CURLOPT_SEEKDATA, context),
            ]
            // Without a body there is no rewind to refuse, and a dead kept connection would be tried again in silence.
            if count == 0, !method.isRepeatable { codes.append(ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)) }
        } else if method == .head {
            codes = [ccurl_set_long(easy, CURLOPT_NOBODY, 1)]
        }
        if method != .get && method != .head || outgoing.body != nil {
            codes.append(ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, method.rawValue))
        }
        return codes.allSatisfy { $0 == CURLE_OK }
    }
}

extension HTTPRequest.Method {
    /// Whether sending it twice does the same as sending it once (RFC 9110, 9.2.2).
    fileprivate var isRepeatable: Bool {
        [.get, .head, .put, .delete, .options, .trace].contains(self)
    }
}
