"""sallyport keys."""

import pytest

from sallyport.authentication import FRESH_SECONDS
from sallyport.contracts import Caller
from sallyport.errors import InvalidKeyError

CREATE = ("keys", "create", "--tenant", "acme", "--project", "fraud")


def test_a_key_that_was_made_lets_its_owner_in(run_json, services):
    made = run_json(*CREATE, "--user", "ann")
    caller = services.authenticator.caller_of({"Authorization": f"Bearer {made['key']}"})
    assert caller == Caller(tenant="acme", project="fraud", key_id=made["key_id"], user="ann")


def test_the_key_is_told_once(run, folder):
    result = run(*CREATE)
    [key] = [line.strip() for line in result.stdout.splitlines() if line.startswith("  sp_")]
    assert "this once" in result.stdout
    secret = key.split("_", 2)[2].encode()
    assert not any(secret in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert secret.decode() not in run("keys", "list", "--json").stdout


@pytest.mark.parametrize("has_policy", [True, False])
def test_warns_of_a_tenant_that_may_use_no_model(has_policy, run):
    if has_policy:
        run("policies", "set", "--tenant", "acme", "-", text='models = ["demo"]')
    result = run(*CREATE, "--json")
    assert result.exit_code == 0
    assert ("sallyport policies set --tenant acme" in result.stderr) is not has_policy


def test_a_suggested_command_acts_on_the_same_folder(run, tmp_path):
    result = run(*CREATE, "--data", str(tmp_path / "an other"))
    assert f"--tenant acme --data '{tmp_path}/an other'" in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--tenant", "", "letters, digits"),
        ("--tenant", "a/b", "letters, digits"),
        ("--tenant", "-acme", "letters, digits"),
        ("--project", "fräud", "letters, digits"),
        ("--user", "a" * 65, "1 to 64"),
        ("--expires", "soon", "30d"),
        ("--expires", "0d", "30d"),
        ("--expires", "30", "30d"),
        ("--expires", "2026-02-30", "30d"),
        ("--expires", "2020-01-31", "past"),
    ],
)
def test_refuses_what_cannot_be_and_makes_no_key(option, value, said, run, run_json):
    result = run(*CREATE, option, value)
    assert result.exit_code == 2
    assert option in result.stderr
    assert said in result.stderr
    assert run_json("keys", "list") == []


def test_lists_every_key_with_its_status(run, run_json, backend):
    ids = {}
    for user, expires in {"active": None, "lasting": "2999-12-31", "expired": "1h", "revoked": None}.items():
        ids[user] = run_json(*CREATE, "--user", user, *(["--expires", expires] if expires else []))["key_id"]
    records = backend.records("keys")
    body = dict(records.get(ids["expired"]).body)
    records.put(ids["expired"], "-", body | {"expires_at": body["created_at"]})
    run("keys", "revoke", ids["revoked"])

    listed = {key["user"]: key for key in run_json("keys", "list")}
    assert {user: key["status"] for user, key in listed.items()} == {
        "active": "active",
        "lasting": "active",
        "expired": "expired",
        "revoked": "revoked",
    }
    assert listed["lasting"]["expires_at"] == "3000-01-01T00:00:00Z", "a day is the last day"
    assert not any("hash" in key for key in listed.values())
    table = run("keys", "list").stdout
    assert all(key_id in table for key_id in ids.values())


def test_lists_one_tenants_alone(run, run_json):
    run(*CREATE)
    run("keys", "create", "--tenant", "globex", "--project", "fraud")
    assert [key["tenant"] for key in run_json("keys", "list", "--tenant", "globex")] == ["globex"]


def test_a_description_cannot_steer_the_terminal(run):
    run(*CREATE, "--description", "\x1b[2J[red]for tests")
    table = run("keys", "list").stdout
    assert "?[2J[red]for tests" in table
    assert "\x1b" not in table


def test_says_how_to_make_the_first_key(run, run_json):
    assert "sallyport keys create" in run("keys", "list").stdout
    assert run_json("keys", "list") == []


def test_a_revoked_key_is_refused(run, run_json, services):
    made = run_json(*CREATE)
    result = run("keys", "revoke", made["key_id"])
    assert result.exit_code == 0
    assert f"within {FRESH_SECONDS} seconds" in result.stdout
    with pytest.raises(InvalidKeyError):
        services.authenticator.caller_of({"x-api-key": made["key"]})


def test_revoking_again_changes_nothing(run_json):
    key_id = run_json(*CREATE)["key_id"]
    assert run_json("keys", "revoke", key_id) == run_json("keys", "revoke", key_id)


def test_a_leaked_key_can_be_pasted_whole_and_is_not_repeated(run, run_json):
    made = run_json(*CREATE)
    result = run("keys", "revoke", made["key"])
    assert result.exit_code == 0
    assert made["key"].split("_", 2)[2] not in result.stdout + result.stderr
    assert [key["status"] for key in run_json("keys", "list")] == ["revoked"]


@pytest.mark.parametrize(
    ("key_id", "exit_code"),
    [("abcdefghijkl", 1), ("sp_abcdefghijkl_secret", 1), ("abcdefghijk", 2), ("sp_ABCDEFGHIJKL_secret", 2), ("", 2)],
)
def test_a_key_that_is_not_there_cannot_be_revoked(key_id, exit_code, run):
    result = run("keys", "revoke", key_id)
    assert result.exit_code == exit_code
    assert "sallyport keys list" in result.stderr
    assert "secret" not in result.stdout + result.stderr
