from sallyport.redaction.hiring.removal import CATEGORIES, Removal, merged


def test_overlapping_removals_are_one_and_cover_everything():
    [one] = merged([Removal(0, 5, "[a]", "place"), Removal(3, 9, "[b]", "name")])
    assert (one.start, one.end, one.replacement, one.category) == (0, 9, "[b]", "name")


def test_what_leaves_nothing_behind_gives_way_to_what_surrounds_it():
    [one] = merged([Removal(0, 9, "[school]", "school"), Removal(2, 5, "", "religion")])
    assert one.replacement == "[school]"


def test_neighbours_stay_apart():
    assert len(merged([Removal(5, 6, "", "name"), Removal(0, 5, "", "name")])) == 2


def test_every_category_has_a_type_and_a_reason():
    assert all(Removal(0, 1, "", each).type and Removal(0, 1, "", each).reason for each in CATEGORIES)
