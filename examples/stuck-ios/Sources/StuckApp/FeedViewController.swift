import UIKit

/// The list of posts. Everything it needs, it fetches and decodes before it shows anything.
final class FeedViewController: UITableViewController {
    private let store: FeedStore
    private let cache: ImageCache
    private let thumbnails = ThumbnailWorker()
    private var posts: [Post] = []

    init(store: FeedStore, cache: ImageCache) {
        self.store = store
        self.cache = cache
        super.init(style: .plain)
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) {
        fatalError("FeedViewController is made in code")
    }

    override func viewDidLoad() {
        super.viewDidLoad()
        title = "Feed"
        tableView.register(FeedCell.self, forCellReuseIdentifier: FeedCell.identifier)
        posts = store.savedPosts()
        cache.add(posts.map(\.picture))
        cache.decodeAll()
        thumbnails.start(posts.map(\.picture))
        store.observe { [unowned self] in self.tableView.reloadData() }
    }

    @objc func refresh() {
        posts = store.loadAndWait()
        tableView.reloadData()
        refreshControl?.endRefreshing()
    }

    override func tableView(_ tableView: UITableView, numberOfRowsInSection section: Int) -> Int {
        posts.count
    }

    override func tableView(
        _ tableView: UITableView, heightForRowAt indexPath: IndexPath
    ) -> CGFloat {
        FeedCell.height(of: posts[indexPath.row], width: tableView.bounds.width)
    }
}
