# 40 ms each way: a plain client measures the delay, so that the probe may be measured by it.
. "$HERE/lib.sh"
two_hosts --delay-ms 40
serve_shop
on_a python3 - "$B4" <<'PY'
import socket, sys, time
def connect():
    started = time.monotonic()
    socket.create_connection((sys.argv[1], 443), 5).close()
    return (time.monotonic() - started) * 1000
print(sorted(connect() for _ in range(9))[4])
PY
