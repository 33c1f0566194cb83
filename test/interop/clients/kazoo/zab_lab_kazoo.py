"""A pytest plugin that runs kazoo's own tests against an ensemble of ours, or against Apache's.

Loaded with ``-p zab_lab_kazoo``. Of the environment:

``ZAB_LAB_KAZOO_REPORT``  a file: one JSON line per test, as they end: test, outcome, reason, seconds, and
                          runs, how often it was run; after them the number of crashes.
``ZAB_LAB_COMMAND``       a JSON list: the command before ``serve`` and ``fault``. Without it kazoo's own
                          harness starts Apache's servers, as its documentation says.
``ZAB_LAB_CHAOS``         if it is set, a follower of ours crashes every ten seconds. A test that fails
                          while that happens is run again, for most of kazoo's tests ask once and take a lost connection
                          for a failure; one that fails where nothing crashed has failed.
``ZAB_LAB_KAZOO_EXCEPTIONS``  a JSON object whose keys are tests that are expected to fail.
``ZOOKEEPER_PORT_OFFSET`` the first client port.

A test ends as failed that takes longer than a minute, one that is expected to fail after ten seconds: some
answers that kazoo does not know end its thread, and whoever waits for them waits for ever.
"""
import json
import os
import signal
import time

import pytest
from _pytest.runner import runtestprotocol
import kazoo.testing.harness as harness

from zab_lab_chaos import Chaos
from zab_lab_cluster import Cluster

MOST_RUNS = 5
# Seconds. Against Apache's servers the longest test takes ten.
LONGEST = 60
LONGEST_EXCEPTION = 10

_command = os.environ.get("ZAB_LAB_COMMAND")
_report = os.environ.get("ZAB_LAB_KAZOO_REPORT")
_exceptions = {}
if "ZAB_LAB_KAZOO_EXCEPTIONS" in os.environ:
    with open(os.environ["ZAB_LAB_KAZOO_EXCEPTIONS"]) as file:
        _exceptions = json.load(file)
_cluster = None
_chaos = None
_runs = 1

if _command:
    _cluster = Cluster(json.loads(_command), int(os.environ["ZOOKEEPER_PORT_OFFSET"]))
    harness.get_global_cluster = lambda: _cluster


def pytest_sessionstart(session):
    global _chaos
    if _cluster is not None and os.environ.get("ZAB_LAB_CHAOS"):
        _cluster.start()
        _chaos = Chaos(_cluster)


def stops_servers(item):
    """Whether a test crashes servers by itself, so that another one down would take the quorum away."""
    names = ("test_read_only", "test_update_host_list", "test_request_queuing")
    return any(item.name.startswith(name) for name in names)


def name_of(nodeid):
    return nodeid.split("/")[-1]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    def give_up(number, frame):
        raise Exception("it takes too long")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST_EXCEPTION if name_of(item.nodeid) in _exceptions else LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    global _runs
    if _chaos is None:
        return None
    held = stops_servers(item)
    if held:
        _chaos.lock.acquire()
    try:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        most = 1 if name_of(item.nodeid) in _exceptions else MOST_RUNS
        for _runs in range(1, most + 1):
            since = time.time()
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            if not any(report.failed for report in reports) or not _chaos.struck_since(since):
                break
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    finally:
        _runs = 1
        if held:
            _chaos.lock.release()
    return True


def pytest_runtest_logreport(report):
    """A test has failed where any of its three phases has."""
    if _report is None or (report.when != "call" and report.passed):
        return
    reason = ""
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = crash.message if crash else str(report.longrepr)
    elif report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    result = {
        "test": name_of(report.nodeid),
        "outcome": report.outcome,
        "reason": reason,
        "seconds": report.duration,
        "runs": _runs,
    }
    write(result)


def write(line):
    with open(_report, "a") as file:
        file.write(json.dumps(line) + "\n")


def pytest_unconfigure(config):
    if _chaos is not None:
        _chaos.end()
        if _report is not None:
            write({"crashes": len(_chaos.crashes)})
    if _cluster is not None:
        _cluster.terminate()
