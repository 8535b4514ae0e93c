internal import Domain
import FoundationEssentials

/// The claims of Pipedrive's HS256 token (RFC 7519), after its signature was checked.
struct SignedToken {
    let companyID: Int64
    let userID: Int64
    /// Seconds since 1970; nil when the token has no `exp`.
    let expiresAt: Double?

    /// Nil for anything but a well-formed HS256 token with the right signature and both ids.
    init?(_ token: String, key: Secret, secrets: any SecretSource) {
        let bytes = Array(token.utf8)
        let dots = bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }
        guard dots.count == 2, let payload = Self.decoded(bytes[(dots[0] + 1)..<dots[1]]),
            let signature = Self.decoded(bytes[(dots[1] + 1)...]),
            secrets.matches(signature, secrets.authenticationCode(Array(bytes[..<dots[1]]), key: key))
        else { return nil }
        let header = bytes[..<dots[0]]
        let isUsual = header.elementsEqual(Self.usualHeader.utf8)
        if isUsual, let plain = PlainClaims(payload), let company = plain.companyID, let user = plain.userID {
            (companyID, userID, expiresAt) = (company, user, plain.expiresAt)
            return
        }
        do {
            let decoder = JSONDecoder()
            if !isUsual {
                guard let header = Self.decoded(header),
                    try decoder.decode(Header.self, from: Data(header)).alg == "HS256"
                else { return nil }
            }
            let claims = try decoder.decode(Claims.self, from: Data(payload))
            (companyID, userID, expiresAt) = (claims.companyId.value, claims.userId.value, claims.exp)
        } catch {
            return nil
        }
    }

    // {"alg":"HS256","typ":"JWT"}, as nearly everybody writes it.
    private static let usualHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

    private struct Header: Decodable { let alg: String }
    private struct Claims: Decodable {
        let companyId: Number
        let userId: Number
        let exp: Double?
    }

    // Pipedrive's samples have the ids both as numbers and as texts.
    private struct Number: Decodable {
        let value: Int64
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                value = try container.decode(Int64.self)
            } catch DecodingError.typeMismatch {
                guard let number = Int64(try container.decode(String.self)) else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "no id")
                }
                value = number
            }
        }
    }

    /// Base64 with `-` and `_` and without padding (RFC 4648, section 5).
    private static func decoded(_ part: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes = part.map {
            switch $0 {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: $0
            }
        }
        bytes += repeatElement(UInt8(ascii: "="), count: (4 - bytes.count % 4) % 4)
        return Data(base64Encoded: Data(bytes)).map { Array($0) }
    }
}
