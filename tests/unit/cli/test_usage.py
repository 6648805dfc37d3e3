"""sallyport usage: the sums of what was settled."""

import pytest

from sallyport.settlement import OWN, UsageRecord, usage_partition

NOON = 1_795_176_000.0
DAY = 86_400
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")
FIELDS = ("requests", "answered", "cache_hits", "input_tokens", "output_tokens", "cost_dollars")


@pytest.fixture
def billed(settled, ticket):
    settled(
        ticket(1, user="ann"),
        ticket(2, user="ann", cache="hit"),
        ticket(3, user="bob", model="gpt", tokens=(1000, 200), cost=2_500_000, at=NOON + DAY),
        ticket(4, project="hiring", key_id="k2", failure="NoTargetLeftError"),
        ticket(5, tenant="globex", at=NOON - DAY),
    )


def sums(told):
    return [tuple(row[name] for name in FIELDS) for row in told["rows"]]


def names(told, *fields):
    return [tuple(row[name] for name in fields) for row in told["rows"]]


def test_sums_what_each_tenant_used(run_json, billed):
    told = run_json("usage", *NOVEMBER)
    assert names(told, "tenant") == [("acme",), ("globex",)]
    assert sums(told) == [(4, 3, 1, 1010, 205, 2.5015), (1, 1, 0, 10, 5, 0.0015)]
    assert told["total"] == dict(zip(FIELDS, (5, 4, 1, 1020, 210, 2.503), strict=True))
    assert (told["from"], told["to"], told["by"]) == ("2026-11-01", "2026-11-30", "tenant")


@pytest.mark.parametrize(
    ("by", "fields", "rows"),
    [
        ("project", ("tenant", "project"), [("acme", "fraud"), ("acme", "hiring"), ("globex", "fraud")]),
        ("key", ("project", "key_id"), [("fraud", "k3v9x1m0q7ab"), ("hiring", "k2"), ("fraud", "k3v9x1m0q7ab")]),
        ("user", ("tenant", "user"), [("acme", "ann"), ("acme", "bob"), ("acme", None), ("globex", None)]),
        ("model", ("model",), [("demo",), ("gpt",)]),
        ("day", ("day",), [("2026-11-19",), ("2026-11-20",), ("2026-11-21",)]),
    ],
)
def test_sums_by_whatever_is_asked_for(by, fields, rows, run_json, billed):
    told = run_json("usage", *NOVEMBER, "--by", by)
    assert names(told, *fields) == rows
    assert sum(row["requests"] for row in told["rows"]) == told["total"]["requests"] == 5


@pytest.mark.parametrize("tenant", [(), ("--tenant", "acme")], ids=["of all tenants", "of one"])
@pytest.mark.parametrize(
    ("first", "last", "requests"),
    [
        ("2026-11-20", "2026-11-20", 3),
        ("2026-11-20", "2026-11-21", 4),
        ("2026-11-21", "2026-11-22", 1),
        ("2026-11-22", "2026-12-31", 0),
    ],
)
def test_both_days_are_included(first, last, requests, tenant, run_json, billed):
    assert run_json("usage", "--from", first, "--to", last, *tenant)["total"]["requests"] == requests


def test_one_tenant_is_not_another(run_json, billed):
    assert run_json("usage", *NOVEMBER, "--tenant", "globex")["total"]["requests"] == 1
    assert run_json("usage", *NOVEMBER, "--tenant", "acm")["rows"] == []


def test_what_is_settled_twice_is_billed_once(run_json, settled, ticket, billed):
    settled(ticket(1, user="ann"))
    assert run_json("usage", *NOVEMBER)["total"]["requests"] == 5


def test_prints_a_table_with_its_total(run, billed):
    lines = run("usage", *NOVEMBER).stdout.splitlines()
    assert lines[0].split() == [
        "TENANT",
        "REQUESTS",
        "ANSWERED",
        "CACHE",
        "HITS",
        "TOKENS",
        "IN",
        "TOKENS",
        "OUT",
        "COST",
    ]
    assert lines[1].split() == ["acme", "4", "3", "1", "1,010", "205", "$2.501500"]
    assert lines[3].split() == ["TOTAL", "5", "4", "1", "1,020", "210", "$2.503000"]


def test_one_row_needs_no_total(run, billed):
    assert "TOTAL" not in run("usage", *NOVEMBER, "--tenant", "acme").stdout


def test_says_when_there_is_nothing(run):
    assert "No usage of acme from 2026-11-01" in run("usage", *NOVEMBER, "--tenant", "acme").stdout


def test_refuses_an_end_before_the_start(run):
    result = run("usage", "--from", "2026-11-02", "--to", "2026-11-01")
    assert result.exit_code == 2
    assert "2026-11-02" in result.stderr


@pytest.mark.parametrize(
    ("by", "fields", "row"),
    [
        ("tenant", ("tenant",), (None,)),
        ("key", ("tenant", "project", "key_id"), (None, None, None)),
        ("model", ("model",), (None,)),
        ("day", ("day",), ("2026-11-20",)),
    ],
)
def test_what_the_gateway_asked_for_itself_is_a_row_without_a_name(by, fields, row, run, run_json, services):
    bill = UsageRecord(request_id="probe-1234", at=NOON, target="gpt", outcome="answered", input_tokens=9, cost=40)
    partition = usage_partition(OWN, "2026-11-20")
    services.backend.records("usage").put(partition, bill.request_id, bill.to_json())
    told = run_json("usage", *NOVEMBER, "--by", by)
    assert names(told, *fields) == [row]
    assert sums(told) == [(1, 1, 0, 9, 0, 0.00004)]
    assert "$0.000040" in run("usage", *NOVEMBER, "--by", by).stdout
    assert run_json("usage", *NOVEMBER, "--tenant", "acme")["rows"] == []
