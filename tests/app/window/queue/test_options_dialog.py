"""Every option has a field that shows its value and gives it back."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from app.window.parts.option_field import described
from app.window.queue.how import HowPanel
from app.window.queue.options_dialog import OptionsDialog
from engines.options import EngineOptions
from engines.protocol import Sampler
from pipeline.records.options import RunOptions, describe_options

CHOSEN = RunOptions(
    seed=5,
    think_tokens=500,
    sampler=Sampler(temperature=0.75, top_k=10, top_p=0.9),
    engine=EngineOptions(
        kv_type="q8_0",
        threads=3,
        flash_attention=True,
        rpc=("studio.local:50052", "mini.local:50052"),
        wired_limit_bytes=48 * 10**9,
    ),
    warm_up=True,
)


def open_dialog(qtbot: QtBot, options: RunOptions) -> OptionsDialog:
    dialog = OptionsDialog(options, describe_options())
    qtbot.addWidget(dialog)
    return dialog


@pytest.mark.parametrize("options", [RunOptions(), CHOSEN], ids=["usual", "chosen"])
def test_what_is_shown_comes_back(qtbot: QtBot, options: RunOptions) -> None:
    dialog = open_dialog(qtbot, options)
    with qtbot.waitSignal(dialog.chosen) as given:
        dialog.accept()
    assert given.args == [options]


def test_fields_change_the_options(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, RunOptions())
    fields = dialog.fields
    cache, threads, heat = fields["kv_type"], fields["threads"], fields["temperature"]
    assert isinstance(cache, QComboBox)
    assert isinstance(threads, QSpinBox)
    assert isinstance(heat, QDoubleSpinBox)
    assert (cache.currentText(), threads.text()) == ("Automatic", "Automatic")
    cache.setCurrentText("q4_0")
    threads.setValue(2)
    heat.setValue(0.5)
    with qtbot.waitSignal(dialog.chosen) as given:
        dialog.accept()
    (made,) = given.args or []
    assert (made.engine.kv_type, made.engine.threads) == ("q4_0", 2)
    assert made.sampler.temperature == 0.5


def test_0_gb_is_not_automatic(qtbot: QtBot) -> None:
    none = RunOptions(engine=EngineOptions(wired_limit_bytes=0))
    dialog = open_dialog(qtbot, none)
    wired = dialog.fields["wired_limit_bytes"]
    assert isinstance(wired, QDoubleSpinBox)
    assert wired.text() == "0.00 GB"
    with qtbot.waitSignal(dialog.chosen) as given:
        dialog.accept()
    assert given.args == [none]
    wired.stepDown()
    assert wired.text() == "Automatic"
    with qtbot.waitSignal(dialog.chosen) as given:
        dialog.accept()
    assert given.args == [RunOptions()]


def test_what_can_not_be_used_is_said_and_the_dialog_stays(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, RunOptions())
    servers = dialog.fields["rpc"]
    assert isinstance(servers, QLineEdit)
    servers.setText("nowhere")
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog.accept()
    assert "names no server. Set RPC servers to host:port." in dialog.problem.text()


def test_the_panel_makes_options_for_each_seed(qtbot: QtBot) -> None:
    panel = HowPanel()
    qtbot.addWidget(panel)
    panel.usual = CHOSEN
    panel.seeds.setText("1-3")
    assert panel.seeds.accessibleName() == "Seeds"
    assert panel.rest.accessibleName() == described("cool_down_s").option.label
    made = panel.options()
    assert [each.seed for each in made] == [1, 2, 3]
    assert {each.engine for each in made} == {CHOSEN.engine}


def test_chosen_options_are_shown_beside_the_button(qtbot: QtBot) -> None:
    panel = HowPanel()
    qtbot.addWidget(panel)
    dialog = panel.open_dialog()
    cache = dialog.fields["kv_type"]
    assert isinstance(cache, QComboBox)
    cache.setCurrentText("q8_0")
    dialog.accept()
    assert panel.note.whole == "KV cache q8_0"
    assert not {"seed", "level", "context_tokens"} & dialog.fields.keys()
