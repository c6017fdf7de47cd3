"""Tags of many solutions at once."""

from taggit.models import Tag

from catalogue.models import SolutionTag


def give_tags(wanted: dict[int, list[str]]) -> None:
    """Give solutions these tags and no others."""
    if not wanted:
        return
    SolutionTag.objects.filter(content_object__in=wanted).delete()
    tags = _tags({name for names in wanted.values() for name in names})
    SolutionTag.objects.bulk_create(
        SolutionTag(content_object_id=pk, tag=tags[name])
        for pk, names in wanted.items()
        for name in names
    )


def _tags(names: set[str]) -> dict[str, Tag]:
    """Tags by name; those that are not there are made, with an address of their own."""
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    if missing := sorted(names - set(known)):
        new, taken = [Tag(name=name) for name in missing], set[str]()
        stems = {tag.name: tag.slugify(tag.name)[:90] or "tag" for tag in new}
        if new:
            taken.update(Tag.objects.values_list("slug", flat=True))
        for tag in new:
            tag.slug, number = stems[tag.name], 1
            while tag.slug in taken:
                tag.slug, number = f"{stems[tag.name]}_{number}", number + 1
            taken.add(tag.slug)
        Tag.objects.bulk_create(new)
        known.update({tag.name: tag for tag in new})
    return known
