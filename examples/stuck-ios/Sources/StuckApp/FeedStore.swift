import Foundation

struct Post: Codable {
    let author: String
    let text: String
    let picture: URL
}

/// The posts, on disk and on the server.
final class FeedStore {
    private let session = URLSession(configuration: .default)
    private let feed = URL(string: "https://feed.example.com/posts.json")!
    private let file = FileManager.default.temporaryDirectory.appending(path: "posts.json")

    func savedPosts() -> [Post] {
        guard let data = try? Data(contentsOf: file) else { return [] }
        return parse(data)
    }

    /// Blocks its caller until the server has answered.
    func loadAndWait() -> [Post] {
        let done = DispatchSemaphore(value: 0)
        var posts: [Post] = []
        session.dataTask(with: feed) { data, _, _ in
            posts = self.parse(data ?? Data())
            done.signal()
        }.resume()
        done.wait()
        return posts
    }

    func observe(_ changed: @escaping () -> Void) {
        let observer = FeedObserver(store: self, changed: changed)
        observer.start()
    }

    private func parse(_ data: Data) -> [Post] {
        (try? JSONDecoder().decode([Post].self, from: data)) ?? []
    }
}

/// Asks for news once, a minute later. Nobody can reach it by then, and it is still there.
final class FeedObserver {
    private let store: FeedStore
    private let changed: () -> Void
    private var tick: (() -> Void)?

    init(store: FeedStore, changed: @escaping () -> Void) {
        self.store = store
        self.changed = changed
    }

    func start() {
        tick = { self.changed() }
        DispatchQueue.main.asyncAfter(deadline: .now() + 60) { [weak self] in self?.tick?() }
    }
}
