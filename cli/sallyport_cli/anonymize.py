"""`sallyport anonymize`: files without personal data, and a report of what was removed."""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sallyport.anonymization import Mode
from sallyport_cli.anonymize_page import Entry, page
from sallyport_cli.anonymizer import Anonymizer, NotAnonymizedError, by_gateway, in_process
from sallyport_cli.extracting import SUFFIXES, UnreadableFileError, extract
from sallyport_cli.failures import REFUSED, fail, warn
from sallyport_cli.output import counted, print_json

_STEMS: dict[Mode, str] = {"default": "document", "hiring": "candidate"}


@dataclass(frozen=True, slots=True)
class _Task:
    """`number` counts every file, those that cannot be read too: mending one renames no other."""

    number: int
    source: Path
    output: str


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--mode", type=click.Choice(["default", "hiring"]), default="default", show_default=True,
              help="default: placeholders for personal data. hiring: whatever could bias who judges a CV.")  # fmt: skip
@click.option("--employers", type=click.Choice(["keep", "remove"]), default="keep", show_default=True,
              help="Of hiring: whether the names of employers stay.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the anonymized texts.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path),
              help="HTML page with originals and results side by side. Confidential.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what was removed and why as JSON.")
@click.option("--overwrite", is_flag=True, help="Replace results of an earlier run; never an input.")
@click.option("--url", help="Ask this gateway instead of the engine in this program.")
@click.option("--key", envvar="SALLYPORT_KEY", show_envvar=True, help="The gateway's API key.")
def anonymize(
    paths: tuple[Path, ...],
    mode: Mode,
    employers: str,
    out: Path | None,
    report: Path | None,
    as_json: bool,
    overwrite: bool,
    url: str | None,
    key: str | None,
) -> None:
    """Take personal data out of files, also whole folders.

    Reads .txt, .md, .docx and .pdf. Results are called candidate-001.txt and so on, because a file's own name may be a
    person's; the report alone says which is which. One file without --out is printed. Nothing leaves this machine
    unless a gateway is named.

    \b
    Example:
      sallyport anonymize cvs/ --mode hiring --out anonymized --report report.html
      sallyport anonymize notes.txt | less
    """
    tasks = _tasks(paths, mode)
    if out is None and len(tasks) > 1 and not (as_json or report):
        raise click.UsageError(f"There are {len(tasks)} files: say where the results go with --out DIR.")
    _check_places(tasks, out, report, overwrite=overwrite)
    entries, failed = _run(tasks, _anonymizer(url, key, mode, employers=employers == "keep"))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            (out / entry.output).write_text(entry.document.text, encoding="utf-8", newline="")
    if report is not None:
        made_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        _write_confidential(report, page(entries, failed, mode=mode, made_at=made_at))
    if as_json:
        print_json(_told(entries, failed, mode))
    elif out is None and len(tasks) == 1:
        click.echo("".join(entry.document.text for entry in entries), nl=False)
    _conclude(entries, failed, out, report)


def _tasks(paths: Sequence[Path], mode: Mode) -> list[_Task]:
    """In the order of the arguments, folders in the order of their files' names, each file once."""
    files: dict[Path, Path] = {}
    for path in paths:
        for file in _files(path) if path.is_dir() else [path]:
            if file.suffix.lower() not in SUFFIXES:
                raise click.UsageError(f"{file} is none of {', '.join(SUFFIXES)}.")
            files.setdefault(file.resolve(), file)
    if not files:
        fail(f"There is no file in there that ends in {', '.join(SUFFIXES)}.")
    return [_Task(number, file, f"{_STEMS[mode]}-{number:03}.txt") for number, file in enumerate(files.values(), 1)]


def _files(folder: Path) -> Iterator[Path]:
    skipped = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith((".", "~$")):
                yield Path(place) / name
            else:
                skipped += 1
    if skipped:
        warn(f"{counted(skipped, 'file', 'files')} of {folder} skipped: only {', '.join(SUFFIXES)} are read.")


def _check_places(tasks: Sequence[_Task], out: Path | None, report: Path | None, *, overwrite: bool) -> None:
    """Before anything is read: nothing may be lost by what is written."""
    inputs = {task.source.resolve() for task in tasks}
    written = [out / task.output for task in tasks] if out is not None else []
    for place in [*written, *([report] if report is not None else [])]:
        if place.resolve() in inputs:
            fail(f"{place} is one of the inputs, which are never overwritten. Choose another --out or --report.")
        if place.exists() and not overwrite:
            fail(f"{place} exists. Choose another place, or replace it with --overwrite.")


def _anonymizer(url: str | None, key: str | None, mode: Mode, *, employers: bool) -> Anonymizer:
    if url is None:
        return in_process(mode, employers=employers)
    if not key:
        raise click.UsageError("--url needs a --key, or SALLYPORT_KEY in the environment.")
    try:
        return by_gateway(url, key, mode, employers=employers)
    except NotAnonymizedError as error:
        raise click.UsageError(str(error)) from error


def _run(tasks: Sequence[_Task], anonymizer: Anonymizer) -> tuple[list[Entry], list[tuple[str, str]]]:
    entries: list[Entry] = []
    failed: list[tuple[str, str]] = []
    progress_at = sys.stderr if sys.stderr.isatty() and len(tasks) > 1 else io.StringIO()
    with click.progressbar(tasks, file=progress_at, label="Anonymizing", show_pos=True) as progress:
        for task in progress:
            try:
                text = extract(task.source)
                entries.append(Entry(str(task.source), task.output, text, anonymizer(text, task.number)))
            except (UnreadableFileError, NotAnonymizedError) as error:
                failed.append((str(task.source), str(error)))
    return entries, failed


def _told(entries: Sequence[Entry], failed: Sequence[tuple[str, str]], mode: Mode) -> dict[str, Any]:
    """Which file became which result, and what was removed where and why: no original value is among it."""
    files = [
        {
            "source": entry.source,
            "output": entry.output,
            "text": entry.document.text,
            "findings": [each.to_json() for each in entry.document.findings],
        }
        for entry in entries
    ]
    return {"mode": mode, "files": files, "failed": [{"source": source, "reason": why} for source, why in failed]}


def _write_confidential(path: Path, content: str) -> None:
    """For its owner alone, whoever else may read the folder."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)


def _conclude(
    entries: Sequence[Entry], failed: Sequence[tuple[str, str]], out: Path | None, report: Path | None
) -> None:
    for source, why in failed:
        click.secho(f"Error: {source} {why}", err=True, fg="red")
    replaced = sum(len(entry.document.findings) for entry in entries)
    where = f" in {out}" if out is not None else ""
    click.echo(f"{counted(len(entries), 'file', 'files')} anonymized{where}, {replaced:,} places replaced.", err=True)
    if report is not None:
        click.echo(f"Report, with the originals: {report}", err=True)
    if failed:
        sys.exit(REFUSED)
