"""sallyport.inference: one attempt, by a provider that plays its part."""

from contextlib import contextmanager

import pytest

from sallyport.attempts import Attempt, Unmet, Usage
from sallyport.contracts import Failure, FallbackRequest, Hold, Portion
from sallyport.conversation import ChatAnswer, ChatRequest, Choice, Role, StopReason, Text, Turn
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import (
    ClientLeftError,
    DeadlineExceededError,
    InternalError,
    NoPrivateTargetError,
    NoTargetLeftError,
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RoomNeededError,
)
from sallyport.fallback import decide, no_room
from sallyport.health import LEAST_FAILURES
from sallyport.inference import LEAST_SECONDS, infer, infer_stream, missing_choices, worst_stop_reason
from sallyport.presence import Client, waiting
from sallyport.redaction.judge import Sensitivity
from sallyport.routing import parse_table
from sallyport.stream import (
    LogProbs,
    ReasoningDelta,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)
from tests.unit.doubles import a_route, a_watch

REQUEST = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="hello"),)),))


def an_answer(*stops):
    choices = tuple(Choice(blocks=(Text(text="hi"),), stop_reason=stop) for stop in stops)
    return ChatAnswer(model="model-1", choices=choices, usage=Usage(input_tokens=10, output_tokens=2))


class Player:
    """Provider and registry in one."""

    def __init__(self):
        self.calls = []
        self.leaves_unmet = ()
        self.plays = an_answer(StopReason.END)

    def get(self, name):
        return self

    def unmet(self, request, target):
        return self.leaves_unmet

    def chat(self, request, target, *, max_tokens, timeout):
        self.calls.append((target.model, max_tokens, timeout))
        if isinstance(self.plays, Exception):
            raise self.plays
        return self.plays


@pytest.fixture
def player():
    return Player()


def target(privacy):
    return {
        "provider": "simulated",
        "model": f"model-{privacy}",
        "privacy": privacy,
        "price": {"input": 3, "output": 15},
        "timeout_seconds": 20,
        "max_output_tokens": 100,
    }


TABLE = parse_table(
    {
        "version": "1",
        "targets": {"gpt": target("cloud"), "house": target("private")},
        "routes": {"demo": {"targets": ["gpt", "house"]}},
    }
)


def asked(
    player,
    *,
    table=TABLE,
    watch=None,
    route=None,
    sensitivity=Sensitivity.PUBLIC,
    attempts=(),
    max_tokens=50,
    seconds_left=60.0,
):
    return infer(
        REQUEST,
        table,
        player,
        watch or a_watch(),
        route=route or a_route("gpt", "house!"),
        sensitivity=sensitivity,
        attempts=attempts,
        max_tokens=max_tokens,
        seconds_left=seconds_left,
    )


def test_an_answer_comes_with_how_it_came_about(player):
    answer, inference = asked(player)
    assert answer is player.plays
    assert (inference.target, inference.provider, inference.model) == ("gpt", "simulated", "model-1")
    assert (inference.usage, inference.cost, inference.stop_reason) == (answer.usage, 60, "end")
    assert inference.reason == "gpt is the best target left of demo for public content"


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_for_a_client_that_left_nobody_is_asked_instead(player, when):
    client = Client()

    def leave(*_, **__):
        client.leave()
        raise ProviderUnavailableError("It was hung up on.")

    player.chat = leave
    if when == "before":
        client.leave()
    with waiting(client), pytest.raises(ClientLeftError):
        asked(player)


@pytest.mark.parametrize(
    ("reserved", "asks"), [({"gpt"}, "gpt"), ({"gpt", "house"}, "gpt"), ({"house"}, None), (set(), None)]
)
def test_a_target_with_limits_is_asked_only_when_room_was_taken_there(reserved, asks, player):
    route = a_route("gpt", "house!")
    hold = Hold(scope="target/gpt|requests|minute|2026-11-20T18:00", limit=9, amount=1)
    portions = (Portion(total=hold, own=hold, lent=hold),)
    limited = (
        each.model_copy(update={"portions": portions, "reserved": each.name in reserved}) for each in route.targets
    )
    route = route.model_copy(update={"targets": tuple(limited)})
    if asks is not None:
        assert asked(player, route=route)[1].target == asks
        return
    with pytest.raises(RoomNeededError) as told:
        asked(player, route=route)
    assert (told.value.details["target"], player.calls) == ("gpt", [])


