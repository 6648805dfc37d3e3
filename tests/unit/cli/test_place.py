"""sallyport_cli.place: a data folder that is there, or not, or not to be read."""

import pytest

READING = [
    ("keys", "list"),
    ("keys", "revoke", "abcdefghijkl"),
    ("policies", "show"),
    ("trace", "request-1"),
    ("usage",),
    ("audit", "verify"),
    ("audit", "show", "request-1"),
    ("audit", "list", "--tenant", "acme"),
    ("dead-letters", "list"),
    ("dead-letters", "redrive"),
]


@pytest.mark.parametrize("exists", [False, True], ids=["missing", "an empty folder"])
@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_no_command_starts_a_data_folder_by_reading(command, exists, tmp_path, invoke):
    path = tmp_path / "data"
    if exists:
        path.mkdir()
    result = invoke(*command, "--data", str(path))
    assert result.exit_code == 1
    assert f"no data folder at {path}" in result.stderr
    assert "sallyport up" in result.stderr
    assert (list(path.iterdir()) if exists else path.exists()) in ([], False)


@pytest.mark.parametrize(
    "command",
    [("keys", "create", "--tenant", "acme", "--project", "fraud"), ("policies", "set", "--tenant", "acme", "-")],
)
def test_an_operator_may_prepare_a_folder_before_the_first_start(command, tmp_path, invoke):
    path = tmp_path / "data"
    result = invoke(*command, "--json", "--data", str(path), text="max_tokens = 1")
    assert result.exit_code == 0
    assert f"new data folder: {path}" in result.stderr
    assert "new data folder" not in result.stdout


def test_the_folder_here_is_the_default(tmp_path, monkeypatch, invoke):
    monkeypatch.chdir(tmp_path)
    result = invoke("keys", "list")
    assert f"{tmp_path}/.sallyport" in result.stderr


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "keyring.json").unlink(), "keyring.json is missing"),
        (lambda folder: (folder / "format").write_text("99\n"), "newer version"),
        (lambda folder: (folder / "sallyport.db").write_bytes(b"no database" * 100), "damaged"),
    ],
    ids=["incomplete", "newer", "damaged"],
)
def test_a_folder_that_cannot_be_used_says_what_to_do(damage, said, run, folder):
    damage(folder)
    result = run("keys", "list")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "--data" in result.stderr or "backup" in result.stderr


def test_the_command_line_is_stronger_than_the_environment(run, tmp_path):
    result = run("keys", "list", "--data", str(tmp_path / "other"))
    assert f"no data folder at {tmp_path}/other" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "x", "--stack", "prod"], "--data and --stack"),
        (["--region", "eu-west-1"], "name the stack"),
        (["--profile", "ops"], "name the stack"),
    ],
)
def test_two_places_at_once_are_wrong_usage(options, said, run):
    result = run("keys", "list", *options)
    assert result.exit_code == 2
    assert said in result.stderr
