"""Which MQTT to speak: 5, and 3.1.1 for as long as it works where the broker has refused 5."""

from typing import Literal

from agent.link.signals import Version


class Versions:
    """``auto`` falls back only on the broker's word: one that hangs up in a bad moment shall not cost the lamp MQTT 5."""

    def __init__(self, setting: Literal["auto", "5", "3.1.1"]) -> None:
        self._is_auto = setting == "auto"
        self.now = Version.V5 if self._is_auto else Version(setting)

    def fall_back(self) -> bool:
        """The broker does not speak what was tried. Whether there is another, now chosen, to be tried at once."""
        if not self._is_auto or self.now is Version.V311:
            return False
        self.now = Version.V311
        return True

    def failed(self) -> None:
        """No connection came about; the broker that comes back may be another, or a newer one."""
        if self._is_auto:
            self.now = Version.V5