def drilled(player, provider):
    target = TABLE.targets["gpt"].model_copy(update={"provider": provider})
    return infer(
        REQUEST.model_copy(update={"drill": "slow-5ms"}),
        TABLE.model_copy(update={"targets": {"gpt": target}}),
        player,
        a_watch(),
        route=a_route("gpt"),
        sensitivity=Sensitivity.PUBLIC,
        attempts=(),
        max_tokens=50,
        seconds_left=60.0,
    )


def test_a_drill_is_played_by_a_simulated_target(player):
    assert drilled(player, "simulated")[0] is player.plays


@pytest.mark.parametrize("provider", ["openai", "bedrock", "simulated2"])
def test_a_drill_reaches_no_other_target(provider, player):
    with pytest.raises(ProviderRejectedError, match="Leave x-sallyport-drill out") as refused:
        drilled(player, provider)
    assert (refused.value.details["param"], refused.value.details["target"]) == ("x-sallyport-drill", "gpt")
    assert player.calls == []


def test_several_choices_are_asked_for_and_paid_one_by_one(player):
    player.leaves_unmet = (Unmet(field="seed", reason="it has none"),)
    table = TABLE.model_copy(
        update={"targets": {"gpt": TABLE.targets["gpt"].model_copy(update={"provider": "bedrock"})}}
    )
    answer, inference = infer(
        REQUEST.model_copy(update={"n": 3}),
        table,
        player,
        a_watch(),
        route=a_route("gpt"),
        sensitivity=Sensitivity.PUBLIC,
        attempts=(),
        max_tokens=50,
        seconds_left=60.0,
    )
    assert len(answer.choices) == len(player.calls) == 3
    assert (inference.usage.input_tokens, inference.cost) == (30, 180)
    assert [each.field for each in inference.unmet] == ["n", "seed"]


@pytest.mark.parametrize(("n", "given", "told"), [(1, 1, []), (2, 2, []), (3, 2, ["n"]), (1, 2, [])])
def test_choices_that_are_missing_are_told(n, given, told):
    answer = an_answer(*[StopReason.END] * given)
    assert [each.field for each in missing_choices(answer, REQUEST.model_copy(update={"n": n}))] == told


def test_what_the_target_did_not_honour_is_told(player):
    player.leaves_unmet = (Unmet(field="seed", reason="it has none"),)
    _, inference = asked(player)
    assert inference.unmet == player.leaves_unmet


@pytest.mark.parametrize(
    ("max_tokens", "seconds_left", "expected"),
    [(50, 60.0, (50, 20)), (500, 60.0, (100, 20)), (50, 7.5, (50, 7.5)), (50, LEAST_SECONDS, (50, LEAST_SECONDS))],
)
def test_the_smaller_bound_holds(max_tokens, seconds_left, expected, player):
    asked(player, max_tokens=max_tokens, seconds_left=seconds_left)
    assert player.calls == [("model-cloud", *expected)]


@pytest.mark.parametrize("seconds_left", [LEAST_SECONDS - 0.001, 0.0, -9.0])
def test_no_model_is_called_after_the_deadline(seconds_left, player):
    with pytest.raises(DeadlineExceededError):
        asked(player, seconds_left=seconds_left)
    assert player.calls == []


def test_confidential_content_goes_to_the_private_target(player):
    asked(player, sensitivity=Sensitivity.CONFIDENTIAL)
    assert player.calls[0][0] == "model-private"


def test_refuses_rather_than_downgrade(player):
    with pytest.raises(NoPrivateTargetError):
        asked(player, route=a_route("gpt"), sensitivity=Sensitivity.CONFIDENTIAL)
    assert player.calls == []


