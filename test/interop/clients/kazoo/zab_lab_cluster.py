"""kazoo's test harness asks its cluster to run, stop and name servers: here it is `zab-lab serve` that is asked."""
import json
import subprocess
import threading
import time

SERVERS = 3
# As kazoo's own harness configures Apache's servers.
OPTIONS = ["--max-client-cnxns", "0", "--4lw-whitelist", "*", "--read-only-mode", "--init-limit", "4", "--sync-limit", "2"]
PATIENCE = 60


class Server:
    """One server, as kazoo.testing.common.ManagedZooKeeper is one."""

    def __init__(self, cluster, server_id, port):
        self.cluster = cluster
        self.server_id = server_id
        self.host = "127.0.0.1"
        self.client_port = port
        self.running = False

    @property
    def address(self):
        return "%s:%d" % (self.host, self.client_port)

    @property
    def status(self):
        """What serve told last of it."""
        return self.cluster.told.get(self.server_id, {})

    @property
    def follows(self):
        return self.status.get("serving", False) and self.status["role"] == "following"

    def run(self):
        if not self.running:
            self.cluster.launch()
            if self.status.get("state") == "down":
                self.cluster.fault("restart %d" % self.server_id)
            self.running = True

    def stop(self):
        if self.running:
            self.cluster.fault("crash %d" % self.server_id)
            self.cluster.until(lambda: self.status["state"] == "down")
            self.running = False

    def destroy(self):
        self.running = False


class Cluster:
    def __init__(self, command, port):
        self.command = command
        self.process = None
        # By server: its state as serve printed it.
        self.told = {}
        self.servers = [Server(self, i + 1, port + i) for i in range(SERVERS)]

    def __getitem__(self, index):
        return self.servers[index]

    def __iter__(self):
        return iter(self.servers)

    def launch(self):
        if self.process is None:
            port = self.servers[0].client_port
            args = ["serve", "--servers", str(SERVERS), "--client-port", str(port), "--json", "--record-limit", "0"]
            self.process = subprocess.Popen(self.command + args + OPTIONS, stdout=subprocess.PIPE)
            threading.Thread(target=self.listen, args=(self.process.stdout,), daemon=True).start()

    def listen(self, lines):
        for line in lines:
            event = json.loads(line)
            for status in event.get("servers", [event.get("status")]):
                if status:
                    self.told[status["server"]] = status

    def until(self, condition):
        end = time.time() + PATIENCE
        while not condition():
            if time.time() > end or self.process.poll() is not None:
                raise Exception("the ensemble is still %s" % self.told)
            time.sleep(0.01)

    def start(self):
        """Runs what does not run, and waits until all serve."""
        for server in self.servers:
            server.run()
        self.until(lambda: all(server.status.get("serving") for server in self.servers))

    def fault(self, text):
        port = self.servers[0].client_port
        subprocess.run(self.command + ["fault", text, "--client-port", str(port)], check=True, stdout=subprocess.DEVNULL)

    def stop(self):
        for server in self.servers:
            server.stop()

    def terminate(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None
            self.told = {}
        for server in self.servers:
            server.running = False

    def reset(self):
        self.terminate()
