import ArgumentParser
import Bootstrap

/// The operator's tool.
@main
struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paydock", abstract: "Sets PayDock for Pipedrive up and looks after it.", version: Version.text,
        subcommands: [MigrateCommand.self, CompanyCommand.self, KeysCommand.self, SyncCommand.self])
}
