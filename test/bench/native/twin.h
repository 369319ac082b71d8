/*
 * The C twin of one turn of the cyclic worker in steady CP4: the same accesses to the card, the same control law, the
 * same record, the same words shared with a main thread. What the TypeScript cycle looks at in every turn is looked at
 * here too; what it does only on its way in or out is left away. Named after the files that it follows.
 */
#pragma once

#include "twin-state.h"

static inline void read_feedback(struct axis *a)
{
	const struct image *i = a->image;

	a->status = get16(i->words, i->status);
	a->ready = a->status >> 14;
	a->drive_error = (a->status & 0x2000) != 0;
	a->drive_position = get32(i->words, i->position) / a->increments_per_unit;
	a->velocity = get32(i->words, i->velocity) / a->velocity_increments_per_unit;
	a->torque_percent = (int16_t)get16(i->words, i->torque) * 0.1;
}

/* runtime/worker/io-device.ts */
static inline void read_io(struct twin *t)
{
	const struct image *i = &t->exchange.images[DRIVES];

	t->digital_in = get16(i->words, i->digital_in);
	for (int n = 0; n < 2; n++)
		t->analog_in[n] = (int16_t)get16(i->words, i->analog_in + 2 * n);
}

static inline void write_io(struct twin *t)
{
	struct image *i = &t->exchange.images[DRIVES];

	put16(i->words, i->digital_out, t->digital_out);
	for (int n = 0; n < 2; n++)
		put16(i->words, i->analog_out + 2 * n, (uint16_t)t->analog_out[n]);
}

static inline int32_t increments(double units, double per_unit)
{
	return (int32_t)lrint(units * per_unit);
}

/* AxisDrive.advance with AxisMotion.update. */
static inline bool advance_axis(struct twin *t, struct axis *a)
{
	struct generator *g = &a->generator;
	bool operational = a->ready == 3 && !a->drive_error;
	bool going = true;
	uint16_t control;

	a->actual_position = a->drive_position + a->home_offset;
	if (operational && a->power_requested) {
		if (!a->powered) {
			a->powered = true;
			g->position = a->actual_position;
			a->state = STATE_STANDSTILL;
		}
		a->following_error = g->position - a->actual_position;
		if (fabs(a->following_error) > t->limits.following_error)
			return false;
		going = step_generator(g, &t->limits, t->cycle_s);
		if (a->reset_id != 0)
			return false;
	} else {
		g->position = a->actual_position;
		a->following_error = 0;
	}
	a->setpoint = g->position - a->home_offset;
	a->feed_forward = g->velocity;
	control = !a->power_requested || a->ready == 0 ? 0 : a->ready == 1 ? POWER_ON : OPERATE;
	write_drive(a->image, increments(a->setpoint, a->increments_per_unit),
		    increments(a->feed_forward, a->velocity_increments_per_unit), control);
	return going;
}

static inline void add_to_histogram(struct histogram *h, int64_t ns)
{
	uint32_t clamped = ns > 0 ? (ns < INT32_MAX ? ns : INT32_MAX) : 0;
	uint32_t bucket = clamped;

	if (clamped >= 16) {
		uint32_t octave = 31 - __builtin_clz(clamped);

		bucket = (octave - 3) * 16 + (clamped >> (octave - 4) & 15);
	}
	h->counts[bucket]++;
	if ((int32_t)clamped > atomic_load(&h->max))
		atomic_store(&h->max, (int32_t)clamped);
}

/* CycleRecorder.record */
static inline void record(struct twin *t, const struct times *times, bool fresh)
{
	struct shared *s = t->shared;
	double *slot = s->records[t->record & (RECORDS - 1)];

	atomic_store(&s->records_begun, (int32_t)(t->record + 1));
	slot[0] = t->cycle;
	slot[1] = times->interrupt;
	slot[2] = times->latency;
	slot[3] = times->execution;
	slot[4] = fresh ? 0 : 2;
	slot += RECORD_HEAD;
	for (int n = 0; n < DRIVES; n++, slot += RECORD_AXIS) {
		const struct axis *a = &t->axes[n];

		slot[0] = a->actual_position;
		slot[1] = a->velocity;
		slot[2] = a->torque_percent;
		slot[3] = a->generator.position;
		slot[4] = a->following_error;
		slot[5] = a->status;
	}
	slot[0] = t->digital_in;
	slot[1] = t->digital_out;
	for (int n = 0; n < 2; n++) {
		slot[2 + n] = t->analog_in[n];
		slot[4 + n] = t->analog_out[n];
	}
	t->record++;
	atomic_store(&s->records_done, (int32_t)t->record);
	for (int n = 0; n < DRIVES; n++) {
		struct axis *a = &t->axes[n];
		uint32_t status = a->state | a->ready << 4 | (a->homed ? 0x40 : 0) | a->error << 8;

		if (status == a->noted)
			continue;
		a->noted = status;
		atomic_store(&s->axis_status[n], (int32_t)status);
	}
	add_to_histogram(&s->latency, times->latency);
	add_to_histogram(&s->execution, times->execution);
	add_to_histogram(&s->jitter, times->jitter);
}

