"""Something whole in pieces, cut anywhere: what comes of it may not depend on where."""

from hypothesis import strategies as st


def cut[Whole: (str, bytes)](whole: Whole, *, least: int = 0, most: int = 20) -> st.SearchStrategy[list[Whole]]:
    """The pieces, none of them empty, of `least` to `most` cuts."""
    places = st.sets(st.integers(1, len(whole) - 1), min_size=least, max_size=most).map(sorted)
    return places.map(
        lambda cuts: [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    )
