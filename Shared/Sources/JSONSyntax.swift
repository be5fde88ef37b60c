/// Whether bytes are JSON by the letter of RFC 8259, nested no deeper than allowed.
///
/// The general decoder takes much that is no JSON (`1e`, `[1,]`, control characters in strings). What one reader takes
/// and another does not is how a request gets past whoever checked it before us, so it is refused.
struct JSONSyntax {
    enum Verdict { case valid, invalid, tooDeep }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// - Parameters:
    ///   - bytes: Valid UTF-8.
    ///   - maximumDepth: Arrays and objects within one another, at most 64.
    static func check(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int) -> Verdict {
        var syntax = JSONSyntax(bytes: bytes)
        return syntax.check(maximumDepth: min(maximumDepth, 64))
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// What may stand next.
    private enum Expected { case value, valueOrEnd, name, nameOrEnd, commaOrEnd }

    private mutating func check(maximumDepth: Int) -> Verdict {
        var expected = Expected.value
        // One bit for each open bracket, the innermost last: 1 for an object.
        var (brackets, depth): (UInt64, Int) = (0, 0)
        while true {
            let byte = next()
            if depth == 0, expected == .commaOrEnd { return byte == nil ? .valid : .invalid }
            guard let byte else { return .invalid }
            let isObject = brackets & 1 == 1
            switch (expected, byte) {
            case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")),
                (.commaOrEnd, UInt8(ascii: "]")) where !isObject, (.commaOrEnd, UInt8(ascii: "}")) where isObject:
                position += 1
                brackets >>= 1
                depth -= 1
                expected = .commaOrEnd
            case (.commaOrEnd, UInt8(ascii: ",")):
                position += 1
                expected = isObject ? .name : .value
            case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
                guard skipString(), next() == UInt8(ascii: ":") else { return .invalid }
                position += 1
                expected = .value
            case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")), (.value, UInt8(ascii: "[")),
                (.valueOrEnd, UInt8(ascii: "[")):
                guard depth < maximumDepth else { return .tooDeep }
                position += 1
                depth += 1
                brackets = brackets << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
                expected = byte == UInt8(ascii: "{") ? .nameOrEnd : .valueOrEnd
            case (.value, _), (.valueOrEnd, _):
                guard skipScalar(byte) else { return .invalid }
                expected = .commaOrEnd
            default: return .invalid
            }
        }
    }

    // MARK: Tokens

    /// The next byte that is no white space; stays in front of it.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func skipScalar(_ first: UInt8) -> Bool {
        switch first {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "t"): skip("true")
        case UInt8(ascii: "f"): skip("false")
        case UInt8(ascii: "n"): skip("null")
        default: skipNumber()
        }
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            word.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) })
        else { return false }
        position = end
        return true
    }

    private mutating func skipNumber() -> Bool {
        take("-")
        guard let first = peek() else { return false }
        if first == UInt8(ascii: "0") {
            position += 1
        } else {
            guard skipDigits() else { return false }
        }
        if take("."), !skipDigits() { return false }
        if take("e") || take("E") {
            if !take("+") { take("-") }
            return skipDigits()
        }
        return true
    }

    /// At least one.
    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position > start
    }

    private mutating func skipString() -> Bool {
        position += 1
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case 0..<0x20: return false
            case UInt8(ascii: "\\"):
                guard skipEscape() else { return false }
            default: break
            }
        }
        return false
    }

    /// After the backslash. Halves of surrogate pairs stand for no character, so they are not taken alone.
    private mutating func skipEscape() -> Bool {
        guard let letter = peek() else { return false }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard let unit = readHex() else { return false }
            guard (0xd800...0xdfff).contains(unit) else { return true }
            guard unit < 0xdc00, take("\\"), take("u"), let low = readHex() else { return false }
            return (0xdc00...0xdfff).contains(low)
        default: return false
        }
    }

    private mutating func readHex() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                return nil
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    @discardableResult
    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: wanted) else { return false }
        position += 1
        return true
    }
}
