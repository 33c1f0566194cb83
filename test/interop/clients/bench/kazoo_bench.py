"""Measures kazoo against a running ensemble: kazoo_bench.py HOSTS REQUESTS SYNCHRONOUS BYTES WINDOW.

Prints one JSON object: requests per second of each measure.
"""
import collections
import json
import sys
import time

from kazoo.client import KazooClient

hosts, requests, synchronous, size, window = sys.argv[1], *map(int, sys.argv[2:])
data = b"x" * size
client = KazooClient(hosts=hosts, timeout=30, randomize_hosts=False)
client.start()
path = client.create("/bench-", data, sequence=True)


def one_by_one(ask, count):
    start = time.perf_counter()
    for _ in range(count):
        ask()
    return count / (time.perf_counter() - start)


def pipelined(ask_async, count):
    """At most `window` requests wait for their answers."""
    waiting = collections.deque()
    start = time.perf_counter()
    for _ in range(count):
        if len(waiting) == window:
            waiting.popleft().get()
        waiting.append(ask_async())
    while waiting:
        waiting.popleft().get()
    return count / (time.perf_counter() - start)


one_by_one(lambda: client.set(path, data), 50)
one_by_one(lambda: client.get(path), 50)
result = {
    "synchronous writes": one_by_one(lambda: client.set(path, data), synchronous),
    "synchronous reads": one_by_one(lambda: client.get(path), synchronous),
    "pipelined writes": pipelined(lambda: client.set_async(path, data), requests),
    "pipelined reads": pipelined(lambda: client.get_async(path), requests),
}
client.delete(path)
client.stop()
client.close()
print(json.dumps(result))
