import Domain
import Foundation

/// The same sums by Foundation's decimal, written apart from the code under test.
enum DecimalOracle {
    /// `value` with so many decimals, half away from zero.
    static func rounded(_ value: Decimal, scale: Int) -> Decimal {
        var (input, output) = (value, Decimal())
        NSDecimalRound(&output, &input, scale, .plain)
        return output
    }

    static func line(_ line: DocumentLine) -> Decimal {
        let exact = Decimal(line.quantity.tenThousandths) * Decimal(line.unitPrice ?? 0) / 10_000
        switch line.discount {
        case .none: return rounded(exact, scale: 0)
        case .percentage(let share): return rounded(exact * Decimal(10_000 - share.basisPoints) / 10_000, scale: 0)
        case .amount(let units):
            let gross = rounded(exact, scale: 0)
            return gross < 0 ? gross : max(0, gross - Decimal(units))
        }
    }

    /// Net and tax of a whole document, tax once per rate.
    static func totals(_ lines: [DocumentLine]) -> (net: Decimal, tax: Decimal) {
        var (net, tax) = (Decimal(0), Decimal(0))
        for points in Set(lines.map { $0.taxMethod == .none ? 0 : $0.tax.basisPoints }) {
            let same = lines.filter { ($0.taxMethod == .none ? 0 : $0.tax.basisPoints) == points }
            let onTop = same.filter { $0.taxMethod != .inclusive }.reduce(Decimal(0)) { $0 + line($1) }
            let within = same.filter { $0.taxMethod == .inclusive }.reduce(Decimal(0)) { $0 + line($1) }
            let held = rounded(within * Decimal(points) / Decimal(10_000 + points), scale: 0)
            net += onTop + within - held
            tax += rounded(onTop * Decimal(points) / 10_000, scale: 0) + held
        }
        return (net, tax)
    }
}
