import CoreMetrics
import Testing

@testable import Runtime

@Suite struct PrometheusMetricsTests {
    @Test func aCounterIsWrittenWithItsTypeAndLabelsInOrder() {
        let metrics = PrometheusMetrics()
        let counter = metrics.makeCounter(
            label: "aw_requests_total", dimensions: [("verdict", "accepted"), ("company", "comp-a")])
        counter.increment(by: 2)
        counter.increment(by: 3)
        #expect(
            metrics.exposition() == """
                # TYPE aw_requests_total counter
                aw_requests_total{company="comp-a",verdict="accepted"} 5.0

                """)
    }

    @Test func theSameNameAndLabelsAreOneSeriesWhateverTheOrder() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
        metrics.makeCounter(label: "c", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
        #expect(metrics.exposition().contains("c{a=\"1\",b=\"2\"} 2.0\n"))
    }

    @Test func aGaugeKeepsTheLastValue() {
        let metrics = PrometheusMetrics()
        let gauge = metrics.makeRecorder(label: "aw_open", dimensions: [], aggregate: false)
        gauge.record(7.0)
        gauge.record(4.5)
        #expect(metrics.exposition() == "# TYPE aw_open gauge\naw_open 4.5\n")
    }

    @Test func aMeterGoesUpAndDown() {
        let metrics = PrometheusMetrics()
        let meter = metrics.makeMeter(label: "aw_depth", dimensions: [])
        meter.set(Int64(10))
        meter.increment(by: 2)
        meter.decrement(by: 5)
        #expect(metrics.exposition().contains("aw_depth 7.0\n"))
    }

    @Test func aTimerIsAHistogramInSecondsWhoseBucketsAddUp() {
        let metrics = PrometheusMetrics()
        let timer = metrics.makeTimer(label: "aw_answer", dimensions: [("route", "alerts")])
        timer.recordNanoseconds(400_000)
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(60_000_000_000)
        let text = metrics.exposition()
        #expect(text.contains("# TYPE aw_answer_seconds histogram\n"))
        #expect(text.contains("aw_answer_seconds_bucket{route=\"alerts\",le=\"0.0005\"} 1\n"))
        #expect(text.contains("aw_answer_seconds_bucket{route=\"alerts\",le=\"0.005\"} 2\n"))
        #expect(text.contains("aw_answer_seconds_bucket{route=\"alerts\",le=\"10.0\"} 2\n"))
        #expect(text.contains("aw_answer_seconds_bucket{route=\"alerts\",le=\"+Inf\"} 3\n"))
        #expect(text.contains("aw_answer_seconds_count{route=\"alerts\"} 3\n"))
    }

    @Test func aValueOnABoundBelongsToThatBucket() {
        let metrics = PrometheusMetrics()
        metrics.makeRecorder(label: "aw_batch", dimensions: [], aggregate: true).record(Int64(100))
        let text = metrics.exposition()
        #expect(text.contains("aw_batch_bucket{le=\"50.0\"} 0\n"))
        #expect(text.contains("aw_batch_bucket{le=\"100.0\"} 1\n"))
        #expect(text.contains("aw_batch_sum 100.0\n"))
    }

    @Test func whatALabelHoldsCanNotBreakALine() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "c", dimensions: [("name", "a\"b\\c\nd")]).increment(by: 1)
        #expect(metrics.exposition().contains(#"c{name="a\"b\\c\nd"} 1.0"# + "\n"))
    }

    @Test func charactersThatANameMayNotHaveBecomeUnderscores() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "aw.sent-events", dimensions: [("peer.kind", "x")]).increment(by: 1)
        #expect(metrics.exposition().contains("aw_sent_events{peer_kind=\"x\"} 1.0\n"))
    }

    @Test func familiesAreInAlphabeticalOrderEachWithOneTypeLine() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "b", dimensions: [("l", "2")]).increment(by: 1)
        metrics.makeCounter(label: "a", dimensions: []).increment(by: 1)
        metrics.makeCounter(label: "b", dimensions: [("l", "1")]).increment(by: 1)
        #expect(
            metrics.exposition() == """
                # TYPE a counter
                a 1.0
                # TYPE b counter
                b{l="1"} 1.0
                b{l="2"} 1.0

                """)
    }
}
