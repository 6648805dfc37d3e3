"""Each function, built by sam and started as Lambda starts it, answers its sample events.

AWS is a double (bench/aws_double.py) without IAM, and Step Functions is our engine on built functions.
"""

import importlib.util
import json
import marshal
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench import samples
from bench.artifacts import ROOT, BuiltFunction, build, closure
from bench.packaging import table
from bench.rehearsal import Measured, Rehearsal, forward
from sallyport.edge.context import CONTEXT_HEADER

FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))

ANSWERS = {
    "authenticate/bearer": lambda answer: answer["context"]["tenant"] == "acme",
    "authenticate/x_api_key": lambda answer: answer["policyDocument"]["Statement"][0]["Effect"] == "Allow",
    "authorize/demo": lambda answer: answer["max_tokens"] == 256 and len(answer["reservation"]["holds"]) == 2,
    "redact/fraud": lambda answer: answer["decision"]["masked"] == 4 and "sealed" in answer["pseudonyms"],
    "redact/hiring": lambda answer: answer["decision"]["findings"] == {"EMAIL": 1},
    "cache_lookup/new_question": lambda answer: answer["decision"]["outcome"] == "miss",
    "cache_lookup/no_cache": lambda answer: answer["decision"]["outcome"] == "off" and answer["decision"]["store_key"],
    "cache_lookup/no_store": lambda answer: answer["decision"]["outcome"] == "off" and "answer" not in answer,
    "infer/simulated": lambda answer: answer["decision"]["target"] == "simulated",
    "infer/second_target": lambda answer: answer["decision"]["target"] == "simulated-backup",
    "fallback/next_target": lambda answer: answer["target"] == "simulated-backup" and len(answer["attempts"]) == 1,
    "overdue/lost": lambda answer: answer == {"batchItemFailures": []},
    "overdue/twice": lambda answer: answer == {"batchItemFailures": []},
    "overdue/one_unreadable": lambda answer: len(answer["batchItemFailures"]) == 1,
    "probe/named": lambda answer: {each["outcome"] for each in answer.values()} == {"answered"},
    "probe/open": lambda answer: answer == {},
    "settle/answered": lambda answer: answer == {"batchItemFailures": []},
    "settle/answered_and_refused": lambda answer: answer == {"batchItemFailures": []},
    "settle/twice": lambda answer: answer == {"batchItemFailures": []},
    "settle/one_unreadable": lambda answer: len(answer["batchItemFailures"]) == 1,
    "audit/answered": lambda answer: answer == {"batchItemFailures": []},
    "audit/answered_and_refused": lambda answer: answer == {"batchItemFailures": []},
    "audit/twice": lambda answer: answer == {"batchItemFailures": []},
    "audit/one_unreadable": lambda answer: len(answer["batchItemFailures"]) == 1,
}
ERRORS = {
    "authenticate/malformed_key": "Unauthorized",
    "authenticate/no_key": "Unauthorized",
    "authenticate/unknown_key": "Unauthorized",
    "authorize/over_max_tokens": "InvalidRequestError",
    "authorize/unknown_model": "ModelNotFoundError",
    "redact/blocked_card": "ContentBlockedError",
    "redact/content_gone": "VaultUnavailableError",
    "infer/no_private_target": "NoPrivateTargetError",
    "infer/too_late": "DeadlineExceededError",
    "fallback/exhausted": "ProviderThrottledError",
    "fallback/rejected": "ProviderRejectedError",
    "probe/unknown": "InternalError",
}


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    with Rehearsal(build()) as started:
        yield started


@pytest.fixture(scope="module")
def measured(rehearsal: Rehearsal) -> Iterator[list[Measured]]:
    every: list[Measured] = []
    yield every
    print("\n" + table(every, rehearsal.build.layers))


def function(rehearsal: Rehearsal, concern: str) -> BuiltFunction:
    return next(each for each in rehearsal.build.functions if each.concern == concern)


def test_every_function_folder_is_built(rehearsal):
    assert sorted(each.concern for each in rehearsal.build.functions) == FUNCTIONS


@pytest.mark.parametrize("concern", [concern for concern in FUNCTIONS if concern != "edge"])
def test_answers_its_sample_events(rehearsal, measured, concern):
    cases = dict(samples.events(concern))

    replies, cost = rehearsal.invoke(function(rehearsal, concern), list(cases.values()))
    measured.append(cost)

    for case, reply in zip(cases, replies, strict=True):
        name = f"{concern}/{case}"
        if name in ERRORS:
            assert reply.error_type == ERRORS[name], name
        else:
            assert reply.error_type is None, (name, reply)
            assert ANSWERS[name](reply.answer), (name, reply.answer)


