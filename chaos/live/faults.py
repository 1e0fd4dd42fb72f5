"""What the words of the vocabulary do to the world. Each begins with one function, which returns when it came and how it ends, or
None for what has ended already."""

import dataclasses
import os
import signal
import subprocess
import sys
import threading

from . import clock


@dataclasses.dataclass
class event:
    """A fault that came: for the timeline, the report and the measurement of take-over."""
    kind: str
    target: str
    began: float
    ended: float = None
    about: str = ""             # why it did not come, or how it did not end

    @property
    def name(self):
        return f"{self.kind} {self.target}".strip()


class not_now(Exception):
    """Why a fault cannot come at this moment."""


class injector:
    """Carries out a schedule; `events` are what came."""

    def __init__(self, world):
        self.world, self.events, self.threads, self.over = world, [], [], threading.Event()

    def run(self, schedule, began):
        """Returns when the last fault has ended; each runs in a thread of its own, because it may last."""
        for one in schedule:
            if self.over.wait(max(0.0, began + one.moment - clock.now())):
                break
            self.threads.append(threading.Thread(target=self._one, args=(one,), daemon=True))
            self.threads[-1].start()
        for thread in self.threads:
            thread.join()

    def _one(self, due):
        told = event(due.fault.kind, _shown(due), clock.now())
        self.events.append(told)
        try:
            told.began, end = BEGIN[due.fault.kind](self.world, due)
        except not_now as why:
            told.ended, told.about = told.began, f"did not come: {why}"
            return
        try:
            if end:
                self.over.wait(due.fault.lasts)
                end()
            told.ended = clock.now()
        except Exception as error:      # a fault that does not end is told, and judged by what it does to the rest
            told.about = f"did not end: {error}"

    def stop(self):
        """Ends what still lasts."""
        self.over.set()
        for thread in self.threads:
            thread.join(30)


def _shown(due):
    arrow = "->" if due.fault.one_way else "-"
    return f"{due.target} {arrow} {due.fault.to}" if due.fault.to else due.target


def _alive(targets):
    if not targets or not any(one.alive() for one in targets):
        raise not_now("it is down")
    return [one for one in targets if one.alive()]


def _kill(world, due):
    targets = _alive(world.processes(due.target))
    moments = [one.crash(due.fault.whole) for one in targets]
    world.remember_outage(due.target, moments[0])
    for one in (watched := [one for one in targets if one.alive()]):
        one.start()         # its parent process does, and does not ask us how long it may last

    def end():
        for one in targets:
            one.start()
    return moments[0], end if not watched else None


def _stop(world, due):
    targets = _alive(world.processes(due.target))
    moments = [one.signal(signal.SIGSTOP, due.fault.whole) for one in targets]
    world.remember_outage(due.target, moments[0])
    for one in targets:
        world.marks(one, moments[0])

    def end():
        for one in targets:
            one.signal(signal.SIGCONT, due.fault.whole)
            world.marks(one, clock.now(), up=True)
    return moments[0], end


def _drain(world, due):
    moment, targets = clock.now(), _alive(world.processes(due.target))

    def end():
        for one in targets:
            one.wanted = False
            status = one.stop(60)
            one.down(clock.now())
            one.start()
            if status != 0:
                raise RuntimeError(f"{one.name} ended with status {status}")
    return moment, end


def _host_loss(world, due):
    targets = _alive(world.nodes_named(due.target))
    moment = clock.now()
    for one in targets:
        world.net.down(one.host)
        one.crash()
    world.remember_outage(due.target, moment)

    def end():
        for one in targets:
            world.net.up(one.host)
            world.give_addresses(one)
            one.start()
    return moment, end


def _partition(world, due):
    moment = clock.now()
    number = world.net.cut(world.hosts(due.target), world.hosts(due.fault.to), due.fault.one_way)
    return moment, lambda: world.net.mend(number)


def _packet_loss(world, due):
    moment = clock.now()
    number = world.net.lose(world.hosts(due.target), world.hosts(due.fault.to), due.fault.share)
    return moment, lambda: world.net.mend(number)


def _redis_partition(world, due):
    server, = _alive(world.processes(due.target))
    others = [one.address for one in world.redis.servers if one is not server] + [one.host.address for one in world.nodes]
    moment = clock.now()
    number = world.redis.inner.cut(server.address, others, due.fault.one_way)
    return moment, lambda: world.redis.inner.mend(number)


def _address_loss(world, due):
    node, = _alive(world.nodes_named(due.target))
    held = world.service_addresses_of(node)
    if not held:
        raise not_now("it has no service address")
    moment = clock.now()
    for one in held:
        node.host.remove(one)
    world.remember_outage(due.target, moment)

    def end():
        if world.topology.nodes == 1:
            for one in held:
                node.host.add(one)
    return moment, end


def _slow_disk(world, due):
    ends = [node.disk.slow(due.fault.delay) for node in world.nodes_named(due.target)]

    def end():
        for one in ends:
            one()
    return clock.now(), end


def _full_disk(world, due):
    moment, targets = clock.now(), world.nodes_named(due.target)
    for node in targets:
        node.disk.fill()

    def end():
        for node in targets:
            node.disk.make_room()
    return moment, end


def _clock_jump(world, due):
    targets = _alive(world.processes(due.target))
    for one in targets:
        one.sees_clock(due.fault.delay)

    def end():
        for one in targets:
            one.sees_clock(0)
    return clock.now(), end


TURN = 0.02             # seconds in which a core is taken and left
BURN = """
import sys, time
share, turn = float(sys.argv[1]), float(sys.argv[2])
while True:
    end = time.monotonic() + share * turn
    while time.monotonic() < end:
        pass
    time.sleep((1 - share) * turn)
"""


def _busy(world, due):
    """A process for each core, which spins through its share of every turn."""
    burning = [subprocess.Popen([sys.executable, "-c", BURN, str(due.fault.share), str(TURN)]) for _ in range(os.cpu_count())]

    def end():
        for one in burning:
            one.kill()
            one.wait()
    return clock.now(), end


BEGIN = {"kill": _kill, "stop": _stop, "drain": _drain, "host-loss": _host_loss, "partition": _partition, "packet-loss": _packet_loss,
         "redis-partition": _redis_partition, "address-loss": _address_loss, "slow-disk": _slow_disk, "full-disk": _full_disk,
         "clock-jump": _clock_jump, "busy": _busy}

