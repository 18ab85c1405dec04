import Foundation

/// What became of every command since the launch, by its id. For any thread.
final class CommandLog {
  enum State {
    case running
    case done(Any)
    case failed(CommandFailure)
  }

  private let lock = NSLock()
  private var states: [String: State] = [:]

  /// False when a command of that id was received before: it is never run again.
  func begin(_ id: String) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    guard states[id] == nil else { return false }
    states[id] = .running
    return true
  }

  func end(_ id: String, as state: State) {
    lock.lock()
    defer { lock.unlock() }
    states[id] = state
  }

  var isBusy: Bool {
    lock.lock()
    defer { lock.unlock() }
    return states.values.contains { if case .running = $0 { return true } else { return false } }
  }

  /// As the protocol tells it.
  func describe(_ id: String) -> JSON {
    lock.lock()
    defer { lock.unlock() }
    switch states[id] {
    case nil:
      return ["state": "unknown"]
    case .running:
      return ["state": "running"]
    case .done(let result):
      return ["state": "done", "result": result]
    case .failed(let failure):
      return ["state": "failed", "error": ["code": failure.code, "message": failure.message]]
    }
  }
}
