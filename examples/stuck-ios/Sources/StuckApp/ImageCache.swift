import ImageIO
import UIKit

/// Decoded pictures by address. A picture is decoded once, but all of them at once.
final class ImageCache {
    final class Entry {
        let url: URL
        var image: UIImage?
        var decodedAt: Date?
        /// Keeps the entry alive for ever: it holds what holds it.
        var onDecoded: (() -> Void)?

        init(url: URL) {
            self.url = url
        }
    }

    private var entries: [URL: Entry] = [:]
    private let size = CGSize(width: 1080, height: 1080)

    func add(_ urls: [URL]) {
        for url in urls {
            entries[url] = remember(url)
        }
    }

    func decodeAll() {
        for entry in entries.values where !isFresh(entry) {
            guard let picture = decode(entry.url) else { continue }
            entry.image = scale(picture, to: size)
            entry.decodedAt = Date()
            entry.onDecoded?()
        }
    }

    private func remember(_ url: URL) -> Entry {
        let entry = Entry(url: url)
        entry.onDecoded = { entry.decodedAt = Date() }
        return entry
    }

    private func isFresh(_ entry: Entry) -> Bool {
        guard let decodedAt = entry.decodedAt else { return false }
        return Date().timeIntervalSince(decodedAt) < 3600
    }

    private func decode(_ url: URL) -> CGImage? {
        guard let source = CGImageSourceCreateWithURL(url as CFURL, nil) else { return nil }
        return CGImageSourceCreateImageAtIndex(source, 0, nil)
    }

    private func scale(_ picture: CGImage, to size: CGSize) -> UIImage {
        UIGraphicsImageRenderer(size: size).image { context in
            context.cgContext.draw(picture, in: CGRect(origin: .zero, size: size))
        }
    }
}
