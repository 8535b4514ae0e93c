/// The connection was ended while something still wanted to call Pipedrive for it: that work is no longer wanted.
struct ConnectionEnded: Error {
    let reason = "The connection was ended"
}
