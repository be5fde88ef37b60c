import Postgres

/// Kinds of things that stand in a path by their own id, without their company.
public enum ItemKind: String, Sendable, CaseIterable {
    case incident, integration, asset, user
    case maintenanceWindow = "maintenance_window"
}

/// Whether the transaction may see a thing.
public struct IsVisible: Statement {
    public var kind: ItemKind
    public var id: String

    public init(kind: ItemKind, id: String) {
        self.kind = kind
        self.id = id
    }

    public typealias Row = Bool
    public static let name = "is_visible"
    public static let sql = """
        SELECT CASE $1
            WHEN 'incident' THEN EXISTS (SELECT FROM incident
                WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $2)
            WHEN 'integration' THEN EXISTS (SELECT FROM integration
                WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $2)
            WHEN 'asset' THEN EXISTS (SELECT FROM asset
                WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $2)
            WHEN 'maintenance_window' THEN EXISTS (SELECT FROM maintenance_window
                WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $2)
            WHEN 'user' THEN EXISTS (SELECT FROM app_user WHERE id = $2 AND deleted_at IS NULL)
            ELSE false END AS is_visible
        """
    public static let parameters: [PostgresType] = [.text, .text]
    public static let columns = [Column("is_visible", .bool)]

    public func bind(_ bindings: inout Bindings) {
        bindings.text(kind.rawValue)
        bindings.text(id)
    }
    public static func decode(_ row: inout RowReader) throws -> Bool { try row.bool() }
}
