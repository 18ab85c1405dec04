import Foundation
import Network

struct HTTPRequest {
  let method: String
  let path: String
  let query: [String: String]
  /// By lower-case name.
  let headers: [String: String]
  let body: Data
}

struct HTTPResponse {
  let status: Int
  let headers: [String: String]
  let body: Data
}

/// As much of HTTP/1.1 as the protocol needs, on loopback: one request for each connection.
final class HTTPServer {
  private static let maxRequestBytes = 8 * 1024 * 1024
  private let listener: NWListener
  private let handler: (HTTPRequest) -> HTTPResponse
  /// Requests wait for the automation thread: each has a thread of its own.
  private let queue = DispatchQueue(label: "hangscope.http", attributes: .concurrent)
  private let port: UInt16

  init(port: UInt16, handler: @escaping (HTTPRequest) -> HTTPResponse) throws {
    let parameters = NWParameters.tcp
    let endpointPort = NWEndpoint.Port(rawValue: port) ?? .any
    parameters.requiredLocalEndpoint = .hostPort(host: .ipv4(.loopback), port: endpointPort)
    listener = try NWListener(using: parameters)
    self.port = port
    self.handler = handler
  }

  struct CannotListen: Error, CustomStringConvertible {
    let description: String
  }

  /// Returns when it listens.
  func start() throws {
    let settled = DispatchSemaphore(value: 0)
    var failure: Error?
    listener.newConnectionHandler = { [weak self] in self?.serve($0) }
    listener.stateUpdateHandler = { state in
      switch state {
      case .ready:
        settled.signal()
      case .failed(let error), .waiting(let error):
        failure = error
        settled.signal()
      default:
        break
      }
    }
    listener.start(queue: queue)
    settled.wait()
    if let failure {
      throw CannotListen(description: "HangscopeRunner: port \(port) is taken (\(failure))")
    }
  }

  func stop() {
    listener.cancel()
  }

  private func serve(_ connection: NWConnection) {
    connection.start(queue: queue)
    receive(connection, Data())
  }

  private func receive(_ connection: NWConnection, _ before: Data) {
    connection.receive(minimumIncompleteLength: 1, maximumLength: 64 * 1024) {
      [weak self] data, _, isComplete, error in
      guard let self else { return connection.cancel() }
      let received = before + (data ?? Data())
      if let request = parse(received) {
        answer(connection, handler(request))
      } else if error != nil || isComplete || received.count > Self.maxRequestBytes {
        connection.cancel()
      } else {
        receive(connection, received)
      }
    }
  }

  private func answer(_ connection: NWConnection, _ response: HTTPResponse) {
    var head = "HTTP/1.1 \(response.status) \(HTTPURLResponse.localizedString(forStatusCode: response.status))\r\n"
    for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
    head += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
    let whole = Data(head.utf8) + response.body
    connection.send(content: whole, completion: .contentProcessed { _ in connection.cancel() })
  }

  /// Nil while it has not come in whole.
  private func parse(_ data: Data) -> HTTPRequest? {
    guard let headEnd = data.range(of: Data("\r\n\r\n".utf8)),
      let head = String(data: data[..<headEnd.lowerBound], encoding: .utf8)
    else { return nil }
    var lines = head.components(separatedBy: "\r\n")
    let start = lines.removeFirst().components(separatedBy: " ")
    guard start.count >= 2, let url = URLComponents(string: start[1]) else { return nil }
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      headers[line[..<colon].lowercased()] = value
    }
    let body = data[headEnd.upperBound...]
    let length = Int(headers["content-length"] ?? "") ?? 0
    guard body.count >= length else { return nil }
    var query: [String: String] = [:]
    for item in url.queryItems ?? [] { query[item.name] = item.value ?? "" }
    return HTTPRequest(
      method: start[0], path: url.path, query: query, headers: headers,
      body: Data(body.prefix(length)))
  }
}
