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
        guard dots.count == 2, let payload = Base64URLText.bytes(bytes[(dots[0] + 1)..<dots[1]]),
            let signature = Base64URLText.bytes(bytes[(dots[1] + 1)...]),
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
                guard let header = Base64URLText.bytes(header),
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
}

/// Base64 with `-` and `_` and without padding (RFC 4648, section 5), as tokens have it.
private enum Base64URLText {
    /// The bytes; nil for any other character, and for a length that no bytes have.
    static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var (bits, count): (UInt32, UInt32) = (0, 0)
        for character in text {
            guard let value = value(character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return bytes
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
