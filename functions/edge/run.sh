#!/bin/sh
# Started by the Lambda Web Adapter, which waits for /healthz and then forwards requests to this port. It takes the
# place of Lambda's own runtime, which is what puts the layers and the runtime's packages on the path.
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}/opt/python:${LAMBDA_RUNTIME_DIR:-/var/runtime}"
exec python3 -m uvicorn handler:app --host 127.0.0.1 --port "${AWS_LWA_PORT:-8080}" \
  --no-access-log --log-level warning --timeout-keep-alive 75
