/// The metadata keys of structured log lines: one spelling for each fact, so that lines can be joined.
public enum LogKey {
    public static let alertID = "alert_id"
    public static let incidentID = "incident_id"
    public static let companyID = "company_id"
    public static let trace = "trace"
    public static let count = "count"
    public static let error = "error"
    public static let milliseconds = "ms"
    public static let instance = "instance"
}
