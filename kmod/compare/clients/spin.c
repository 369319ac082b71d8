// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin <bell>: leaves the time-stamp counter in the stamp page, whenever nothing
 * else runs, and after each TURNS of that rings the bell, a word of the card in
 * the file <bell>: whoever is to be woken sleeps by now.
 *
 * First it finds out how the HPET, which a program without rdtsc can read,
 * stands to that counter: both count the same instructions, the HPET in steps
 * of ten.
 */
#include "stamp.h"

enum { HPET_COUNTER = 0xf0 / 4, LOOKS = 1000, TURNS = 500 };

static volatile uint32_t *map_page(const char *path, int flags, int protection)
{
	int fd = open(path, flags);
	void *page;

	if (fd < 0)
		die(path);
	page = mmap(NULL, STAMP_BYTES, protection, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		die(path);
	close(fd);
	return page;
}

static uint32_t clock_offset(void)
{
	volatile uint32_t *hpet = map_page("/dev/hpet", O_RDONLY, PROT_READ);
	uint32_t first = now() - 10 * hpet[HPET_COUNTER] - 100;
	uint64_t sum = 0;

	for (int n = 0; n < LOOKS; n++) {
		uint32_t before = now();
		uint32_t counter = hpet[HPET_COUNTER];
		uint32_t after = now();

		/* mean over all phases of the counter: half a step is in it */
		sum += (before + (after - before) / 2) - 10 * counter - first;
	}
	/* the HPET lets few in at a time */
	munmap((void *)hpet, STAMP_BYTES);
	return first + (uint32_t)(sum / LOOKS);
}

int main(int argc, char **argv)
{
	volatile uint32_t *page = map_stamps();
	struct sched_param none = { 0 };
	volatile uint32_t *bell;

	if (argc != 2)
		return 2;
	bell = map_page(argv[1], O_RDWR, PROT_READ | PROT_WRITE);
	page[STAMP_CLOCK] = clock_offset();
	printf("spinning\n");
	fflush(stdout);
	if (sched_setscheduler(0, SCHED_IDLE, &none) < 0)
		die("SCHED_IDLE");
	for (;;) {
		for (int n = 0; n < TURNS; n++)
			page[STAMP_LAST] = now();
		*bell = 1;
	}
}
