"""Models built two at a time, each once what it reads is there: to plan a small query keeps one core busy and leaves the others idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING

from pipelines.warehouse import database
from pipelines.warehouse.model import SqlModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Build = Callable[["DuckDBPyConnection", SqlModel], int]


def build_side_by_side(
    con: DuckDBPyConnection, models: Sequence[SqlModel], build: Build, workers: int = 2
) -> Iterator[tuple[SqlModel, int]]:
    """Each model with what `build` returns for it, as they are done; one is begun when those among `models` that it reads are done.

    Args: models: In build order. build: Called on a connection that no other build uses meanwhile.
    Raises: What the first `build` that fails raises; those under way end first, and no other is begun.
    """
    waiting = {model.name: model for model in models}
    running: dict[Future[int], SqlModel] = {}
    with ExitStack() as stack:
        idle: SimpleQueue[DuckDBPyConnection] = SimpleQueue()
        for _ in range(workers):
            idle.put(stack.enter_context(database.beside(con)))
        pool = stack.enter_context(ThreadPoolExecutor(workers))

        def built(model: SqlModel) -> int:
            chosen = idle.get()
            try:
                return build(chosen, model)
            finally:
                idle.put(chosen)

        while waiting or running:
            unfinished = waiting.keys() | {model.name for model in running.values()}
            for model in [model for model in waiting.values() if not unfinished & set(model.dependencies)][: workers - len(running)]:
                running[pool.submit(built, waiting.pop(model.name))] = model
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            finished = [(running.pop(future), future.result()) for future in done]
            yield from finished
