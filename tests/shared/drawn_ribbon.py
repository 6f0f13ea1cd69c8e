"""A ribbon of a failover: three seconds without an answer, an address that moves."""

from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon, Span, States

FAILOVER = Ribbon(
    start=-5.0,
    width=0.5,
    lanes=(
        Lane(
            "page",
            "Page d'accueil",
            (*[Cell.UP] * 10, *[Cell.DOWN] * 6, Cell.SLOW, *[Cell.UP] * 12, Cell.UNKNOWN),
        ),
        Lane("ecriture", "Écriture", (*[Cell.UP] * 9, *[Cell.DOWN] * 9, *[Cell.UP] * 12)),
    ),
    states=(
        States(
            "vip",
            "VIP",
            (Span(-5.0, 0.5, "lb1"), Span(0.5, 2.9, ""), Span(2.9, 10.0, "lb2")),
        ),
    ),
    struck=True,
    back=4.0,
    diagnosed=6.0,
)
