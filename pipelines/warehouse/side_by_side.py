"""Models built two at a time, each once what it reads is there: to plan a small query keeps one core busy and leaves the others idle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from pipelines.warehouse import database
from pipelines.warehouse.model import SqlModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
Build = Callable[["DuckDBPyConnection", SqlModel], int]


@contextmanager
def threads_on(con: DuckDBPyConnection, workers: int = 2) -> Iterator[Callable[[Callable[[DuckDBPyConnection], T]], Future[T]]]:
    """A call that has work done in one of some threads, on a connection to the same database that no other work uses meanwhile."""
    with ExitStack() as stack:
        idle: SimpleQueue[DuckDBPyConnection] = SimpleQueue()
        for _ in range(workers):
            idle.put(stack.enter_context(database.beside(con)))
        pool = ThreadPoolExecutor(workers)
        stack.callback(pool.shutdown, cancel_futures=True)

        def done(work: Callable[[DuckDBPyConnection], T]) -> T:
            chosen = idle.get()
            try:
                return work(chosen)
            finally:
                idle.put(chosen)

        yield lambda work: pool.submit(done, work)


def build_side_by_side(
    con: DuckDBPyConnection, models: Sequence[SqlModel], build: Build, workers: int = 2
) -> Iterator[tuple[SqlModel, int]]:
    """Each model with what `build` returns for it, as they are done; one is begun when those among `models` that it reads are done.

    Args: models: In build order. build: Called on a connection that no other build uses meanwhile.
    Raises: What the first `build` that fails raises; those under way end first, and no other is begun.
    """
    waiting = {model.name: model for model in models}
    running: dict[Future[int], SqlModel] = {}
    with threads_on(con, workers) as submit:
        while waiting or running:
            unfinished = waiting.keys() | {model.name for model in running.values()}
            for model in [model for model in waiting.values() if not unfinished & set(model.dependencies)][: workers - len(running)]:
                running[submit(partial(_built, build, model))] = waiting.pop(model.name)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            finished = [(running.pop(future), future.result()) for future in done]
            yield from finished


def _built(build: Build, model: SqlModel, con: DuckDBPyConnection) -> int:
    return build(con, model)


def do_side_by_side(con: DuckDBPyConnection, works: Iterable[Callable[[DuckDBPyConnection], T]]) -> list[T]:
    """What each work returns, in their order; done some at a time, each on a connection that no other uses meanwhile.

    Raises: What the first work that fails raises; those under way end first, and no other is begun.
    """
    with threads_on(con) as submit:
        return [future.result() for future in [submit(work) for work in works]]


def table_hashes(con: DuckDBPyConnection, names: Iterable[str]) -> dict[str, str]:
    """`database.table_hash` of tables, in their order."""
    listed = list(names)
    return dict(zip(listed, do_side_by_side(con, [partial(database.table_hash, name=name) for name in listed]), strict=True))
