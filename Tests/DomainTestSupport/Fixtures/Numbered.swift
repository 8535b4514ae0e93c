public import Domain
public import FoundationEssentials

extension UUID {
    /// A fixed identifier: the same number gives the same one.
    public static func numbered(_ number: UInt16) -> UUID {
        UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, UInt8(number >> 8), UInt8(number & 255)))
    }
}

extension Identifier where RawValue == UUID {
    /// A fixed identifier: the same number gives the same one.
    public static func numbered(_ number: UInt16) -> Self { Self(.numbered(number)) }
}

extension Date {
    /// 2026-11-24 12:00 UTC, the "now" of tests.
    public static let fixture = Date(timeIntervalSince1970: 1_795_521_600)
}

extension CalendarDay {
    /// 2026-11-24, the "today" of tests.
    public static let fixture = CalendarDay(dayNumber: 20_781)
}