/* EventsReader.read, for the newest interrupt and the bits of those since. */
static inline bool read_events(struct twin *t, int64_t *time)
{
	_Atomic uint32_t *page = t->exchange.d->events;

	for (int look = 0; look < 1000; look++) {
		uint32_t before = atomic_load_explicit(&page[EVENTS_SEQUENCE], memory_order_relaxed);
		uint32_t count, low, high, bits = 0;

		if (before & 1)
			continue;
		atomic_thread_fence(memory_order_seq_cst);
		count = atomic_load_explicit(&page[EVENTS_COUNT], memory_order_relaxed);
		low = atomic_load_explicit(&page[EVENTS_TIME_LOW], memory_order_relaxed);
		high = atomic_load_explicit(&page[EVENTS_TIME_HIGH], memory_order_relaxed);
		for (uint32_t n = t->events_count + 1; (int32_t)(count - n) >= 0; n++) {
			_Atomic uint32_t *entry = page + EVENTS_RING + n % EVENTS_ENTRIES * EVENTS_ENTRY_WORDS;

			if (atomic_load_explicit(&entry[0], memory_order_relaxed) == n)
				bits |= atomic_load_explicit(&entry[1], memory_order_relaxed);
		}
		atomic_thread_fence(memory_order_seq_cst);
		if (atomic_load_explicit(&page[EVENTS_SEQUENCE], memory_order_relaxed) != before)
			continue;
		t->events_count = count;
		*time = (int64_t)((uint64_t)high << 32 | low);
		return bits != 0;
	}
	return false;
}

static inline int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Cycle.turn. False: nothing that a steady cycle does. */
static inline bool turn(struct twin *t, int timeout_ms, struct times *times)
{
	struct shared *s = t->shared;
	enum wait_result waited = wait_line(&t->line, timeout_ms);
	int64_t turn_ns;
	int32_t heartbeat;
	bool fresh;

	atomic_fetch_add(&s->beat, 1);
	times->woken = now_ns();
	times->interrupt = times->woken;
	if (waited == WAIT_INTERRUPT)
		read_events(t, &times->interrupt);
	times->latency = times->woken - times->interrupt;
	times->jitter = llabs(times->interrupt - t->last_interrupt - t->cycle_ns * (1 + (int64_t)t->line.missed));
	t->last_interrupt = times->interrupt;
	turn_ns = smaller(times->woken - t->last_turn, timeout_ms * INT64_C(1000000));
	t->last_turn = times->woken;
	if (atomic_load(&s->halt) != 0 || waited >= WAIT_STOPPED)
		return false;
	heartbeat = atomic_load(&s->heartbeat);
	t->heartbeat_still = heartbeat != t->heartbeat ? 0 : t->heartbeat_still + turn_ns;
	t->heartbeat = heartbeat;
	t->silent = waited == WAIT_INTERRUPT ? 0 : t->silent + turn_ns;
	if (t->heartbeat_still > t->stall_ns || t->silent > t->stall_ns)
		return false;
	if (waited == WAIT_TIMEOUT)
		return true;
	fresh = begin_cycle(&t->exchange);
	if (!fresh && t->cycle > 10)
		return false;
	t->missed_interrupts += t->line.missed;
	t->cycle += 1 + t->line.missed;
	for (int n = 0; n < DRIVES; n++)
		read_feedback(&t->axes[n]);
	read_io(t);
	if (atomic_load(&s->commands_read) != atomic_load(&s->commands_written))
		return false;
	for (int n = 0; n < DRIVES; n++)
		if (t->axes[n].drive_reset != 0)
			return false;
	for (int n = 0; n < DRIVES; n++)
		if (!advance_axis(t, &t->axes[n]))
			return false;
	write_io(t);
	for (int n = 0; n < DRIVES; n++)
		if (t->axes[n].settlements != 0)
			return false;
	if (atomic_load(&s->halt) != 0)
		return false;
	if (!end_cycle(&t->exchange) && t->cycle > 10)
		return false;
	times->execution = now_ns() - times->woken;
	if (times->execution <= t->cycle_ns)
		t->overruns_in_a_row = 0;
	else
		t->overruns++, t->overruns_in_a_row++;
	record(t, times, fresh);
	s->counters[0] = t->cycle;
	s->counters[1] = t->missed_interrupts;
	s->counters[2] = t->overruns;
	s->counters[3] = t->exchange.late_cycles;
	s->counters[4] = 0;
	s->counters[5] = 0;
	return atomic_load(&s->close) == 0;
}
