"""sallyport_local.shares: places that many tenants share, so that none of them can take them all."""

import pytest

from sallyport_local.shares import Shares


def fill(shares, *tenants):
    """Each takes in turn until nobody gets any more; what each got."""
    got = dict.fromkeys(tenants, 0)
    while granted := [tenant for tenant in tenants if shares.take(tenant)]:
        for tenant in granted:
            got[tenant] += 1
    return got


@pytest.mark.parametrize(
    ("places", "tenants", "each"),
    [(1, 1, 1), (2, 1, 1), (8, 1, 7), (256, 1, 224), (15, 2, 7), (256, 2, 119), (22, 3, 7), (71, 10, 7)],
)
def test_all_who_want_everything_get_the_same_and_leave_a_place(places, tenants, each):
    names = [f"tenant-{number}" for number in range(tenants)]
    assert set(fill(Shares(places), *names).values()) <= {each, each + 1}
    assert sum(fill(Shares(places), *names).values()) < places or places == 1


def test_whoever_comes_to_a_full_house_finds_a_place_at_once():
    shares = Shares(256)
    fill(shares, "noisy")
    assert shares.take("quiet")
    assert not shares.take("noisy")


def test_what_others_do_not_use_is_lent():
    shares = Shares(256)
    assert shares.take("quiet")
    assert fill(shares, "noisy")["noisy"] > 200


def test_a_tenant_that_wants_its_share_gets_it_as_the_others_requests_end():
    shares = Shares(256)
    held = {"noisy": fill(shares, "noisy")["noisy"], "quiet": 0}
    for _ in range(1000):
        shares.give_back("noisy")
        held["noisy"] -= 1
        for tenant in ("noisy", "quiet"):
            held[tenant] += shares.take(tenant)
    assert abs(held["noisy"] - held["quiet"]) <= 7


def test_nothing_is_lost_and_nothing_remembered():
    shares = Shares(64)
    for _ in range(3):
        for tenant, count in fill(shares, "a", "b", "c").items():
            for _ in range(count):
                shares.give_back(tenant)
    assert (shares._taken, dict(shares._held)) == (0, {})
