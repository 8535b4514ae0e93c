/// Two pipelines with their stages.
enum SamplePipelines {
    private static let pipelines: [(name: String, stages: [(name: String, probability: Int)])] = [
        (
            "Verkoop",
            [
                ("Kwalificatie", 10), ("Contact gelegd", 25), ("Voorstel", 50), ("Onderhandeling", 75),
                ("Afronding", 90),
            ]
        ),
        ("Onderhoudscontracten", [("Aanvraag", 20), ("Inspectie", 40), ("Offerte", 60), ("Akkoord", 95)]),
    ]

    static func fill(_ state: inout State) {
        let time = JSON.string(Timestamp(seconds: 1_709_280_000).rfc3339)
        var stageID = 0
        for (place, pipeline) in pipelines.enumerated() {
            state[.pipeline].put(
                Record(
                    id: place + 1,
                    fields: [
                        "id": .int(place + 1), "name": .string(pipeline.name), "order_nr": .int(place + 1),
                        "is_deleted": false, "is_deal_probability_enabled": true, "add_time": time, "update_time": time,
                    ]))
            for (order, stage) in pipeline.stages.enumerated() {
                stageID += 1
                state[.stage].put(
                    Record(
                        id: stageID,
                        fields: [
                            "id": .int(stageID), "order_nr": .int(order + 1), "name": .string(stage.name),
                            "is_deleted": false, "deal_probability": .int(stage.probability),
                            "pipeline_id": .int(place + 1), "is_deal_rot_enabled": false, "days_to_rotten": nil,
                            "add_time": time, "update_time": time,
                        ]))
            }
        }
    }
}
