import Domain
import Postgres

/// Alerts, last received first.
public struct ListAlerts: Statement {
    public var filter: AlertFilter
    public var after: AlertID?
    public var limit: Int

    public init(filter: AlertFilter, after: AlertID? = nil, limit: Int) {
        self.filter = filter
        self.after = after
        self.limit = limit
    }

    public typealias Row = AlertRecord
    public static let name = "list_alerts"
    public static let sql = """
        SELECT p.* FROM unnest($1::text[]) AS w (company_id)
        CROSS JOIN LATERAL (
            SELECT \(AlertRecord.selection)
            FROM alert a \(AlertRecord.joins)
            WHERE a.company_id = w.company_id AND \(AlertFilter.condition)
            ORDER BY a.id DESC LIMIT $11
        ) p
        ORDER BY p.id DESC LIMIT $11
        """
    public static let parameters = AlertFilter.parameters
    public static let columns = AlertRecord.columns

    public func bind(_ bindings: inout Bindings) { filter.bind(after: after, limit: limit, to: &bindings) }
    public static func decode(_ row: inout RowReader) throws -> AlertRecord { try AlertRecord(&row) }
}

/// Alerts whose latest fate belongs to an incident, last received first.
public struct ListAlertsOfIncident: Statement {
    public var incidentID: IncidentID
    public var filter: AlertFilter
    public var after: AlertID?
    public var limit: Int

    public init(incidentID: IncidentID, filter: AlertFilter, after: AlertID? = nil, limit: Int) {
        self.incidentID = incidentID
        self.filter = filter
        self.after = after
        self.limit = limit
    }

    public typealias Row = AlertRecord
    public static let name = "list_alerts_of_incident"
    public static let sql = """
        SELECT \(AlertRecord.selection)
        FROM (
            SELECT DISTINCT company_id, alert_id, day FROM alert_fate
            WHERE company_id = ANY ($1) AND incident_id = $12 AND ($9::uuid IS NULL OR alert_id < $9)
        ) member
        JOIN alert a ON a.company_id = member.company_id AND a.id = member.alert_id AND a.day = member.day
        \(AlertRecord.joins)
        WHERE f.incidents[cardinality(f.incidents)] = $12 AND \(AlertFilter.condition)
        ORDER BY a.id DESC LIMIT $11
        """
    public static let parameters = AlertFilter.parameters + [.text]
    public static let columns = AlertRecord.columns

    public func bind(_ bindings: inout Bindings) {
        filter.bind(after: after, limit: limit, to: &bindings)
        bindings.text(incidentID.rawValue)
    }
    public static func decode(_ row: inout RowReader) throws -> AlertRecord { try AlertRecord(&row) }
}

/// One alert that the transaction may see.
public struct ReadAlert: Statement {
    public var id: AlertID

    public init(id: AlertID) {
        self.id = id
    }

    public typealias Row = AlertRecord
    public static let name = "read_alert"
    public static let sql = """
        SELECT \(AlertRecord.selection) FROM alert a \(AlertRecord.joins)
        WHERE a.company_id = ANY ((SELECT aw_companies())::text[]) AND a.id = $1 AND a.day = $2
        """
    public static let parameters: [PostgresType] = [.uuid, .date]
    public static let columns = AlertRecord.columns

    public func bind(_ bindings: inout Bindings) {
        bindings.uuid(id.rawValue)
        // The day of receipt is in the id, so that one partition is looked at.
        bindings.date(daysSince1970: UUIDv7.timestamp(of: id.rawValue).dayNumber)
    }
    public static func decode(_ row: inout RowReader) throws -> AlertRecord { try AlertRecord(&row) }
}
