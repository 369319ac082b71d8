/*
 * sercos: the driver's work in one cycle of a ring of drives, and a task that reads and writes all their words, as
 * test/bench/sercos-row.ts does it in TypeScript. Plain memory answers like a chip whose buffers are always ready.
 * The plan is read from stdin; to stdout go the nanoseconds per cycle of a block in which each cycle begins with the wait
 * for its interrupt, which is always there, and those of a block without.
 *
 * sercos <warm-up cycles> <cycles>
 */
#include <stdlib.h>

#include <fcntl.h>

#include "twin-exchange.h"
#include "wait.h"

enum { ROTATION = 8 };

/* What the chip's registers show in turn: see ReadyChip in test/bench/ready-chip.ts. */
struct ready_chip {
	uint32_t phasecr[ROTATION], rx[2], tx[2];
	uint32_t tgsr1, tgsr2, valid;
	uint32_t cycle;
};

static void prepare(struct ready_chip *chip, const struct device *d, const struct plan *plan)
{
	for (uint32_t n = 0; n < ROTATION; n++)
		chip->phasecr[n] = (plan->phasecr & ~(COUNT_MASK << COUNT_SHIFT)) | n << COUNT_SHIFT;
	for (uint32_t n = 0; n < 2; n++) {
		chip->rx[n] = (plan->rx_status & ~(BUFFER_FIELD << ACTIVE_SHIFT | BUFFER_FIELD << ACTIVE_P2_SHIFT)) |
			      n << ACTIVE_SHIFT | n << ACTIVE_P2_SHIFT;
		chip->tx[n] = (plan->tx_status & ~(BUFFER_FIELD << ACTIVE_SHIFT)) | n << ACTIVE_SHIFT;
		/* the new-data bit turns from buffer to buffer */
		for (uint32_t k = 0; k < plan->devices; k++) {
			uint16_t control = PRODUCER_READY | (n == 0 ? 0 : NEW_DATA_TOGGLE);

			write16(d, plan->rx + plan->rx_p1[n] + plan->places[k].at_connection, control);
			write16(d, plan->rx + plan->rx_p2[n] + plan->places[k].at_connection, control);
			write16(d, plan->rx + plan->rx_p1[n] + plan->places[k].s_dev, SLAVE_VALID);
			write16(d, plan->rx + plan->rx_p2[n] + plan->places[k].s_dev, SLAVE_VALID);
		}
	}
	chip->tgsr1 = plan->tgsr1;
	chip->tgsr2 = plan->tgsr2;
	chip->cycle = plan->phasecr >> COUNT_SHIFT & COUNT_MASK;
	write32(d, RXBUFTV, plan->rx_valid);
}

static inline void answer(struct ready_chip *chip, const struct device *d)
{
	uint32_t cycle = chip->cycle = (chip->cycle + 1) & (ROTATION - 1);

	write32(d, PHASECR, chip->phasecr[cycle]);
	write32(d, RXBUFCSR, chip->rx[cycle & 1]);
	write32(d, TXBUFCSR, chip->tx[cycle & 1]);
	write32(d, TGSR1, chip->tgsr1);
	write32(d, TGSR2, chip->tgsr2);
}

/* `line`: what is waited for; NULL: nothing. */
static uint32_t run(struct exchange *x, struct ready_chip *chip, struct line *line, uint32_t cycles)
{
	const uint32_t drives = x->plan->devices;
	uint32_t unsteady = 0;

	for (uint32_t n = 0; n < cycles; n++) {
		answer(chip, x->d);
		if (line != NULL) {
			put(&x->d->events[EVENTS_COUNT], x->d->events[EVENTS_COUNT] + 1);
			if (wait_line(line, 1000) != WAIT_INTERRUPT)
				unsteady++;
		}
		if (!begin_cycle(x))
			unsteady++;
		for (uint32_t k = 0; k < drives; k++) {
			struct image *i = &x->images[k];
			int32_t position = get32(i->words, i->position);
			int32_t velocity = get32(i->words, i->velocity);
			int16_t torque = (int16_t)get16(i->words, i->torque);

			write_drive(i, position + (int32_t)n, velocity - torque, get16(i->words, i->status) ^ 0xe000);
		}
		end_cycle(x);
	}
	return unsteady;
}

static double timed(struct exchange *x, struct ready_chip *chip, struct line *line, uint32_t warm_up, uint32_t cycles)
{
	int64_t begun;

	run(x, chip, line, warm_up);
	begun = now_ns();
	if (run(x, chip, line, cycles) != 0) {
		fputs("the C twin left its steady cycle\n", stderr);
		exit(1);
	}
	return (double)(now_ns() - begun) / cycles;
}

int main(int argc, char **argv)
{
	struct exchange *x = malloc(sizeof(*x));
	struct plan plan = read_plan();
	struct device d = {
		.memory = map_or_die(-1, MEMORY_BYTES),
		.events = map_or_die(-1, EVENTS_BYTES),
		.interrupt_fd = open("/dev/zero", O_RDONLY),
		.stop_fd = eventfd(0, EFD_NONBLOCK),
	};
	struct line line = attach_line(&d);
	struct ready_chip chip;
	uint32_t warm_up, cycles;
	double with_wait;

	if (argc != 3 || x == NULL || d.interrupt_fd < 0)
		return 2;
	warm_up = atoi(argv[1]);
	cycles = atoi(argv[2]);
	init_exchange(x, &d, &plan);
	x->tx_request = REQUEST | NO_BUFFER << ACTIVE_SHIFT | (plan.tx_status & 3);
	x->rx_request = REQUEST | NO_BUFFER << ACTIVE_SHIFT | NO_BUFFER << ACTIVE_P2_SHIFT | (plan.rx_status & 3);
	prepare(&chip, &d, &plan);
	with_wait = timed(x, &chip, &line, warm_up, cycles);
	printf("%.3f %.3f\n", with_wait, timed(x, &chip, NULL, warm_up, cycles));
	return 0;
}
