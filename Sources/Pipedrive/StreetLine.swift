import Domain

/// The street in an address of which Pipedrive has taken apart only the place: of "Postbus 123, 1000 AB Amsterdam" it
/// knows postal code and town, and the PO box stands nowhere but in the whole.
struct StreetLine {
    private let value: String
    private let place: PostalAddress
    private let areas: [String]
    private let characters: [String]

    /// - Parameters:
    ///   - value: the whole, as people see it.
    ///   - place: postal code, town and country.
    ///   - areas: what Pipedrive knows beside them: districts and regions.
    init(_ value: String, of place: PostalAddress, areas: [String]) {
        self.value = value
        self.place = place
        self.areas = areas
        characters = value.map { $0.lowercased() }
    }

    /// What stands before the place; nil where the whole is nothing but a place.
    var text: String? {
        // As we write it: there never was a street.
        if value == RecordWriting.line(place) { return nil }
        let starts = [codeStart, cityStart].compactMap(\.self)
        guard let start = starts.min() else { return firstPart }
        let parts = Self.parts(value.prefix(start)).filter { !isKnown($0) }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Where neither postal code nor town is found, as of a town that the whole has in another language: a part without a
    /// digit may be that town.
    private var firstPart: String? {
        Self.parts(value[...]).first.flatMap { !isKnown($0) && $0.contains(where: \.isNumber) ? $0 : nil }
    }

    /// Where the postal code begins, the country before it included, as in "D-10115". Only where a part of the address
    /// begins with it, or the town follows: "Postbus 1000" has a number of its own.
    private var codeStart: Int? {
        guard let code = place.postalCode else { return nil }
        return occurrences(of: code).compactMap { found in
            let start = countryStart(before: found.lowerBound)
            let isPlace = beginsPart(start) || follows([place.city].compactMap(\.self), after: found.upperBound)
            return isPlace ? start : nil
        }.last
    }

    /// Where the town begins. Only where a part of the address begins or ends with it, or something else of the place
    /// follows: "Postbus Amsterdam 5" has a name of its own.
    private var cityStart: Int? {
        guard let city = place.city else { return nil }
        let others = [place.postalCode, place.country].compactMap(\.self) + areas
        return occurrences(of: city).filter { found in
            beginsPart(found.lowerBound) || endsPart(found.upperBound) || follows(others, after: found.upperBound)
        }.last?.lowerBound
    }

    // MARK: Looking

    /// Where the words stand, whatever their case and blanks, and not within another word.
    private func occurrences(of words: String) -> [Range<Int>] {
        let wanted = Self.squeezed(words)
        guard !wanted.isEmpty else { return [] }
        return characters.indices.compactMap { start in
            guard !isWord(start - 1), let end = end(of: wanted, from: start), !isWord(end) else { return nil }
            return start..<end
        }
    }

    private func end(of wanted: [String], from start: Int) -> Int? {
        var place = start
        for character in wanted {
            while place > start, place < characters.count, isBlank(place) { place += 1 }
            guard place < characters.count, characters[place] == character else { return nil }
            place += 1
        }
        return place
    }

    private func follows(_ candidates: [String], after end: Int) -> Bool {
        var next = end
        while next < characters.count, isBlank(next), !isSeparator(next) { next += 1 }
        return candidates.contains { occurrences(of: $0).contains { $0.lowerBound == next } }
    }

    /// The start of up to three letters and a hyphen before a postal code; else the code's own.
    private func countryStart(before start: Int) -> Int {
        guard start > 1, characters[start - 1] == "-" else { return start }
        var first = start - 1
        while first > 0, isWord(first - 1) { first -= 1 }
        return (1...3).contains(start - 1 - first) ? first : start
    }

    private func beginsPart(_ start: Int) -> Bool {
        var before = start - 1
        while before >= 0, isBlank(before), !isSeparator(before) { before -= 1 }
        return before < 0 || isSeparator(before)
    }

    private func endsPart(_ end: Int) -> Bool {
        var next = end
        while next < characters.count, isBlank(next), !isSeparator(next) { next += 1 }
        return next >= characters.count || isSeparator(next)
    }

    private func isWord(_ place: Int) -> Bool {
        characters.indices.contains(place) && characters[place].contains { $0.isLetter || $0.isNumber }
    }

    private func isBlank(_ place: Int) -> Bool { characters[place].allSatisfy(\.isWhitespace) }

    private func isSeparator(_ place: Int) -> Bool { characters[place].allSatisfy(Self.separates) }

    // MARK: Parts

    private func isKnown(_ part: String) -> Bool {
        let squeezed = Self.squeezed(part)
        let known = [place.postalCode, place.city, place.country].compactMap(\.self) + areas
        return known.contains { Self.squeezed($0) == squeezed }
    }

    /// What stands between commas and line breaks, without blanks around it.
    private static func parts(_ text: Substring) -> [String] {
        text.split(whereSeparator: separates).compactMap { part in
            let words = part.split(whereSeparator: \.isWhitespace)
            return words.isEmpty ? nil : words.joined(separator: " ")
        }
    }

    private static func separates(_ character: Character) -> Bool { character == "," || character.isNewline }

    private static func squeezed(_ text: String) -> [String] {
        text.filter { !$0.isWhitespace }.map { $0.lowercased() }
    }
}
