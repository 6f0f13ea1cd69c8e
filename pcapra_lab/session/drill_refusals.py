"""Why a drill cannot do yet what is asked of it, and what comes first."""

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_api import DrillPhase


def refusal(step: str, phase: DrillPhase) -> LabError:
    """What must come first.

    Args:
        step: its id.
        phase: where its drill stands.
    """
    match phase:
        case DrillPhase.TO_DECLARE | DrillPhase.INTERRUPTED:
            return LabError(
                _("les objectifs du drill ne sont pas déclarés"),
                hint=_("pcapra-lab drill declare --rto 15m --rpo 2m"),
            )
        case DrillPhase.DECLARED:
            return LabError(
                _("le drill n'a pas commencé"), hint=_("pcapra-lab drill start le commence")
            )
        case DrillPhase.STARTING | DrillPhase.CALM:
            return LabError(
                _("le drill a commencé, rien n'est encore arrivé"),
                hint=_("travaillez normalement : ce qui arrive se verra"),
            )
        case DrillPhase.STRUCK | DrillPhase.RESTORED | DrillPhase.ON_CALL:
            return LabError(_("le drill est en cours"), hint=_("pcapra-lab drill status le montre"))
        case DrillPhase.ENDED:
            return LabError(
                _("le drill est terminé"),
                hint=_("pcapra-lab rewind {step} le recommence").format(step=step),
            )
