/* SPDX-License-Identifier: GPL-2.0-only */
/* The card's memory in user space, by dualport_uio's maps or by those of the kernel's uio_sercos3. */
#pragma once

#include "stamp.h"

enum { IER0 = 0x08 / 4, IRR0 = 0x18 / 4, CYCLE_INTERRUPT = 1 };

struct card {
	int fd;
	volatile uint32_t *registers;
	const volatile uint32_t *inputs;
	volatile uint32_t *outputs;
};

static inline void *map_card(int fd, int map, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, map * 4096L);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

/* `whole`: uio_sercos3, whose map 3 is the whole core; else dualport_uio with a map for each window. */
static inline struct card open_uio(int whole)
{
	int fd = open("/dev/uio0", O_RDWR);
	uint32_t *core;

	if (fd < 0)
		die("/dev/uio0");
	if (!whole)
		return (struct card){ fd, map_card(fd, 0, 0x1000), map_card(fd, 2, 0x4000),
				      map_card(fd, 1, 0x2000) };
	core = map_card(fd, 3, 0x10000);
	return (struct card){ fd, core, core + 0xc000 / 4, core + 0x8000 / 4 };
}

static inline void enable(const struct card *card)
{
	card->registers[IRR0] = CYCLE_INTERRUPT;
	card->registers[IER0] = CYCLE_INTERRUPT;
}

static inline void disable(const struct card *card)
{
	card->registers[IER0] = 0;
}
