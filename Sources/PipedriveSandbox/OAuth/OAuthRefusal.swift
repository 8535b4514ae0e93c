/// Why the token endpoint refuses.
struct OAuthRefusal: Error {
    let error: String
    let message: String
}
