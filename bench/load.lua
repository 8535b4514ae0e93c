-- For wrk: the last line says answers per second, p50 and p99 in milliseconds, and how many requests got something
-- else than 2xx or nothing at all.
function done(summary, latency, requests)
    local errors = summary.errors
    print()
    print(string.format("%.0f %.3f %.3f %d",
        summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
