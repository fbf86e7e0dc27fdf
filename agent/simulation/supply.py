"""The wires that the meter sees: supply voltage and current, with the little restlessness of real ones."""

from collections.abc import Callable

from agent.settings.model import Supply
from agent.simulation.noise import unit

_DEFAULT_DC_V = 24.0
_LINE_OHM = 0.08  # from the supply to the lamp
_RESTLESS = 0.003  # of the value, either way
_POLE_W = 3.5  # the Pi and what else is on the pole


class SupplyWires:
    """``power_w`` is what the luminaire takes now. Volts and amperes are at the meter's shunt, by lamp time."""

    def __init__(self, supply: Supply | None, power_w: Callable[[], float], seed: int, *, whole_pole: bool = False) -> None:
        self._nominal_v = supply.nominal_v if supply is not None and supply.kind == "dc" else _DEFAULT_DC_V
        self._lamp_w = power_w
        self._seed = seed
        self._other_w = _POLE_W if whole_pole else 0.0

    def volts(self, at_s: float) -> float:
        sag_v = self._power_w() / self._nominal_v * _LINE_OHM
        return (self._nominal_v - sag_v) * self._restless(at_s, 0)

    def amps(self, at_s: float) -> float:
        power_w = self._power_w()
        sag_v = power_w / self._nominal_v * _LINE_OHM
        return power_w / (self._nominal_v - sag_v) * self._restless(at_s, 1)

    def _power_w(self) -> float:
        return self._lamp_w() + self._other_w

    def _restless(self, at_s: float, what: int) -> float:
        return 1 + _RESTLESS * (2 * unit(self._seed + what, round(at_s * 1000)) - 1)
