"""The wires that the meter sees: supply voltage and current, with the little restlessness of real ones."""

from collections.abc import Callable
from math import hypot, pi

from agent.settings.model import Supply
from agent.simulation.noise import unit

_DEFAULT_V = {"dc": 24.0, "ac": 230.0}
_LINE_OHM = {"dc": 0.08, "ac": 0.4}  # from the supply to the lamp
_RESTLESS = 0.003  # of the value, either way
_POLE_W = 3.5  # the Pi and what else is on the pole

_MAINS_HZ = 50.0
_INPUT_F = 0.47e-6  # a LED driver's capacitor across the mains: what it takes stays when the lamp is dimmed, down to standby
_HARMONICS = 0.98  # the power factor that the form of the driver's own current leaves


class SupplyWires:
    """``power_w`` is what the luminaire takes now. Volts and amperes, of the mains RMS, are at the meter, by lamp time."""

    def __init__(
        self,
        supply: Supply | None,
        power_w: Callable[[], float],
        seed: int,
        *,
        whole_pole: bool = False,
        mains: bool = False,
    ) -> None:
        kind = "ac" if mains else "dc"
        self._nominal_v = supply.nominal_v if supply is not None and supply.kind == kind else _DEFAULT_V[kind]
        self._line_ohm = _LINE_OHM[kind]
        self._mains = mains
        self._reactive_var = self._nominal_v**2 * 2 * pi * _MAINS_HZ * _INPUT_F
        self.held_v: float | None = None  # somebody else holds the voltage there
        self.distortion = 1.0  # of the power factor: what a failing driver leaves of it
        self._lamp_w = power_w
        self._seed = seed
        self.other_w = _POLE_W if whole_pole else 0.0

    def volts(self, at_s: float) -> float:
        return self._at_meter_v(self._apparent_va(self._power_w())) * self._restless(at_s, 0)

    def amps(self, at_s: float) -> float:
        apparent_va = self._apparent_va(self._power_w())
        return apparent_va / self._at_meter_v(apparent_va) * self._restless(at_s, 1) if apparent_va else 0.0

    def power_factor(self, _at_s: float) -> float:
        """Negative: the current leads, as it does into a capacitor. 1 of a direct current, 0 where none flows."""
        if not self._mains:
            return 1.0
        power_w = self._power_w()
        return -power_w / self._apparent_va(power_w) if power_w else 0.0

    def _at_meter_v(self, apparent_va: float) -> float:
        if self.held_v is not None:
            return self.held_v
        return self._nominal_v - apparent_va / self._nominal_v * self._line_ohm

    def _apparent_va(self, power_w: float) -> float:
        if not self._mains or not power_w:
            return power_w
        return hypot(power_w / _HARMONICS, self._reactive_var) / self.distortion

    def _power_w(self) -> float:
        return self._lamp_w() + self.other_w if self.held_v != 0 else 0.0

    def _restless(self, at_s: float, what: int) -> float:
        return 1 + _RESTLESS * (2 * unit(self._seed + what, round(at_s * 1000)) - 1)
