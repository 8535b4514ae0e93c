"""The same notes over a queue that one would take from PyPI.

usage: peer.py procrastinate|pgqueuer install
       peer.py NAME fill COUNT              adds so many messages
       peer.py NAME drain CONCURRENCY       works until the queue is empty; prints the seconds that took
       peer.py NAME send RATE SECONDS       adds messages at a rate
       peer.py NAME work CONCURRENCY COUNT  works until so many are done; prints p50, p95, p99 of send to answer, in ms

DATABASE_DSN and RECEIVER (an http origin) in the environment."""

import asyncio
import json
import os
import sys
import time
from datetime import timedelta

import aiohttp
import asyncpg
import procrastinate
from pgqueuer import PgQueuer
from pgqueuer.types import QueueExecutionMode

DSN, RECEIVER = os.environ["DATABASE_DSN"], os.environ["RECEIVER"]


def note(number, sent=None):
    reference = f"Ref {number // 10000:04d}-{number % 10000:04d}"
    return {"content": f"📧 Quote sent<br>Q-{number}<br>{reference}", "deal_id": number, "sent": sent}


class Posting:
    """Posts notes over connections that stay open, and remembers how long each took since it was sent."""

    def __init__(self, concurrency):
        self.concurrency, self.session, self.latencies = concurrency, None, []
        self.done, self.wanted = asyncio.Event(), None

    async def __call__(self, message):
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=self.concurrency))
        body = {"content": message["content"], "deal_id": message["deal_id"]}
        async with self.session.post(f"{RECEIVER}/api/v1/notes", json=body) as answer:
            assert answer.status == 200
            await answer.read()
        if message["sent"] is not None:
            self.latencies.append((time.time() - message["sent"]) * 1000)
            if self.wanted is not None and len(self.latencies) >= self.wanted:
                self.done.set()

    async def close(self):
        if self.session is not None:
            await self.session.close()

    def report(self):
        ordered = sorted(self.latencies)
        print(*(f"{ordered[int(len(ordered) * part)]:.1f}" for part in (0.5, 0.95, 0.99)))


class Procrastinate:
    def __init__(self, posting):
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=DSN, max_size=10))

        @self.app.task(name="note")
        async def post(**message):
            await posting(message)

        self.post = post

    async def __aenter__(self):
        await self.app.open_async()
        return self

    async def __aexit__(self, *_):
        await self.app.close_async()

    async def install(self):
        await self.app.schema_manager.apply_schema_async()

    async def add(self, messages):
        await self.post.batch_defer_async(*messages)

    async def work(self, concurrency, until):
        options = dict(concurrency=concurrency, install_signal_handlers=False, delete_jobs="always")
        if until is None:
            return await self.app.run_worker_async(wait=False, listen_notify=False, **options)
        working = asyncio.create_task(self.app.run_worker_async(**options))
        await until.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


class PgQueuerPeer:
    def __init__(self, posting):
        self.posting = posting

    async def __aenter__(self):
        self.connection = await asyncpg.connect(DSN)
        self.queue = PgQueuer.from_asyncpg_connection(self.connection)

        @self.queue.entrypoint("note")
        async def post(job):
            await self.posting(json.loads(job.payload))

        return self

    async def __aexit__(self, *_):
        await self.connection.close()

    async def install(self):
        await self.queue.qm.queries.install()

    async def add(self, messages):
        count = len(messages)
        payloads = [json.dumps(message).encode() for message in messages]
        await self.queue.qm.queries.enqueue(["note"] * count, payloads, [0] * count)

    async def work(self, concurrency, until):
        # At most twice its batch may be in hand: so this many at once.
        options = dict(batch_size=max(1, concurrency // 2), max_concurrent_tasks=concurrency)
        if until is None:
            return await self.queue.run(mode=QueueExecutionMode.drain, **options)
        working = asyncio.create_task(self.queue.run(dequeue_timeout=timedelta(seconds=1), **options))
        await until.wait()
        self.queue.shutdown.set()
        await asyncio.wait([working], timeout=10)


async def send(peer, rate, seconds):
    begun = time.time()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, begun + number / rate - time.time()))
        await peer.add([note(number, time.time())])


async def main(name, command, *rest):
    numbers = [int(value) for value in rest]
    posting = Posting(numbers[0] if command in ("drain", "work") else 1)
    async with {"procrastinate": Procrastinate, "pgqueuer": PgQueuerPeer}[name](posting) as peer:
        if command == "install":
            await peer.install()
        elif command == "fill":
            for first in range(0, numbers[0], 1000):
                await peer.add([note(number) for number in range(first, min(first + 1000, numbers[0]))])
        elif command == "drain":
            begun = time.time()
            await peer.work(numbers[0], None)
            print(f"{time.time() - begun:.3f}")
        elif command == "send":
            await send(peer, *numbers)
        elif command == "work":
            posting.wanted = numbers[1]
            await peer.work(numbers[0], posting.done)
            posting.report()
        await posting.close()


asyncio.run(main(*sys.argv[1:]))
