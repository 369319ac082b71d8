/*
 * The card's side of an emulated device. The offsets are those of uio/events-page.ts and uio/emulated-control.ts, the
 * acts in `raise` those of EventsWriter.record: the C twins and the TypeScript task are woken in exactly the same way.
 */
#pragma once

#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "realtime.h"

#define PAGE 4096
#define EVENTS_BYTES (2 * PAGE)
#define MEMORY_BYTES 65536

enum {
	EVENTS_SEQUENCE = 0x008 / 4,
	EVENTS_COUNT = 0x00c / 4,
	EVENTS_TIME_LOW = 0x010 / 4,
	EVENTS_TIME_HIGH = 0x014 / 4,
	EVENTS_BITS = 0x018 / 4,
	EVENTS_SOURCE_COUNTS = 0x080 / 4,
	EVENTS_RING = 0x400 / 4,
	EVENTS_ENTRIES = 64,
	EVENTS_ENTRY_WORDS = 4,
	CONTROL_INTERRUPT_ON = PAGE / 4,
	CONTROL_GONE = PAGE / 4 + 1,
	/* Of the C devices alone: 1 where the task was refused its scheduler. */
	CONTROL_REFUSED = PAGE / 4 + 2,
};

struct device {
	volatile uint8_t *memory;
	/* The events page, then the control page. */
	_Atomic uint32_t *events;
	int interrupt_fd;
	int stop_fd;
};

static inline void *map_or_die(int fd, size_t bytes)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

/* A device of the C side alone, shared with the processes that this one forks. */
static inline struct device new_device(int flags)
{
	struct device d = {
		.memory = map_or_die(-1, MEMORY_BYTES),
		.events = map_or_die(-1, EVENTS_BYTES),
		.interrupt_fd = eventfd(0, flags),
		.stop_fd = eventfd(0, EFD_NONBLOCK),
	};

	if (d.interrupt_fd < 0 || d.stop_fd < 0)
		die("eventfd");
	atomic_store(&d.events[CONTROL_INTERRUPT_ON], 1);
	return d;
}

static inline void put(_Atomic uint32_t *word, uint32_t value)
{
	atomic_store_explicit(word, value, memory_order_relaxed);
}

/* Answers the time just before the wake-up was sent, ns: what the latency counts from. */
static inline int64_t raise_interrupt(const struct device *d, uint32_t bits)
{
	_Atomic uint32_t *page = d->events;
	uint32_t count = atomic_load(&page[EVENTS_COUNT]) + 1;
	_Atomic uint32_t *entry = page + EVENTS_RING + count % EVENTS_ENTRIES * EVENTS_ENTRY_WORDS;
	uint64_t one = 1;
	int64_t time = now_ns();

	atomic_fetch_add(&page[EVENTS_SEQUENCE], 1);
	put(&entry[0], count);
	put(&entry[1], bits);
	put(&entry[2], (uint32_t)time);
	put(&entry[3], (uint32_t)(time >> 32));
	for (uint32_t rest = bits; rest != 0; rest &= rest - 1) {
		_Atomic uint32_t *source = &page[EVENTS_SOURCE_COUNTS + __builtin_ctz(rest)];

		put(source, atomic_load_explicit(source, memory_order_relaxed) + 1);
	}
	put(&page[EVENTS_TIME_LOW], (uint32_t)time);
	put(&page[EVENTS_TIME_HIGH], (uint32_t)(time >> 32));
	put(&page[EVENTS_BITS], bits);
	put(&page[EVENTS_COUNT], count);
	atomic_fetch_add(&page[EVENTS_SEQUENCE], 1);
	time = now_ns();
	if (write(d->interrupt_fd, &one, 8) != 8)
		die("write to the eventfd");
	return time;
}

static inline void stop_device(const struct device *d)
{
	uint64_t one = 1;

	if (write(d->stop_fd, &one, 8) != 8)
		die("write to the stop eventfd");
}
