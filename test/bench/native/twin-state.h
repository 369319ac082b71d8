/* What the C twin holds, named after the files that it follows. */
#pragma once

#include "motion.h"
#include "twin-exchange.h"
#include "wait.h"

enum {
	RECORD_HEAD = 5,
	RECORD_AXIS = 6,
	RECORD_IO = 6,
	RECORD_FIELDS = RECORD_HEAD + DRIVES * RECORD_AXIS + RECORD_IO,
	RECORDS = 1024,
	HISTOGRAM_BUCKETS = 28 * 16,
	OPERATE = 0xe000,
	POWER_ON = 0x8000,
	STATE_DISABLED = 0,
	STATE_STANDSTILL = 1,
};

/* runtime/shared: rings, counters and histograms, seen by a main thread. */
struct shared {
	_Atomic int32_t heartbeat, close, halt, beat;
	double counters[6];
	struct histogram {
		uint32_t counts[HISTOGRAM_BUCKETS];
		_Atomic int32_t max;
	} latency, execution, jitter;
	_Atomic int32_t axis_status[DRIVES];
	_Atomic int32_t commands_written, commands_read;
	_Atomic int32_t records_begun, records_done;
	double records[RECORDS][RECORD_FIELDS];
};

/* runtime/worker/axis-drive.ts, control/axis/axis-motion.ts */
struct axis {
	struct image *image;
	struct generator generator;
	double increments_per_unit, velocity_increments_per_unit;
	double drive_position, home_offset, actual_position, following_error, setpoint;
	double velocity, torque_percent, feed_forward;
	uint32_t status, ready, state, error, noted;
	bool drive_error, power_requested, powered, homed;
	/* Settlements and ids: looked at in every turn, empty in the steady state. */
	int32_t settlements, reset_id, drive_reset;
};

struct twin {
	struct line line;
	struct exchange exchange;
	struct limits limits;
	struct shared *shared;
	double cycle_s;
	int64_t cycle_ns, stall_ns;
	struct axis axes[DRIVES];
	/* runtime/worker/io-device.ts */
	uint16_t digital_in, digital_out;
	int16_t analog_in[2], analog_out[2];
	/* runtime/worker/cycle.ts */
	int64_t last_turn, last_interrupt, heartbeat_still, silent;
	int32_t heartbeat;
	uint64_t cycle, missed_interrupts, overruns;
	uint32_t overruns_in_a_row, record, events_count;
};

struct times {
	int64_t interrupt, woken, latency, execution, jitter;
};
