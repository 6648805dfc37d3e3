"""What a fleet does to those who call it: its quotas, latencies and faults, as data."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, ValidationError

from sallyport.message import Message

type Provider = Literal["bedrock", "openai"]
type Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
type Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Place:
    """A model of a provider, as one account has it in one Region; OpenAI has no Regions."""

    provider: Provider
    account: str
    region: str
    model: str


class Where(Message):
    """The places that a quota or a fault is for; what is left out is any."""

    provider: Provider | None = None
    account: str | None = None
    region: str | None = None
    model: str | None = None

    def covers(self, place: Place) -> bool:
        return all(
            wanted in (None, getattr(place, name))
            for name, wanted in (
                ("provider", self.provider),
                ("account", self.account),
                ("region", self.region),
                ("model", self.model),
            )
        )


class Quota(Where):
    """What each place that it covers admits in any span of `seconds`. Tokens are input and the most output."""

    requests: PositiveInt | None = None
    tokens: PositiveInt | None = None
    seconds: Seconds = 60.0


class Fault(Where):
    """What goes wrong for a `share` of the calls, from `begins` to `ends` seconds after the script was loaded.

    `fail` answers with `status` (with 429: and Retry-After of `retry_after` seconds, from OpenAI), `hang` never, `slow`
    so many `seconds` later; `cut` hangs up after so many `words` of a stream, or in the middle of a whole answer;
    `error` tells of `status` there, within the stream, and fails what is no stream.
    """

    kind: Literal["fail", "hang", "slow", "cut", "error"]
    begins: Seconds = 0.0
    ends: Seconds = 86_400.0
    share: Share = 1.0
    status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after: Seconds | None = None
    seconds: Seconds = 1.0
    words: Annotated[int, Field(ge=0, le=10_000)] = 5

    def is_on(self, place: Place, at: float) -> bool:
        return self.begins <= at < self.ends and self.covers(place)


class Latency(Message):
    """Milliseconds before the first byte, log-normal: half are below `median`, and one in a hundred above `p99`."""

    median: Annotated[float, Field(gt=0, le=60_000)] = 5.0
    p99: Annotated[float, Field(gt=0, le=60_000)] = 20.0


class Script(Message):
    """The first quota that covers a place is its quota; of faults, the first of a kind that hits. `pace` is the
    milliseconds between two words of a stream, `words` how long an answer is beside what it repeats.
    """

    seed: int = 1
    latency: Latency = Latency()
    pace: Annotated[float, Field(ge=0, le=10_000)] = 0.0
    words: Annotated[int, Field(ge=0, le=10_000)] = 10
    quotas: tuple[Quota, ...] = ()
    faults: tuple[Fault, ...] = ()

    def quota_of(self, place: Place) -> Quota | None:
        return next((each for each in self.quotas if each.covers(place)), None)


def wrong_with(error: ValidationError) -> str:
    """What is to be corrected in a script, field by field, without what was in it."""
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
