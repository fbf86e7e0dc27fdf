"""``send``: the operator's commands from a shell, and what the lamps answer."""

import re
import uuid
from dataclasses import dataclass
from math import ceil
from typing import Any

import click
import msgspec

from agent.cli.durations import DURATION
from agent.cli.levels import LEVEL
from agent.cli.operator import QUIET_S, BrokerUnreachable, Operator, Outgoing, decoded
from agent.clock import utc_s
from agent.core.verdict import Verdict
from agent.link.endpoint import EndpointError, endpoint
from agent.link.topics import ROOT
from agent.messages import AckStatus, rfc3339
from agent.settings.model import Broker

NAME = re.compile(r"[a-z0-9-]+")  # of sites, lamps and groups: no wildcard of MQTT's among them
VERBS = ("dim", "emergency", "resume", "identify", "self-test", "sync")
LASTING = ("dim", "emergency", "identify")
GOOD = (AckStatus.ACCEPTED, AckStatus.APPLIED)
LAST = frozenset({AckStatus.APPLIED, AckStatus.REJECTED, AckStatus.EXPIRED, AckStatus.SUPERSEDED, AckStatus.ENDED})


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent, and to whom."""

    site: str
    target: str  # a lamp id, group/NAME or all
    verb: str
    level: float | None
    duration_s: float | None
    ttl_s: float

    @property
    def one_lamp(self) -> bool:
        return self.target != "all" and not self.target.startswith("group/")

    @property
    def last(self) -> frozenset[AckStatus]:
        """After which there is nothing more to wait for: a self-test's verdict comes with its end."""
        return LAST - {AckStatus.APPLIED} if self.verb == "self-test" else LAST

    @property
    def topic(self) -> str:
        target = f"lamp/{self.target}" if self.one_lamp else self.target
        return f"{ROOT}/{self.site}/{target}/command/{self.verb}"

    def lamps(self, last: str) -> str:
        """The filter for the lamps that may answer."""
        return f"{ROOT}/{self.site}/lamp/{self.target if self.one_lamp else '+'}/{last}"


@click.command()
@click.argument("site")
@click.argument("target")
@click.argument("verb", type=click.Choice(VERBS))
@click.argument("level", type=LEVEL, required=False)
@click.option("--broker", default="mqtt://127.0.0.1:1883", show_default=True, help="Address of the broker.")
@click.option("--ca", type=click.Path(exists=True), help="Certificate that signed the broker's.")
@click.option("--cert", type=click.Path(exists=True), help="Our certificate.")
@click.option("--key", type=click.Path(exists=True), help="Its key.")
@click.option("--username", help="User name at the broker.")
@click.option("--password-file", type=click.Path(exists=True), help="File with the password.")
@click.option("--for", "duration_s", type=DURATION, help="How long it holds; the lamp's default is 2h, of identify 20s.")
@click.option("--ttl", "ttl_s", type=DURATION, default="60s", show_default=True, help="A lamp that gets it later must not obey.")
@click.option("--wait", "wait_s", type=DURATION, default="5s", show_default=True, help="How long to wait for answers.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document with all acknowledgements.")
def send(
    site: str,
    target: str,
    verb: str,
    level: float | None,
    broker: str,
    ca: str | None,
    cert: str | None,
    key: str | None,
    username: str | None,
    password_file: str | None,
    duration_s: float | None,
    ttl_s: float,
    wait_s: float,
    as_json: bool,
) -> None:
    """Send a command to a lamp, group/NAME or all, and print what the lamps answer.

    Example: streetlight-agent send duisburg-altstadt lamp-0042 dim 40 --for 2h
    """
    if (verb == "dim") is (level is None):
        raise click.UsageError("dim needs a LEVEL in percent: ... dim 40" if verb == "dim" else f"{verb} takes no LEVEL")
    if duration_s is not None and verb not in LASTING:
        raise click.UsageError(f"{verb} takes no --for; {', '.join(LASTING)} do")
    for name in (site, target.removeprefix("group/")):
        if not NAME.fullmatch(name):
            raise click.UsageError(f"{name!r} is no name: use a-z, 0-9 and - alone; TARGET is a lamp id, group/NAME or all")
    order = Order(site, target, verb, level, duration_s, ttl_s)
    settings = Broker(
        broker, allow_plaintext=True, ca_file=ca, cert_file=cert, key_file=key, username=username, password_file=password_file
    )
    try:
        with Operator(endpoint(settings)) as operator:
            answers = _exchange(operator, order, wait_s, quiet=as_json)
    except (BrokerUnreachable, EndpointError) as error:
        raise click.ClickException(str(error)) from error
    done = _is_done(order, answers)
    if as_json:
        click.echo(msgspec.json.encode({"done": done, "acknowledgements": answers}).decode())
    hint = _hint(order, answers, wait_s)
    if hint is not None:
        click.echo(hint, err=True)
    raise SystemExit(0 if done else 1)


