import FlyingSocks

/// How the bytes of a body leave: all at once, half and then no more, or a few at a time.
enum BodyPace: Sendable, Equatable {
    case whole
    case half
    /// One small piece after each pause.
    case drip(Duration)
}

/// A body that a failing network delivers.
struct DisturbedBody: AsyncBufferedSequence {
    /// Thrown after the first half, which makes the server close the connection.
    struct BrokenOff: Error {}

    private static let dripSize = 16

    let bytes: [UInt8]
    let pace: BodyPace

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...], left: bytes.count - bytes.count / 2, pace: pace) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        var rest: ArraySlice<UInt8>
        /// How many bytes remain when a half body breaks off.
        let left: Int
        let pace: BodyPace

        mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

        mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
            if rest.isEmpty { return nil }
            var size = count
            switch pace {
            case .whole: break
            case .half:
                if rest.count <= left { throw BrokenOff() }
                size = Swift.min(size, rest.count - left)
            case .drip(let pause):
                try await Task.sleep(for: pause)
                size = Swift.min(size, DisturbedBody.dripSize)
            }
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            return piece
        }
    }
}
