"""Topics of one lamp: where it publishes, where its commands come in, and what an incoming topic says."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from agent.delivery import Channel

ROOT = "streetlight/v1"


class Retained(StrEnum):
    """The last part of the topics whose newest value the broker keeps, in the order in which they are published."""

    STATUS = "status"
    INFO = "info"
    STATE = "state"
    ALARMS = "alarms"


class Target(Enum):
    """To whom a command was sent."""

    LAMP = "lamp"
    GROUP = "group"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CommandTopic:
    target: Target
    verb: str  # as it was written, known or not


@dataclass(frozen=True, slots=True)
class Topics:
    """Names as the config checks them: a-z, 0-9 and ``-``, so none can hold a wildcard or a separator."""

    site: str
    lamp: str
    groups: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        return f"{ROOT}/{self.site}/lamp/{self.lamp}"

    @property
    def client_id(self) -> str:
        return f"streetlight-{self.site}-{self.lamp}"

    def own(self, last: Retained | Channel) -> str:
        """The lamp's topic that ends so."""
        return f"{self.base}/{last}"

    def command_filters(self) -> tuple[str, ...]:
        """What to subscribe to: the commands for the lamp, for each of its groups and for all."""
        return tuple(prefix + "+" for prefix in self._command_prefixes())

    def command(self, topic: str) -> CommandTopic | None:
        """What an incoming topic asks of this lamp; None if it is no command, or for a group that the lamp has left."""
        for prefix, target in self._command_prefixes().items():
            verb = topic.removeprefix(prefix)
            if verb != topic and "/" not in verb:
                return CommandTopic(target, verb)
        return None

    def _command_prefixes(self) -> dict[str, Target]:
        site = f"{ROOT}/{self.site}"
        groups = {f"{site}/group/{group}/command/": Target.GROUP for group in self.groups}
        return {f"{self.base}/command/": Target.LAMP, **groups, f"{site}/all/command/": Target.ALL}
