import Domain
import Store

extension SignedIn {
    /// The client companies that they may see, without the provider's own.
    public var clientCompanies: [CompanyID] { companies.filter { $0 != .msp } }

    /// As the journal names them.
    public var actor: Actor { .user(userID) }

    /// The setting under which row-level security shows them their companies and nothing else.
    public var scope: [(name: String, value: String)] {
        [(name: "aw.companies", value: "{" + companies.map(\.rawValue).joined(separator: ",") + "}")]
    }

    /// Whether internal journal rows are for them.
    public var seesInternal: Bool { !role.isClient }

    /// As `user` of a sign-in.
    var json: JSONValue {
        [
            "id": .string(userID.rawValue), "email": .string(email), "name": .string(name),
            "role": .string(role.rawValue),
            "company_ids": .strings(role == .mspAdmin ? [] : clientCompanies.map(\.rawValue)),
            "skills": .strings(skills), "availability": .string(availability.rawValue),
        ]
    }
}
