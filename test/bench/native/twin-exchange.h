/*
 * The C twin of the driver in steady CP4: cards/sercos3/driver/cycle/: cyclic-exchange.ts, device-inputs.ts, device-outputs.ts,
 * connection-watch.ts and process-images.ts. The same words of the card are read and written, at the same widths and in the
 * same order, the same is looked at for each device. What a steady cycle does not do is left away: there the twin fails.
 */
#pragma once

#include <stdbool.h>

#include "sercon.h"

enum {
	MOST_BYTES = 16384,
	RESERVED_LONGS = 4,
	USUAL_LONGS = 4,
};

#define FLOW_CONTROL 0x10u
#define COUNTER_STEP 0x1000u
#define COUNTER_FIELD 0xf000u
#define UNUSUAL (1u << 20)
#define JUDGED (PRODUCER_READY | NEW_DATA_TOGGLE | FLOW_CONTROL | COUNTER_FIELD | UNUSUAL)
#define TELLS_OF_CABLES 0x2f0u
#define TELLS_OF_MISSES 0x3c00u
#define NO_BUFFER 3u

/* Memory of our own, as ProcessWords: inputs by device, outputs as they lie in a telegram buffer. */
union words {
	uint16_t half[MOST_BYTES / 2];
	uint32_t whole[MOST_BYTES / 4];
};

/* process-images.ts: bytes. */
struct image {
	union words *words;
	uint32_t status, velocity, position, torque;
	uint32_t control, velocity_command, position_command;
	uint32_t digital_in, analog_in, digital_out, analog_out;
};

struct connection {
	/* Bytes in an Rx buffer, words of 32 bits, bits to shift: as DeviceRecord in device-inputs.ts. */
	uint32_t port, status_at, status_mask, first, count, control_shift, last, step, inputs;
};

struct exchange {
	const struct device *d;
	const struct plan *plan;
	union words words;
	uint32_t outputs;
	struct image images[MOST_DEVICES];
	uint32_t tx_request, rx_request, tgsr_clear, watchdog, at_mask;
	uint32_t count, tx_buffer, topology, wiring;
	int32_t tx_base, rx_base1, rx_base2, rx_base;
	uint32_t port;
	bool fresh, follows_fresh, ended_late, irregular;
	uint64_t late_cycles, lost_in_a_row, stale_in_a_row, cycles;
	/* device-inputs.ts, connection-watch.ts */
	struct connection connections[MOST_DEVICES];
	int32_t errors, errors_seen;
	/* device-outputs.ts */
	int32_t activity_version, activity_seen, activity_running;
	uint32_t up_to_date;
	uint32_t every_cycle[MOST_DEVICES], seldom;
	uint16_t control;
	uint32_t long_at, longs;
};

static inline int32_t get32(const union words *words, uint32_t at)
{
	int32_t value;

	memcpy(&value, (const uint8_t *)words + at, sizeof(value));
	return value;
}

static inline uint16_t get16(const union words *words, uint32_t at)
{
	uint16_t value;

	memcpy(&value, (const uint8_t *)words + at, sizeof(value));
	return value;
}

static inline void put32(union words *words, uint32_t at, int32_t value)
{
	memcpy((uint8_t *)words + at, &value, sizeof(value));
}

static inline void put16(union words *words, uint32_t at, uint16_t value)
{
	memcpy((uint8_t *)words + at, &value, sizeof(value));
}

static inline void write_drive(struct image *i, int32_t position, int32_t velocity, uint16_t control)
{
	put32(i->words, i->position_command, position);
	put32(i->words, i->velocity_command, velocity);
	put16(i->words, i->control, control);
}

static inline uint32_t take_status(struct exchange *x, uint32_t at)
{
	uint32_t status = read32(x->d, at);

	write32(x->d, at, x->tgsr_clear);
	return status == x->tgsr_clear ? 0 : status;
}

/* cable-topology.ts */
static inline uint32_t topology_of(uint32_t status1, uint32_t status2)
{
	bool came1 = (status1 & 0xf0) != 0, came2 = (status2 & 0xf0) != 0;
	bool s1 = (status1 & 0x200) != 0, s2 = (status2 & 0x200) != 0;

	if (came1 && came2)
		return s1 == s2 ? 8 : s1 ? 4 : 3;
	if (came1)
		return s1 ? 8 : 1;
	if (came2)
		return s2 ? 2 : 8;
	return 0;
}

