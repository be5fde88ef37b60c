import Foundation

/// The checks that every JSON body passes before it is decoded.
enum JSONBody {
    /// Arrays and objects within one another.
    static let maximumDepth = 64

    /// - Throws: ``SourceError/unreadable(_:)`` for what is not UTF-8, empty, or nested too deep.
    static func check(_ body: Data) throws(SourceError) {
        guard !body.isEmpty else { throw .unreadable("The body is empty; it must be JSON.") }
        let verdict = body.withUnsafeBytes { bytes -> SourceError? in
            guard isUTF8(bytes) else { return .unreadable("The body is not UTF-8.") }
            guard depth(of: bytes) <= maximumDepth else {
                return .unreadable("The body is nested deeper than \(maximumDepth) levels.")
            }
            return nil
        }
        if let verdict { throw verdict }
    }

    /// The first byte that is no white space.
    static func firstByte(_ body: Data) -> UInt8? {
        body.first { $0 != 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }

    private static func depth(of bytes: UnsafeRawBufferPointer) -> Int {
        var (depth, deepest, inString, escaped) = (0, 0, false, false)
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == 0x5c {
                    escaped = true
                } else if byte == 0x22 {
                    inString = false
                }
                continue
            }
            switch byte {
            case 0x22: inString = true
            case 0x5b, 0x7b:
                depth += 1
                deepest = max(deepest, depth)
            case 0x5d, 0x7d: depth -= 1
            default: break
            }
        }
        return deepest
    }
}
