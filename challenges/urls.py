from django.urls import path

from challenges import follow_views, inquiry_views, views

app_name = "challenges"
urlpatterns = [
    path("haasteet/", views.challenge_list, name="list"),
    path("haasteet/<slug:slug>/kysymykset/", inquiry_views.questions, name="questions"),
    path("haasteet/<slug:slug>/kysymykset/kiitos/", inquiry_views.asked, name="asked"),
    path("haasteet/<slug:slug>/seuraa/", follow_views.follow, name="follow"),
    path("haasteet/<slug:slug>/uutiset.atom", follow_views.feed, name="feed"),
    path("haasteet/<slug:slug>/aikataulu.ics", follow_views.calendar, name="calendar"),
    path("seuraa/kiitos/", follow_views.follow_asked, name="follow_asked"),
    path("seuraa/loppu/", follow_views.follow_ended, name="follow_ended"),
    path("seuraa/<str:token>/", follow_views.following_page, name="following"),
    path("tarve/", views.need, name="need"),
    path("tarve/kiitos/", views.need_told, name="need_told"),
]
