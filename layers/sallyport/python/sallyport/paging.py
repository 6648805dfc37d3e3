"""All records of a partition, however many there are."""

from collections.abc import Iterator

from sallyport.ports import Record, Records


def every(records: Records, partition: str) -> Iterator[Record]:
    """In the order of `sort`, a page at a time: what is written meanwhile behind the last page is seen."""
    start = ""
    while page := records.query(partition, start=start):
        yield from page
        start = page[-1].sort + "\0"  # the least text behind it
