import ArgumentParser
import Bootstrap

/// The operator's tool.
@main
struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paydock", abstract: "Sets PayDock for Pipedrive up and looks after it.", version: Version.text,
        subcommands: [
            MigrateCommand.self, DoctorCommand.self, StatusCommand.self, CompanyCommand.self, MemberCommand.self,
            KeysCommand.self, MessagesCommand.self, SyncCommand.self, DraftCommand.self, ExplainCommand.self,
            RestoredCommand.self,
        ])
}
