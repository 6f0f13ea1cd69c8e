"""The lab as a map: how machines are, live, and the way to each."""

from collections.abc import Callable

import pytest
from driver import Trainee, held_pacing, trainee
from fake_application import FakeApplication
from fake_clock import FakeClock
from fakes_session import FakeSession
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Button

from pcapra_lab.content.models import Topology, Vm
from pcapra_lab.errors import LabError
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.health import (
    LinkState,
    Listener,
    Service,
    ServiceState,
    Usage,
    Vitals,
)
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.dialogs.help import HelpDialog
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.machines.feed import HealthRead
from pcapra_lab.ui.machines.screen import PERIOD
from pcapra_lab.ui.topology.bus import Bus
from pcapra_lab.ui.topology.card import VmCard
from pcapra_lab.ui.topology.screen import TopologyScreen

SnapCompare = Callable[..., bool]

VIP = "192.168.1.100"


def vitals(*addresses: str, link: LinkState = LinkState.UP) -> Vitals:
    return Vitals(
        load=0.12,
        uptime=7500.0,
        memory=Usage(172_032, 393_216, 0.4375),
        disk=Usage(1_300_000, 4_194_304, 0.95),
        link=link,
        addresses=addresses,
        services=(
            Service("haproxy", ServiceState.FAILED),
            Service("cron", ServiceState.ACTIVE),
            Service("keepalived", ServiceState.ACTIVE),
        ),
        listeners=(Listener(22, "sshd"), Listener(80), Listener(9000, "app", loopback=True)),
    )


def healthy() -> FakeSession:
    session = FakeSession(done=1)
    session.vitals = {
        "srv": vitals("192.168.1.10", VIP),
        "sauvegarde": vitals("192.168.1.41"),
    }
    return session


def many(count: int) -> FakeSession:
    machines = [
        Vm(name=f"lb{n}", title="répartiteur", address=f"192.168.1.{10 + n}", memory_mib=256)
        for n in range(1, count + 1)
    ]
    topology = Topology(schema_version=1, id="n", title="Grappe", vms=machines)
    session = FakeSession(topology=topology, power=VmPower.RUNNING, ready=True)
    session.vitals = {vm.name: vitals(vm.address) for vm in machines}
    return session


async def open_map(t: Trainee) -> TopologyScreen:
    await t.open_lesson()
    await t.press("f11")
    return await shown(t)


async def shown(t: Trainee) -> TopologyScreen:
    """Wait for the map, and for an answer or a state from every machine."""
    await t.until(lambda: isinstance(t.app.screen, TopologyScreen), "map")
    screen = t.app.screen
    assert isinstance(screen, TopologyScreen)
    names = {vm.name for vm in t.session.topology.vms}
    await t.until(lambda: {m.health.vm for m in t.posted(HealthRead)} == names, "answers")
    await t.pilot.pause()
    await t.pilot.pause()
    return screen


async def ask_again(t: Trainee) -> None:
    heard = len(t.posted(HealthRead))
    count = len(t.session.topology.vms) - len(t.session.mute)
    await t.press("a")
    await t.until(lambda: len(t.posted(HealthRead)) >= heard + count, "a round")
    await t.pilot.pause()


def card(t: Trainee, vm: str) -> str:
    one = t.app.screen.query_one(f"#vm-{vm}", VmCard)
    return f"{Content.from_markup(one.border_title or '').plain}\n{one.content}"


def bus(t: Trainee) -> str:
    return str(t.app.screen.query_one(Bus).content)


def hanging(t: Trainee) -> int:
    """Machines that hang from the line; one above and one below may share a place."""
    line = bus(t)
    return line.count("┻") + line.count("┳") + 2 * line.count("╋")


async def test_f11_shows_every_machine_with_all_that_is_known() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        srv = card(t, "srv")
        assert "● srv · en marche" in srv
        assert "serveur à protéger" in srv
        assert f"192.168.1.10 + VIP {VIP}" in srv
        assert "✘ haproxy en échec  ● cron  ● keepalived" in srv
        assert "charge 0,12 · allumée depuis 2 h 05" in srv
        assert "44 % de 384 Mio" in srv
        assert "⚠ 95 % de 4 Gio" in srv
        assert "TCP 22 sshd · 80 · 9000 app (local)" in srv
        assert " 192.168.1.0/24 ━" in bus(t) and f"━ VIP {VIP} → srv ━" in bus(t)
        assert bus(t).count("┳") == 2


async def test_a_vip_that_moves_is_shown_where_it_is_now() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        t.session.vitals["srv"] = vitals("192.168.1.10")
        t.session.vitals["sauvegarde"] = vitals(VIP, "192.168.1.41")
        await ask_again(t)
        await t.until(lambda: f"VIP {VIP} → sauvegarde" in bus(t), "moved")
        assert "VIP" not in card(t, "srv")
        assert f"192.168.1.41 + VIP {VIP}" in card(t, "sauvegarde")


