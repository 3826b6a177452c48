"""The example of the client's README runs, and its one door gives what it names."""

from pathlib import Path
import re

import pytest

from custom_components.panelsync import client
from simulator import Simulator, SimulatorOptions

README = Path(client.__file__).with_name("README.md").read_text()


async def test_the_example_runs_against_the_simulator(
    capsys: pytest.CaptureFixture[str], socket_enabled: None
) -> None:
    """It signs in, reads each location, and a panel sync ends proven."""
    (source,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {"__name__": "example"}
    exec(compile(source, "README.md", "exec"), names)  # noqa: S102 - our own page
    options = SimulatorOptions(speed=1000)
    async with Simulator(options) as simulator:
        main = names["main"]
        assert callable(main)
        await main(simulator.url, options.user, options.password, 0.01)
    *places, outcome = capsys.readouterr().out.splitlines()
    assert len(places) == options.locations
    assert outcome.split()[0] == "succeeded"
    assert "log_record" in outcome


def test_all_that_the_door_names_is_there() -> None:
    assert all(hasattr(client, name) for name in client.__all__)
