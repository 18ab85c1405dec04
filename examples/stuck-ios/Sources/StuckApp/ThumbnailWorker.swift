import ImageIO
import UIKit

/// Makes small pictures off the main thread, as all of this app's pictures should be made.
final class ThumbnailWorker {
    private let queue = DispatchQueue(label: "com.example.StuckApp.thumbnails", qos: .utility)
    private var thumbnails: [URL: CGImage] = [:]

    func start(_ urls: [URL]) {
        for url in urls {
            queue.async {
                self.thumbnails[url] = self.render(url)
            }
        }
    }

    private func render(_ url: URL) -> CGImage? {
        let options = [kCGImageSourceThumbnailMaxPixelSize: 120] as CFDictionary
        guard let source = CGImageSourceCreateWithURL(url as CFURL, nil) else { return nil }
        return CGImageSourceCreateThumbnailAtIndex(source, 0, options)
    }
}
