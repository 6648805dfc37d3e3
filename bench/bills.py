"""Every bill that a gateway kept: what benches and tests reconcile with."""

from sallyport.alerts import ALERTS
from sallyport.composition import Backend
from sallyport.settlement import UsageRecord


def bills_of(backend: Backend) -> list[UsageRecord]:
    """In no order. The marks of alerts lie among them."""
    kept = (record for record in backend.records("usage").scan() if record.partition != ALERTS)
    return [UsageRecord.model_validate(dict(record.body)) for record in kept]
