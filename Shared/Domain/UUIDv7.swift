import Foundation

/// Time-ordered UUIDs (RFC 9562, section 5.7).
public enum UUIDv7 {
    /// A UUID whose first 48 bits are the milliseconds since 1970 and whose next 12 bits are the fraction of that
    /// millisecond (in 1/4096), so that ids made by one process in different microseconds sort in the order they
    /// were made. The rest is random.
    public static func make(at now: Timestamp) -> UUID {
        var generator = SystemRandomNumberGenerator()
        return make(at: now, using: &generator)
    }

    /// As ``make(at:)``, with the source of randomness given.
    public static func make(at now: Timestamp, using generator: inout some RandomNumberGenerator) -> UUID {
        let microseconds = UInt64(max(0, now.microseconds))
        let milliseconds = microseconds / 1000
        let fraction = (microseconds % 1000) * 4096 / 1000
        let high = (milliseconds << 16) | 0x7000 | fraction
        let low = (generator.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
        return UUID(high: high, low: low)
    }

    /// The instant inside a UUIDv7, to the millisecond. For another version the answer has no meaning.
    public static func timestamp(of uuid: UUID) -> Timestamp {
        Timestamp(microseconds: Int64(uuid.words.high >> 16) * 1000)
    }
}

extension UUID {
    /// As `uuidString`, in lower case, without the detour.
    public var lowercaseText: String {
        let words = words
        return String(unsafeUninitializedCapacity: 36) { text in
            var (place, digit) = (0, 0)
            for word in [words.high, words.low] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    let value = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                    text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                    (place, digit) = (place + 1, digit + 1)
                }
            }
            return 36
        }
    }

    /// The two halves, big-endian.
    var words: (high: UInt64, low: UInt64) {
        withUnsafeBytes(of: uuid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    init(high: UInt64, low: UInt64) {
        var raw: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &raw) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        self.init(uuid: raw)
    }
}
