/// A PostgreSQL type that this module can send and read in binary form.
///
/// Domains over these types count as the type itself. Enumerations and `citext` can be read as ``text``.
public enum PostgresType: String, Sendable, Equatable, CaseIterable {
    case bool, int2, int4, int8, float8, text, bytea, uuid, timestamptz, date, jsonb, json, inet
    case boolArray, int2Array, int4Array, int8Array, float8Array, textArray, byteaArray, uuidArray
    case timestamptzArray, dateArray, jsonbArray
    /// The result of a function that returns nothing. Never a parameter.
    case void

    /// The object identifier of the type, fixed by PostgreSQL for all versions.
    public var oid: UInt32 {
        switch self {
        case .bool: 16
        case .bytea: 17
        case .int8: 20
        case .int2: 21
        case .int4: 23
        case .text: 25
        case .json: 114
        case .float8: 701
        case .inet: 869
        case .boolArray: 1000
        case .byteaArray: 1001
        case .int2Array: 1005
        case .int4Array: 1007
        case .textArray: 1009
        case .int8Array: 1016
        case .float8Array: 1022
        case .date: 1082
        case .dateArray: 1182
        case .timestamptz: 1184
        case .timestamptzArray: 1185
        case .void: 2278
        case .uuid: 2950
        case .uuidArray: 2951
        case .jsonb: 3802
        case .jsonbArray: 3807
        }
    }

    /// Whether a result column of the type `oid` has the binary form of this type.
    ///
    /// `text` also covers `varchar`, `char(n)`, `name` and, because their binary form is text, types made by the
    /// database's owner such as enumerations (identifiers from 16384 on).
    public func reads(oid actual: UInt32) -> Bool {
        if actual == oid { return true }
        guard self == .text else { return false }
        return actual == 1043 || actual == 1042 || actual == 19 || actual >= 16384
    }
}
