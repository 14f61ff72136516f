# The same cases for Python's asyncio:   python3 python.py CASE NAME
import asyncio
import json
import random
import sys
import time
import tracemalloc

COUNT = 100_000


async def one():
    return 1


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def spawn_join():
    tasks = [asyncio.create_task(one()) for _ in range(COUNT)]
    assert sum([await task for task in tasks]) == COUNT
    return COUNT


async def switches():
    await asyncio.gather(*(turns(20_000) for _ in range(10)))
    return 200_000


async def limited():
    semaphore = asyncio.Semaphore(10)

    async def noop():
        async with semaphore:
            await asyncio.sleep(0)

    await asyncio.gather(*(noop() for _ in range(COUNT)))
    return COUNT


async def sleeping():
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(COUNT)]
    await asyncio.sleep(1)
    after, _ = tracemalloc.get_traced_memory()
    for task in tasks:
        task.cancel()
    return (after - before) / COUNT


async def sleeps(timed):
    draw = random.Random(12_345)
    late = []

    async def nap(delay):
        due = time.perf_counter() + delay
        await asyncio.sleep(delay)
        late.append((time.perf_counter() - due) * 1000)

    before = time.process_time()
    await asyncio.gather(*((nap if timed else asyncio.sleep)(draw.random()) for _ in range(COUNT)))
    return sorted(late), (time.process_time() - before) * 1000


async def timers(timed):
    draw = random.Random(12_345)
    late = []
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    left = COUNT

    def fired():
        nonlocal left
        left -= 1
        if left == 0:
            done.set()

    def fire(due):
        late.append((time.perf_counter() - due) * 1000)
        fired()

    before = time.process_time()
    for _ in range(COUNT):
        delay = draw.random()
        if timed:
            loop.call_later(delay, fire, time.perf_counter() + delay)
        else:
            loop.call_later(delay, fired)
    await done.wait()
    return sorted(late), (time.process_time() - before) * 1000


async def measure(case):
    if case == 'sleeping':
        return {'value': await sleeping()}
    what, _, figure = case.partition('-')
    if what in ('sleeps', 'timers'):
        timed = figure == 'late'
        late, processor = await (sleeps(timed) if what == 'sleeps' else timers(timed))
        return {'value': late[50_000], 'p99': late[99_000]} if timed else {'value': processor}
    body = {'spawn-join': spawn_join, 'switches': switches, 'limited': limited}[case]
    best = 0
    for _ in range(3):
        start = time.perf_counter()
        count = await body()
        best = max(best, count / (time.perf_counter() - start))
    return {'value': best}


if __name__ == '__main__':
    print(json.dumps(asyncio.run(measure(sys.argv[1]))))
