#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The binds of one statement laid out for libpq, in one allocation that lives as long as this value.
struct BindBuffer: ~Copyable {
    /// The number of parameters is an unsigned 16-bit field of the protocol.
    private static let countLimit = 65_535

    let count: Int32
    private let storage: UnsafeMutablePointer<CChar>
    private let values: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let lengths: UnsafeMutablePointer<Int32>
    private let formats: UnsafeMutablePointer<Int32>

    init(_ binds: [PostgresBind], place: String) throws(PostgresError) {
        let byteCount = try Self.byteCount(of: binds, place: place)
        count = Int32(binds.count)
        storage = .allocate(capacity: max(1, byteCount))
        values = .allocate(capacity: max(1, binds.count))
        lengths = .allocate(capacity: max(1, binds.count))
        formats = .allocate(capacity: max(1, binds.count))
        var next = storage
        for (index, bind) in binds.enumerated() {
            formats[index] = 0
            lengths[index] = 0
            values[index] = nil
            switch bind {
            case .null: continue
            case .text(let text):
                values[index] = UnsafePointer(next)
                next = Self.copy(text.utf8, to: next)
            case .binary(let bytes):
                formats[index] = 1
                lengths[index] = Int32(bytes.count)
                values[index] = UnsafePointer(next)
                next = Self.copy(bytes, to: next)
            }
        }
    }

    deinit {
        storage.deallocate()
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
    }

    /// Gives the three arrays to a libpq call, which copies what it needs before it returns.
    func withPointers<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> R
    ) -> R {
        body(values, lengths, formats)
    }

    /// Bytes needed with a NUL after each value; libpq reads a text up to its NUL.
    private static func byteCount(of binds: [PostgresBind], place: String) throws(PostgresError) -> Int {
        guard binds.count <= countLimit else {
            throw PostgresError(.invalidBind, place: place, reason: "more than \(countLimit) values")
        }
        var total = 0
        for (index, bind) in binds.enumerated() {
            switch bind {
            case .null: continue
            case .text(let text):
                guard !text.containsNUL else {
                    throw PostgresError(.invalidBind, place: place, reason: "$\(index + 1) holds a NUL character")
                }
                total += text.utf8.count + 1
            case .binary(let bytes):
                guard bytes.count <= Int(Int32.max) else {
                    throw PostgresError(.invalidBind, place: place, reason: "$\(index + 1) is too long")
                }
                total += bytes.count + 1
            }
        }
        return total
    }

    private static func copy(
        _ bytes: some Collection<UInt8>, to target: UnsafeMutablePointer<CChar>
    ) -> UnsafeMutablePointer<CChar> {
        let raw = UnsafeMutableRawBufferPointer(start: target, count: bytes.count)
        raw.copyBytes(from: bytes)
        target[bytes.count] = 0
        return target + bytes.count + 1
    }
}

extension String {
    /// True when libpq would read only a part of it.
    var containsNUL: Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return memchr(start, 0, bytes.count) != nil
        } ?? utf8.contains(0)
    }
}
