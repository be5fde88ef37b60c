import Foundation
import Synchronization

/// Wakes the socket thread out of its poll, from any thread.
///
/// A pipe whose ends live as long as this object, so a late ``raise()`` never writes to a reused descriptor.
final class WakeSignal: Sendable {
    private let readEnd = Atomic<Int32>(-1)
    private let writeEnd = Atomic<Int32>(-1)
    private let isRaised = Atomic<Bool>(false)

    deinit {
        for end in [readEnd.load(ordering: .relaxed), writeEnd.load(ordering: .relaxed)] where end >= 0 {
            close(end)
        }
    }

    /// Opens the pipe; before that ``raise()`` has no effect. Called once, by the socket thread.
    func open() throws(BusError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .failed(operation: "pipe", code: errno, reason: String(cString: strerror(errno)))
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd.store(ends[0], ordering: .relaxed)
        writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        isRaised.store(false, ordering: .sequentiallyConsistent)
        return ends[0]
    }

    /// Wakes the socket thread. What the caller stored before is seen by it.
    func raise() {
        guard !isRaised.exchange(true, ordering: .sequentiallyConsistent) else { return }
        let end = writeEnd.load(ordering: .sequentiallyConsistent)
        guard end >= 0 else { return }
        var byte: UInt8 = 1
        _ = write(end, &byte, 1)
    }

    /// Takes the signal back, before looking at what it stood for. Called by the socket thread only, when the pipe is
    /// readable.
    func lower() {
        var bytes: (UInt64, UInt64) = (0, 0)
        let end = readEnd.load(ordering: .relaxed)
        while read(end, &bytes, MemoryLayout.size(ofValue: bytes)) > 0 {}
        isRaised.store(false, ordering: .sequentiallyConsistent)
    }
}
