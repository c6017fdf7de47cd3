from django.urls import path, re_path

from catalogue import claim_views, compare_views, review_views, views

app_name = "catalogue"
urlpatterns = [
    # No solution's name is this: each ends in a part of its uid.
    path("ratkaisut/vertailu/", compare_views.comparison, name="comparison"),
    re_path(
        r"^ratkaisut/vertailu\.(?P<kind>csv|docx|pdf)$",
        compare_views.comparison_file,
        name="comparison_file",
    ),
    path("ratkaisut/<slug:slug>/", views.solution, name="solution"),
    path("ratkaisut/<slug:slug>/kuva.png", views.picture, name="picture"),
    path("ratkaisut/<slug:slug>/publiccode.yml", views.publiccode, name="publiccode"),
    path("ratkaisut/<slug:slug>/kaytto/", views.reuse, name="reuse"),
    path("ratkaisut/<slug:slug>/naytto/", claim_views.tell, name="claim"),
    path("naytto/<uuid:uid>/vahvistus/", claim_views.verify, name="claim_verify"),
    path("naytto/<uuid:uid>/poisto/", claim_views.withdraw, name="claim_withdraw"),
    path("ratkaisun-tarkistus/<str:token>/", review_views.review, name="review"),
]
