"""`sallyport trace`: the path of one request."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from sallyport.contracts import Ticket
from sallyport_cli import decisions
from sallyport_cli.arguments import REQUEST_ID, as_json
from sallyport_cli.failures import fail
from sallyport_cli.output import moment, print_json, print_table
from sallyport_cli.place import Place, at_a_place


@click.command()
@click.argument("request_id", type=REQUEST_ID)
@as_json
@at_a_place()
def trace(place: Place, request_id: str, as_json: bool) -> None:
    """Show the path of one request.

    State by state, with durations, decisions and reasons. REQUEST_ID is the answer's `x-request-id`. No prompt and no
    answer is shown: none is kept. For a stack, this tells which execution to look for in the Step Functions console.

    \b
    Example:
      sallyport trace req_92fc76712b324fd515b8dcce989b50ce
    """
    if place.workflow_arn is not None:
        _point_to_console(place.workflow_arn, request_id, as_json)
        return
    found = place.folder.records("traces").get(request_id) if place.folder else None
    if found is None:
        fail(
            f"There is no trace of {request_id} here. Traces are kept for 7 days, and written within a second. "
            f"`sallyport audit show {request_id}{place.arguments}` has the decisions of every audited request."
        )
    if as_json:
        print_json({"request_id": request_id} | dict(found.body))
    else:
        _print(request_id, found.body)


def _print(request_id: str, body: Mapping[str, Any]) -> None:
    ticket = Ticket.model_validate(body["ticket"])
    caller = ticket.caller
    click.echo(f"Request {request_id} at {moment(body['started_at'])}: {body['status']} in {body['duration_ms']} ms")
    click.echo(f"{caller.tenant}/{caller.project}, key {caller.key_id}, model {ticket.model}\n")
    reasons = _reasons(ticket, [visit["state"] for visit in body["states"]])
    rows = [
        (visit["state"], f"{visit['duration_ms']:.1f}", visit["retries"] or "", visit["error"], reason)
        for visit, reason in zip(body["states"], reasons, strict=True)
    ]
    print_table(("STATE", "MS", "RETRIES", "ERROR", "DECISION"), rows, numbers=("MS", "RETRIES"))


def _reasons(ticket: Ticket, states: list[str]) -> Iterator[str]:
    """What each visit decided. The n-th visit of Infer made the n-th attempt, the last one perhaps the answer."""
    attempts = iter(ticket.attempts)
    fallbacks = iter(ticket.attempts[1:])
    for state in states:
        match state:
            case "Authorize":
                yield decisions.authorized(ticket)
            case "Redact":
                yield decisions.redacted(ticket)
            case "CacheLookup":
                yield f"{ticket.cache.outcome}: {ticket.cache.reason}" if ticket.cache else ""
            case "Infer":
                attempt = next(attempts, None)
                yield decisions.answered(ticket) if attempt is None else decisions.failed(attempt)
            case "Fallback":
                following = next(fallbacks, None) or ticket.inference
                yield f"{following.target} is next" if following else ""
            case "Failed":
                yield decisions.refused(ticket)
            case _:
                yield ""


def _point_to_console(workflow_arn: str, request_id: str, as_json: bool) -> None:
    """Express executions have no history to ask for: the console puts it together from the logs."""
    partition, region = workflow_arn.split(":")[1], workflow_arn.split(":")[3]
    domain = {"aws-us-gov": "console.amazonaws-us-gov.com", "aws-cn": "console.amazonaws.cn"}.get(
        partition, f"{region}.console.aws.amazon.com"
    )
    console = f"https://{domain}/states/home?region={region}#/statemachines/view/{workflow_arn}"
    if as_json:
        print_json({"request_id": request_id, "execution_name": request_id, "console": console})
        return
    click.echo(
        f"On AWS, Step Functions and CloudWatch keep the traces. The execution's name is\n\n  {request_id}\n\n"
        f"Look for it in {console}\nThe decisions and their reasons are in the audit log, too: sallyport audit show."
    )
