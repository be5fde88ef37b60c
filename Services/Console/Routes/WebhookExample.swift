/// A first alert, ready to be pasted into a shell.
struct WebhookExample {
    let url: String
    let curl: String

    /// - Parameter secret: Nil when requests need no signature.
    init(ingestURL: String, apiKey: String, secret: String?) {
        let url = "\(ingestURL)/api/webhooks/alerts?api_key=\(apiKey)"
        let body =
            #"{"asset_name":"web-server-01","signature":"high_cpu_usage","severity":"high","#
            + #""message":"CPU at 95%","tool_source":"example"}"#
        self.url = url
        if let secret {
            curl =
                "body='\(body)'; ts=$(date +%s); "
                + "sig=$(printf '%s.%s' \"$ts\" \"$body\" | openssl dgst -sha256 -hmac '\(secret)' | sed 's/^.*= //'); "
                + "curl -sS -X POST '\(url)' -H 'Content-Type: application/json' -H \"X-Timestamp: $ts\" "
                + "-H \"X-Signature: sha256=$sig\" --data-raw \"$body\""
        } else {
            curl = "curl -sS -X POST '\(url)' -H 'Content-Type: application/json' --data-raw '\(body)'"
        }
    }
}
