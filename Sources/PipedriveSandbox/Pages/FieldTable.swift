/// The fields of a record as rows of a name and a value, custom ones included; the title stands in the heading.
enum FieldTable {
    static func html(_ record: Record, _ entity: Entity, in state: State) -> HTML {
        let definitions = state.fields[entity] ?? []
        let rows = definitions.compactMap { field -> HTML? in
            if ["title", "name"].contains(field.code) { return nil }
            let value = field.isCustom ? record["custom_fields"][field.code] : record[field.code]
            let shown = html(value, field, record, in: state)
            return shown.text.isEmpty ? nil : "<dt>\(field.name)</dt><dd>\(shown)</dd>"
        }
        return "<dl class=\"fields\">\(rows)</dl>"
    }

    private static func html(_ value: JSON, _ field: FieldDefinition, _ record: Record, in state: State) -> HTML {
        switch (field.type, value) {
        case (_, .null): return .nothing
        case ("org", .int(let id)): return link(.organization, id, in: state)
        case ("people", .int(let id)): return link(.person, id, in: state)
        case ("user", .int(let id)): return "\(state.user(id)?.name ?? String(id))"
        case ("stage", .int(let id)): return "\(state[.stage][id]?["name"].text ?? String(id))"
        case ("enum", .int(let id)): return "\(field.options.first { $0.id == id }?.label ?? String(id))"
        case ("set", .array(let ids)):
            let labels = field.options.filter { option in ids.contains(.int(option.id)) }.map(\.label)
            return "\(labels.joined(separator: ", "))"
        case ("monetary", _):
            let amount = value.decimal ?? value["value"].decimal ?? 0
            return "\(Money.text(amount, value["currency"].text ?? record["currency"].text ?? ""))"
        case ("address", _): return "\(value["value"].text ?? "")"
        case (_, .array(let points)):
            let lines = points.compactMap { point -> HTML? in
                point["value"].text.map { "<div>\($0) <small>\(point["label"].text ?? "")</small></div>" }
            }
            return "\(lines)"
        case (_, .string(let text)) where field.type == "date" && text.count > 10:
            return "\(Timestamp.parse(text)?.spaced.dropLast(3).description ?? text)"
        case (_, .string(let text)): return "\(text)"
        default:
            if field.code == "pipeline_id" {
                return "\(value.whole.flatMap { state[.pipeline][$0]?["name"].text } ?? "")"
            }
            return "\(JSONWriter.text(value))"
        }
    }

    static func link(_ entity: Entity, _ id: Int, in state: State) -> HTML {
        "<a href=\"/\(entity.rawValue)/\(id)\">\(state[entity][id]?["name"].text ?? String(id))</a>"
    }
}
