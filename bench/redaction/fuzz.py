"""Look for what breaks redaction: `python -m bench.redaction.fuzz [--seconds 60] [--seed 0] [--json]`.

*Growth*, once: the worst repetitions for each family, once, twice and four times as long, must take no more than
proportionally longer. Then, until the time is over: *planted* values of every kind in random surroundings and encodings
must be masked whole and come back as they were, whole or in chunks; *noise* of signs that detectors read must raise
nothing and be restored. It exits with 1 for any finding, and prints its seed and text.
"""

import argparse
import json
import random
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

from sallyport.redaction.detect import detect
from sallyport.redaction.detectors import DETECTORS
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.redact import redact
from sallyport.redaction.restore import StreamRestorer, restore

VALUES = (
    *("bob@corp.example.org", "+44 20 7946 0958", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "457-55-5462"),
    *("203.0.113.77", "00:1a:2b:3c:4d:5e", "sk-a1b2c3d4e5f6g7h8i9j0k1", "529.982.247-25", "RSSMRA85T10A562S"),
    *("1HGCM82633A004352", "11010519491231002X", "756.9217.0769.85", "GB82WEST12345698765432", "AKIAIOSFODNN7EXAMPLE"),
)
"""None needs a label; each is known by its form or its check digits."""

# None says that a number is an order or a version: such numbers are left by intent.
_WORDS = (
    *("the", "account", "of", "Anna", "is", "here", "since", "ordinary", "and", "12", "May", "was", "called", "in"),
    *("London", "<EMAIL_1>", "[PHONE 2]", "<b>", "</b>", "{", "}", '"', "\n", "\t", "\u200b", "日本", "é", "№", "\\"),
    *("&amp;", "%20", "=>"),
)
_SIGNS = "aA1 0.-:/@_<>[]{}()+=%&;\\\"'\n\t#$€é\u200b\uff11日\u0430|~*,EMAIL_PHONE"
_ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda value: quote(value, safe=""),
    lambda value: "".join(f"&#{ord(sign)};" for sign in value),
    lambda value: "".join(f"\\u{ord(sign):04x}" for sign in value),
    lambda value: "\u200b".join(value),
    lambda value: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in value),
    lambda value: b64encode(f"the value is {value} indeed".encode()).decode(),
    lambda value: f"the value is {value} indeed".encode().hex(),
)
GROWING = (
    *(
        "1",
        "1 ",
        "+1(",
        "1 Aa ",
        "born 1.1.",
        "4111 1111 1111 1111 ",
        "AA11",
        "A ",
        "a:",
        "a@a.",
        "://a:",
        "password: ",
    ),
    *("key=a1&", "eyJaaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "<EMAIL_", "\u200b\uff11", "passport ", "dl 1-"),
    *("http://a.b/", "1.1.", "AA 11 ", "@abc ", "may 1 ", "1/1/", "age 1 ", "user a", "login: a/", "Mr. A", "one "),
    *("12 Main ", "12 A St, ", "rue A 1, ", "Apt 1 ", "A\n", "1 A\n Apt 1\n", "%25", "&amp;", "\\u0040", "=40", "a-"),
    *("a b ", "(at)", " dot a", "a @ b . c ", "YWFh", "QUJD" * 8 + " ", "61" * 16 + " ", "<<", "A<<", "\u0430a "),
    *("npi 1234567890 ", "in 1999 ", "AB12 CDE ", "pin 1", "1-1-", "1_1_", "4111_1111_1111_1111 ", "passport 12 "),
    *("corner of a and ", "a.com ", "passport,a\n", "a|passport|b\n", "dl,passport,vin,mrn,npi,bic\n"),
    *(
        "password a1B! ",
        "password is from to ",
        "curl -u a:bc ",
        "curl ",
        "mysql -p",
        "car AB-123-CD ",
        "user a logged ",
    ),
    *("goes by a online ", "password for a ", "username,password\n", "a @b,com ", "AA 11 1", "national id 1"),
    *("aaaaa as your password ", "a when a a password ", "x as the login ", "username, "),
)
SIZE = 20_000
"""Characters of the shortest growing text."""
TIMES_SLOWER = 3.0
"""What twice the text may take, at most, at two sizes in a row; a quadratic one takes four times."""


def planted(chance: random.Random) -> tuple[str, list[tuple[int, int, str]]]:
    """A text, and where in it which values are, in whatever encoding."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length = 0
    for value in chance.sample(VALUES, chance.randint(1, 4)):
        before = " ".join(chance.choices(_WORDS, k=chance.randint(1, 12))) + chance.choice(
            [" ", "\n", " - ", ' "', " ("]
        )
        encoded = chance.choice(_ENCODINGS)(value)
        after = chance.choice([" ", "\n", '" ', ") ", ", "])
        spans.append((length + len(before), length + len(before) + len(encoded), value))
        pieces += (before, encoded, after)
        length += len(before) + len(encoded) + len(after)
    return "".join(pieces), spans


def leaks(text: str, spans: list[tuple[int, int, str]]) -> list[str]:
    """The planted values of which a letter or digit is outside of all findings."""
    found = detect(text)
    return [
        value
        for start, end, value in spans
        if any(text[at].isalnum() and not any(f.start <= at < f.end for f in found) for at in range(start, end))
    ]


def comes_back(text: str, chance: random.Random) -> bool:
    """Is the text what it was, once masked and restored, whole and in random chunks?"""
    pseudonyms = Pseudonyms()
    masked = redact(text, detect(text), pseudonyms)
    mapping = pseudonyms.to_dict()
    restorer = StreamRestorer(mapping)
    flowing, at = "", 0
    while at < len(masked):
        size = chance.randint(1, 9)
        flowing += restorer.feed(masked[at : at + size])
        at += size
    return restore(masked, mapping).text == text == flowing + restorer.flush()


def noise(chance: random.Random) -> str:
    return "".join(chance.choices(_SIGNS, k=chance.randint(1, 400)))


def steps(find: Callable[[str], object], seed: str, size: int) -> tuple[float, float]:
    """How many times longer 2 x and 4 x `size` characters of a repeated seed take than half of each, in CPU time."""
    spent = []
    for length in (size, 2 * size, 4 * size):
        text = (seed * length)[:length]
        spent.append(min(_timed(find, text) for _ in range(2)))
    floor = 1e-3
    return max(spent[1], floor) / max(spent[0], floor), max(spent[2], floor) / max(spent[1], floor)


def _timed(find: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    find(text)
    return time.process_time() - begun


def growing() -> Iterator[tuple[str, str, tuple[float, float]]]:
    """Whole engine first, so that the family to blame is looked for only where something is wrong."""
    for seed in GROWING:
        measured = steps(detect, seed, SIZE)
        if min(measured) <= TIMES_SLOWER:
            continue
        for detector in DETECTORS:
            name = str(getattr(detector, "__name__", type(detector).__name__)).rpartition(".")[2]
            alone = steps(lambda text, detector=detector: list(detector.find(text)), seed, SIZE)  # type: ignore[misc]
            if min(alone) > TIMES_SLOWER:
                yield name, seed, alone
        yield "all", seed, measured


def play(seed: int, rounds: int | None, until: float) -> dict[str, object]:
    """Planted texts and noise, one of each in a round; what went wrong with what its own seed was."""
    wrong: list[dict[str, object]] = []
    done = 0
    while (rounds is None or done < rounds) and (rounds is not None or time.monotonic() < until):
        chance = random.Random(f"{seed}/{done}")
        text, spans = planted(chance)
        try:
            leaked = leaks(text, spans)
            if leaked:
                wrong.append({"round": done, "wrong": "leak", "values": leaked, "text": text})
            for each in (text, noise(chance)):
                if not comes_back(each, chance):
                    wrong.append({"round": done, "wrong": "not restored", "text": each})
        except Exception as error:  # whatever it is, it is what is looked for
            wrong.append({"round": done, "wrong": repr(error), "text": text})
        done += 1
    return {"seed": seed, "rounds": done, "wrong": wrong}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.redaction.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one object instead of lines")
    options = parser.parse_args(arguments)
    slow = [{"family": family, "seed": seed, "steps": measured} for family, seed, measured in growing()]
    result = play(options.seed, None, time.monotonic() + options.seconds) | {"super_linear": slow}
    if options.json:
        json.dump(result, sys.stdout, indent=1)
    else:
        print(f"seed {options.seed}: {result['rounds']} rounds of planted values and noise, {len(GROWING)} repetitions")
        for each in (*result["wrong"], *slow):  # type: ignore[misc]
            print(ascii(each))
        print("nothing found" if not (result["wrong"] or slow) else "see above")
    return 1 if result["wrong"] or slow else 0


if __name__ == "__main__":
    sys.exit(main())
