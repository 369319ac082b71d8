/* The C twin of WaitingLine.wait and EmulatedInterrupt.take: poll on interrupt and stop, read, look at the count. */
#pragma once

#include <errno.h>
#include <poll.h>

#include "card.h"

struct line {
	struct pollfd polled[2];
	const struct device *device;
	uint32_t total;
	uint32_t missed;
};

enum wait_result { WAIT_INTERRUPT, WAIT_TIMEOUT, WAIT_STOPPED, WAIT_GONE, WAIT_FAILED };

/* From count 0 on: the card may raise the first interrupt before this task runs. */
static inline struct line attach_line(const struct device *d)
{
	return (struct line){
		.polled = { { .fd = d->interrupt_fd, .events = POLLIN },
			    { .fd = d->stop_fd, .events = POLLIN } },
		.device = d,
	};
}

static inline enum wait_result wait_line(struct line *line, int timeout_ms)
{
	for (;;) {
		int ready = poll(line->polled, 2, timeout_ms);
		uint64_t drained;
		uint32_t total;

		if (ready == 0)
			return WAIT_TIMEOUT;
		if (ready < 0) {
			if (errno != EINTR)
				return WAIT_FAILED;
			continue;
		}
		if (line->polled[1].revents != 0)
			return WAIT_STOPPED;
		if (read(line->device->interrupt_fd, &drained, 8) != 8 && errno != EAGAIN)
			return WAIT_FAILED;
		if (atomic_load(&line->device->events[CONTROL_GONE]) != 0)
			return WAIT_GONE;
		total = atomic_load(&line->device->events[EVENTS_COUNT]);
		if (total == line->total)
			continue;
		line->missed = total - line->total - 1;
		line->total = total;
		return WAIT_INTERRUPT;
	}
}
