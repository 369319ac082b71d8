/* The chip and its ring in steady CP4, as the card plays them: drives that follow their commands a cycle later. */
#pragma once

#include "sercon.h"

struct chip {
	const struct device *d;
	const struct plan *plan;
	uint32_t tx_request, rx_request;
	uint32_t tx_active, rx_active, sent, count;
	uint16_t c_con[DEVICES];
};

/* Takes over from the model that ran the ring up: the driver's last words stand in the registers. */
static inline struct chip take_chip(const struct device *d, const struct plan *plan)
{
	struct chip chip = {
		.d = d,
		.plan = plan,
		.tx_request = read32(d, TXBUFCSR),
		.rx_request = read32(d, RXBUFCSR),
		.tx_active = plan->tx_status >> ACTIVE_SHIFT & BUFFER_FIELD,
		.rx_active = plan->rx_status >> ACTIVE_SHIFT & BUFFER_FIELD,
		.count = plan->phasecr >> COUNT_SHIFT & COUNT_MASK,
	};
	const volatile uint8_t *telegrams = d->memory + plan->rx + plan->rx_p1[chip.rx_active];

	for (uint32_t n = 0; n < plan->buffers; n++) {
		memmove((void *)(d->memory + plan->rx + plan->rx_p1[n]), (const void *)telegrams, plan->rx_bytes);
		memmove((void *)(d->memory + plan->rx + plan->rx_p2[n]), (const void *)telegrams, plan->rx_bytes);
	}
	for (int n = 0; n < DEVICES; n++)
		chip.c_con[n] = *(volatile uint16_t *)(telegrams + plan->places[n].at_connection);
	return chip;
}

static inline uint16_t drive_status(uint16_t control)
{
	unsigned ready = (control & 0xc000) == 0xc000 ? 3 : control & 0x8000 ? 2 : 1;

	return ready << 14;
}

static inline void receive(struct chip *c, uint32_t buffer)
{
	const struct plan *plan = c->plan;
	const struct device *d = c->d;

	for (int n = 0; n < DEVICES; n++) {
		uint32_t to = plan->rx + buffer + plan->places[n].at_connection;
		uint32_t from = plan->tx + plan->tx_buffers[c->sent] + plan->places[n].mdt_connection;

		write16(d, to, c->c_con[n]);
		if (n < DRIVES) {
			write16(d, to + RX_STATUS, drive_status(read16(d, from + TX_CONTROL)));
			for (int word = 0; word < 4; word += 2) {
				write16(d, to + RX_VELOCITY + word, read16(d, from + TX_VELOCITY + word));
				write16(d, to + RX_POSITION + word, read16(d, from + TX_POSITION + word));
			}
		} else {
			for (int word = 0; word < 6; word += 2)
				write16(d, to + IO_DIGITAL + word, read16(d, from + IO_DIGITAL + word));
		}
	}
}

/* One Sercos cycle up to its interrupt. */
static inline void run_chip(struct chip *c)
{
	const struct plan *plan = c->plan;
	const struct device *d = c->d;

	if (read32(d, TXBUFCSR) == c->tx_request) {
		c->sent = c->tx_active;
		c->tx_active = (c->tx_active + 1) % plan->buffers;
		write32(d, TXBUFCSR, (plan->tx_status & ~(BUFFER_FIELD << ACTIVE_SHIFT)) | c->tx_active << ACTIVE_SHIFT);
	}
	c->rx_active = (c->rx_active + 1) % plan->buffers;
	for (int n = 0; n < DEVICES; n++)
		c->c_con[n] ^= NEW_DATA_TOGGLE;
	receive(c, plan->rx_p1[c->rx_active]);
	receive(c, plan->rx_p2[c->rx_active]);
	write32(d, RXBUFTV, plan->rx_valid);
	if (read32(d, RXBUFCSR) == c->rx_request)
		write32(d, RXBUFCSR,
			(plan->rx_status & ~(BUFFER_FIELD << ACTIVE_SHIFT | BUFFER_FIELD << ACTIVE_P2_SHIFT)) |
				c->rx_active << ACTIVE_SHIFT | c->rx_active << ACTIVE_P2_SHIFT);
	write32(d, TGSR1, plan->tgsr1);
	write32(d, TGSR2, plan->tgsr2);
	c->count = (c->count + 1) & COUNT_MASK;
	write32(d, PHASECR, (plan->phasecr & ~(COUNT_MASK << COUNT_SHIFT)) | c->count << COUNT_SHIFT);
}
