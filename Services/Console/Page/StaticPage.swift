import HTTPTypes
import Hummingbird
import NIOCore

/// The plain page at `/`: sign in, and the open incidents live. Three files, built into the program.
struct StaticPage: Sendable {
    private struct File: Sendable {
        var path: String
        var type: String
        var bytes: [UInt8]
    }

    private let files = [
        File(path: "/", type: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        File(path: "/console.css", type: "text/css; charset=utf-8", bytes: PackageResources.console_css),
        File(path: "/console.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.console_js),
    ]

    func add(to router: Router<ConsoleContext>) {
        for file in files {
            let body = ByteBuffer(bytes: file.bytes)
            router.get(RouterPath(file.path)) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: file.type, .cacheControl: "no-cache"],
                    body: ResponseBody(byteBuffer: body))
            }
        }
    }
}
