import Domain
import Foundation

/// Company ids made from names: `comp-` and the name in lower-case ASCII letters, digits and single hyphens.
public enum CompanySlug {
    /// The id for a name; `number` 2, 3, … is put behind it when the plain one is taken. At most 60 characters after
    /// `comp-`. A name without any letter or digit gives `comp-company`.
    public static func id(for name: String, number: Int = 1) -> CompanyID {
        let folded = name.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: Locale(identifier: "en"))
        var slug = ""
        for character in folded.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber {
                slug.append(character)
            } else if !slug.isEmpty, slug.last != "-" {
                slug.append("-")
            }
        }
        let suffix = number > 1 ? "-\(number)" : ""
        slug = String(slug.prefix(60 - suffix.count))
        while slug.last == "-" { slug.removeLast() }
        return CompanyID("comp-" + (slug.isEmpty ? "company" : slug) + suffix)
    }

    /// Whether a text can be the id of a client company.
    public static func isValid(_ id: String) -> Bool {
        guard id.hasPrefix("comp-"), (6...65).contains(id.utf8.count) else { return false }
        return id.utf8.dropFirst(5).allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}
