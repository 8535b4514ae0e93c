-- For wrk: the last line says answers per second, p50 and p99 in milliseconds, how many requests were answered with
-- 2xx, and how many got something else or nothing at all.
function done(summary, latency, requests)
    local errors = summary.errors
    print()
    print(string.format("%.0f %.3f %.3f %d %d",
        summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        summary.requests - errors.status,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
