/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time stamps under instruction counting, where the time-stamp counter counts
 * instructions. A program that spins at the lowest priority leaves the counter
 * in a shared page again and again: when an interrupt wakes a task, the page
 * holds the last moment before it.
 */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#define STAMP_FILE "/tmp/stamp"

/* Words of the page. STAMP_CLOCK: what to add to ten times the HPET's counter to get a stamp; see spin.c. */
enum { STAMP_BYTES = 4096, STAMP_LAST = 0, STAMP_CLOCK = 1 };

static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

static inline volatile uint32_t *map_stamps(void)
{
	int fd = open(STAMP_FILE, O_RDWR | O_CREAT, 0600);
	volatile uint32_t *page;

	if (fd < 0 || ftruncate(fd, STAMP_BYTES) < 0)
		die(STAMP_FILE);
	page = mmap(NULL, STAMP_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		die(STAMP_FILE);
	close(fd);
	return page;
}

static inline uint32_t now(void)
{
	return (uint32_t)__rdtsc();
}

struct samples {
	volatile uint32_t *page;
	uint32_t *spans;
	unsigned int warm_up, wanted, taken;
};

static inline struct samples start_samples(unsigned int warm_up, unsigned int wanted)
{
	struct sched_param fifo = { .sched_priority = 80 };
	struct samples samples = {
		.page = map_stamps(),
		.spans = calloc(wanted, sizeof(uint32_t)),
		.warm_up = warm_up,
		.wanted = wanted,
	};

	if (samples.spans == NULL)
		die("calloc");
	memset(samples.spans, 0, wanted * sizeof(uint32_t));
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0 || sched_setscheduler(0, SCHED_FIFO, &fifo) < 0)
		die("real-time scheduling");
	return samples;
}

/* `end`: now() at the end of the span. False when there are enough. */
static inline int take_sample(struct samples *samples, uint32_t end)
{
	unsigned int n = samples->taken++;

	if (n >= samples->warm_up)
		samples->spans[n - samples->warm_up] = end - samples->page[STAMP_LAST];
	return samples->taken < samples->warm_up + samples->wanted;
}

/* One line: what it is, then every span. */
static inline void print_samples(const struct samples *samples, const char *driver,
				 unsigned int image)
{
	printf("spans %s c %u", driver, image);
	for (unsigned int n = 0; n < samples->wanted; n++)
		printf(" %u", samples->spans[n]);
	printf("\n");
}
