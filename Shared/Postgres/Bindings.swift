import Foundation

/// The parameters of one execution, encoded in binary into a single buffer.
///
/// Values are added in order. A value whose type is not the declared one, one too many or too few, or one that the
/// type cannot hold, is remembered, and the statement is refused before anything is sent
/// (``PostgresError/Kind-swift.enum/binding``). Values are never printed.
///
/// Text that holds a NUL character is encoded as it is; PostgreSQL refuses it with SQLSTATE 22021.
public struct Bindings {
    enum Problem: Equatable {
        case wrongType(index: Int, declared: PostgresType?, bound: PostgresType)
        case outOfRange(index: Int)
    }

    private(set) var types: [PostgresType]
    var buffer: [UInt8] = []
    private(set) var offsets: [Int] = []
    /// Length of each value in bytes; -1 for NULL.
    private(set) var lengths: [Int32] = []
    private(set) var problem: Problem?

    init(types: [PostgresType] = []) {
        self.types = types
    }

    /// Empties the buffer for another execution but keeps its memory, unless an unusually large one made it grow.
    mutating func reset(types: [PostgresType]) {
        self.types = types
        buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        problem = nil
    }

    var count: Int { offsets.count }

    /// Adds NULL, whatever the declared type.
    public mutating func null() {
        offsets.append(buffer.count)
        lengths.append(-1)
    }

    /// Adds a `text` value.
    public mutating func text(_ value: String?) {
        add(.text, value) { $1.append(contentsOf: $0.utf8) }
    }

    /// Adds a `bool` value.
    public mutating func bool(_ value: Bool?) {
        add(.bool, value) { $1.append($0 ? 1 : 0) }
    }

    /// Adds an `int2` value.
    public mutating func int2(_ value: Int16?) {
        add(.int2, value) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int4` value.
    public mutating func int4(_ value: Int32?) {
        add(.int4, value) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int8` value.
    public mutating func int8(_ value: Int64?) {
        add(.int8, value) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int8` value.
    public mutating func int(_ value: Int?) {
        add(.int8, value) { $1.append(bigEndian: Int64($0)) }
    }

    /// Adds a `float8` value.
    public mutating func float8(_ value: Double?) {
        add(.float8, value) { $1.append(bigEndian: $0.bitPattern) }
    }

    /// Adds a `uuid` value.
    public mutating func uuid(_ value: UUID?) {
        add(.uuid, value) { $1.append($0) }
    }

    /// Adds a `bytea` value.
    public mutating func bytes(_ value: [UInt8]?) {
        add(.bytea, value) { $1.append(contentsOf: $0) }
    }

    /// Adds a `timestamptz` value.
    ///
    /// - Parameter microsecondsSince1970: Microseconds since 1970-01-01T00:00:00Z. `Int64.max` and `Int64.min` are
    ///   PostgreSQL's `infinity` and `-infinity`.
    public mutating func timestamp(_ microsecondsSince1970: Int64?) {
        guard let microsecondsSince1970 else { return addNull(.timestamptz) }
        guard let wire = BinaryFormat.wireTimestamp(microsecondsSince1970) else { return reject(.timestamptz) }
        add(.timestamptz, wire) { $1.append(bigEndian: $0) }
    }

    /// Adds a `date` value.
    ///
    /// - Parameter daysSince1970: Days since 1970-01-01. `Int32.max` and `Int32.min` are `infinity` and `-infinity`.
    public mutating func date(daysSince1970: Int32?) {
        guard let daysSince1970 else { return addNull(.date) }
        guard let wire = BinaryFormat.wireDate(daysSince1970) else { return reject(.date) }
        add(.date, wire) { $1.append(bigEndian: $0) }
    }

    /// Adds a `jsonb` or `json` value.
    ///
    /// - Parameter utf8: A complete JSON text. The server checks it (SQLSTATE 22P02).
    public mutating func jsonb(_ utf8: [UInt8]?) {
        json(utf8) { $1.append(contentsOf: $0) }
    }

    /// Adds a `jsonb` or `json` value from a complete JSON text.
    public mutating func jsonb(text: String?) {
        json(text) { $1.append(contentsOf: $0.utf8) }
    }

    /// Adds an `inet` value from an IPv4 or IPv6 address without or with a prefix length (`10.0.0.0/8`).
    public mutating func inet(_ value: String?) {
        guard let value else { return addNull(.inet) }
        guard let address = InternetAddress(value) else { return reject(.inet) }
        add(.inet, address) { $0.encode(into: &$1) }
    }

    private mutating func json<V>(_ value: V?, encode: (V, inout [UInt8]) -> Void) {
        let declared = declared(at: count)
        guard declared == .json else {
            return add(.jsonb, value) {
                $1.append(BinaryFormat.jsonbVersion)
                encode($0, &$1)
            }
        }
        add(.json, value, encode: encode)
    }
}

// MARK: - Adding

extension Bindings {
    private func declared(at index: Int) -> PostgresType? {
        index < types.count ? types[index] : nil
    }

    @inline(__always)
    mutating func add<V>(_ type: PostgresType, _ value: V?, encode: (V, inout [UInt8]) -> Void) {
        guard let value else { return addNull(type) }
        check(type)
        let offset = buffer.count
        encode(value, &buffer)
        offsets.append(offset)
        lengths.append(Int32(clamping: buffer.count - offset))
    }

    private mutating func addNull(_ type: PostgresType) {
        check(type)
        null()
    }

    mutating func reject(_ type: PostgresType) {
        check(type)
        if problem == nil { problem = .outOfRange(index: count) }
        null()
    }

    @inline(__always)
    private mutating func check(_ type: PostgresType) {
        let declared = declared(at: count)
        if declared != type, problem == nil {
            problem = .wrongType(index: count, declared: declared, bound: type)
        }
    }
}

extension [UInt8] {
    @inline(__always)
    mutating func append(_ uuid: UUID) {
        Swift.withUnsafeBytes(of: uuid.uuid) { append(contentsOf: $0) }
    }
}
