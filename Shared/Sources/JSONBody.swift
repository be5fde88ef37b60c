import Foundation

/// The checks that every JSON body passes before it is decoded.
enum JSONBody {
    /// Arrays and objects within one another.
    static let maximumDepth = 64

    /// - Throws: ``SourceError/unreadable(_:)`` for what is empty or no UTF-8.
    static func checkText(_ body: Data) throws(SourceError) {
        guard !body.isEmpty else { throw .unreadable("The body is empty; it must be JSON.") }
        guard body.withUnsafeBytes(isUTF8) else { throw .unreadable("The body is not UTF-8.") }
    }

    /// - Parameter body: One that passed ``checkText(_:)``.
    /// - Throws: ``SourceError/unreadable(_:)`` for what is no JSON, or nested too deep.
    static func checkSyntax(_ body: Data) throws(SourceError) {
        switch body.withUnsafeBytes({ JSONSyntax.check($0, maximumDepth: maximumDepth) }) {
        case .valid: return
        case .invalid: throw .unreadable("The body is not JSON.")
        case .tooDeep: throw .unreadable("The body is nested deeper than \(maximumDepth) levels.")
        }
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }
}
