"""sallyport policies."""

import pytest

from sallyport.configuration import FRESH_SECONDS
from sallyport.contracts import Caller
from sallyport.limits import Limit
from sallyport.policy import Policy

FULL = """
models = ["demo", "claude"]
max_tokens = 2000
max_content_bytes = 200000
media_hosts = ["img.example.com", "*.example.com:8443"]
limits = [{ per = "minute", requests = 600, tokens = 200000 }, { per = "month", dollars = 99.5 }]
redaction = { CREDIT_CARD = "block", EMAIL = "allow" }
redaction_default = "mask"
answers = { default = "report", SECRET = "block", ORG = "mask" }
minimum_sensitivity = "internal"
"""


def levels(services, key_id="k3v9x1m0q7ab"):
    return services.configuration.policies(Caller(tenant="acme", project="fraud", key_id=key_id))


def test_the_gateway_reads_what_was_set(run, services):
    result = run("policies", "set", "--tenant", "acme", "-", text=FULL)
    assert result.exit_code == 0, result.stderr
    assert f"within {FRESH_SECONDS} seconds" in result.stdout
    policy = levels(services)[0].policy
    assert policy.models == ("demo", "claude")
    assert policy.limits == (Limit(per="minute", requests=600, tokens=200_000), Limit(per="month", dollars=99.5))
    assert policy.media_hosts == ("img.example.com", "*.example.com:8443")
    assert policy.redaction == {"CREDIT_CARD": ("block",), "EMAIL": ("allow",)}


def test_what_is_shown_can_be_set_again(run, services):
    run("policies", "set", "--tenant", "acme", "-", text=FULL)
    shown = run("policies", "show", "--tenant", "acme").stdout
    run("policies", "set", "--tenant", "globex", "-", text=shown)
    assert run("policies", "show", "--tenant", "globex").stdout == shown


def test_each_level_has_a_policy_of_its_own(run, run_json, services):
    key_id = run_json("keys", "create", "--tenant", "acme", "--project", "fraud")["key_id"]
    run("policies", "set", "--tenant", "acme", "-", text="max_tokens = 3")
    run("policies", "set", "--tenant", "acme", "--project", "fraud", "-", text="max_tokens = 2")
    run("policies", "set", "--key", key_id, "-", text="max_tokens = 1")
    assert [level.policy.max_tokens for level in levels(services, key_id)] == [3, 2, 1]
    assert [each["scope"] for each in run_json("policies", "show")] == [
        "tenant/acme",
        "tenant/acme/project/fraud",
        f"tenant/acme/project/fraud/key/{key_id}",
    ]
    assert run_json("policies", "show", "--key", key_id)["policy"] == {"max_tokens": 1}
    assert "max_tokens = 2" in run("policies", "show").stdout


def test_a_file_is_read_too(run, run_json, tmp_path):
    (tmp_path / "acme.toml").write_text('models = ["demo"]')
    assert run_json("policies", "set", "--tenant", "acme", str(tmp_path / "acme.toml")) == {
        "scope": "tenant/acme",
        "policy": {"models": ["demo"]},
        "effective_within_seconds": FRESH_SECONDS,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budgets = 3", "budgets is no field"),
        ("models = 'demo'", "models: "),
        ("models = ['a b']", "models.0: "),
        ("max_tokens = 0", "max_tokens: "),
        ("max_tokens = -1", "max_tokens: "),
        ("limits = [{ requests = 3 }]", "limits.0.per: "),
        ("limits = [{ per = 'week', requests = 3 }]", "limits.0.per: "),
        ("limits = [{ per = 'day', request = 3 }]", "limits.0.request is no field"),
        ("limits = [{ per = 'day', dollars = -0.01 }]", "limits.0.dollars: "),
        ("redaction = { EMAIL = 'hide' }", "redaction.EMAIL: "),
        ("redaction = { EMIAL = 'block' }", "redaction: EMIAL is no type"),
        ("answers = { EMIAL = 'block' }", "answers: EMIAL is no type"),
        ("answers = { EMAIL = 'route_private' }", "answers: EMAIL: route_private is for requests"),
        ("answers = 'hide'", "answers: is one of allow, report, mask, block, or a table of them by type"),
        ("minimum_sensitivity = 'secret'", "minimum_sensitivity: "),
        ("models = [", "no TOML"),
        ("", "empty"),
        ("# models = ['demo']\n", "empty"),
    ],
)
def test_a_wrong_policy_is_refused_by_the_name_of_its_field_and_the_old_one_stays(text, said, run, run_json):
    run("policies", "set", "--tenant", "acme", "-", text="max_tokens = 7")
    result = run("policies", "set", "--tenant", "acme", "-", text=text)
    assert result.exit_code == 2
    assert said in result.stderr
    assert run_json("policies", "show", "--tenant", "acme")["policy"] == {"max_tokens": 7}


