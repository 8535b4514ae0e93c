public import Domain

extension ProductDetails {
    /// Takes over a field from the text that both sides compare.
    public mutating func set(_ field: SyncField, _ text: String) {
        switch field {
        case .name: name = text
        case .code: code = text.isEmpty ? nil : text
        case .description: description = text.isEmpty ? nil : text
        case .unit: unit = text.isEmpty ? nil : text
        case .tax: tax = Percentage(basisPoints: Int(text) ?? 0)
        case .prices: prices = FieldText.prices(text)
        case .isActive: isActive = text != FieldText.flag(false)
        case .organization, .emails, .phones, .address, .vatNumber, .kvkNumber, .language: break
        }
    }
}