/* DeviceInputs.take. False: some device did not produce as usual. */
static inline bool take_inputs(struct exchange *x, bool consecutive)
{
	int32_t shown_at = -1, tail_at = -1;
	uint32_t shown = 0, tail = 0;
	bool steady = true;

	for (uint32_t n = 0; n < x->plan->devices; n++) {
		struct connection *c = &x->connections[n];
		int32_t base = c->port == 1 ? x->rx_base1 : x->rx_base2;
		int32_t status_at = base + c->status_at, source = base + c->first;
		uint32_t first, control;

		if (base < 0)
			return false;
		if (status_at != shown_at) {
			shown = read32(x->d, status_at);
			shown_at = status_at;
		}
		if ((shown & c->status_mask) == 0)
			return false;
		first = source == tail_at ? tail : read32(x->d, source);
		control = first >> c->control_shift & 0xffff;
		if (!consecutive || ((control ^ ((c->last ^ NEW_DATA_TOGGLE) + c->step)) & JUDGED) != 0)
			steady = false;
		c->last = control;
		x->words.whole[c->inputs] = first;
		/* as there, the usual size has code of its own: 7 % faster with 64 drives */
		if (c->count == USUAL_LONGS) {
			x->words.whole[c->inputs + 1] = read32(x->d, source + 4);
			x->words.whole[c->inputs + 2] = read32(x->d, source + 8);
			x->words.whole[c->inputs + 3] = tail = read32(x->d, source + 12);
		} else {
			for (uint32_t k = 1; k < c->count; k++)
				x->words.whole[c->inputs + k] = tail = read32(x->d, source + 4 * k);
		}
		tail_at = source + 4 * (int32_t)(c->count - 1);
	}
	return steady;
}

/* CyclicExchange.begin. True: fresh telegrams of a regular cycle. */
__attribute__((noinline)) static bool begin_cycle(struct exchange *x)
{
	const struct plan *plan = x->plan;
	uint32_t buffers = read32(x->d, RXBUFCSR);
	uint32_t count, passed, status, active, valid, status1, status2, wiring;
	bool late, came1, came2, steady = false;

	if (buffers == 0xffffffff)
		return false;
	x->fresh = false;
	if ((buffers & (NEW_DATA_P1 | NEW_DATA_P2)) == 0 && buffers != x->rx_request) {
		write32(x->d, RXBUFCSR, x->rx_request);
		buffers = read32(x->d, RXBUFCSR);
	}
	count = read32(x->d, PHASECR) >> COUNT_SHIFT & COUNT_MASK;
	passed = (count - x->count) & COUNT_MASK;
	x->count = count;
	status1 = take_status(x, TGSR1);
	status2 = take_status(x, TGSR2);
	late = x->ended_late || passed > 1;
	x->irregular = late || passed == 0;
	wiring = (status1 & TELLS_OF_CABLES) | (status2 & TELLS_OF_CABLES) << 16;
	if (wiring != x->wiring) {
		x->wiring = wiring;
		x->topology = topology_of(wiring & 0xffff, wiring >> 16);
	}
	if (((status1 | status2) & TELLS_OF_MISSES) != 0)
		return false;
	if (passed > 1)
		x->late_cycles += passed - 1;
	status = read32(x->d, TXBUFCSR);
	active = status >> ACTIVE_SHIFT & BUFFER_FIELD;
	x->tx_buffer = active;
	x->tx_base = (status & REQUEST) != 0 && active != NO_BUFFER ? (int32_t)(plan->tx + plan->tx_buffers[active]) : -1;
	x->rx_base1 = -1;
	x->rx_base2 = -1;
	if ((buffers & (NEW_DATA_P1 | NEW_DATA_P2)) != 0) {
		valid = read32(x->d, RXBUFTV);
		if ((buffers & NEW_DATA_P1) != 0 && (valid >> 8 & x->at_mask) == x->at_mask)
			x->rx_base1 = plan->rx + plan->rx_p1[buffers >> ACTIVE_SHIFT & BUFFER_FIELD];
		if ((buffers & NEW_DATA_P2) != 0 && (valid >> 24 & x->at_mask) == x->at_mask)
			x->rx_base2 = plan->rx + plan->rx_p2[buffers >> ACTIVE_P2_SHIFT & BUFFER_FIELD];
		came1 = x->rx_base1 >= 0;
		came2 = x->rx_base2 >= 0;
		if (came1 || came2) {
			x->fresh = true;
			x->port = came1 && (x->port == 1 || !came2) ? 1 : 2;
			x->rx_base = x->port == 1 ? x->rx_base1 : x->rx_base2;
		}
	}
	if (x->fresh) {
		x->cycles++;
		x->lost_in_a_row = 0;
		x->stale_in_a_row = 0;
		steady = take_inputs(x, !x->irregular && x->follows_fresh) && x->errors == x->errors_seen &&
			 x->activity_running == 0;
	} else {
		x->stale_in_a_row++;
	}
	x->follows_fresh = x->fresh;
	return steady && !x->irregular;
}

