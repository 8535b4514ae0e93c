/// The signed token that accompanies a panel request: a JSON Web Token with HS256.
enum PanelToken {
    static func sign(userID: Int, companyID: Int, expiresAt: Int, secret: String) -> String {
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        let claims: JSON = ["userId": .int(userID), "companyId": .int(companyID), "exp": .int(expiresAt)]
        let signed = [header, claims].map { Base64URL.encode(JSONWriter.bytes($0)) }.joined(separator: ".")
        return signed + "." + Base64URL.encode(HMACSHA256.code(for: Array(signed.utf8), key: Array(secret.utf8)))
    }
}