def test_every_wrong_field_is_named_at_once(run):
    result = run("policies", "set", "--tenant", "acme", "-", text="budgets = 3\nmax_tokens = 0")
    assert "budgets" in result.stderr
    assert "max_tokens" in result.stderr


def test_no_limit_at_all_can_be_meant(run_json):
    assert run_json("policies", "set", "--tenant", "acme", "-", text="limits = []")["policy"] == {}


@pytest.mark.parametrize(("model", "warned"), [("demo", False), ("dmeo", True)])
def test_warns_of_a_model_that_nobody_can_ask_for(model, warned, run):
    result = run("policies", "set", "--tenant", "acme", "-", text=f'models = ["{model}"]')
    assert result.exit_code == 0
    assert (f"no model {model}" in result.stderr) is warned


def test_warns_that_a_project_alone_opens_nothing(run):
    result = run("policies", "set", "--tenant", "acme", "--project", "fraud", "-", text="max_tokens = 1")
    assert "tenant acme itself has no policy" in result.stderr


@pytest.mark.parametrize(("tenants", "warned"), [("[]", True), ('["*.example.com"]', False)])
def test_warns_that_a_projects_hosts_alone_open_nothing(tenants, warned, run):
    run("policies", "set", "--tenant", "acme", "-", text=f"media_hosts = {tenants}")
    result = run(
        "policies", "set", "--tenant", "acme", "--project", "fraud", "-", text='media_hosts = ["img.example.com"]'
    )
    assert ("acme itself allows no media_hosts" in result.stderr) is warned


def test_a_host_that_is_none_is_refused_by_its_path(run):
    result = run("policies", "set", "--tenant", "acme", "-", text='media_hosts = ["img.example.com", "10.0.0.1"]')
    assert result.exit_code == 2
    assert "media_hosts.1: a host is written like img.example.com" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["set", "-"], 2),
        (["set", "--project", "fraud", "-"], 2),
        (["set", "--key", "abcdefghijkl", "--tenant", "acme", "-"], 2),
        (["set", "--key", "abcdefghijkl", "-"], 1),
        (["set", "--tenant", "acme", "no-such-file.toml"], 2),
        (["show", "--project", "fraud"], 2),
        (["show", "--tenant", "acme"], 1),
        (["show", "--key", "abcdefghijkl"], 1),
    ],
)
def test_asks_whose_policy_is_meant(arguments, exit_code, run):
    result = run("policies", *arguments, text="max_tokens = 1")
    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr


def test_says_how_to_set_the_first_policy(run, run_json):
    assert "sallyport policies set" in run("policies", "show").stdout
    assert run_json("policies", "show") == []


def test_every_field_is_explained(run):
    text = run("policies", "set", "--help").stdout
    assert all(f"  {name} = " in text for name in Policy.model_fields)


def test_a_policy_of_a_newer_version_is_no_crash(run, backend):
    backend.records("configuration").put("policy", "tenant/acme", {"budgets": 3})
    result = run("policies", "show")
    assert result.exit_code == 1
    assert "stored Policy" in result.stderr
