import Foundation
public import Logging

/// What every program does first: a logger, and the environment or one clear line.
public enum Program {
    /// A logger that writes JSON lines to standard error.
    public static func logger(_ name: String) -> Logger {
        Logger(label: name) { _ in JSONLineLogHandler(process: name) }
    }

    /// The settings of this process's environment. Throws `SettingsError`.
    public static func settings() throws -> Settings {
        try Settings(environment: ProcessInfo.processInfo.environment)
    }

    /// The wired environment. Throws `SettingsError` with the key's name.
    public static func environment(_ name: String, logger: Logger) throws -> Environment {
        try Environment(process: name, settings: try settings(), logger: logger)
    }
}