/* DeviceOutputs.write */
static inline void write_connections(struct exchange *x)
{
	const struct plan *plan = x->plan;
	uint32_t at;

	x->control = (x->control ^ NEW_DATA_TOGGLE) + COUNTER_STEP;
	for (uint32_t n = 0; n < plan->devices; n++)
		x->words.half[x->every_cycle[n]] = x->control;
	if (x->seldom != 0)
		return;
	at = x->tx_base + x->long_at;
	for (uint32_t n = 0; n < x->longs; n++)
		write32(x->d, at + 4 * n, x->words.whole[((x->outputs + x->long_at) >> 2) + n]);
}

/* CyclicExchange.end. False: fields beside the connections have changed, as they do not in a steady cycle. */
__attribute__((noinline)) static bool end_cycle(struct exchange *x)
{
	uint32_t count = read32(x->d, PHASECR) >> COUNT_SHIFT & COUNT_MASK;
	uint32_t missed = (count - x->count) & COUNT_MASK;

	x->count = count;
	x->ended_late = missed > 0;
	x->late_cycles += missed;
	if (x->tx_base >= 0) {
		if (x->activity_seen != x->activity_version || (x->up_to_date & 1u << x->tx_buffer) == 0)
			return false;
		write_connections(x);
		write32(x->d, TXBUFCSR, x->tx_request);
	}
	write32(x->d, RXBUFCSR, x->rx_request);
	write32(x->d, WDCSR, x->watchdog);
	return true;
}

static inline uint32_t round_up(uint32_t bytes)
{
	return (bytes + 3) & ~3u;
}

/* As the run-up left the driver, but for what the first cycle brings. */
static inline void init_exchange(struct exchange *x, const struct device *d, const struct plan *plan)
{
	uint32_t first = 0, end = 0, longs = RESERVED_LONGS;

	memset(x, 0, sizeof(*x));
	x->d = d;
	x->plan = plan;
	x->tx_request = read32(d, TXBUFCSR);
	x->rx_request = read32(d, RXBUFCSR);
	x->tgsr_clear = read32(d, TGSR1);
	x->watchdog = read32(d, WDCSR);
	x->at_mask = plan->rx_valid >> 8 & 0xf;
	x->count = plan->phasecr >> COUNT_SHIFT & COUNT_MASK;
	x->port = 1;
	x->follows_fresh = true;
	for (uint32_t n = 0; n < plan->devices; n++) {
		const struct places *places = &plan->places[n];
		uint32_t at = places->at_connection;

		x->connections[n] = (struct connection){
			.port = 1,
			.status_at = places->s_dev & ~3u,
			.status_mask = SLAVE_VALID << 8 * (places->s_dev & 2),
			.first = at & ~3u,
			.count = (round_up(at + places->at_bytes) - (at & ~3u)) >> 2,
			.control_shift = 8 * (at & 2),
			.inputs = longs,
		};
		longs += x->connections[n].count;
	}
	x->outputs = 4 * longs;
	x->control = PRODUCER_READY;
	for (uint32_t n = 0; n < plan->devices; n++) {
		const struct places *places = &plan->places[n];
		uint32_t out = x->outputs + places->mdt_connection;
		uint32_t in = 4 * x->connections[n].inputs + (places->at_connection & 3);

		x->images[n] = (struct image){
			.words = &x->words,
			.status = in + RX_STATUS,
			.velocity = in + RX_VELOCITY,
			.position = in + RX_POSITION,
			.torque = in + RX_TORQUE,
			.control = out + TX_CONTROL,
			.velocity_command = out + TX_VELOCITY,
			.position_command = out + TX_POSITION,
			.digital_in = in + IO_DIGITAL,
			.analog_in = in + IO_ANALOG,
			.digital_out = out + IO_DIGITAL,
			.analog_out = out + IO_ANALOG,
		};
		x->every_cycle[n] = out >> 1;
		first = n == 0 || places->mdt_connection < first ? places->mdt_connection : first;
		end = places->mdt_connection + places->mdt_bytes > end ? places->mdt_connection + places->mdt_bytes : end;
	}
	x->up_to_date = ~0u;
	x->long_at = first & ~3u;
	x->longs = (end + 3 - x->long_at) >> 2;
}
