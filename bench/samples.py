"""What the sample events rest on, put in place: a tenant's policy, the key they carry, and the content they point to.

Sealed content opens only under the keys of the place where it was sealed, so events/ cannot carry it: an event names an
address, such as `content/acme/sample-fraud`, and events/sealed/content/acme/sample-fraud.json is the text that lies
there once `place` has sealed it. The key is public on purpose; `place` is for tests and demonstrations.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sallyport.composition import Services
from sallyport.contracts import Purpose
from sallyport.identity import MAC_LABEL, KeyRecord, hash_key, key_id_of

EVENTS = Path(__file__).parents[1] / "events"
SEALED = EVENTS / "sealed"
TENANT = "acme"
API_KEY = "sp_sample000001_this-is-a-public-sample-and-opens-nothing--"

POLICY: dict[str, Any] = {
    "models": ["demo", "demo-embedding"],
    "max_tokens": 1024,
    "limits": [{"per": "minute", "requests": 600}, {"per": "month", "dollars": 5}],
}

_TYPICAL = {
    "authenticate": "bearer",
    "edge": "models",
    "authorize": "demo",
    "redact": "fraud",
    "cache_lookup": "new_question",
    "infer": "simulated",
    "fallback": "next_target",
    "overdue": "lost",
    "probe": "named",
    "settle": "answered",
    "audit": "answered",
}


def typical(function: str) -> dict[str, Any]:
    """The case that stands for a function's usual work."""
    return dict(events(function))[_TYPICAL[function]]


def events(function: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cases of one function or workflow, by name."""
    for path in sorted((EVENTS / function).glob("*.json")):
        yield path.stem, json.loads(path.read_text())


def place(services: Services) -> None:
    """Needs the keys and configuration records, the MAC of API keys, and the vault with its blobs."""
    key_id = key_id_of(API_KEY)
    secret = services.backend.key_macs.secret(MAC_LABEL)
    record = KeyRecord(
        key_id=key_id,
        tenant=TENANT,
        project="fraud",
        user="agent-7",
        hash=hash_key(API_KEY, secret),
        created_at=time.time(),
        description="The key of the sample events",
    )
    services.backend.records("keys").put(key_id, "-", record.to_json())
    services.backend.records("configuration").put("policy", f"tenant/{TENANT}", POLICY)
    for path in sorted(SEALED.rglob("*.json")):
        purpose, tenant, name = path.relative_to(SEALED).with_suffix("").parts
        text = json.dumps(json.loads(path.read_text()), ensure_ascii=False).encode()
        blob = services.vault.seal_bytes(text, tenant, Purpose(purpose))
        services.backend.content.put(f"{purpose}/{tenant}/{name}", blob)
