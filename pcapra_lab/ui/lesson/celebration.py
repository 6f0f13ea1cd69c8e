"""What is said when a step turns green."""

from pcapra_lab.i18n import _
from pcapra_lab.ui.messages import StepGraded
from pcapra_lab.ui.text import count_points, duration, short_seconds


def praise(message: StepGraded) -> tuple[str, str] | None:
    """Title and text of the notification; None when the step is no longer known."""
    step = next((s for s in message.state.steps if s.id == message.report.step), None)
    if step is None:
        return None
    text = _("✔ {title} : +{points}").format(title=step.title, points=count_points(step.earned))
    if message.report.rto_seconds is not None:
        text += _("\nRTO mesuré : {short_seconds}").format(
            short_seconds=short_seconds(message.report.rto_seconds)
        )
        if message.report.rto_target is not None:
            text += _(" (objectif ≤ {duration})").format(
                duration=duration(message.report.rto_target)
            )
    return _("Étape passée, aidée") if message.helped else _("★ Étape réussie, bravo !"), text
