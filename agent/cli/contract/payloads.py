"""The payloads of commands as their senders write them; ``agent.link.commands`` reads them, and a test holds the two together.

What is not given is UNSET and left out. Unlike what a lamp publishes these bounds are kept: whatever is beyond them is rejected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from msgspec import UNSET, UnsetType

from agent.commands import BrokerSlot
from agent.forms import AnyMoment, Level, above, doc, ranged, sized
from agent.link.commands import (
    DIM_MOST_S,
    EMERGENCY_MOST_S,
    FADE_MOST_S,
    ID_CHARACTERS,
    IDENTIFY_MOST_S,
    ISSUER_CHARACTERS,
    TTL_MOST_S,
    Verb,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPayload:
    """What every command carries. Unknown fields are ignored; null is never the same as left out."""

    id: Annotated[str, sized(1, ID_CHARACTERS), doc("Yours, and new for each command: a repeated one does nothing.", "c-1")]
    issued_at: Annotated[AnyMoment | UnsetType, doc("When it was issued; of two commands the earlier one is superseded.")] = UNSET
    expires_at: Annotated[AnyMoment | UnsetType, doc("A lamp that gets it later must not obey.")] = UNSET
    ttl_s: Annotated[
        float | UnsetType, ranged(0, TTL_MOST_S), doc("The same in seconds from issued_at, or from receipt without it.", 60)
    ] = UNSET
    issuer: Annotated[str | UnsetType, sized(0, ISSUER_CHARACTERS), doc("Who sends it, for people.", "control room")] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DimCommand(CommandPayload):
    """Holds the lamp at a level, at night at least at its floor: the override slot."""

    level: Annotated[Level, doc("Percent of full light.", 40)]
    duration_s: Annotated[
        float | UnsetType, above(0, DIM_MOST_S), doc("Seconds from the start; without it and until: 7200.", 3600)
    ] = UNSET
    until: Annotated[AnyMoment | UnsetType, doc("When it ends, at most 7 days after the start; not beside duration_s.")] = UNSET
    start_at: Annotated[AnyMoment | UnsetType, doc("When it starts, at most 31 days ahead; without it, at once.")] = UNSET
    fade_s: Annotated[float | UnsetType, ranged(0, FADE_MOST_S), doc("How long the fade takes, in place of the config's.")] = (
        UNSET
    )
    nights_only: Annotated[bool | UnsetType, doc("true: it rests by day.")] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyCommand(CommandPayload):
    """Full light for the rescue services: the emergency slot."""

    duration_s: Annotated[float | UnsetType, above(0, EMERGENCY_MOST_S), doc("Seconds; without it 7200.", 3600)] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCommand(CommandPayload):
    """Ends dim and emergency commands, waiting ones too."""

    slot: Annotated[BrokerSlot | UnsetType, doc("Without it both.")] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCommand(CommandPayload):
    """The lamp blinks, to be told from its neighbours."""

    duration_s: Annotated[float | UnsetType, above(0, IDENTIFY_MOST_S), doc("Seconds; without it 20.", 20)] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestCommand(CommandPayload):
    """The lamp steps through its levels and compares its power with what it should be; the verdict is in the last answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCommand(CommandPayload):
    """Status, info, state and alarms are published again."""


AnyCommand: TypeAlias = DimCommand | EmergencyCommand | ResumeCommand | IdentifyCommand | SelfTestCommand | SyncCommand

COMMANDS: Mapping[Verb, type[AnyCommand]] = {
    Verb.DIM: DimCommand,
    Verb.EMERGENCY: EmergencyCommand,
    Verb.RESUME: ResumeCommand,
    Verb.IDENTIFY: IdentifyCommand,
    Verb.SELF_TEST: SelfTestCommand,
    Verb.SYNC: SyncCommand,
}
