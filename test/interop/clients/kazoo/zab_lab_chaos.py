"""A follower that is crashed and comes back, again and again, under kazoo's tests."""
import threading
import time

# Seconds from one crash to the next, and until the server comes back.
EVERY = 10
AWAY = 2


class Chaos:
    def __init__(self, cluster):
        self.cluster = cluster
        # Times of crashes, oldest first.
        self.crashes = []
        self.turn = 0
        # Whoever stops servers by themselves holds it.
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over.wait(EVERY):
            with self.lock:
                followers = [server for server in self.cluster if server.follows]
                if len(followers) < len(list(self.cluster)) - 1:
                    continue
                self.turn += 1
                server = followers[self.turn % len(followers)]
                self.crashes.append(time.time())
                # Not by its own stop(): kazoo's harness would start the whole cluster before the next test.
                self.cluster.fault("crash %d" % server.server_id)
                self.over.wait(AWAY)
                self.cluster.fault("restart %d" % server.server_id)

    def struck_since(self, when):
        """Whether a crash, or the time after it in which clients find another server, fell behind a moment."""
        return bool(self.crashes) and self.crashes[-1] + AWAY > when

    def end(self):
        self.over.set()
        self.thread.join()
