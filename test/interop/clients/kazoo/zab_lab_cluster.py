"""kazoo's test harness asks its cluster to run, stop and name servers: here it is `zab-lab serve` that is asked."""
import socket
import subprocess
import time

SERVERS = 3
# The password "test" of the user "super", as in kazoo's own harness.
SUPER_DIGEST = "super:D/InIHSb7yEEbrWz8b9l71RjZJU="
OPTIONS = ["--max-client-cnxns", "0", "--4lw-whitelist", "*", "--read-only-mode", "--super-digest", SUPER_DIGEST]
PATIENCE = 60


def ask(port, word):
    """What a server answers to a four-letter word; empty where nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
            sock.sendall(word.encode())
            answer = b""
            while True:
                data = sock.recv(65536)
                if not data:
                    return answer.decode()
                answer += data
    except OSError:
        return ""


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
    def mode(self):
        """leader, follower, read-only; None while it does not serve."""
        for line in ask(self.client_port, "srvr").splitlines():
            if line.startswith("Mode: "):
                return line[len("Mode: "):]
        return None

    def run(self):
        if not self.running:
            self.cluster.launch()
            if self.cluster.started:
                self.cluster.fault("restart %d" % self.server_id)
            self.running = True

    def stop(self):
        if self.running:
            self.cluster.fault("crash %d" % self.server_id)
            self.running = False

    def destroy(self):
        self.running = False


class Cluster:
    def __init__(self, command, port):
        self.command = command
        self.process = None
        self.started = False
        self.servers = [Server(self, i + 1, port + i) for i in range(SERVERS)]

    def __getitem__(self, index):
        return self.servers[index]

    def __iter__(self):
        return iter(self.servers)

    def launch(self):
        if self.process is None:
            port = self.servers[0].client_port
            args = ["serve", "--servers", str(SERVERS), "--client-port", str(port), "--json", "--record-limit", "0"]
            self.process = subprocess.Popen(self.command + args + OPTIONS, stdout=subprocess.DEVNULL)

    def start(self):
        """Runs what does not run, and waits until all serve."""
        for server in self.servers:
            server.run()
        self.started = True
        end = time.time() + PATIENCE
        while any(server.mode not in ("leader", "follower") for server in self.servers):
            if time.time() > end or self.process.poll() is not None:
                raise Exception("the ensemble does not serve")
            time.sleep(0.1)

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
            self.started = False
        for server in self.servers:
            server.running = False

    def reset(self):
        self.terminate()
