import CoreMetrics
import Synchronization

/// Keeps what the swift-metrics API reports and writes it in Prometheus' text format.
///
/// Counters become counters, meters and gauges become gauges, recorders and timers become histograms. Time is in
/// seconds. Labels are the metrics API's dimensions.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// Upper bounds in seconds for timers.
    public static let timeBuckets = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Upper bounds for recorders, which record sizes.
    public static let sizeBuckets = [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

    struct Key: Hashable {
        var name: String
        var labels: String
    }

    enum Family { case counter, gauge, histogram }

    private struct State {
        var families: [String: Family] = [:]
        var series: [Key: any Series] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { NumberSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { NumberSeries() }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            return series(label, dimensions, .histogram) { HistogramSeries(bounds: Self.sizeBuckets) }
        }
        return series(label, dimensions, .gauge) { NumberSeries() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label + "_seconds", dimensions, .histogram) { HistogramSeries(bounds: Self.timeBuckets) }
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series<S: Series>(
        _ label: String, _ dimensions: [(String, String)], _ family: Family, make: () -> S
    ) -> S {
        let key = Key(name: Self.metricName(label), labels: Self.labels(dimensions))
        return state.withLock { state in
            state.families[key.name] = family
            if let known = state.series[key] as? S { return known }
            let fresh = make()
            state.series[key] = fresh
            return fresh
        }
    }

    /// The whole page, families and series in alphabetical order.
    public func exposition() -> String {
        let (families, series) = state.withLock { ($0.families, $0.series) }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            switch family {
            case .counter: text += "# TYPE \(name) counter\n"
            case .gauge: text += "# TYPE \(name) gauge\n"
            case .histogram: text += "# TYPE \(name) histogram\n"
            }
            for (key, one) in series.filter({ $0.key.name == name }).sorted(by: { $0.key.labels < $1.key.labels }) {
                one.write(name: name, labels: key.labels, to: &text)
            }
        }
        return text
    }

    private static func metricName(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { name, value in
            var escaped = ""
            for character in value {
                switch character {
                case "\\": escaped += "\\\\"
                case "\"": escaped += "\\\""
                case "\n": escaped += "\\n"
                default: escaped.append(character)
                }
            }
            return "\(metricName(name))=\"\(escaped)\""
        }.joined(separator: ",")
    }
}

protocol Series: Sendable {
    func write(name: String, labels: String, to text: inout String)
}

private func withLabels(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

final class NumberSeries: Series, CounterHandler, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func reset() { value.withLock { $0 = 0 } }
    func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func record(_ new: Int64) { set(new) }
    func record(_ new: Double) { set(new) }

    func write(name: String, labels: String, to text: inout String) {
        text += "\(name)\(withLabels(labels)) \(value.withLock { $0 })\n"
    }
}

final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    private struct Counts {
        var buckets: [UInt64]
        var sum = 0.0
        var count: UInt64 = 0
    }

    private let bounds: [Double]
    private let counts: Mutex<Counts>

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 }
        counts.withLock { counts in
            if let index { counts.buckets[index] += 1 }
            counts.sum += value
            counts.count += 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(name: String, labels: String, to text: inout String) {
        let counts = counts.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var running: UInt64 = 0
        for (bound, bucket) in zip(bounds, counts.buckets) {
            running += bucket
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(running)\n"
        }
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(counts.count)\n"
        text += "\(name)_sum\(withLabels(labels)) \(counts.sum)\n"
        text += "\(name)_count\(withLabels(labels)) \(counts.count)\n"
    }
}
