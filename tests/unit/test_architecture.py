"""The rules of the layout, enforced: who may import what, how long a module is, and that its public parts say so."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/sallyport/python/sallyport"
MODULES = sorted(LAYER.rglob("*.py"))
HANDLERS = sorted(ROOT.glob("functions/*/*.py"))

ADAPTERS = ("aws/", "providers/", "redis_", "remote/exchange.py", "remote/fetching.py")
"""Where the outside world is called."""

THIRD_PARTY = {
    "": {"sallyport", "pydantic"},
    "aws/": {"boto3", "botocore"},
    "providers/": {"boto3", "botocore", "urllib3"},
    "redis_connection.py": {"redis"},
    "edge/": {"starlette", "anyio"},
    "observability.py": {"aws_lambda_powertools"},
    "vault.py": {"cryptography"},
    "audit/chain.py": {"cryptography"},
}

IMPURE = {
    "os",
    "time",
    "logging",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "asyncio",
    "urllib",
    "http",
    "threading",
}
ALLOWED = {
    # chooses the backend by its environment, and hands clock and chance to who needs them
    "composition.py": {"os", "random", "time"},
    "observability.py": {"logging"},  # silences a library's logger
    "vault.py": {"os", "threading"},  # nonces; its keys are shared between threads
    "identity.py": {"secrets"},  # makes keys
    "edge/context.py": {"secrets"},  # makes request ids
    "edge/event_stream.py": {"asyncio"},  # the event loop's side of a stream
    "edge/leaving.py": {"threading"},  # is left from another thread
    "edge/pipe.py": {"asyncio", "threading"},  # joins the two sides
    "edge/recording.py": {"random", "time"},  # waits before it tries again
    "edge/reading.py": {"asyncio", "os", "threading"},  # carries a stream on in a thread, and on the event loop
    "edge/relay.py": {"threading"},  # is closed from another thread
    "edge/streaming.py": {"asyncio"},  # watches the client meanwhile
    "edge/streams.py": {"threading"},  # waits for what is under way
    "edge/whole.py": {"asyncio", "threading"},  # watches the client meanwhile
    "presence.py": {"threading"},  # is told from another thread
    "calling.py": {"time"},  # measures an attempt, by a clock that only runs forwards
    "inference.py": {"time"},  # the same, and waits before a target is asked again
    "probing.py": {"time"},  # the same
    "authentication.py": {"threading"},  # what is known is shared between threads
    "configuration.py": {"threading"},
    "skipping.py": {"threading"},  # what failed for one thread is known to all
    "roster.py": {"threading"},  # the same
    "once.py": {"threading"},  # what is made is made for all of them
    "watch.py": {"threading"},  # reads and writes while nobody waits
    "remote/job.py": {"time", "threading"},  # a deadline, by a clock that only runs forwards, of several threads
}

MOST_LINES, MOST_HANDLER_LINES = 300, 60
SHORT = 10
"""Lines below which a function's name and types may say it all."""


def name_of(path):
    base = LAYER if path.is_relative_to(LAYER) else ROOT
    return path.relative_to(base).as_posix()


def tree_of(path):
    return ast.parse(path.read_text())


def imported(path):
    """The full names of everything a module imports, wherever in it."""
    names = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module)
    return names


def packages(path):
    return {name.split(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_its_place_allows(path):
    allowed = set().union(*(names for place, names in THIRD_PARTY.items() if name_of(path).startswith(place)))
    assert packages(path) - sys.stdlib_module_names <= allowed


@pytest.mark.parametrize("path", [path for path in MODULES if not name_of(path).startswith(ADAPTERS)], ids=name_of)
def test_the_domain_has_no_environment_no_clock_and_no_log(path):
    assert packages(path) & IMPURE <= ALLOWED.get(name_of(path), set())


@pytest.mark.parametrize("name", ALLOWED)
def test_every_exception_is_still_needed(name):
    assert ALLOWED[name] <= packages(LAYER / name)


@pytest.mark.parametrize("path", [path for path in MODULES if not name_of(path).startswith(ADAPTERS)], ids=name_of)
def test_the_domain_knows_no_implementation(path):
    """`sallyport.aws` is named by the environment; a provider by the routing table."""
    beyond = {name for name in imported(path) if name.startswith(("sallyport.aws", "sallyport.redis_"))}
    assert beyond == set()


@pytest.mark.parametrize("path", HANDLERS, ids=name_of)
def test_a_function_is_one_short_handler_over_the_layer(path):
    assert path.name == "handler.py"
    assert packages(path) - {"sallyport", "aws_lambda_powertools"} <= sys.stdlib_module_names - IMPURE
    adapters = {name for name in imported(path) if name.startswith(("sallyport.aws", "sallyport.redis_"))}
    assert adapters == set()
    assert len(path.read_text().splitlines()) <= MOST_HANDLER_LINES


@pytest.mark.parametrize("path", MODULES + HANDLERS, ids=name_of)
def test_nothing_deployed_imports_what_stays_at_home(path):
    assert not packages(path) & {"sallyport_local", "sallyport_cli", "bench", "tests", "functions", "moto"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_one_idea_and_says_which(path):
    assert ast.get_docstring(tree_of(path))
    assert len(path.read_text().splitlines()) <= MOST_LINES


def described():
    """What the methods of Protocols are called: they are explained there, once."""
    names = set()
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in node.bases):
                names |= {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    return names


DESCRIBED = described()


def public_parts(path):
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_public_function_says_what_its_name_cannot(path):
    for node in public_parts(path):
        if not isinstance(node, ast.ClassDef) and node.name not in DESCRIBED:
            short = node.end_lineno - node.lineno + 1 < SHORT
            assert short or ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_public_class_with_methods_of_its_own_says_what_it_is(path):
    for node in public_parts(path):
        if isinstance(node, ast.ClassDef):
            methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef) and each.name[0] != "_"}
            assert methods <= DESCRIBED or ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.lock")), ids=name_of)
def test_a_lock_file_pins_everything_and_names_no_host(path):
    lock = path.read_text()
    assert "://" not in lock
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links)", lock, re.MULTILINE)
    pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^]]*])?==\S+", lock, re.MULTILINE)
    starts = re.findall(r"^[A-Za-z0-9]\S*", lock, re.MULTILINE)
    assert len(pinned) == len(starts) > 20
    assert lock.count("--hash=sha256:") >= len(pinned)
