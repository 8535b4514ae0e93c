/// Why a story could not go on.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Optional {
    /// The value, or a failure that says what is missing.
    func orFail(_ what: @autoclosure () -> String) throws -> Wrapped {
        guard let self else { throw Failure(what()) }
        return self
    }
}
