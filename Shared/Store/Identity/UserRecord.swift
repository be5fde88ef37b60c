import Domain
import Postgres

/// A person, without their password.
public struct UserRecord: Sendable, Equatable {
    /// Home company: the provider for its own people, else the client.
    public var companyID: CompanyID
    public var id: UserID
    public var email: String
    public var name: String
    public var role: Role
    /// The client companies that they serve or belong to. Empty for MSP admins, who serve all.
    public var companyIDs: [CompanyID]
    public var skills: [String]
    public var availability: Availability
    public var version: Int64
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    static let selection = """
        u.company_id, u.id, u.email, u.name, u.role, u.skills, u.availability, u.version, u.created_at, u.updated_at,
        ARRAY(SELECT m.company_id FROM membership m WHERE m.user_id = u.id AND m.company_id <> '_msp'
            ORDER BY m.company_id) AS companies
        """
    static let columns = [
        Column("company_id", .text), Column("id", .text), Column("email", .text), Column("name", .text),
        Column("role", .text), Column("skills", .textArray), Column("availability", .text), Column("version", .int8),
        Column("created_at", .timestamptz), Column("updated_at", .timestamptz), Column("companies", .textArray),
    ]

    init(_ row: inout RowReader) throws {
        companyID = CompanyID(try row.text())
        id = UserID(try row.text())
        email = try row.text()
        name = try row.text()
        role = Role(rawValue: try row.text()) ?? .clientViewer
        skills = try row.textArray()
        availability = Availability(rawValue: try row.text()) ?? .available
        version = try row.int8()
        createdAt = try row.instant()
        updatedAt = try row.instant()
        companyIDs = try row.textArray().map { CompanyID($0) }
    }

    /// What the journal says of them.
    var facts: JSONValue {
        [
            "email": .string(email), "name": .string(name), "role": .string(role.rawValue),
            "company_ids": .strings(companyIDs.map(\.rawValue)), "skills": .strings(skills),
            "availability": .string(availability.rawValue),
        ]
    }
}

/// What is said of a person when they are made or changed.
public struct UserDraft: Sendable, Equatable {
    public var email: String
    public var name: String
    public var role: Role
    /// The client companies that they serve (technician) or belong to (company admin, client viewer: the first is their
    /// home). Empty for MSP admins.
    public var companyIDs: [CompanyID]
    public var skills: [String]
    public var availability: Availability

    public init(
        email: String, name: String, role: Role, companyIDs: [CompanyID] = [], skills: [String] = [],
        availability: Availability = .available
    ) {
        self.email = email
        self.name = name
        self.role = role
        self.companyIDs = companyIDs
        self.skills = skills
        self.availability = availability
    }

    public init(_ user: UserRecord) {
        self.init(
            email: user.email, name: user.name, role: user.role, companyIDs: user.companyIDs, skills: user.skills,
            availability: user.availability)
    }

    /// Where the row belongs: the provider for its own people, else the first company.
    var homeCompany: CompanyID { role.isClient ? companyIDs.first ?? .msp : .msp }

    /// What has to be mended before it can be saved, by field.
    var problems: [FieldProblem] {
        var found: [FieldProblem] = []
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count != 2 || parts.contains("") || email.count > 254 || email.contains(where: \.isWhitespace) {
            found.append(FieldProblem("email", "must be an e-mail address of at most 254 characters"))
        }
        if !(1...200).contains(name.count) { found.append(FieldProblem("name", "must be 1 to 200 characters")) }
        if role == .mspAdmin, !companyIDs.isEmpty {
            found.append(FieldProblem("company_ids", "must be empty for an msp_admin, who serves every company"))
        }
        // Of one company alone: its administrator may set their password, and with it see what they see.
        if role.isClient, companyIDs.count > 1 {
            found.append(FieldProblem("company_ids", "must name one company for a \(role.rawValue)"))
        }
        if role.isClient, companyIDs.isEmpty {
            found.append(FieldProblem("company_ids", "must name the company of a \(role.rawValue)"))
        }
        if skills.count > 50 || skills.contains(where: { !(1...64).contains($0.count) }) {
            found.append(FieldProblem("skills", "must hold at most 50 words of 1 to 64 characters"))
        }
        return found
    }
}
