import UIKit

final class FeedCell: UITableViewCell {
    static let identifier = "FeedCell"
    private static let font = UIFont.preferredFont(forTextStyle: .body)
    private static let margin: CGFloat = 16

    /// Asked for every row whenever the table reloads.
    static func height(of post: Post, width: CGFloat) -> CGFloat {
        let text = measure(post.text, width: width - 2 * margin)
        let author = measure(post.author, width: width - 2 * margin)
        return text + author + 3 * margin
    }

    private static func measure(_ text: String, width: CGFloat) -> CGFloat {
        let limits = CGSize(width: width, height: .greatestFiniteMagnitude)
        let styled = NSAttributedString(string: text, attributes: [.font: font])
        return styled.boundingRect(
            with: limits, options: .usesLineFragmentOrigin, context: nil
        ).height
    }
}
