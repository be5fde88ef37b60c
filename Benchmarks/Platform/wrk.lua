-- Sends requests that were made beforehand, each once: thread n reads DIRECTORY/n, where every request stands behind its
-- length in ten digits. Prints what wrk measured as one line of JSON at the end.
--
-- wrk … -s wrk.lua URL -- DIRECTORY [RATE]
-- With RATE, each thread keeps to a schedule of RATE requests a second of its own, however late the answers are.

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } moment;
int clock_gettime(int clock, moment *at);
]]
local monotonic = 1

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(args)
    file = assert(io.open(args[1] .. "/" .. number, "rb"))
    rate = tonumber(args[2] or 0)
    sent, missing = 0, 0
    if rate > 0 then
        -- wrk calls a global of this name only when there is one, and then before each request but the first ones.
        delay = wait
    end
    at = ffi.new("moment")
end

function request()
    local length = file:read(10)
    if not length then
        -- Nothing left: the figures of this run are not to be used.
        missing = missing + 1
        wrk.thread:stop()
        return "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end
    sent = sent + 1
    return file:read(tonumber(length))
end

local function now()
    ffi.C.clock_gettime(monotonic, at)
    return tonumber(at.seconds) + tonumber(at.nanoseconds) / 1e9
end

local started, turns = nil, 0

function wait()
    if not started then started = now() end
    turns = turns + 1
    local early = started + turns / rate - now()
    return early > 0 and math.floor(early * 1000) or 0
end

function done(summary, latency)
    local missed = 0
    for _, thread in ipairs(threads) do missed = missed + thread:get("missing") end
    local errors = summary.errors
    io.write(string.format(
        '{"seconds": %.6f, "requests": %d, "not_ok": %d, "broken": %d, "missing": %d, ' ..
        '"p50_ms": %.3f, "p90_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f}\n',
        summary.duration / 1e6, summary.requests, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, missed,
        latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