def test_a_target_that_became_a_clouds_gets_nothing_that_was_meant_for_a_private_one(player):
    with pytest.raises(ProviderUnavailableError, match="not in the routing table any more") as failed:
        asked(player, route=a_route("gpt!"), sensitivity=Sensitivity.CONFIDENTIAL)
    assert failed.value.details == {"target": "gpt"}
    assert player.calls == []


@pytest.mark.parametrize("moved_to", ["us-east-1", None])
def test_a_target_that_moved_gets_nothing_that_was_to_stay_in_its_region(player, moved_to):
    def asked_of(region, regions):
        there = TABLE.targets["gpt"].model_copy(update={"region": region})
        moved = TABLE.model_copy(update={"targets": TABLE.targets | {"gpt": there}})
        [gpt] = a_route("gpt").targets
        route = a_route("gpt").model_copy(update={"targets": (gpt.model_copy(update={"regions": regions}),)})
        return asked(player, table=moved, route=route)

    asked_of("eu-west-1", ("eu-west-1", "eu-west-3"))
    asked_of(moved_to, None)
    with pytest.raises(ProviderUnavailableError, match="not in the routing table any more"):
        asked_of(moved_to, ("eu-west-1",))
    assert len(player.calls) == 2


def test_a_target_that_is_gone_has_failed(player):
    with pytest.raises(ProviderUnavailableError) as failed:
        asked(player, route=a_route("old", "house!"))
    assert failed.value.details == {"target": "old"}


def test_what_was_tried_is_not_tried_again(player):
    tried = (Attempt(target="gpt", error="ProviderUnavailableError"),)
    assert asked(player, attempts=tried)[1].target == "house"
    with pytest.raises(NoTargetLeftError):
        asked(player, attempts=(*tried, Attempt(target="house", error="ProviderTimeoutError")))


@pytest.mark.parametrize("named", [{}, {"target": "other"}])
def test_a_failure_names_its_target_and_keeps_its_details(named, player):
    player.plays = ProviderThrottledError("Slow down.", retry_after=3.0, status=429, **named)
    with pytest.raises(ProviderThrottledError) as failed:
        asked(player)
    details = failed.value.details
    assert (failed.value.message, details["target"], details["status"]) == ("Slow down.", "gpt", 429)
    assert failed.value.retry_after == 3.0
    assert details["latency_ms"] >= 0


def test_a_provider_that_nobody_provides_is_the_targets_failure(player, monkeypatch):
    def get(name):
        raise ProviderDeniedError("There is no such provider.")

    monkeypatch.setattr(player, "get", get)
    with pytest.raises(ProviderDeniedError) as failed:
        asked(player)
    assert failed.value.details["target"] == "gpt"


@pytest.mark.parametrize(
    ("stops", "worst"),
    [
        ((StopReason.END,), "end"),
        ((StopReason.END, StopReason.STOP_SEQUENCE), "stop_sequence"),
        ((StopReason.TOOL_CALLS, StopReason.END), "tool_calls"),
        ((StopReason.END, StopReason.LENGTH, StopReason.TOOL_CALLS), "length"),
        (tuple(StopReason), "filtered"),
    ],
)
def test_the_choice_that_ended_worst_speaks_for_all(stops, worst):
    assert worst_stop_reason(an_answer(*stops)) == worst


def test_an_answer_without_a_choice_is_a_bug():
    with pytest.raises(InternalError):
        worst_stop_reason(an_answer())


class Streamer:
    """Provider and registry in one, whose streams end with an error, if there is one."""

    def __init__(self, error=None, *, refuses=None, says=()):
        self.error = error
        self.says = says
        self.refuses = refuses
        self.calls = []
        self.closed = 0

    def get(self, name):
        return self

    def unmet(self, request, target):
        return ()

    @contextmanager
    def stream(self, request, target, *, max_tokens, timeout, first):
        self.calls.append((target.model, max_tokens, timeout, first))
        if self.refuses:
            raise self.refuses
        try:
            yield self._events()
        finally:
            self.closed += 1

    def _events(self):
        yield Started("model-1")
        yield from self.says
        if self.error:
            raise self.error
        yield Stopped(StopReason.END)


