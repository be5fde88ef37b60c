/// Facts of PostgreSQL's binary format that both directions share.
enum BinaryFormat {
    /// Microseconds from 1970-01-01T00:00:00Z to PostgreSQL's epoch, 2000-01-01T00:00:00Z.
    static let epochMicroseconds: Int64 = 946_684_800_000_000
    /// Days from 1970-01-01 to 2000-01-01.
    static let epochDays: Int32 = 10_957
    /// First byte of a `jsonb` value.
    static let jsonbVersion: UInt8 = 1
    /// Address families of `inet`, PostgreSQL's own numbers.
    static let inet4: UInt8 = 2
    static let inet6: UInt8 = 3

    /// Microseconds since 2000 for microseconds since 1970; the extremes stay themselves (`infinity`).
    static func wireTimestamp(_ microsecondsSince1970: Int64) -> Int64? {
        if microsecondsSince1970 == .max || microsecondsSince1970 == .min { return microsecondsSince1970 }
        let (value, overflow) = microsecondsSince1970.subtractingReportingOverflow(epochMicroseconds)
        return overflow ? nil : value
    }

    /// The inverse of ``wireTimestamp(_:)``; `nil` for a moment past the year 294246, which 64 bits do not hold.
    static func timestamp(wire: Int64) -> Int64? {
        if wire == .max || wire == .min { return wire }
        let (value, overflow) = wire.addingReportingOverflow(epochMicroseconds)
        return overflow ? nil : value
    }

    /// Days since 2000 for days since 1970; the extremes stay themselves (`infinity`).
    static func wireDate(_ daysSince1970: Int32) -> Int32? {
        if daysSince1970 == .max || daysSince1970 == .min { return daysSince1970 }
        let (value, overflow) = daysSince1970.subtractingReportingOverflow(epochDays)
        return overflow ? nil : value
    }

    /// The inverse of ``wireDate(_:)``.
    static func date(wire: Int32) -> Int32? {
        if wire == .max || wire == .min { return wire }
        let (value, overflow) = wire.addingReportingOverflow(epochDays)
        return overflow ? nil : value
    }
}

extension [UInt8] {
    @inline(__always)
    mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Overwrites the four bytes at `offset`.
    @inline(__always)
    mutating func replace(at offset: Int, bigEndian value: Int32) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self) }
    }
}

extension UnsafeRawBufferPointer {
    /// The integer at `offset`, or `nil` when the bytes do not reach that far.
    @inline(__always)
    func bigEndian<T: FixedWidthInteger>(_ type: T.Type, at offset: Int = 0) -> T? {
        guard offset >= 0, count - offset >= MemoryLayout<T>.size else { return nil }
        return T(bigEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
