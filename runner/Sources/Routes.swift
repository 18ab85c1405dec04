import Foundation

/// The protocol's routes. Called on threads of the server's, several at once.
final class Routes {
  private let settings: RunnerSettings
  private let commands: CommandLog
  private let automation: AutomationThread
  private let startedAt = ProcessInfo.processInfo.systemUptime
  private let lock = NSLock()
  private var shutDown = false
  private var usedAt = ProcessInfo.processInfo.systemUptime

  init(settings: RunnerSettings, commands: CommandLog, automation: AutomationThread) {
    self.settings = settings
    self.commands = commands
    self.automation = automation
  }

  var isShutDown: Bool {
    lock.lock()
    defer { lock.unlock() }
    return shutDown
  }

  var idleTime: TimeInterval {
    lock.lock()
    defer { lock.unlock() }
    return ProcessInfo.processInfo.systemUptime - usedAt
  }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard request.headers["authorization"] == "Bearer \(settings.token)" else {
      return failure(401, "refused", "The token is wrong.")
    }
    touch()
    switch (request.method, request.path) {
    case ("GET", "/uptime"):
      let uptime = (ProcessInfo.processInfo.systemUptime - startedAt) * 1000
      return success(["protocol": 1, "uptimeMs": uptime])
    case ("POST", "/ping"):
      automation.ping()
      return success(["thread": "automation"])
    case ("GET", "/status"):
      var status: JSON = ["state": commands.isBusy ? "busy" : "idle"]
      if let id = request.query["command"] { status["command"] = commands.describe(id) }
      return success(status)
    case ("POST", "/command"):
      return command(request)
    case ("POST", "/shutdown"):
      lock.lock()
      shutDown = true
      lock.unlock()
      return response(202, ["stopping": true])
    default:
      return failure(404, "unknown-route", "There is no \(request.method) \(request.path).")
    }
  }

  private func command(_ request: HTTPRequest) -> HTTPResponse {
    guard
      let body = (try? JSONSerialization.jsonObject(with: request.body)) as? JSON,
      let id = body["id"] as? String, !id.isEmpty,
      let name = body["name"] as? String
    else {
      return failure(400, "bad-request", "A command has an id, a name and arguments.")
    }
    if commands.begin(id) {
      automation.carryOut(id: id, name: name, arguments: body["arguments"] as? JSON ?? JSON())
    }
    touch()
    return response(200, commands.describe(id))
  }

  private func touch() {
    lock.lock()
    usedAt = ProcessInfo.processInfo.systemUptime
    lock.unlock()
  }

  /// With who answers.
  private func success(_ body: JSON) -> HTTPResponse {
    let identity: JSON = ["fingerprint": settings.fingerprint, "instance": settings.instance]
    return response(200, body.merging(identity) { own, _ in own })
  }

  private func failure(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
    response(status, ["code": code, "message": message])
  }

  private func response(_ status: Int, _ body: JSON) -> HTTPResponse {
    let data = try? JSONSerialization.data(withJSONObject: body)
    let headers = [
      "Content-Type": "application/json",
      "Hangscope-Runner-Instance": settings.instance,
    ]
    return HTTPResponse(status: status, headers: headers, body: data ?? Data("{}".utf8))
  }
}
