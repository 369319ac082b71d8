/* The driver's part of the C twin: cards/sercos3/driver/cyclic-exchange.ts and process-images.ts in steady CP4. */
#pragma once

#include "twin-state.h"

static inline void latch_drive(struct image *i, uint32_t at)
{
	i->status = read16(i->d, at + RX_STATUS);
	i->velocity = read_pair(i->d, at + RX_VELOCITY);
	i->position = read_pair(i->d, at + RX_POSITION);
	i->torque = (int16_t)read16(i->d, at + RX_TORQUE);
}

static inline void latch_io(struct image *i, uint32_t at)
{
	i->digital_in = read16(i->d, at + IO_DIGITAL);
	for (int n = 0; n < 2; n++)
		i->analog_in[n] = (int16_t)read16(i->d, at + IO_ANALOG + 2 * n);
}

static inline void write_drive(struct image *i, int32_t position, int32_t velocity, uint16_t control)
{
	i->position_command = position;
	i->velocity_command = velocity;
	i->control = control;
	i->written = 7;
	if (i->at < 0)
		return;
	write_pair(i->d, i->at + TX_POSITION, position);
	write_pair(i->d, i->at + TX_VELOCITY, velocity);
	write16(i->d, i->at + TX_CONTROL, control);
}

static inline void write_io(struct image *i)
{
	i->written = 7;
	if (i->at < 0)
		return;
	write16(i->d, i->at + IO_DIGITAL, i->digital_out);
	for (int n = 0; n < 2; n++)
		write16(i->d, i->at + IO_ANALOG + 2 * n, (uint16_t)i->analog_out[n]);
}

static inline uint32_t take_status(struct twin *t, uint32_t at)
{
	uint32_t status = read32(t->d, at);

	write32(t->d, at, t->tgsr_clear);
	return status == t->tgsr_clear ? 0 : status;
}

static inline void evaluate_device(struct twin *t, int n, bool consecutive)
{
	const struct places *places = &t->plan->devices[n];
	uint32_t at = t->plan->rx + t->rx_base + places->at_connection;
	uint16_t control = read16(t->d, at);
	uint16_t toggle = control & NEW_DATA_TOGGLE;
	bool valid = (read16(t->d, t->plan->rx + t->rx_base + places->s_dev) & SLAVE_VALID) != 0 &&
		     (control & PRODUCER_READY) != 0;
	bool produced = !consecutive || toggle != t->toggles[n];

	t->toggles[n] = toggle;
	if (valid && produced) {
		t->missed[n] = 0;
		if (n < DRIVES)
			latch_drive(&t->images[n], at);
		else
			latch_io(&t->images[n], at);
		return;
	}
	if (++t->missed[n] > TOLERATED_LOSSES && t->lost_device < 0)
		t->lost_device = n;
}

/* CyclicExchange.begin. True: fresh telegrams of a regular cycle. */
static inline bool begin_cycle(struct twin *t)
{
	uint32_t buffers = read32(t->d, RXBUFCSR);
	uint32_t count, passed, status, active, valid, status1, status2, shift;
	bool late, valid1, valid2;

	if (buffers == 0xffffffff)
		return false;
	t->fresh = false;
	if ((buffers & (NEW_DATA_P1 | NEW_DATA_P2)) == 0 && buffers != t->rx_request) {
		write32(t->d, RXBUFCSR, t->rx_request);
		buffers = read32(t->d, RXBUFCSR);
	}
	count = read32(t->d, PHASECR) >> COUNT_SHIFT & COUNT_MASK;
	passed = (count - t->count) & COUNT_MASK;
	t->count = count;
	status1 = take_status(t, TGSR1);
	status2 = take_status(t, TGSR2);
	t->topology = (status1 >> 24 & 3) | (status2 >> 24 & 3) << 2;
	late = t->ended_late || passed > 1;
	t->irregular = late || passed == 0;
	if (passed > 1)
		t->late_cycles += passed - 1;
	status = read32(t->d, TXBUFCSR);
	active = status >> ACTIVE_SHIFT & BUFFER_FIELD;
	t->tx_buffer = active;
	t->tx_base = (status & REQUEST) != 0 && active != 3 ? (int32_t)t->plan->tx_buffers[active] : -1;
	for (int n = 0; n < DEVICES; n++) {
		t->images[n].at = t->tx_base < 0 ? -1
						 : (int32_t)(t->plan->tx + t->tx_base +
							     t->plan->devices[n].mdt_connection);
		t->images[n].written = 0;
	}
	valid = read32(t->d, RXBUFTV);
	valid1 = (buffers & NEW_DATA_P1) != 0 && (valid >> 8 & t->at_mask) == t->at_mask;
	valid2 = (buffers & NEW_DATA_P2) != 0 && (valid >> 24 & t->at_mask) == t->at_mask;
	if (valid1 || valid2) {
		t->fresh = true;
		t->port = valid1 && (t->port == 1 || !valid2) ? 1 : 2;
		shift = t->port == 1 ? ACTIVE_SHIFT : ACTIVE_P2_SHIFT;
		t->rx_base = (t->port == 1 ? t->plan->rx_p1 : t->plan->rx_p2)[buffers >> shift & BUFFER_FIELD];
		t->cycles++;
		t->lost_in_a_row = 0;
		t->stale_in_a_row = 0;
		for (int n = 0; n < DEVICES; n++) {
			if (t->channel_state[n] == 1)
				return false;
			evaluate_device(t, n, !t->irregular && t->follows_fresh);
		}
	} else {
		t->stale_in_a_row++;
	}
	t->follows_fresh = t->fresh;
	return t->fresh && !t->irregular && t->lost_device < 0;
}

/* CyclicExchange.end */
static inline void end_cycle(struct twin *t)
{
	uint32_t count = read32(t->d, PHASECR) >> COUNT_SHIFT & COUNT_MASK;
	uint32_t missed = (count - t->count) & COUNT_MASK;

	t->count = count;
	t->ended_late = missed > 0;
	t->late_cycles += missed;
	if (t->tx_base >= 0) {
		for (int n = 0; n < DEVICES; n++) {
			if (t->svc_sent[n][t->tx_buffer] == t->channel_version[n])
				continue;
			for (int word = 0; word < 6; word += 2)
				write16(t->d, t->plan->tx + t->tx_base + t->plan->devices[n].mdt_svc + word, 0);
			t->svc_sent[n][t->tx_buffer] = t->channel_version[n];
		}
		t->c_con ^= NEW_DATA_TOGGLE;
		for (int n = 0; n < DEVICES; n++) {
			if (t->images[n].written != 7)
				write_io(&t->images[n]);
			write16(t->d, t->plan->tx + t->tx_base + t->plan->devices[n].mdt_connection, t->c_con);
		}
		write32(t->d, TXBUFCSR, t->tx_request);
	}
	write32(t->d, RXBUFCSR, t->rx_request);
	write32(t->d, WDCSR, t->watchdog);
}
