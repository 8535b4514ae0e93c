/// Makes a company full of invented data.
///
/// The same seed and count give the same company.
enum SampleState {
    static let users = [
        User(id: 1, name: "Anouk Boterbloem", email: "anouk@tulp-en-zonen.example", isAdmin: true),
        User(id: 2, name: "Bram Lindeveld", email: "bram@tulp-en-zonen.example", isAdmin: false),
        User(id: 3, name: "Zoë van der Sluisman", email: "zoe@tulp-en-zonen.example", isAdmin: false),
    ]

    /// How many companies there are data for.
    static let companyLimit = 2

    private static let otherUsers = [
        User(id: 1, name: "Merel Kaasjager", email: "merel@kaas-en-co.example", isAdmin: true),
        User(id: 2, name: "Sietse Vlinderhof", email: "sietse@kaas-en-co.example", isAdmin: false),
    ]

    /// The first company; or the second, whose ids overlap with the first one's as they may at Pipedrive.
    static func make(personCount: Int, seed: UInt64, isSecond: Bool = false) throws -> State {
        var state = State()
        state.users = users
        if isSecond {
            state.users = otherUsers
            state.company = Company(id: 7702, name: "Kaas & Co", domain: "kaas-en-co")
        }
        state.fields = SampleFields.all
        SamplePipelines.fill(&state)
        var random = SeededRandom(seed: seed)
        SampleOrganizations.fill(&state, count: max(124, personCount * 2 / 5), random: &random)
        SamplePersons.fill(&state, count: personCount, random: &random)
        SampleProducts.fill(&state, count: 64, random: &random)
        try SampleDeals.fill(&state, count: 48, random: &random)
        SampleLeads.fill(&state, count: 9, random: &random)
        state.events = []
        return state
    }
}
