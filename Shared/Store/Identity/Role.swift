/// What a person may do. See `docs/architecture.md`.
public enum Role: String, Sendable, Codable, CaseIterable {
    /// Everything, for all companies.
    case mspAdmin = "msp_admin"
    /// The settings, people and incidents of their own company.
    case companyAdmin = "company_admin"
    /// The incidents of the companies they serve.
    case technician
    /// Reads the incidents of their own company.
    case clientViewer = "client_viewer"

    /// Works for a client, so that internal things are not for them.
    public var isClient: Bool { self == .companyAdmin || self == .clientViewer }
}

/// Whether a person can take work.
public enum Availability: String, Sendable, Codable, CaseIterable {
    case available, busy, away
}
