"""Words for billing accounts in a bulk run."""

from __future__ import annotations

from core.i18n import N_, NN_
from runs.operation import TargetWords

ACCOUNT_WORDS = TargetWords(
    many=N_("Billing accounts"),
    title=N_("Billing account"),
    place=N_("Contract"),
    counted=NN_("%(n)s billing account", "%(n)s billing accounts"),
    check=NN_("Check %(n)s billing account", "Check %(n)s billing accounts"),
    all_go=NN_("%(n)s billing account can go through", "all %(n)s billing accounts can go through"),
    wait=NN_(
        "%(n)s billing account waits; nothing is lost, and the run goes on by itself.",
        "%(n)s billing accounts wait; nothing is lost, and the run goes on by itself.",
    ),
    sent_already=NN_(
        "Nothing more is sent. %(n)s billing account was sent before the stop: its outcome is awaited.",
        "Nothing more is sent. %(n)s billing accounts were sent before the stop: their outcome is awaited.",
    ),
    rate=NN_("%(n)s billing account per second", "%(n)s billing accounts per second"),
    none_go=N_("none of the billing accounts can go through"),
    nothing_to_start=N_("None of the billing accounts can go through, so there is nothing to start."),
    nothing_chosen=N_("Choose at least one billing account."),
    nothing_seen=N_("There is no billing account here that you may see."),
    by_title=N_("By billing account"),
    none_here=N_("No billing accounts here"),
    none_ended_so=N_("No billing account of this run that you may see ended so."),
    choose_others=N_("Choose other billing accounts"),
    more_now=N_(
        "Since the preview more has come together: %(now)s billing accounts instead of %(shown)s. Look at it again."
    ),
    type_count=N_("This cannot be undone in one step. Type the number of billing accounts, %(n)s, to go on."),
    typed_wrong=N_("That is not the number of billing accounts. Type %(n)s."),
)
