/// What is wrong with one field of something a person sent: an entry of `errors` in a problem answer.
public struct FieldProblem: Sendable, Equatable, Codable {
    /// The path of the field as the API names it: `schedule.time_zone`.
    public var field: String
    /// What is allowed, as a sentence that goes on from the field's name: `must be 1 to 10080`.
    public var message: String

    public init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}
