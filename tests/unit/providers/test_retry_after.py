"""providers/retry_after: seconds, milliseconds, dates, and nonsense."""

import pytest

from sallyport.providers.retry_after import retry_after

NOW = 1_763_000_000.0  # Thu, 13 Nov 2025 02:13:20 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "1e9"}, 86_400),
        ({"retry-after": "Thu, 13 Nov 2025 02:13:50 GMT"}, 30),
        ({"retry-after": "Thu, 13 Nov 2025 02:00:00 GMT"}, 0),
        ({"retry-after": "Thu, 99 Nov 2025 02:00:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
    ],
)
def test_hints(headers, seconds):
    assert retry_after(headers, NOW) == seconds
