# The same cases for Python's executors and pool:   python3 python.py CASE NAME
import concurrent.futures as futures
import json
import multiprocessing as mp
import sys
import time


def noop(value):
    return value


def burn(microseconds):
    end = time.perf_counter() + microseconds / 1e6
    while time.perf_counter() < end:
        pass
    return 0


def increment(value):
    return value + 1


class Executor:
    def __init__(self, make):
        self.executor = make(max_workers=2)

    def call(self, fn, arg):
        return self.executor.submit(fn, arg).result

    def map(self, fn, items, chunk):
        return list(self.executor.map(fn, items, chunksize=chunk))


class Pool:
    def __init__(self):
        self.pool = mp.Pool(2)

    def call(self, fn, arg):
        return self.pool.apply_async(fn, (arg,)).get

    def map(self, fn, items, chunk):
        return self.pool.map(fn, items, chunk)


def make(name):
    if name == 'Python ThreadPoolExecutor':
        return Executor(futures.ThreadPoolExecutor)
    if name == 'Python ProcessPoolExecutor':
        return Executor(futures.ProcessPoolExecutor)
    return Pool()


def flood(pool, fn, arg, count):
    start = time.perf_counter()
    for result in [pool.call(fn, arg) for _ in range(count)]:
        result()
    return time.perf_counter() - start


def measure(case, name):
    start = time.perf_counter()
    pool = make(name)
    if case == 'first-result':
        pool.call(noop, 1)()
        return {'value': (time.perf_counter() - start) * 1000}
    flood(pool, noop, 1, 2000)
    if case == 'flood':
        return {'value': max(50_000 / flood(pool, noop, 1, 50_000) for _ in range(3))}
    if case == 'busy':
        return {'value': 5_000 * 100e-6 / 2 / flood(pool, burn, 100, 5_000)}
    if case == 'one-awaited':
        times = []
        for _ in range(10_000):
            start = time.perf_counter()
            pool.call(noop, 1)()
            times.append((time.perf_counter() - start) * 1e6)
        times.sort()
        return {'value': times[5_000], 'p99': times[9_900]}
    items = list(range(1_000_000))
    chunk = 100 if case == 'map-chunks' else None if isinstance(pool, Pool) else 125_000
    rates = []
    for _ in range(3):
        start = time.perf_counter()
        results = pool.map(increment, items, chunk)
        rates.append(len(results) / (time.perf_counter() - start))
    return {'value': max(rates)}


if __name__ == '__main__':
    print(json.dumps(measure(sys.argv[1], sys.argv[2])))
