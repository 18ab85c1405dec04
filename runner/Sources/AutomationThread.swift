import Foundation

/// The test's own thread: the only one that may automate. Work is handed to it one by one.
final class AutomationThread {
  private let actions: Actions
  private let log: CommandLog
  private let condition = NSCondition()
  private var waiting: [() -> Void] = []

  init(actions: Actions, log: CommandLog) {
    self.actions = actions
    self.log = log
  }

  /// Does what it is given until `isOver`. Called by the test, on the main thread, whose run loop
  /// turns in between: XCTest needs it.
  func run(until isOver: () -> Bool) {
    while !isOver() {
      RunLoop.current.run(mode: .default, before: Date(timeIntervalSinceNow: 0.02))
      while let next = take() { next() }
    }
  }

  /// Waits until the automation thread has done something of its own.
  func ping() {
    let done = DispatchSemaphore(value: 0)
    give { [actions] in
      actions.ping()
      done.signal()
    }
    done.wait()
  }

  /// Runs a command that was begun in the log, and waits until it has ended.
  func carryOut(id: String, name: String, arguments: JSON) {
    let done = DispatchSemaphore(value: 0)
    give { [actions, log] in
      do {
        log.end(id, as: .done(try actions.run(name, arguments)))
      } catch let failure as CommandFailure {
        log.end(id, as: .failed(failure))
      } catch {
        log.end(id, as: .failed(CommandFailure(code: "failed", message: "\(error)")))
      }
      done.signal()
    }
    done.wait()
  }

  private func give(_ work: @escaping () -> Void) {
    condition.lock()
    waiting.append(work)
    condition.unlock()
  }

  private func take() -> (() -> Void)? {
    condition.lock()
    defer { condition.unlock() }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }
}
