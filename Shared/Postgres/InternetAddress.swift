import Foundation

/// An `inet` value: an IPv4 or IPv6 address with the length of its network prefix in bits.
struct InternetAddress: Equatable {
    let octets: [UInt8]
    let prefixLength: UInt8

    private var bits: UInt8 { UInt8(octets.count * 8) }

    /// - Parameter text: `192.0.2.1`, `2001:db8::1`, or either with `/bits`. Zone identifiers are not accepted.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let octets = Self.octets(of: String(parts[0])) else { return nil }
        self.octets = octets
        guard parts.count == 2 else {
            prefixLength = UInt8(octets.count * 8)
            return
        }
        guard let length = UInt8(parts[1]), length <= UInt8(octets.count * 8) else { return nil }
        prefixLength = length
    }

    init?(wire: UnsafeRawBufferPointer) {
        guard wire.count >= 4, wire.count == 4 + Int(wire[3]) else { return nil }
        switch (wire[0], wire[3]) {
        case (BinaryFormat.inet4, 4), (BinaryFormat.inet6, 16): break
        default: return nil
        }
        octets = Array(wire[4...])
        prefixLength = wire[1]
    }

    func encode(into buffer: inout [UInt8]) {
        buffer.append(octets.count == 4 ? BinaryFormat.inet4 : BinaryFormat.inet6)
        buffer.append(prefixLength)
        buffer.append(0)
        buffer.append(UInt8(octets.count))
        buffer.append(contentsOf: octets)
    }

    /// The address as PostgreSQL prints it: with the prefix length only when it is shorter than the address.
    var text: String {
        var storage = [CChar](repeating: 0, count: 64)
        let family = octets.count == 4 ? AF_INET : AF_INET6
        let printed = octets.withUnsafeBytes { octets in
            inet_ntop(family, octets.baseAddress, &storage, socklen_t(storage.count)) != nil
        }
        guard printed else { return "" }
        let address = String(decoding: storage.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return prefixLength == bits ? address : "\(address)/\(prefixLength)"
    }

    private static func octets(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
