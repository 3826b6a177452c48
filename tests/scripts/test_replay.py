"""Recorded logs of any sort play, and show and tell what a link would."""

import json
from pathlib import Path
import subprocess

from hypothesis import given, strategies as st
import pytest

from scripts.replay_tool.__main__ import main
from scripts.replay_tool.player import replay

READY = '[10000001000000003A--],008,[f72600ff1008001c08020000000000],"****DISARMED****  Ready to Arm  "'
FAULT = '[00000001000000000A--],005,[f72600ff1005000008020000000000],"FAULT 05 DOOR                   "'
AWAY = '[01000001000000003A--],008,[f72600ff1008000c0c020000000000],"ARMED ***AWAY***                "'
DURESS = '[00000001010000000A--],092,[f72600ff1092000208020000000000],"ALARM 92 DURESS                 "'


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "12.5\t",
        "2026-01-02 03:04:05.678 DEBUG (MainThread) [alarmdecoder] RX: ",
        "[03:04:05,678] ",
        "03:04:05> ",
        "\x00\x00",
        "keypad line: ",
    ],
)
def test_a_log_of_any_terminal_plays(prefix: str) -> None:
    content = "\n".join(prefix + line for line in (READY, FAULT, READY, AWAY))
    played = list(replay(content))
    assert played[-1] == "4 lines and packets played, 0 of them not understood"
    assert any("open zones: 5" in line for line in played)
    assert any("tells armed: Armed away" in line for line in played)


LOG = f"{READY}\r\n{FAULT}\r\n{READY}\r\n{AWAY}\r\n"


def hex_dump(data: bytes, *, place: bool, text: bool) -> str:
    """Write bytes as programs that show them do."""
    rows = []
    for start in range(0, len(data), 16):
        row = data[start : start + 16]
        line = f"{start:08x}  " if place else ""
        line += f"{row[:8].hex(' ')}  {row[8:].hex(' ')}".rstrip()
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(f"{line}  |{shown}|" if text else line)
    return "\n".join(rows)


FILES = {
    "line ends": LOG.replace("\r\n", "\r").encode(),
    "mark": b"\xef\xbb\xbf" + LOG.encode(),
    "UTF-16": LOG.encode("utf-16"),
    "UTF-16, unmarked": LOG.encode("utf-16-le"),
    "UTF-16, big": b"\xfe\xff" + LOG.encode("utf-16-be"),
    "nothing between": LOG.replace("\r\n", "").encode(),
    "zeros": LOG.encode().replace(b"\r\n", b"\0\0\n"),
    "a page": LOG.replace('"', "&quot;").replace("\r\n", "<br>").encode(),
    "JSON lines": "\n".join(
        json.dumps({"n": one}) for one in LOG.split("\r\n")
    ).encode(),
    "hex dump": hex_dump(LOG.encode(), place=True, text=True).encode(),
    "hex, bare": hex_dump(LOG.encode(), place=False, text=False).encode(),
    "hex, long": LOG.encode().hex(" ").upper().encode(),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_of_any_form_plays(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log"
    file.write_bytes(content)
    assert main([str(file)]) == 0
    played = capsys.readouterr().out
    assert "4 lines and packets played, 0 of them not understood" in played
    assert "open zones: 5" in played
    assert "tells armed: Armed away" in played


@pytest.mark.parametrize(
    "content", [b"", b"[" * 200_000, b"A" * 2_000_000, b"08" * 500_000, bytes(100_000)]
)
def test_a_file_that_is_no_log_plays(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log"
    file.write_bytes(content)
    assert main([str(file)]) == 0
    assert "0 lines and packets played" in capsys.readouterr().out


def test_the_time_of_a_log_counts() -> None:
    (*_, last, _) = replay(f"10.0\t{READY}\n75.5\t{FAULT}\n")
    assert last.startswith("line 2 (65.5 s)")
    (*_, last, _) = replay(f"# every=3\n{READY}\n{FAULT}\n")
    assert last.startswith("line 3 (3.0 s)")


@pytest.mark.parametrize(
    "content",
    [
        f"9999-12-31 23:59:59 {READY}\n",
        f"# every={'9' * 400}\n{READY}\n{READY}\n",
        "# every=1000000000\n" + f"{READY}\n" * 400,
    ],
    ids=["a late date", "an endless step", "many long steps"],
)
def test_a_time_beyond_all_calendars_plays(content: str) -> None:
    assert list(replay(content))[-1].endswith(" 0 of them not understood")


def test_packets_of_both_buses_play() -> None:
    content = """# block: a keypad bus
0\tF7 02 00 1F 10 08 00 1C 08 02\t****DISARMED****  Ready to Arm
10\tF7 02 00 1F 10 06 00 00 08 02\tFAULT 06 REAR   MOTION
# block: a port
09:10:11 rx <- 10ASDDDDDDDD008B
09:10:12 rx <- 1BnqF5021000132081610260082
"""
    played = list(replay(content))
    assert any("open zones: 6" in line for line in played)
    assert any("zones: 21 FAULTED" in line for line in played)
    assert played[-1].startswith("4 lines")


def test_diagnostics_play() -> None:
    document = {"data": {"log": [READY, FAULT], "more": {"text": AWAY, "n": 1}}}
    played = list(replay(json.dumps(document)))
    assert played[-1].startswith("3 lines")


def test_a_silent_alarm_is_not_printed() -> None:
    played = "\n".join(replay(f"{READY}\n{DURESS}\n{READY}"))
    assert "DURESS" not in played.upper()
    assert "ALARM" not in played.replace("alarm_memory", "")
    assert "92" not in played


@given(st.text(max_size=300) | st.binary(max_size=300).map(repr))
def test_garbage_plays(content: str) -> None:
    assert list(replay(content))[-1].endswith("not understood")


def test_files_are_played_in_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "panel.log"
    log.write_bytes(READY.encode() + b"\r\n\xff\xfe garbage\r\n" + FAULT.encode())
    assert main([str(log), str(log)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("2 lines and packets played") == 2
    assert main([str(tmp_path / "none")]) == 1
    assert main([]) == 2


def test_the_script_takes_files_from_where_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "panel.log").write_text(READY)
    script = Path(__file__).parents[2] / "scripts/replay"
    done = subprocess.run(
        [str(script), "panel.log"], cwd=tmp_path, capture_output=True, check=True
    )
    assert b"1 lines and packets played" in done.stdout