def streamed(streamer, watch=None, **fields):
    given = {
        "route": a_route("gpt", "house!"),
        "sensitivity": Sensitivity.PUBLIC,
        "attempts": (),
        "max_tokens": 50,
        "seconds_left": 60.0,
    }
    return infer_stream(REQUEST, TABLE, streamer, watch or a_watch(), **given | fields)


def test_a_stream_is_asked_like_an_answer_and_closed_at_its_end():
    streamer = Streamer()
    with streamed(streamer) as (calling, events):
        assert list(events) == [Started("model-1"), Stopped(StopReason.END)]
        assert streamer.closed == 0
        inference = calling.inference("model-1", Usage(input_tokens=10, output_tokens=2), "end", estimated=True)
    assert streamer.closed == 1
    assert streamer.calls == [("model-cloud", 50, 60.0, 20)]
    assert (inference.target, inference.cost, inference.estimated) == ("gpt", 60, True)


def test_the_first_event_of_a_stream_must_come_within_the_callers_deadline_too():
    streamer = Streamer()
    with streamed(streamer, seconds_left=5.0):
        pass
    assert streamer.calls == [("model-cloud", 50, 5.0, 5.0)]


MOST = 4096 + 50 * 32


@pytest.mark.parametrize(
    "says",
    [
        (TextDelta("a" * MOST), TextDelta("b")),
        (ReasoningDelta("a" * MOST), RefusalDelta("b")),
        (ToolCallStarted(0, "c", "t"), ToolCallDelta(0, "a" * (MOST + 1))),
        (TextDelta("a" * (MOST - 1)), LogProbs(content=[{}]), LogProbs(refusal=[{}])),
    ],
)
def test_a_provider_that_does_not_stop_is_hung_up_on(says):
    streamer = Streamer(says=says)
    with pytest.raises(ProviderReplyError) as raised, streamed(streamer) as (_, events):
        list(events)
    assert raised.value.details["target"] == "gpt"
    assert streamer.closed == 1


def test_a_provider_may_say_what_max_tokens_allow():
    said = TextDelta("a" * MOST)
    with streamed(Streamer(says=(said,))) as (_, events):
        assert said in list(events)


@pytest.mark.parametrize(
    "streamer",
    [
        Streamer(refuses=ProviderThrottledError("Slow down.", retry_after=3.0)),
        Streamer(ProviderThrottledError("Slow down.", retry_after=3.0)),
    ],
    ids=["at once", "in the middle"],
)
def test_a_stream_that_fails_names_its_target(streamer):
    with pytest.raises(ProviderThrottledError) as raised, streamed(streamer) as (_, events):
        list(events)
    assert (raised.value.details["target"], raised.value.retry_after) == ("gpt", 3.0)
    assert "latency_ms" in raised.value.details


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"seconds_left": LEAST_SECONDS / 2}, DeadlineExceededError),
        ({"attempts": (Attempt(target="gpt", error="E"), Attempt(target="house", error="E"))}, NoTargetLeftError),
        ({"sensitivity": Sensitivity.RESTRICTED, "route": a_route("gpt")}, NoPrivateTargetError),
    ],
)
def test_a_stream_is_refused_for_the_same_reasons(fields, error):
    streamer = Streamer()
    with pytest.raises(error), streamed(streamer, **fields):
        pass
    assert streamer.calls == []


def test_a_stream_may_be_left_in_the_middle():
    streamer = Streamer()
    with streamed(streamer) as (_, events):
        next(events)
    assert streamer.closed == 1


TEXTS = EmbeddingRequest(texts=("a", "b"))
VECTORS = EmbeddingAnswer(model="e-1", vectors=("AAAAAA==",) * 2, usage=Usage(input_tokens=10, output_tokens=0))
VECTOR_TABLE = parse_table(
    {
        "version": "1",
        "targets": {"gpt": target("cloud") | {"operation": "embed", "price": {"input": 3}}},
        "routes": {"vectors": {"targets": ["gpt"]}},
    }
)


