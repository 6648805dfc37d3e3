#!/bin/sh
# Started by the Lambda Web Adapter, which waits for /healthz and then forwards requests to this port.
exec python3 -m uvicorn handler:app --host 127.0.0.1 --port "${AWS_LWA_PORT:-8080}" --no-access-log --timeout-keep-alive 75
