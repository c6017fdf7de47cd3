"""Our indices on Elasticsearch: which one serves, how writes are ordered, how a rebuild switches.

    <prefix>.v<schema>     alias of the index that serves
    <prefix>.build         alias of the one that is being built
    <prefix>.build-<name>  the same, known to its builder only
    <prefix>.<name>        an index, with what it was built with in its mapping's _meta
    <prefix>.clock         one document whose version is the clock of all writers

Nobody is locked out, since writers are on many machines and any may be killed. Instead each write
carries the time at which it began to read the database, and Elasticsearch keeps the later one, by
document. What is taken out leaves an empty entry with its time behind, until the next rebuild.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, ConflictError, Elasticsearch, NotFoundError
from elasticsearch.helpers import streaming_bulk

from search.address import ElasticAddress
from search.elastic_query import SCHEMA_VERSION, mapping
from search.engine import MAX_LIMIT, MAX_OFFSET, SearchUnavailable

READ_WITHIN: Final = 1.5  # seconds; a page would rather list from the database than wait
WRITE_WITHIN: Final = 60.0
AT_ONCE: Final = 500
TICKS_TRIED: Final = 50
SETTINGS: Final = {
    "number_of_shards": 1,  # one shard knows every document: frequencies are the whole index's
    "auto_expand_replicas": "0-1",
    "refresh_interval": "30s",  # whoever writes asks for a refresh anyway
    "max_result_window": MAX_OFFSET + MAX_LIMIT,
}

Row = tuple[str, dict[str, Any] | None]  # uid, its fields; None takes it out


class ElasticStore:
    def __init__(self, address: ElasticAddress) -> None:
        more: dict[str, Any] = {"ca_certs": address.ca} if address.ca else {}
        if address.user:
            more["basic_auth"] = (address.user, address.password)
        several = len(address.hosts) > 1
        self.client = Elasticsearch(
            list(address.hosts),
            request_timeout=READ_WITHIN,
            max_retries=len(address.hosts),
            # To ask another host. Twice written is as good as once: the version is the same.
            retry_on_timeout=several,
            **more,
        )
        self._writing = self.client.options(request_timeout=WRITE_WITHIN)
        self._prefix = address.prefix
        self.serving = f"{address.prefix}.v{SCHEMA_VERSION}"
        self._building = f"{address.prefix}.build"
        self._clock = f"{address.prefix}.clock"

    # Knowing

    def built_with(self) -> dict[str, Any]:
        """The _meta of the index that serves: analyser, built_at."""
        found = self.client.indices.get_mapping(index=self.serving)
        (served,) = dict(found).values()
        return dict(served["mappings"]["_meta"])

    def everything(self, *fields: str) -> Iterator[dict[str, Any]]:
        """These fields of all documents, a thousand at a time, in order of uid."""
        after: dict[str, Any] = {}
        while True:
            found = self._writing.search(
                index=self.serving,
                query={"exists": {"field": "kind"}},
                source_includes=list(fields),
                sort=["uid"],
                size=1000,
                track_total_hits=False,
                **after,
            )["hits"]["hits"]
            if not found:
                return
            yield from (hit["_source"] for hit in found)
            after = {"search_after": found[-1]["sort"]}

    # Writing

    def write(self, change: Callable[[], Iterable[Row]]) -> None:
        """Make documents be so in the index that serves and in the one that is being built.

        `change` reads after the clock has been asked: what it finds is at least that new. The
        indices are looked up before: a rebuild that begins later reads later, too.
        """
        aliases = {alias for _, its in self._indices().items() for alias in its}
        targets = [alias for alias in (self.serving, self._building) if alias in aliases]
        if not targets:
            raise SearchUnavailable("there is no index on Elasticsearch")
        now = self._tick()
        rows = [(uid, fields) for uid, fields in dict(change()).items()]
        for begin in range(0, len(rows), AT_ONCE):
            part = rows[begin : begin + AT_ONCE]
            operations: list[dict[str, Any]] = []
            for target in targets:
                for uid, fields in part:
                    operations += [_action(target, uid, now), _entry(uid, fields)]
            answer = self._writing.bulk(operations=operations, require_alias=True, refresh=True)
            if answer["errors"]:
                _check(answer["items"], len(part))

    def rebuild(self, rows: Iterable[Row], analyser: str, progress: Callable[[int], None]) -> int:
        """Build a new index, switch, remove the old ones; how many rows were given.

        A rebuild that begins while another runs takes over, as after one that was killed: the
        earlier one cannot find its index any more and ends with an error.
        """
        self._make_clock()
        now = self._tick()
        for name, aliases in self._indices().items():
            if self._building in aliases or not aliases:
                self._remove(name)
        token = f"{int(time.time())}-{secrets.token_hex(3)}"
        name, mine = f"{self._prefix}.{token}", f"{self._building}-{token}"
        meta = {"analyser": analyser, "built_at": dt.datetime.now(dt.UTC).isoformat()}
        self._writing.indices.create(
            index=name,
            settings=SETTINGS,
            mappings={**mapping(), "_meta": meta},
            aliases={self._building: {}, mine: {}},
        )
        try:
            number = self._fill(mine, now, rows, progress)
            self._switch(name, mine)
        except BaseException as error:
            with suppress(ApiError, TransportError):
                self._remove(name)
            if isinstance(error, NotFoundError):
                raise SearchUnavailable("another rebuild has taken over") from error
            raise
        progress(number)
        return number

    def _fill(
        self, alias: str, now: int, rows: Iterable[Row], progress: Callable[[int], None]
    ) -> int:
        actions = (
            {
                "_index": alias,
                "_id": uid,
                "require_alias": True,
                "version": now,
                "version_type": "external",
                "_source": _entry(uid, fields),
            }
            for uid, fields in rows
        )
        number = 0
        written = streaming_bulk(
            self._writing,
            actions,
            chunk_size=AT_ONCE,
            max_chunk_bytes=20_000_000,
            max_retries=5,
            raise_on_error=False,
            require_alias=True,
        )
        for number, (_, item) in enumerate(written, 1):
            if item["index"]["status"] == 404:
                raise SearchUnavailable("another rebuild has taken over")
            # A conflict is a document that somebody has changed since this began.
            if item["index"]["status"] not in {200, 201, 409}:
                raise SearchUnavailable(_reason(item["index"]))
            if number % 1000 == 0:
                progress(number)
        return number

    def _switch(self, name: str, mine: str) -> None:
        """One change of aliases: before it the old index serves, after it the new one."""
        indices = self._writing.indices
        indices.refresh(index=name)
        old = [other for other in self._indices() if other != name]
        indices.update_aliases(
            actions=[
                {"add": {"index": name, "alias": self.serving}},
                {"remove": {"index": name, "alias": self._building, "must_exist": True}},
                {"remove": {"index": name, "alias": mine, "must_exist": True}},
                *({"remove_index": {"index": other}} for other in old),
            ]
        )

    def _indices(self) -> dict[str, set[str]]:
        """Our indices and their aliases, but for the clock."""
        found = self._writing.indices.get_alias(index=f"{self._prefix}.*")
        return {
            name: set(its["aliases"]) for name, its in dict(found).items() if name != self._clock
        }

    def _remove(self, name: str) -> None:
        self._writing.indices.delete(index=name, ignore_unavailable=True)

    def _make_clock(self) -> None:
        one = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        with suppress(BadRequestError):  # it is there
            self._writing.indices.create(index=self._clock, settings=one)

    def _tick(self) -> int:
        """A number greater than any given before, whatever the clocks of machines say.

        The server takes only a version above the last one; a clock that is behind follows it.
        """
        at = 0
        for _ in range(TICKS_TRIED):
            at = max(time.time_ns() // 1000, at)
            try:
                self._writing.index(
                    index=self._clock, id="now", document={}, version=at, version_type="external"
                )
            except ConflictError:
                last = self._writing.get(index=self._clock, id="now", source=False)
                at = int(last["_version"]) + 1
            else:
                return at
        raise SearchUnavailable("too many write to the index at once")


def _action(target: str, uid: str, now: int) -> dict[str, Any]:
    return {"index": {"_index": target, "_id": uid, "version": now, "version_type": "external"}}


def _entry(uid: str, fields: dict[str, Any] | None) -> dict[str, Any]:
    return {"uid": uid} if fields is None else {"uid": uid, **fields}


def _check(items: list[dict[str, Any]], each: int) -> None:
    """Whether every document got where it is wanted: into one index at least, the other may have
    been switched away meanwhile. A conflict is a newer state, which is as good."""
    good = {200, 201, 409}
    written = [False] * each
    for at, item in enumerate(items):
        result = item["index"]
        written[at % each] |= result["status"] in good
        if result["status"] not in {*good, 404}:
            raise SearchUnavailable(_reason(result))
    if not all(written):
        raise SearchUnavailable("there is no index on Elasticsearch")


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error", {})
    return f"Elasticsearch did not take {result.get('_id')}: {error.get('reason', error)}"