class EmbeddingPlayer(Player):
    def unmet_by_embedding(self, request, target):
        return self.leaves_unmet

    def embed(self, request, target, *, timeout):
        self.calls.append((request, target.model, timeout))
        if isinstance(self.plays, Exception):
            raise self.plays
        return VECTORS


def embedded(player, table=VECTOR_TABLE, request=TEXTS):
    return infer(
        request, table, player, a_watch(), route=a_route("gpt"), sensitivity=Sensitivity.PUBLIC, attempts=(),
        max_tokens=50, seconds_left=60.0,
    )  # fmt: skip


def test_texts_are_embedded_by_the_same_rules():
    player = EmbeddingPlayer()
    player.leaves_unmet = (Unmet(field="user", reason="it has none"),)
    answer, inference = embedded(player)
    assert answer is VECTORS
    assert player.calls == [(TEXTS, "model-cloud", 20)]
    assert (inference.model, inference.usage, inference.cost, inference.stop_reason) == (
        "e-1",
        VECTORS.usage,
        30,
        "end",
    )
    assert inference.unmet == player.leaves_unmet


def test_a_failure_to_embed_names_its_target():
    player = EmbeddingPlayer()
    player.plays = ProviderThrottledError("Wait.", retry_after=2)
    with pytest.raises(ProviderThrottledError) as failed:
        embedded(player)
    assert (failed.value.details["target"], failed.value.retry_after) == ("gpt", 2)


def test_a_provider_that_cannot_embed_is_refused_by_its_name():
    with pytest.raises(ProviderDeniedError, match="simulated makes no vectors") as failed:
        embedded(Player())
    assert failed.value.details["target"] == "gpt"


@pytest.mark.parametrize(("table", "request_"), [(TABLE, TEXTS), (VECTOR_TABLE, REQUEST)])
def test_a_target_that_became_one_of_another_kind_is_not_called(table, request_):
    player = EmbeddingPlayer()
    with pytest.raises(ProviderUnavailableError):
        embedded(player, table, request_)
    assert player.calls == []


def test_a_drill_for_vectors_is_for_simulated_targets_alone():
    player = EmbeddingPlayer()
    drilled = TEXTS.model_copy(update={"drill": "fail-503"})
    embedded(player, request=drilled)
    real = {name: each.model_copy(update={"provider": "openai"}) for name, each in VECTOR_TABLE.targets.items()}
    with pytest.raises(ProviderRejectedError) as refused:
        embedded(player, VECTOR_TABLE.model_copy(update={"targets": real}), drilled)
    assert refused.value.details["param"] == "x-sallyport-drill"
    assert len(player.calls) == 1


class Flaky(Player):
    """Fails every second call."""

    def chat(self, request, target, *, max_tokens, timeout):
        answer = super().chat(request, target, max_tokens=max_tokens, timeout=timeout)
        if len(self.calls) % 2:
            raise ProviderUnavailableError("Down.", status=500)
        return answer


def failed_of(player, watch, **fields):
    with pytest.raises(ProviderUnavailableError) as failed:
        asked(player, watch=watch, **fields)
    return failed.value


def test_a_target_that_failed_too_often_is_skipped_and_probed(player):
    now = [1000.0]
    watch = a_watch(clock=lambda: now[0])
    player.plays = ProviderUnavailableError("Down.", status=500)
    for _ in range(LEAST_FAILURES):
        assert failed_of(player, watch).details["target"] == "gpt"
    player.plays = an_answer(StopReason.END)
    _, inference = asked(player, watch=watch)
    assert inference.target == "house"
    assert inference.reason.endswith("while these are unhealthy: gpt")
    now[0] += 2
    assert asked(player, watch=watch)[1].target == "gpt"
    assert asked(player, watch=watch)[1].target == "gpt"


