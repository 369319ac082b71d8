/*
 * What card and C twin know of the prepared ring. Register offsets and fields are those of cards/sercos3/registers.ts;
 * where the telegrams lie comes from the driver's own plan, as numbers on stdin.
 */
#pragma once

#include <stddef.h>
#include <string.h>

#include "card.h"

enum {
	/* Of the cycle bench: four drives and an I/O device behind them. */
	DEVICES = 5,
	DRIVES = 4,
	MOST_DEVICES = 64,
	BUFFERS = 3,
	PHASECR = 0x024,
	TGSR1 = 0x028,
	TGSR2 = 0x02c,
	WDCSR = 0x068,
	RXBUFCSR = 0x200,
	RXBUFTV = 0x204,
	TXBUFCSR = 0x20c,
	/* Beside the chip's windows: the task's last write in a cycle. */
	DONE = 0x6000,
};

#define COUNT_SHIFT 4
#define COUNT_MASK 7u
#define ACTIVE_SHIFT 16
#define ACTIVE_P2_SHIFT 24
#define BUFFER_FIELD 3u
#define NEW_DATA_P1 (1u << 20)
#define NEW_DATA_P2 (1u << 28)
#define REQUEST (1u << 31)
#define NEW_DATA_TOGGLE 2u
#define PRODUCER_READY 1u
#define SLAVE_VALID 0x100u

/* Bytes from C-CON. */
enum {
	TX_CONTROL = 2,
	TX_VELOCITY = 4,
	TX_POSITION = 8,
	RX_STATUS = 2,
	RX_VELOCITY = 4,
	RX_POSITION = 8,
	RX_TORQUE = 12,
	IO_DIGITAL = 2,
	IO_ANALOG = 4,
};

/* Bytes from the start of a buffer; of a connection also its length. */
struct places {
	uint32_t mdt_svc, c_dev, mdt_connection, mdt_bytes;
	uint32_t at_svc, s_dev, at_connection, at_bytes;
};

struct plan {
	uint32_t tx, rx;
	/* Two or three of each. */
	uint32_t buffers;
	uint32_t tx_buffers[BUFFERS], rx_p1[BUFFERS], rx_p2[BUFFERS];
	uint32_t tx_bytes, rx_bytes;
	/* What the chip left in its registers before the last interrupt. */
	uint32_t tx_status, rx_status, rx_valid, tgsr1, tgsr2, phasecr;
	uint32_t devices;
	struct places places[MOST_DEVICES];
};

static inline struct plan read_plan(void)
{
	struct plan plan;
	uint32_t *word = (uint32_t *)&plan;
	size_t head = offsetof(struct plan, places) / sizeof(*word);

	for (size_t n = 0; n < head; n++)
		if (scanf("%u", &word[n]) != 1)
			die("the plan on stdin");
	if (plan.devices > MOST_DEVICES || plan.buffers > BUFFERS)
		die("a plan that is too large");
	for (size_t n = 0; n < plan.devices * sizeof(struct places) / sizeof(*word); n++)
		if (scanf("%u", &word[head + n]) != 1)
			die("the plan on stdin");
	return plan;
}

static inline uint32_t read32(const struct device *d, uint32_t at)
{
	return *(volatile uint32_t *)(d->memory + at);
}

static inline void write32(const struct device *d, uint32_t at, uint32_t value)
{
	*(volatile uint32_t *)(d->memory + at) = value;
}

static inline uint16_t read16(const struct device *d, uint32_t at)
{
	return *(volatile uint16_t *)(d->memory + at);
}

static inline void write16(const struct device *d, uint32_t at, uint16_t value)
{
	*(volatile uint16_t *)(d->memory + at) = value;
}
