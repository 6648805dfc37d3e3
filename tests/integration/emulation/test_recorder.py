from sallyport_local.emulation.iam import Need


def test_keeps_who_was_refused_what(recorder, role):
    assert not role("kms:Sign").allows(Need("kms:Decrypt", "arn:key"))
    assert [(denied.who, denied.need.action) for denied in recorder.denied] == [("infer", "kms:Decrypt")]


def test_says_it_aloud_when_a_call_is_refused(role, caplog):
    role().allows(Need("kms:Decrypt", "arn:key"))
    assert "IAM refuses infer: kms:Decrypt on arn:key" in caplog.text


def test_only_what_nothing_else_allows_is_indispensable(recorder, role):
    principal = role("kms:Sign", "kms:Decrypt", "kms:De*", "kms:GenerateMac")
    for action in ("kms:Sign", "kms:Decrypt"):
        assert principal.allows(Need(action, "arn:key"))
    assert {permission.action for permission in recorder.indispensable("infer")} == {"kms:Sign"}
    assert recorder.indispensable("edge") == frozenset()


def test_stops_at_the_first_refusal(recorder, role):
    needs = [Need(action, "arn:key") for action in ("kms:Sign", "kms:Decrypt", "kms:Encrypt")]
    assert role("kms:Sign").first_refused(needs) == needs[1]
    assert len(recorder.denied) == 1
