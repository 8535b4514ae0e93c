import ArgumentParser
import Bootstrap
import Domain
import Workflows

/// `paydock company …`
struct CompanyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "company", abstract: "Companies and their first login.", subcommands: [Create.self])

    /// `paydock company create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a company with an owner's login and an API key, which is shown once.")

        @Option(help: "Name on documents.")
        var name: String
        @Option(help: "Login e-mail of the owner.")
        var email: String
        @Option(help: "Password of the owner, at least 8 characters.")
        var password: String
        @Option(help: "ISO 4217 code of the default currency.")
        var currency = "EUR"
        @Option(help: "ISO 3166-1 alpha-2 code.")
        var country = "NL"
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let company: Accounts.NewCompany
            do {
                company = try Installation(settings: try Program.settings()).accounts().createCompany(
                    name: name, email: email, password: Secret(password), currency: currency, country: country)
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
            if json {
                try Facts.print([
                    "company_id": company.id.text, "email": company.email, "api_key": company.apiKey.reveal(),
                ])
            } else {
                print("Company \(company.id.text)\nLogin   \(company.email)\nAPI key \(company.apiKey.reveal())")
            }
        }
    }
}