def _is_done(order: Order, answers: list[dict[str, Any]]) -> bool:
    """Taken and nowhere rejected; a self-test whose end was heard must have passed too."""
    statuses = [answer.get("status") for answer in answers]
    if order.verb == "self-test" and any(_is_end(answer) and answer.get("code") != Verdict.PASSED for answer in answers):
        return False
    return any(status in GOOD for status in statuses) and AckStatus.REJECTED not in statuses


def _hint(order: Order, answers: list[dict[str, Any]], wait_s: float) -> str | None:
    """What is not known yet, and how to know it."""
    if not answers:
        return f"no lamp answered within {wait_s:g} s; the broker keeps the command for {order.ttl_s:g} s"
    if not _is_done(order, answers):
        return None
    if order.verb == "self-test":
        later = (
            "it runs, and its verdict is not known yet: it comes in the acknowledgement at its end, for which --wait 4min waits"
        )
        return None if any(map(_is_end, answers)) else later
    if order.one_lamp and all(answer.get("status") != AckStatus.APPLIED for answer in answers):
        return f"taken; the light was not there yet after {wait_s:g} s (a slow fade, or a mask); --wait waits longer"
    return None


def _is_end(answer: dict[str, Any]) -> bool:
    return answer.get("status") == AckStatus.ENDED


def _exchange(operator: Operator, order: Order, wait_s: float, *, quiet: bool) -> list[dict[str, Any]]:
    operator.subscribe(order.lamps("status"))
    simulated = any(decoded(arrived.payload).get("simulated") is True for arrived in operator.arriving(QUIET_S))
    operator.subscribe(order.lamps("ack"))
    command_id = f"send-{uuid.uuid4().hex[:12]}"
    operator.publish(
        Outgoing(order.topic, msgspec.json.encode(_payload(order, command_id, simulated=simulated)), ceil(order.ttl_s))
    )
    answers = []
    for arrived in operator.arriving(wait_s):
        answer = decoded(arrived.payload)
        if answer.get("id") != command_id:
            continue
        answers.append(answer)
        if not quiet:
            click.echo(_line(answer))
        if order.one_lamp and answer.get("status") in order.last:
            break
    return answers


def _payload(order: Order, command_id: str, *, simulated: bool) -> dict[str, Any]:
    """A simulated lamp's clock is not ours: it gets the message expiry of MQTT 5 alone."""
    payload: dict[str, Any] = {"id": command_id, "issuer": "send"}
    if not simulated:
        payload |= {"issued_at": rfc3339(utc_s()), "ttl_s": order.ttl_s}
    if order.level is not None:
        payload["level"] = order.level
    if order.duration_s is not None:
        payload["duration_s"] = order.duration_s
    return payload


def _line(answer: dict[str, Any]) -> str:
    words = [f"{answer.get('lamp')}: {answer.get('verb')} {answer.get('status')}"]
    if "level" in answer:
        words.append(f"at {answer['level']:g} %")
    if answer.get("until") and not _is_end(answer):
        words.append(f"until {answer['until']}")
    if "code" in answer:
        words.append(f"({answer['code']}{': ' + answer['message'] if 'message' in answer else ''})")
    return " ".join(words)
