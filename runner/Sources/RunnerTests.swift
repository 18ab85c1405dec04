import XCTest

/// The one test: it serves until it is told to shut down. Its thread, the main one, is the thread
/// that automates; requests come in on others.
final class RunnerTests: XCTestCase {
  func testServe() throws {
    continueAfterFailure = true
    let settings = try RunnerSettings(environment: ProcessInfo.processInfo.environment)
    let commands = CommandLog()
    let automation = AutomationThread(actions: Actions(), log: commands)
    let routes = Routes(settings: settings, commands: commands, automation: automation)
    let server = try HTTPServer(port: settings.port) { request in routes.answer(request) }
    try server.start()
    let idle = IdleWatch(seconds: settings.idleSeconds, commands: commands, routes: routes)
    // Returns when it was told to shut down, or has had nothing to do for too long.
    automation.run(until: { routes.isShutDown || idle.isOver })
    server.stop()
  }
}

/// What a launch gives a runner; see PROTOCOL.md.
struct RunnerSettings {
  let port: UInt16
  let token: String
  let instance: String
  let fingerprint: String
  let idleSeconds: TimeInterval

  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  init(environment: [String: String]) throws {
    func value(_ name: String) throws -> String {
      guard let value = environment[name], !value.isEmpty else {
        throw Missing(description: "HangscopeRunner: \(name) is not set")
      }
      return value
    }
    guard let port = UInt16(try value("HANGSCOPE_RUNNER_PORT")) else {
      throw Missing(description: "HangscopeRunner: HANGSCOPE_RUNNER_PORT is no port")
    }
    self.port = port
    token = try value("HANGSCOPE_RUNNER_TOKEN")
    instance = try value("HANGSCOPE_RUNNER_INSTANCE")
    idleSeconds = TimeInterval(environment["HANGSCOPE_RUNNER_IDLE_SECONDS"] ?? "") ?? 0
    // Built in: a variable would prove nothing about what was built.
    let bundle = Bundle(for: RunnerTests.self)
    fingerprint = bundle.object(forInfoDictionaryKey: "HangscopeRunnerFingerprint") as? String ?? ""
  }
}

/// Ends a runner that nobody has asked anything for long.
final class IdleWatch {
  private let seconds: TimeInterval
  private let commands: CommandLog
  private let routes: Routes

  init(seconds: TimeInterval, commands: CommandLog, routes: Routes) {
    self.seconds = seconds
    self.commands = commands
    self.routes = routes
  }

  var isOver: Bool {
    seconds > 0 && !commands.isBusy && routes.idleTime > seconds
  }
}
