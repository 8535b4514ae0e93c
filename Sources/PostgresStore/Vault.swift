internal import Domain
import Sodium

/// Seals and opens tokens. The additional data binds company, Pipedrive company, user and field, so that a ciphertext
/// moved to another row or column does not open.
struct Vault: Sendable {
    private let keys: (any SealingKeys)?

    init(keys: (any SealingKeys)?) {
        self.keys = keys
    }

    private func sealingKeys() throws -> any SealingKeys {
        guard let keys else { throw Refusal(.unavailable, "The keyring is not loaded in this process.") }
        return keys
    }

    /// What a sealed value belongs to.
    struct Place {
        let owner: String
        let pipedriveCompany: Int64
        let user: Int64

        init(company: Company.ID, pipedriveCompany: Int64, user: Int64) {
            owner = "company \(company.text)"
            self.pipedriveCompany = pipedriveCompany
            self.user = user
        }

        /// An install that no company is joined to yet, by the hash of its ticket.
        init(ticketHash: [UInt8], pipedriveCompany: Int64, user: Int64) {
            owner = "ticket \(Digest.hex(ticketHash))"
            self.pipedriveCompany = pipedriveCompany
            self.user = user
        }

        func additionalData(_ field: String) -> [UInt8] {
            Array("paydock/1|\(owner)|pipedrive \(pipedriveCompany)|user \(user)|\(field)".utf8)
        }
    }

    func seal(_ secret: Secret, _ field: String, at place: Place) throws -> [UInt8] {
        try sealingKeys().keyring().seal(Array(secret.reveal().utf8), additionalData: place.additionalData(field))
            .encoded
    }

    func open(_ sealed: [UInt8], _ field: String, at place: Place) throws -> Secret {
        let (bytes, data) = (try SealedBytes(encoded: sealed), place.additionalData(field))
        let keys = try sealingKeys()
        let plain: [UInt8]
        do {
            plain = try keys.keyring().open(bytes, additionalData: data)
        } catch SodiumError.unknownKey {
            plain = try keys.reread().open(bytes, additionalData: data)
        }
        return Secret(String(decoding: plain, as: UTF8.self))
    }
}