async def test_an_address_held_twice_is_told_on_both_unless_one_reading_is_older() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        t.session.vitals["sauvegarde"] = vitals("192.168.1.41", VIP)
        await ask_again(t)
        assert f"VIP {VIP} ⚠ aussi sur sauvegarde" in card(t, "srv")
        assert f"VIP {VIP} ⚠ aussi sur srv" in card(t, "sauvegarde")
        t.session.mute.add("srv")
        t.clock.now += PERIOD
        await ask_again(t)
        assert "aussi sur" not in card(t, "srv") + card(t, "sauvegarde")
        t.session.heard.set()


async def test_a_dead_machine_keeps_no_values_but_its_faults() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        t.session.faults["srv"] = ("coupure de courant de srv",)
        t.session.become("srv", VmPower.STOPPED)
        await t.until(lambda: "panne" in card(t, "srv"), "the fall")
        srv = card(t, "srv")
        assert "✘ srv · éteinte" in srv
        assert "⚠ panne : coupure de courant de srv" in srv
        assert "192.168.1.10 (prévue)" in srv
        assert "charge" not in srv and "haproxy" not in srv
        assert VIP not in bus(t)
        assert "● sauvegarde · en marche" in card(t, "sauvegarde")


@pytest.mark.parametrize("fault", [True, False], ids=["fault", "no-carrier"])
async def test_an_unplugged_machine_is_drawn_and_told(fault: bool) -> None:
    session = healthy()
    if fault:
        session.cables_out.add("srv")
    else:
        session.vitals["srv"] = vitals("192.168.1.10", link=LinkState.UNPLUGGED)
    async with trainee(session) as t:
        await open_map(t)
        assert "╳ débranchée du réseau" in card(t, "srv")
        assert "╳ débranchée" in bus(t)
        assert bus(t).count("┳") == 1
        await t.press("l")
        assert "╳ ● srv" in card(t, "srv")
        assert "━ ● sauvegarde" in card(t, "sauvegarde")


async def test_what_makes_no_sense_is_unknown() -> None:
    session = healthy()
    session.vitals["srv"] = None
    session.vitals["sauvegarde"] = Vitals(load=1.5)
    async with trainee(session) as t:
        await open_map(t)
        assert "⚠ inconnu : réponse illisible à la mesure (code de sortie 0)" in card(t, "srv")
        partly = card(t, "sauvegarde")
        assert "charge 1,50 · allumée depuis inconnu" in partly
        for words in (
            "adresses inconnues",
            "services inconnus",
            "mémoire  inconnu",
            "disque / inconnu",
            "ports inconnus",
        ):
            assert words.split()[-1] in partly


async def test_a_question_that_fails_is_told_on_the_machine_and_asked_again() -> None:
    session = healthy()
    session.health_errors.append(LabError("le registre des pannes est illisible"))
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("f11")
        await t.until(
            lambda: any("registre" in card(t, vm) for vm in ("srv", "sauvegarde")), "told"
        )
        await ask_again(t)
        assert "registre" not in card(t, "srv") + card(t, "sauvegarde")


async def test_a_slow_machine_shows_its_last_values_with_their_age_and_is_not_asked_twice() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        t.session.mute.add("srv")
        await ask_again(t)
        t.clock.now += 12.0
        before = t.session.asked.count("srv")
        await ask_again(t)
        await ask_again(t)
        assert t.session.asked.count("srv") == before
        assert "⚠ valeurs lues il y a 12 s, réponse attendue" in card(t, "srv")
        assert "charge 0,12" in card(t, "srv")
        assert "valeurs lues" not in card(t, "sauvegarde")
        t.session.mute.clear()
        t.session.heard.set()
        await t.until(lambda: "valeurs lues" not in card(t, "srv"), "answered at last")


async def test_nothing_is_asked_while_hidden_or_while_the_lab_is_at_work() -> None:
    session = healthy()
    session.holds.clear()
    async with trainee(session) as t:
        await t.open_unready()
        await t.press("f11")
        await t.until(lambda: "labo en préparation" in t.text("#topology-title"), "map")
        screen = t.app.screen
        assert isinstance(screen, TopologyScreen)
        await t.press("a")
        assert session.asked == []
        session.holds.set()
        await t.until(lambda: session.ready, "ready")
        await t.until(screen.may_ask, "lab ready")
        await ask_again(t)
        await t.press("f1")
        await t.dialog(HelpDialog)
        asked = len(session.asked)
        screen.ask_all()
        session.become("srv", VmPower.STOPPED)
        fallen = screen.query_one("#vm-srv", VmCard)
        await t.until(lambda: "éteinte" in str(fallen.border_title), "the fall")
        assert len(session.asked) == asked
        await t.press("escape")
        await t.until(lambda: len(session.asked) > asked, "asked once seen again")


