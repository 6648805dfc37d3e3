"""Who signs in on a command line: `curl -u bob:hunter2 …`, `mysql -u root -phunter2`, `psql -U bob`, `sshpass -p …`."""

from collections.abc import Iterator

from sallyport.redaction.finding import PASSWORD, USERNAME, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PASSWORD, USERNAME})

_QUOTE = r"[\"']?"
_VALUE = r"[^\s\"'$<{%:]"
_COMMANDS = (
    Lazily(
        rf"(?<![\w-])(?:curl|wget|https?|svn|ldapsearch)\s[^\n|;]{{0,120}}?(?<=\s)(?:-u|--user)[ =]?{_QUOTE}"
        rf"(?P<name>{_VALUE}{{2,64}}):(?P<word>{_VALUE}[^\s\"']{{2,63}})"
    ),
    Lazily(
        r"(?<![\w-])(?:mysql\w{0,6}|mariadb(?:-dump)?)\s[^\n|;]{0,120}?(?<=\s)-p"
        rf"{_QUOTE}(?P<word>(?!ort)(?=[^\s]{{0,40}}[0-9A-Z!@#%^&*]){_VALUE}[^\s\"']{{3,63}})"
    ),
    Lazily(rf"(?<![\w-])sshpass\s+-p\s?{_QUOTE}(?P<word>{_VALUE}[^\s\"']{{2,63}})"),
    Lazily(rf"(?<![\w-])(?:psql|pg_dump|pg_restore)\s[^\n|;]{{0,120}}?(?<=\s)-U\s?{_QUOTE}(?P<name>{_VALUE}{{2,64}})"),
    Lazily(
        r"(?<![\w-])(?:mysql\w{0,6}|mariadb(?:-dump)?|docker\slogin|az\slogin)\s[^\n|;]{0,120}?(?<=\s)"
        rf"(?:-u|--user(?:name)?)[ =]?{_QUOTE}(?P<name>{_VALUE}{{3,64}})"
    ),
)
_FLAGS = (" -u", " -p", " -U", " --user")
_SERVICES = frozenset({"root", "admin", "postgres", "mysql", "user", "username", "name"})


def find(text: str) -> Iterator[Finding]:
    if not any(flag in text for flag in _FLAGS):
        return
    for command in _COMMANDS:
        for match in command.finditer(text):
            for group, type_ in (("name", USERNAME), ("word", PASSWORD)):
                if match.re.groupindex.get(group) and match[group].lower() not in _SERVICES:
                    yield Finding(type_, *match.span(group), 0.85, "command")
