"""All records of a partition or of a part of it, however many there are."""

from collections.abc import Iterator

from sallyport.ports import Record, Records


def every(records: Records, partition: str, *, start: str = "", end: str = "\U0010ffff") -> Iterator[Record]:
    """Those with `start <= sort < end`, in that order, a page at a time: what is written meanwhile behind the last page
    is seen.
    """
    while page := records.query(partition, start=start, end=end):
        yield from page
        start = page[-1].sort + "\0"  # the least text behind it
