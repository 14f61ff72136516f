# The same cases for Python:   python3 python.py CASE NAME
import asyncio
import json
import multiprocessing as mp
import sys
import threading
import time

LONG = 0.4
WARM = 1_000
TIMES = 5_000


def nanoseconds(times, batch):
    batch(times)
    return min(timed(batch, times) for _ in range(9)) * 1e9 / times


def timed(batch, times):
    start = time.perf_counter()
    batch(times)
    return time.perf_counter() - start


def percentiles(values):
    values.sort()
    return {'value': values[len(values) // 2], 'p99': values[int(len(values) * 0.99)]}


def lock_free(lock):
    acquire, release = lock.acquire, lock.release

    def batch(times):
        for _ in range(times):
            acquire()
            release()

    return {'value': nanoseconds(200_000, batch)}


def turns(lock, begin, end, count, done):
    acquire, release = lock.acquire, lock.release
    begin.wait()
    mine = 0
    while not end.value:
        for _ in range(64):
            acquire()
            count.value += 1
            release()
        mine += 64
    with done.get_lock():
        done.value += mine


def contended(lock, start_other, barrier):
    shared = mp.Value('b', 0, lock=False), mp.Value('q', 0, lock=False), mp.Value('q', 0)
    end, count, done = shared
    other = start_other(target=turns, args=(lock, barrier, end, count, done))
    other.start()
    timer = threading.Timer(LONG, setattr, (end, 'value', 1))
    start = time.perf_counter()
    timer.start()
    turns(lock, barrier, end, count, done)
    other.join()
    took = time.perf_counter() - start
    if count.value != done.value:
        raise SystemExit(f'{count.value} of {done.value} turns were counted')
    return {'value': took * 1e9 / done.value}


class ByLock:
    def __init__(self, make):
        self.lock = make()
        self.lock.acquire()
        self.give = self.lock.release
        self.take = self.lock.acquire


class ByEvent:
    def __init__(self, make):
        self.event = make()
        self.give = self.event.set

    def take(self):
        self.event.wait()
        self.event.clear()


class ByCondition:
    def __init__(self, make):
        self.changed = make()
        self.flag = mp.Value('b', 0, lock=False)

    def give(self):
        with self.changed:
            self.flag.value = 1
            self.changed.notify()

    def take(self):
        with self.changed:
            self.changed.wait_for(lambda: self.flag.value)
            self.flag.value = 0


def answer(there, back):
    for _ in range(WARM + TIMES):
        there.take()
        back.give()


def hand_over(kind, make, start_other):
    there, back = kind(make), kind(make)
    other = start_other(target=answer, args=(there, back))
    other.start()
    times = []
    for number in range(WARM + TIMES):
        start = time.perf_counter()
        there.give()
        back.take()
        if number >= WARM:
            times.append((time.perf_counter() - start) * 1e6)
    other.join()
    return percentiles(times)


async def await_free():
    lock = asyncio.Lock()
    best = float('inf')
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(100_000):
            await lock.acquire()
            lock.release()
        best = min(best, time.perf_counter() - start)
    return {'value': best * 1e9 / 100_000}


async def crowd():
    waiters = 100_000
    lock = asyncio.Lock()

    async def run():
        async with lock:
            pass

    await lock.acquire()
    start = time.perf_counter()
    all_of_them = [asyncio.create_task(run()) for _ in range(waiters)]
    await asyncio.sleep(0)
    lock.release()
    await asyncio.gather(*all_of_them)
    return {'value': (time.perf_counter() - start) * 1e6 / waiters}


def event_threads():
    best = float('inf')
    for _ in range(5):
        event = threading.Event()
        left = threading.Semaphore(0)

        def wait():
            event.wait()
            left.release()

        threads = [threading.Thread(target=wait) for _ in range(1_000)]
        for thread in threads:
            thread.start()
        start = time.perf_counter()
        event.set()
        for _ in threads:
            left.acquire()
        best = min(best, time.perf_counter() - start)
        for thread in threads:
            thread.join()
    return {'value': best * 1e6}


async def event_tasks():
    best = float('inf')
    for _ in range(50):
        event = asyncio.Event()
        tasks = [asyncio.create_task(event.wait()) for _ in range(1_000)]
        await asyncio.sleep(0)
        start = time.perf_counter()
        event.set()
        await asyncio.gather(*tasks)
        best = min(best, time.perf_counter() - start)
    return {'value': best * 1e6}


def measure(case, name):
    several = mp if 'multiprocessing' in name else threading
    start_other = mp.Process if several is mp else threading.Thread
    kind = name.split(' ')[1].split('.')[-1]
    if name.startswith('Python asyncio'):
        return asyncio.run({'await-free': await_free, 'crowd': crowd, 'event-thousand': event_tasks}[case]())
    if case == 'event-thousand':
        return event_threads()
    if case in ('lock-free', 'rlock-free'):
        return lock_free(getattr(several, kind)())
    if case == 'contended':
        return contended(several.Lock(), start_other, several.Barrier(2))
    return hand_over({'Lock': ByLock, 'Event': ByEvent, 'Condition': ByCondition}[kind], getattr(several, kind), start_other)


if __name__ == '__main__':
    mp.set_start_method('fork')
    print(json.dumps(measure(sys.argv[1], sys.argv[2])))