def test_edge_answers_what_the_web_adapter_hands_on(rehearsal, measured):
    with rehearsal.served(function(rehearsal, "edge")) as (address, cost):
        answers = {case: forward(address, event) for case, event in samples.events("edge")}
        measured.append(cost())

    assert {case: status for case, (status, _, _) in answers.items()} == {
        "anonymize": 200,
        "chat": 200,
        "messages": 200,
        "responses": 200,
        "embeddings": 200,
        "health": 200,
        "model": 200,
        "models": 200,
        "wrong_type": 400,
    }
    assert [model["id"] for model in answers["models"][2]["data"]] == ["demo", "demo-embedding"]
    assert answers["model"][2] == answers["models"][2]["data"][0]
    assert answers["wrong_type"][2]["error"]["param"] == "messages"
    assert answers["messages"][2]["type"] == "message"
    assert answers["anonymize"][2]["text"].startswith("candidate-001\n\nThey have led Java teams, 8 years.")
    assert answers["responses"][2]["object"] == "response"


def test_built_functions_relay_a_stream_as_it_comes(rehearsal):
    """Through edge's own script, as the Web Adapter runs it, and all the functions that have a part in it."""
    chat = dict(samples.events("edge"))["chat"]
    body = json.dumps(json.loads(chat["body"]) | {"stream": True})
    paced = {"x-sallyport-drill": "pace-100ms"}  # words come a tenth of a second apart
    headers = chat["headers"] | paced | {CONTEXT_HEADER: json.dumps(chat["requestContext"])}

    with rehearsal.served(function(rehearsal, "edge")) as (address, _):
        url = f"{address}/v1/chat/completions"
        with httpx.stream("POST", url, content=body, headers=headers, timeout=60) as answer:
            arrived = [(piece, time.monotonic()) for piece in answer.iter_raw()]

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
    told = b"".join(piece for piece, _ in arrived)
    assert b"@example.com" in told, "the placeholder was not restored"
    assert told.endswith(b"data: [DONE]\n\n")
    words = told.count(b'"content"') - 1
    assert arrived[-1][1] - arrived[0][1] > 0.1 * (words - 2) > 1, "what is held back comes late"


def test_edge_finds_the_layers_that_lambda_mounts():
    """The runtime itself puts /opt/python on the path; a script in its place has to do so."""
    script = (ROOT / "functions/edge/run.sh").read_text()

    assert "/opt/python" in script
    assert "LAMBDA_RUNTIME_DIR" in script


@pytest.mark.parametrize("name", ["SallyportLayer", "DependenciesLayer"])
def test_every_module_of_a_layer_comes_compiled(rehearsal, name):
    """Valid for this Python, which is Lambda's, made of that very source, and believed whenever that was changed."""
    layer = rehearsal.build.layers[name]
    unchecked = (0b01).to_bytes(4, "little")  # PEP 552

    compiled = {source: Path(importlib.util.cache_from_source(source)) for source in layer.rglob("*.py")}

    assert compiled
    assert set(compiled.values()) == set(layer.rglob("*.pyc"))
    for source, cached in compiled.items():
        content = cached.read_bytes()
        hashed = importlib.util.source_hash(source.read_bytes())
        assert content[:16] == importlib.util.MAGIC_NUMBER + unchecked + hashed, source
        assert marshal.loads(content[16:]).co_filename == f"/opt/{source.relative_to(layer)}"


def test_the_gateway_is_built_the_same_wherever_it_is(rehearsal, tmp_path):
    """`sam deploy` uploads what has changed; and what ran here has left byte code of its own."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "layers/sallyport", copy)
    stray = copy / "python/sallyport/__pycache__/gone.cpython-313.pyc"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of this machine")
    (tmp_path / "built").mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    subprocess.run(
        ["make", "build-SallyportLayer"],
        cwd=copy,
        env=os.environ | {"PATH": path, "ARTIFACTS_DIR": str(tmp_path / "built")},
        check=True,
        capture_output=True,
    )

    assert contents(tmp_path / "built") == contents(rehearsal.build.layers["SallyportLayer"])


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_layer_has_the_locked_versions_of_what_is_imported():
    locked = dict(
        line.split(" ")[0].split("==") for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line
    )
    lines = (ROOT / "layers/dependencies/requirements.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))

    assert pinned == {name: locked[name] for name in pinned}
    assert pinned == closure(*(name for name in pinned)), "a package that these need is not pinned"


def test_no_sample_event_is_without_an_expectation():
    expected = {name.split("/")[0]: set() for name in ANSWERS | ERRORS}
    for name in ANSWERS | ERRORS:
        expected[name.split("/")[0]].add(name.split("/")[1])

    assert expected == {concern: set(dict(samples.events(concern))) for concern in FUNCTIONS if concern != "edge"}


def test_sample_events_have_no_content_in_the_clear():
    """What passes between the states is sealed; only edge sees what a client wrote."""
    originals = [
        original
        for path in (samples.SEALED / "pseudonyms").rglob("*.json")
        for original in json.loads(path.read_text()).values()
    ]
    texts = [path.read_text() for concern in FUNCTIONS if concern != "edge" for path in _events(concern)]

    assert originals
    assert not [original for original in originals for text in texts if original in text]


def _events(concern: str):
    return (samples.EVENTS / concern).glob("*.json")