def test_when_all_are_unhealthy_the_best_is_tried(player):
    watch = a_watch()
    player.plays = ProviderUnavailableError("Down.", status=500)
    for _ in range(3 * LEAST_FAILURES):
        failed_of(player, watch)
    assert {model for model, *_ in player.calls} == {"model-cloud", "model-private"}
    assert failed_of(player, watch).details["target"] == "gpt"


def test_who_asked_to_be_left_alone_is_not_even_tried(player):
    watch = a_watch()
    player.plays = ProviderThrottledError("Wait.", retry_after=30.0)
    for _ in range(2):
        with pytest.raises(ProviderThrottledError):
            asked(player, watch=watch)
    with pytest.raises(NoTargetLeftError, match="asked to be left alone") as refused:
        asked(player, watch=watch)
    assert refused.value.retry_after == 30.0
    assert len(player.calls) == 2


def test_what_a_failure_tells_fallback(player):
    watch = a_watch()
    player.plays = ProviderThrottledError("Wait.", retry_after=30.0)
    with pytest.raises(ProviderThrottledError):
        asked(player, watch=watch)
    player.plays = ProviderUnavailableError("Down.")
    assert failed_of(player, watch).details["avoid"] == {"gpt": 30.0}
    while "spent" not in failed_of(player, watch).details:
        pass


@pytest.mark.parametrize(
    ("error", "seconds_left"),
    [(ProviderRejectedError("Invalid.", status=400), 60.0), (ProviderTimeoutError("Late."), 5.0)],
    ids=["the request's own fault", "the caller's own haste"],
)
def test_what_is_not_the_targets_fault_is_not_held_against_it(player, error, seconds_left):
    watch = a_watch()
    player.plays = error
    for _ in range(2 * LEAST_FAILURES):
        with pytest.raises(type(error)):
            asked(player, watch=watch, seconds_left=seconds_left)
    assert watch.avoid(["gpt"]) == {}


def test_streams_that_fail_open_their_target_too():
    watch, streamer = a_watch(), Streamer(refuses=ProviderUnavailableError("Down."))
    for _ in range(LEAST_FAILURES):
        with pytest.raises(ProviderUnavailableError), streamed(streamer, watch=watch) as (_, events):
            list(events)
    assert watch.avoid(["gpt"])


def test_a_failed_attempt_is_timed_and_a_stream_by_its_first_event(player, monkeypatch):
    now = [50.0]
    monkeypatch.setattr("sallyport.inference.time.monotonic", lambda: now[0])

    def late(*_, **__):
        now[0] += 9.0
        raise ProviderUnavailableError("Down.")

    watch = a_watch()
    monkeypatch.setattr(player, "chat", late)
    failed_of(player, watch)
    assert watch.latencies() == {"gpt": 9000.0}
    watch = a_watch()

    def cut():
        with streamed(Streamer(), watch=watch) as (_, events):
            now[0] += 2.0
            next(events)
            now[0] += 9.0
            raise ProviderUnavailableError("Cut.")

    with pytest.raises(ProviderUnavailableError):
        cut()
    assert watch.latencies() == {"gpt": 2000.0}


def test_half_of_the_calls_failing_makes_no_more_than_a_fifth_more_of_them():
    """Row 5 of the reliability list: 1200 requests in a minute, over two targets that both fail."""
    player, now, requests = Flaky(), [1000.0], 1200
    watch = a_watch(clock=lambda: now[0])
    for number in range(requests):
        now[0] += 0.05
        attempts = ()
        while True:
            try:
                asked(player, watch=watch, attempts=attempts)
            except ProviderUnavailableError as error:
                try:
                    attempts = decide(failure_of(error, attempts, f"req_{number:08}"), now[0], no_room).attempts
                except ProviderUnavailableError:
                    break
            else:
                break
    assert requests <= len(player.calls) <= 1.2 * requests


def failure_of(error, attempts, request_id):
    return FallbackRequest(
        request_id=request_id,
        route=a_route("gpt", "house!"),
        sensitivity=Sensitivity.PUBLIC,
        attempts=attempts,
        failure=Failure(error=type(error).__name__, cause=str(error)),
        deadline=9e9,
    )
