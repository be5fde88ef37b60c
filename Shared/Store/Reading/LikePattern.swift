/// Patterns for `LIKE` and `ILIKE` in which the searched text stands for itself.
enum LikePattern {
    /// Matches where the text occurs; `%`, `_` and the backslash in it are escaped.
    static func containing(_ text: String) -> String {
        var pattern = "%"
        for character in text {
            if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern + "%"
    }
}
