import Domain
import Postgres

/// A server or service of a company.
public struct AssetRecord: Sendable, Equatable {
    public var companyID: CompanyID
    public var id: AssetID
    /// As alerts name it; unique in the company.
    public var name: String
    public var kind: String
    public var isCritical: Bool
    /// Its id with the cloud provider.
    public var instanceID: String?
    public var dependsOn: [AssetID]
    public var version: Int64
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    static let selection = """
        company_id, id, name, kind, critical, instance_id, depends_on, version, created_at, updated_at
        """
    static let columns = [
        Column("company_id", .text), Column("id", .text), Column("name", .text), Column("kind", .text),
        Column("critical", .bool), Column("instance_id", .text), Column("depends_on", .textArray),
        Column("version", .int8), Column("created_at", .timestamptz), Column("updated_at", .timestamptz),
    ]

    init(_ row: inout RowReader) throws {
        companyID = CompanyID(try row.text())
        id = AssetID(try row.text())
        name = try row.text()
        kind = try row.text()
        isCritical = try row.bool()
        instanceID = try row.textOrNil()
        dependsOn = try row.textArray().map { AssetID($0) }
        version = try row.int8()
        createdAt = try row.instant()
        updatedAt = try row.instant()
    }

    /// What the journal says of it.
    var facts: JSONValue {
        [
            "name": .string(name), "kind": .string(kind), "critical": .bool(isCritical),
            "instance_id": .optional(instanceID), "depends_on": .strings(dependsOn.map(\.rawValue)),
        ]
    }
}

/// What a person may say of an asset.
public struct AssetDraft: Sendable, Equatable {
    /// 1–255 characters.
    public var name: String
    /// 1–64 characters.
    public var kind: String
    public var isCritical: Bool
    /// At most 255 characters.
    public var instanceID: String?
    /// At most 100, all of the same company.
    public var dependsOn: [AssetID]

    public init(
        name: String, kind: String = "server", isCritical: Bool = false, instanceID: String? = nil,
        dependsOn: [AssetID] = []
    ) {
        self.name = name
        self.kind = kind
        self.isCritical = isCritical
        self.instanceID = instanceID
        self.dependsOn = dependsOn
    }

    public init(_ asset: AssetRecord) {
        self.init(
            name: asset.name, kind: asset.kind, isCritical: asset.isCritical, instanceID: asset.instanceID,
            dependsOn: asset.dependsOn)
    }
}
