public struct MaintenanceWindow: Sendable, Equatable {}
