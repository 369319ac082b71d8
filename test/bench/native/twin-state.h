/* What the C twin holds, named after the files that it follows. */
#pragma once

#include "motion.h"
#include "sercon.h"
#include "wait.h"

enum {
	RECORD_HEAD = 5,
	RECORD_AXIS = 6,
	RECORD_IO = 6,
	RECORD_FIELDS = RECORD_HEAD + DRIVES * RECORD_AXIS + RECORD_IO,
	RECORDS = 1024,
	HISTOGRAM_BUCKETS = 28 * 16,
	TOLERATED_LOSSES = 3,
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

/* cards/sercos3/driver/process-images.ts */
struct image {
	const struct device *d;
	int32_t at;
	uint32_t written;
	uint16_t status, control, digital_in, digital_out;
	int32_t velocity, position, velocity_command, position_command;
	int16_t torque, analog_in[2], analog_out[2];
};

/* runtime/worker/axis-drive.ts, control/axis-motion.ts */
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
	const struct device *d;
	const struct plan *plan;
	struct limits limits;
	struct shared *shared;
	double cycle_s;
	int64_t cycle_ns, stall_ns;
	struct image images[DEVICES];
	struct axis axes[DRIVES];
	/* cards/sercos3/driver/cyclic-exchange.ts */
	uint32_t tx_request, rx_request, tgsr_clear, watchdog, at_mask;
	uint32_t count, tx_buffer, rx_base, port, topology;
	int32_t tx_base;
	uint16_t c_con;
	uint16_t toggles[DEVICES];
	int32_t missed[DEVICES], channel_state[DEVICES], channel_version[DEVICES], svc_sent[DEVICES][BUFFERS];
	uint64_t lost_telegrams, late_cycles, lost_in_a_row, stale_in_a_row, cycles;
	bool fresh, follows_fresh, ended_late, irregular;
	int lost_device;
	/* runtime/worker/cycle.ts */
	int64_t last_turn, last_interrupt, heartbeat_still, silent;
	int32_t heartbeat;
	uint64_t cycle, missed_interrupts, overruns;
	uint32_t overruns_in_a_row, record, events_count;
};

struct times {
	int64_t interrupt, woken, latency, execution, jitter;
};
