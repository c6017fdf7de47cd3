from django.urls import path, re_path

from ideas.flow import by_account, by_link
from ideas.views import (
    asking,
    closed,
    commenting,
    company,
    files,
    joining,
    private,
    public,
    receipt,
    reviewing,
    start,
    team,
    uploading,
    voices,
    writing,
)

app_name = "ideas"

urlpatterns = [
    path("ehdota/<slug:slug>/<slug:series_key>/", start.start, name="start"),
    path("haasteet/<slug:slug>/ehdotukset/", public.idea_list, name="list"),
    re_path(
        r"^haasteet/(?P<slug>[-\w]+)/ehdotukset\.(?P<kind>csv|xlsx)$",
        public.download,
        name="download",
    ),
    path("haasteet/<slug:slug>/kooste/", public.compilation_page, name="compilation"),
    path("haasteet/<slug:slug>/kooste.pdf", public.compilation_pdf, name="compilation_pdf"),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/$", public.idea_page, name="page"),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/seuraa/$", public.follow, name="follow"),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/kannata/$", voices.support, name="support"),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/liity/$", asking.ask, name="ask"),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/kommentoi/$", commenting.comment, name="comment"),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/ilmoita/$", commenting.report, name="report"),
    re_path(
        r"^ehdotus/(?P<uid>[0-9a-f]{32})/ilmoita/(?P<comment>[0-9a-f]{32})/$",
        commenting.report,
        name="report_comment",
    ),
    path("ilmoitus/kiitos/", commenting.reported, name="reported"),
    path("kommentti/<str:token>/", commenting.commented, name="commented"),
    path("kannatus/kiitos/", voices.letter_sent, name="letter_sent"),
    path("kannatus/<str:token>/", voices.supporting_page, name="supporting"),
    path("ehdotus/<uuid:uid>/liite/<uuid:file>/", files.idea_file, name="file"),
    # The secret link. Names of steps never begin with a hyphen.
    path("e/<str:token>/", by_link(private.home), name="home"),
    path("e/<str:token>/-tarkista/", by_link(reviewing.review), name="review"),
    path("e/<str:token>/-laheta/", by_link(reviewing.submit), name="submit"),
    path("e/<str:token>/-kuitti/", by_link(receipt.receipt), name="receipt"),
    path("e/<str:token>/-kuitti.pdf", by_link(receipt.receipt_pdf), name="receipt_pdf"),
    path("e/<str:token>/-jatkoaika/", by_link(closed.more_time), name="more_time"),
    path("e/<str:token>/-viesti/", by_link(private.write), name="write"),
    path("e/<str:token>/-linkki/", by_link(private.send_link), name="send_link"),
    path("e/<str:token>/-peru/", by_link(reviewing.withdraw), name="withdraw"),
    path("e/<str:token>/-samankaltaiset/", by_link(writing.similar), name="similar"),
    path("e/<str:token>/-vastaa/<uuid:comment>/", by_link(commenting.answer), name="answer"),
    path("e/<str:token>/-palat/", by_link(uploading.piece), name="pieces"),
    path("e/<str:token>/-liite/<uuid:file>/", by_link(files.own_file), name="file_by_link"),
    path("e/<str:token>/<slug:key>/", by_link(writing.step), name="step"),
    # With an account: the same pages, and those of an organisation.
    # Those that a reader of the team opens too say so.
    path("oma/ehdotus/<uuid:uid>/", by_account(private.home, readers=True), name="own_home"),
    path("oma/ehdotus/<uuid:uid>/-osat/", by_account(company.tasks), name="own_tasks"),
    path(
        "oma/ehdotus/<uuid:uid>/-kirjoittajat/",
        by_account(team.team, readers=True),
        name="own_team",
    ),
    path("oma/ehdotus/<uuid:uid>/-nimi/", by_account(team.own_name, readers=True), name="own_name"),
    path("oma/ehdotus/<uuid:uid>/-pois/", by_account(team.leave, readers=True), name="own_leave"),
    path("oma/ehdotus/<uuid:uid>/-pyynnot/", by_account(asking.takes), name="own_askers"),
    path("oma/ehdotus/<uuid:uid>/-vastaus/", by_account(asking.answer), name="own_answer_asker"),
    path("oma/ehdotus/<uuid:uid>/-oikeus/", by_account(team.role), name="own_role"),
    path("oma/ehdotus/<uuid:uid>/-vastuu/", by_account(team.responsibility), name="own_hand_over"),
    path("oma/ehdotus/<uuid:uid>/-liity/", joining.join, name="own_join"),
    path("oma/ehdotus/<uuid:uid>/-tarkista/", by_account(reviewing.review), name="own_review"),
    path("oma/ehdotus/<uuid:uid>/-laheta/", by_account(reviewing.submit), name="own_submit"),
    path(
        "oma/ehdotus/<uuid:uid>/-kuitti/",
        by_account(receipt.receipt, readers=True),
        name="own_receipt",
    ),
    path(
        "oma/ehdotus/<uuid:uid>/-kuitti.pdf",
        by_account(receipt.receipt_pdf, readers=True),
        name="own_receipt_pdf",
    ),
    path("oma/ehdotus/<uuid:uid>/-jatkoaika/", by_account(closed.more_time), name="own_more_time"),
    path("oma/ehdotus/<uuid:uid>/-viesti/", by_account(private.write), name="own_write"),
    path("oma/ehdotus/<uuid:uid>/-peru/", by_account(reviewing.withdraw), name="own_withdraw"),
    path(
        "oma/ehdotus/<uuid:uid>/-samankaltaiset/", by_account(writing.similar), name="own_similar"
    ),
    path(
        "oma/ehdotus/<uuid:uid>/-vastaa/<uuid:comment>/",
        by_account(commenting.answer),
        name="own_answer",
    ),
    path("oma/ehdotus/<uuid:uid>/-palat/", by_account(uploading.piece), name="own_pieces"),
    path(
        "oma/ehdotus/<uuid:uid>/-liite/<uuid:file>/",
        by_account(files.own_file, readers=True),
        name="own_file",
    ),
    path("oma/ehdotus/<uuid:uid>/<slug:key>/", by_account(writing.step), name="own_step"),
]