async def test_enter_leads_to_the_machine_s_shell_and_so_do_two_clicks() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        await t.press("right", "enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        slot = t.lesson.lab.shells.slot("sauvegarde")
        assert t.lesson.lab.shells.active == "sauvegarde"
        await t.until(lambda: t.app.focused is slot.terminal, "shell")
        await t.press("f12", "f11")
        await shown(t)
        await t.pilot.click("#vm-srv", times=2)
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        assert t.lesson.lab.shells.active == "srv"


async def test_reset_asks_about_the_chosen_machine_by_the_usual_question() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        await t.press("right", "r")
        await t.dialog(Dialog)
        buttons = [str(button.label) for button in t.app.screen.query(Button)]
        assert "sauvegarde seulement" in buttons[0] and len(buttons) == 3
        await t.press("1")
        await t.until(lambda: "reset sauvegarde" in t.session.calls, "reset")


async def test_a_fallen_machine_is_offered_to_be_run_again_first() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        t.session.become("srv", VmPower.STOPPED)
        await t.until(lambda: "✘ srv" in card(t, "srv"), "the fall")
        await t.press("r")
        await t.dialog(Dialog)
        assert "✘ srv est éteinte" in t.text(".dialog-body")
        await t.press("r")
        await t.until(lambda: t.session.calls.count("start") == 2, "start")


@pytest.mark.parametrize("key", ["f11", "escape", "f2"])
async def test_the_map_is_left_for_the_lesson_and_follows_no_more(key: str) -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        assert len(t.session.followers) == 2
        await t.press(key)
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.until(lambda: len(t.session.followers) == 1, "the end")


@pytest.mark.parametrize("key", ["f9", "f10"])
async def test_leaving_from_the_map_asks_what_becomes_of_the_machines(key: str) -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        await t.press(key)
        await t.dialog(Dialog)
        assert "Mettre les machines en sommeil" in t.text(".dialog-body")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 9])
async def test_one_to_nine_machines_fit_every_size(count: int, size: tuple[int, int]) -> None:
    session = many(count)
    async with trainee(session, size=size) as t:
        screen = TopologyScreen(session, session.state(), held_pacing(t.clock), lambda: True)
        t.app.push_screen(screen)
        await shown(t)
        cards = list(screen.query(VmCard))
        lab = screen.query_one("#map")
        if size[0] == 80:
            assert not any(one.has_class("-boxed") for one in cards)
        else:
            assert all(one.has_class("-boxed") for one in cards)
            assert all(lab.region.contains_region(one.region) for one in cards)
            assert all(one.region.width >= 24 and one.region.height >= 12 for one in cards)
            await t.until(lambda: hanging(t) == count, "all hang")
        assert all(one.content_size.width >= 20 for one in cards)
        # The last machine can be reached and seen with the keyboard alone.
        for _ in range(count):
            await t.press("right")
        await t.until(lambda: t.app.focused is cards[-1], "focus")
        await t.until(lambda: cards[-1].region.y < size[1], "seen")


async def test_a_map_made_narrow_becomes_a_list() -> None:
    async with trainee(healthy()) as t:
        await open_map(t)
        assert t.app.screen.query_one("#vm-srv").has_class("-boxed")
        await t.pilot.resize_terminal(80, 24)
        await t.until(lambda: not t.app.screen.query_one("#vm-srv").has_class("-boxed"), "list")
        assert "mémoire 44 % de 384 Mio" in card(t, "srv")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_map_with_a_dead_machine_looks_as_before(
    snap_compare: SnapCompare, size: tuple[int, int]
) -> None:
    session = many(4)
    session.faults["lb3"] = ("coupure de courant de lb3",)
    session.powers["lb3"] = VmPower.STOPPED
    session.vitals["lb1"] = vitals("192.168.1.11", VIP)
    session.cables_out.add("lb4")
    session.faults["lb4"] = ("câble réseau de lb4 débranché",)
    clock = FakeClock()
    pacing = held_pacing(clock)
    app = PcapraApp(FakeApplication(session), pacing)

    async def ready(pilot: Pilot[None]) -> None:
        t = Trainee(app, pilot, session, clock)
        await t.until(lambda: app.focused is not None, "home")
        app.push_screen(TopologyScreen(session, session.state(), pacing, lambda: True))
        await t.until(lambda: isinstance(app.screen, TopologyScreen), "map")
        await t.until(lambda: all("TCP" in card(t, vm) for vm in ("lb1", "lb2", "lb4")), "values")
        await t.until(lambda: "panne" in card(t, "lb3"), "fault")
        await t.until(lambda: VIP in bus(t), "bus")
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ready)
