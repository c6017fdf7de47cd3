"""What the search adds to the back office."""

from wagtail import hooks

from search.admin import SynonymViewSet


@hooks.register("register_admin_viewset")
def synonyms_viewset() -> SynonymViewSet:
    return SynonymViewSet("synonyms")
