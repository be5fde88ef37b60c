/// Compares a text with a pattern in which `*` stands for any run of characters, also none. Case counts.
public enum Wildcard {
    /// Takes time proportional to the product of the lengths at worst; both are short names.
    public static func matches(_ pattern: String, _ text: String) -> Bool {
        guard pattern.utf8.contains(UInt8(ascii: "*")) else { return pattern == text }
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var at = 0
        var position = 0
        /// Where the last `*` was, and how much of the text it has swallowed so far.
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == text[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                at = last.pattern + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
