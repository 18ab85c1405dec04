import Foundation
import XCTest

typealias JSON = [String: Any]

/// Why a command cannot be carried out.
struct CommandFailure: Error {
  let code: String
  let message: String
}

/// What this runner can do. Called on the automation thread only.
struct Actions {
  func run(_ name: String, _ arguments: JSON) throws -> Any {
    switch name {
    case "echo":
      return arguments
    case "wait":
      let milliseconds = (arguments["ms"] as? NSNumber)?.doubleValue ?? 0
      Thread.sleep(forTimeInterval: milliseconds / 1000)
      return JSON()
    case "launch":
      try app(arguments).launch()
      return JSON()
    case "terminate":
      try app(arguments).terminate()
      return JSON()
    case "tap":
      try press(element(arguments))
      return JSON()
    case "type":
      try app(arguments).typeText(text("text", arguments))
      return JSON()
    default:
      throw CommandFailure(code: "unknown-command", message: "There is no \(name).")
    }
  }

  /// The cheapest thing that only a thread that can automate does.
  func ping() {
    _ = XCUIDevice.shared
  }

  private func app(_ arguments: JSON) throws -> XCUIApplication {
    XCUIApplication(bundleIdentifier: try text("bundleId", arguments))
  }

  private func element(_ arguments: JSON) throws -> XCUIElement {
    let label = try text("label", arguments)
    let found = try app(arguments).descendants(matching: .any)[label].firstMatch
    guard found.waitForExistence(timeout: 5) else {
      throw CommandFailure(code: "no-such-element", message: "There is no element \(label).")
    }
    return found
  }

  private func press(_ element: XCUIElement) {
    #if os(iOS)
      element.tap()
    #elseif os(tvOS)
      XCUIRemote.shared.press(.select)
    #else
      element.click()
    #endif
  }

  private func text(_ name: String, _ arguments: JSON) throws -> String {
    guard let value = arguments[name] as? String else {
      throw CommandFailure(code: "bad-arguments", message: "\(name) has to be a text.")
    }
    return value
  }
}
