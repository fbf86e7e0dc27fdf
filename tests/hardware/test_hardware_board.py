"""The host's facts, from files that may not be there."""

from pathlib import Path

import pytest

from agent.hardware.board import Board, read_board


def a_pi(root: Path, model: str) -> Path:
    for name, text in {
        "proc/device-tree/model": f"{model}\0",
        "proc/device-tree/serial-number": "10000000a1b2c3d4\0",
        "etc/os-release": 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
        "proc/sys/kernel/random/boot_id": "4f6b0f3e-64c5-4f3c-8d43-6a3a7c1f9d11\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_pi_says_what_it_is(tmp_path: Path) -> None:
    assert read_board(a_pi(tmp_path, "Raspberry Pi 4 Model B Rev 1.4")) == Board(
        "Raspberry Pi 4 Model B Rev 1.4",
        "10000000a1b2c3d4",
        "Debian GNU/Linux 12 (bookworm)",
        "4f6b0f3e-64c5-4f3c-8d43-6a3a7c1f9d11",
    )


@pytest.mark.parametrize(
    ("model", "pi5"),
    [
        ("Raspberry Pi 5 Model B Rev 1.0", True),
        ("Raspberry Pi 500 Rev 1.0", True),
        ("Raspberry Pi Compute Module 5 Rev 1.0", True),
        ("Raspberry Pi 4 Model B Rev 1.4", False),
        ("Raspberry Pi Zero 2 W Rev 1.0", False),
    ],
)
def test_the_family_of_the_pi_5_is_known_by_its_model(tmp_path: Path, model: str, pi5: bool) -> None:
    assert read_board(a_pi(tmp_path, model)).pi5 is pi5


def test_a_machine_that_says_nothing_is_no_error(tmp_path: Path) -> None:
    board = read_board(tmp_path)
    assert board == Board(None, None, None, None)
    assert not board.pi5
